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

    /// A column for personal data. Never NULL: whether there is a value at all is personal,
    /// and an erased key then shows on every row that it protected.
    pub const fn sealed(name: &'static str, category: Category) -> Self {
        Self {
            name,
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
    /// Where the person is whose keys seal the row.
    pub subject: Option<usize>,
}

impl Shape {
    /// The shape of a row type.
    pub fn of<R: Row>() -> Self {
        let place = |name: &str| R::COLUMNS.iter().position(|column| column.name == name);
        Self {
            columns: R::COLUMNS,
            key: R::KEY,
            // `Row::tenant` exists, and the macro takes it from the column of that name.
            tenant: place("tenant").unwrap_or_default(),
            subject: R::SUBJECT.and_then(place),
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

    /// The person whose keys seal a row.
    ///
    /// # Errors
    /// [`Damaged`] when there is none, though the row has sealed columns.
    pub fn subject_of(&self, cells: &[Cell]) -> Result<SubjectId, Damaged> {
        match self.subject.and_then(|place| cells.get(place)) {
            Some(Cell::Uuid(subject)) => Ok(SubjectId(*subject)),
            _ => Err(Damaged),
        }
    }

    /// The key of a row as text.
    pub fn label(&self, cells: &[Cell]) -> String {
        let parts: Vec<String> = cells.iter().take(self.key).map(Cell::label).collect();
        parts.join(":")
    }

    /// The sealed columns: where, name and category.
    pub fn sealed(&self) -> impl Iterator<Item = (usize, &'static str, Category)> + '_ {
        self.columns
            .iter()
            .enumerate()
            .filter_map(|(place, column)| Some((place, column.name, column.sealed?)))
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

    /// The values in the order of the columns; sealed ones as clear JSON bytes.
    ///
    /// # Errors
    /// [`Damaged`] when a sealed value has no JSON.
    fn cells(&self) -> Result<Vec<Cell>, Damaged>;

    /// The reverse of [`Row::cells`].
    ///
    /// # Errors
    /// [`Damaged`] when the values don't fit.
    fn from_cells(cells: Vec<Cell>) -> Result<Self, Damaged>;
}

/// For `row!`: a personal value as it is sealed.
pub(crate) fn personal<T: Serialize>(value: &T) -> Result<Cell, Damaged> {
    serde_json::to_vec(value)
        .map(Cell::Bytes)
        .map_err(|_| Damaged)
}

/// For `row!`: a personal value after it was unsealed.
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
/// data, the columns that are sealed with the keys of the person that a column names.
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
                $($($crate::runtime::row::Column::sealed(
                    stringify!($sealed),
                    medilink_domain::Category::$category,
                ),)+)?
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

            fn cells(&self) -> Result<Vec<$crate::runtime::cell::Cell>, $crate::runtime::field::Damaged> {
                use $crate::runtime::field::Field;
                Ok(vec![
                    $(self.$key.to_cell(),)+
                    $(self.$clear.to_cell(),)*
                    $($($crate::runtime::row::personal(&self.$sealed)?,)+)?
                ])
            }

            fn from_cells(
                cells: Vec<$crate::runtime::cell::Cell>,
            ) -> Result<Self, $crate::runtime::field::Damaged> {
                use $crate::runtime::field::{Damaged, Field};
                let mut cells = cells.into_iter();
                Ok(Self {
                    $($key: Field::from_cell(cells.next().ok_or(Damaged)?)?,)+
                    $($clear: Field::from_cell(cells.next().ok_or(Damaged)?)?,)*
                    $($($sealed: $crate::runtime::row::from_personal(cells.next().ok_or(Damaged)?)?,)+)?
                })
            }
        }
    };
}
pub(crate) use row;
