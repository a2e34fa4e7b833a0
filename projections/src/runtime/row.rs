//! The typed definition of a read model's row: which columns it has, which of them are its
//! key and which are sealed.

use std::hash::Hash;
use std::sync::LazyLock;

use medilink_domain::{Category, SubjectId, TenantId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cell::{Cell, SqlType};
use super::field::{Damaged, Field};

/// One column of a read model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type in the table.
    pub sql: SqlType,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// The key category that seals it; clear columns hold only what names no person.
    pub sealed: Option<Category>,
}

impl Column {
    /// A column for ids, times and states.
    pub const fn clear<F: Field>(name: &'static str) -> Self {
        Self {
            name,
            sql: F::SQL,
            nullable: F::NULLABLE,
            sealed: None,
        }
    }

    /// The column for everything personal in a row, sealed as one: opened together as it is
    /// always read together, and silent about which of the values there are. Never NULL, so an
    /// erased key shows on every row that it protected.
    pub const fn personal(category: Category) -> Self {
        Self {
            name: "personal",
            sql: SqlType::Bytes,
            nullable: false,
            sealed: Some(category),
        }
    }
}

/// What the runtime must know of a row besides its values.
#[derive(Debug)]
pub struct Shape {
    /// The columns, the key's first.
    pub columns: &'static [Column],
    /// How many columns the key has.
    pub key: usize,
    /// Where the tenant is.
    pub tenant: usize,
    /// The part that is sealed.
    pub personal: Option<Personal>,
}

/// Where a row keeps what is personal in it.
#[derive(Clone, Copy, Debug)]
pub struct Personal {
    /// The place of the sealed column.
    pub at: usize,
    /// The category of the key that seals it.
    pub category: Category,
    /// The place of the column that names the person whose key it is.
    pub subject: usize,
}

impl Personal {
    /// The person whose key seals a row.
    ///
    /// # Errors
    /// [`Damaged`] when the row names none.
    pub fn subject_of(&self, cells: &[Cell]) -> Result<SubjectId, Damaged> {
        match cells.get(self.subject) {
            Some(Cell::Uuid(subject)) => Ok(SubjectId(*subject)),
            _ => Err(Damaged),
        }
    }
}

impl Shape {
    /// The shape of a row type.
    pub fn of<R: Row>() -> Self {
        let place = |name: &str| R::COLUMNS.iter().position(|column| column.name == name);
        let subject = R::SUBJECT.and_then(place);
        Self {
            columns: R::COLUMNS,
            key: R::KEY,
            // `Row::tenant` exists, and the macro takes it from the column of that name.
            tenant: place("tenant").unwrap_or_default(),
            personal: subject.and_then(|subject| {
                let mut columns = R::COLUMNS.iter().enumerate();
                columns.find_map(|(at, column)| {
                    Some(Personal {
                        at,
                        category: column.sealed?,
                        subject,
                    })
                })
            }),
        }
    }

    /// The tenant of a row.
    ///
    /// # Errors
    /// [`Damaged`] when there is none.
    pub fn tenant_of(&self, cells: &[Cell]) -> Result<TenantId, Damaged> {
        match cells.get(self.tenant) {
            Some(Cell::Uuid(tenant)) => Ok(TenantId(*tenant)),
            _ => Err(Damaged),
        }
    }

    /// The key of a row as text.
    pub fn label(&self, cells: &[Cell]) -> String {
        let parts: Vec<String> = cells.iter().take(self.key).map(Cell::label).collect();
        parts.join(":")
    }
}

/// The key of a row.
pub trait Key: Clone + Eq + Hash + Ord + Send + Sync + 'static {
    /// Its values, in the order of the key columns.
    fn cells(&self) -> Vec<Cell>;
}

/// A type that can be part of a key.
pub trait KeyPart: Field + Clone + Eq + Hash + Ord + Send + Sync + 'static {}
impl<T: Field + Clone + Eq + Hash + Ord + Send + Sync + 'static> KeyPart for T {}

impl<A: KeyPart> Key for (A,) {
    fn cells(&self) -> Vec<Cell> {
        vec![self.0.to_cell()]
    }
}

impl<A: KeyPart, B: KeyPart> Key for (A, B) {
    fn cells(&self) -> Vec<Cell> {
        vec![self.0.to_cell(), self.1.to_cell()]
    }
}

/// A row of a read model. Write it with the `row!` macro.
pub trait Row: Clone + PartialEq + Serialize + Send + Sync + 'static {
    /// Its key.
    type Key: Key;
    /// The table's and the view's name.
    const NAME: &'static str;
    /// The columns, the key's first.
    const COLUMNS: &'static [Column];
    /// How many columns the key has.
    const KEY: usize;
    /// The column that names the person whose keys seal the row.
    const SUBJECT: Option<&'static str>;

    /// The same, with the places looked up once.
    fn shape() -> &'static Shape;

    /// This row's key.
    fn key(&self) -> Self::Key;

    /// This row's tenant.
    fn tenant(&self) -> TenantId;

    /// Whether PostgreSQL can hold the clear values and the personal ones can be sealed. Asked
    /// after each event, so that what made it so is parked, not the batch that has it.
    fn is_storable(&self) -> bool;

    /// The values in the order of the columns; the personal ones as one, clear JSON.
    ///
    /// # Errors
    /// [`Damaged`] when the personal values have no JSON.
    fn cells(&self) -> Result<Vec<Cell>, Damaged>;

    /// The reverse of [`Row::cells`].
    ///
    /// # Errors
    /// [`Damaged`] when the values don't fit.
    fn from_cells(cells: Vec<Cell>) -> Result<Self, Damaged>;
}

/// For `row!`: whether a personal value can be sealed.
pub(crate) fn has_json<T: Serialize>(value: &T) -> bool {
    serde_json::to_writer(std::io::sink(), value).is_ok()
}

/// For `row!`: the personal values as they are sealed.
pub(crate) fn personal<T: Serialize>(values: &T) -> Result<Cell, Damaged> {
    serde_json::to_vec(values)
        .map(Cell::Bytes)
        .map_err(|_| Damaged)
}

/// For `row!`: the personal values after they were unsealed.
pub(crate) fn from_personal<T: DeserializeOwned>(cell: Cell) -> Result<T, Damaged> {
    match cell {
        Cell::Bytes(clear) => serde_json::from_slice(&clear).map_err(|_| Damaged),
        _ => Err(Damaged),
    }
}

/// The value of a clear column of a stored row.
pub(crate) fn cell<R: Row, F: Field>(cells: &[Cell], name: &str) -> Result<F, Damaged> {
    let place = R::COLUMNS
        .iter()
        .position(|column| column.name == name)
        .ok_or(Damaged)?;
    F::from_cell(cells.get(place).cloned().ok_or(Damaged)?)
}

/// A [`Shape`] that is computed when it is first needed.
pub type LazyShape = LazyLock<Shape>;

/// Declares a row: its key, its clear columns (one of which is `tenant`) and, for personal
/// data, the values that are sealed together with a key of the person that a column names.
///
/// `Debug` shows the name alone: rows may hold personal data.
macro_rules! row {
    (
        $(#[$meta:meta])*
        pub struct $name:ident in $table:literal {
            key { $($(#[$key_doc:meta])* $key:ident: $key_type:ty,)+ }
            clear { $($(#[$clear_doc:meta])* $clear:ident: $clear_type:ty,)* }
            $(sealed $category:ident of $subject:ident { $($(#[$sealed_doc:meta])* $sealed:ident: $sealed_type:ty,)+ })?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, serde::Serialize)]
        pub struct $name {
            $($(#[$key_doc])* pub $key: $key_type,)+
            $($(#[$clear_doc])* pub $clear: $clear_type,)*
            $($($(#[$sealed_doc])* pub $sealed: $sealed_type,)+)?
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl $crate::runtime::row::Row for $name {
            type Key = ($($key_type,)+);
            const NAME: &'static str = $table;
            const COLUMNS: &'static [$crate::runtime::row::Column] = &[
                $($crate::runtime::row::Column::clear::<$key_type>(stringify!($key)),)+
                $($crate::runtime::row::Column::clear::<$clear_type>(stringify!($clear)),)*
                $($crate::runtime::row::Column::personal(medilink_domain::Category::$category),)?
            ];
            const KEY: usize = [$(stringify!($key)),+].len();
            const SUBJECT: Option<&'static str> =
                { let named: &[&'static str] = &[$(stringify!($subject))?]; named.first().copied() };

            fn shape() -> &'static $crate::runtime::row::Shape {
                static SHAPE: $crate::runtime::row::LazyShape =
                    $crate::runtime::row::LazyShape::new($crate::runtime::row::Shape::of::<$name>);
                &SHAPE
            }

            fn key(&self) -> Self::Key {
                ($(self.$key.clone(),)+)
            }

            fn tenant(&self) -> medilink_domain::TenantId {
                self.tenant
            }

            fn is_storable(&self) -> bool {
                use $crate::runtime::field::Field;
                true
                    $(&& self.$key.is_storable())+
                    $(&& self.$clear.is_storable())*
                    $($(&& $crate::runtime::row::has_json(&self.$sealed))+)?
            }

            fn cells(&self) -> Result<Vec<$crate::runtime::cell::Cell>, $crate::runtime::field::Damaged> {
                use $crate::runtime::field::Field;
                Ok(vec![
                    $(self.$key.to_cell(),)+
                    $(self.$clear.to_cell(),)*
                    $({
                        #[derive(serde::Serialize)]
                        struct Personal<'a> { $($sealed: &'a $sealed_type,)+ }
                        $crate::runtime::row::personal(&Personal { $($sealed: &self.$sealed,)+ })?
                    },)?
                ])
            }

            fn from_cells(
                cells: Vec<$crate::runtime::cell::Cell>,
            ) -> Result<Self, $crate::runtime::field::Damaged> {
                use $crate::runtime::field::{Damaged, Field};
                let mut cells = cells.into_iter();
                $(let $key = Field::from_cell(cells.next().ok_or(Damaged)?)?;)+
                $(let $clear = Field::from_cell(cells.next().ok_or(Damaged)?)?;)*
                $(
                    #[derive(serde::Deserialize)]
                    struct Personal { $($sealed: $sealed_type,)+ }
                    let Personal { $($sealed,)+ } =
                        $crate::runtime::row::from_personal(cells.next().ok_or(Damaged)?)?;
                )?
                Ok(Self { $($key,)+ $($clear,)* $($($sealed,)+)? })
            }
        }
    };
}
pub(crate) use row;
