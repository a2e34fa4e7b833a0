//! How a Rust type is kept in a column.

use chrono::{DateTime, NaiveDate, Utc};
use medilink_domain::{
    AccessId, AccessTokenId, ApplicationId, AppointmentId, AssetId, ConsentId, DepartmentId,
    DoctorId, EmergencyAccessId, ErasureId, ExportId, HospitalCodeId, HospitalId, IntegratorId,
    InvitationId, NoticeId, PatientId, SeriesId, StaffId, SubjectId, TenantId, VisitTypeId,
    WaitlistEntryId,
};
use medilink_log::Position;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::to_raw_value;
use thiserror::Error;
use uuid::Uuid;

use super::cell::{Cell, SqlType};

/// A stored value is not what its column promises. Says no more: the value may be personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a stored row does not have the shape of its read model")]
pub struct Damaged;

/// A type that a clear column can hold.
pub trait Field: Sized {
    /// The column's type.
    const SQL: SqlType;
    /// Whether the column takes NULL.
    const NULLABLE: bool = false;

    /// The value for the column.
    fn to_cell(&self) -> Cell;

    /// [`Cell::is_storable`] of that.
    fn is_storable(&self) -> bool {
        self.to_cell().is_storable()
    }

    /// The value from the column.
    ///
    /// # Errors
    /// [`Damaged`] when it is of another type or not a valid value.
    fn from_cell(cell: Cell) -> Result<Self, Damaged>;
}

macro_rules! fields {
    ($($type:ty: $sql:ident;)+) => {$(
        impl Field for $type {
            const SQL: SqlType = SqlType::$sql;

            fn to_cell(&self) -> Cell {
                Cell::$sql(self.clone())
            }

            fn from_cell(cell: Cell) -> Result<Self, Damaged> {
                match cell {
                    Cell::$sql(value) => Ok(value),
                    _ => Err(Damaged),
                }
            }
        }
    )+};
}
fields! {
    Uuid: Uuid;
    String: Text;
    DateTime<Utc>: Instant;
    NaiveDate: Date;
    i64: Integer;
    bool: Boolean;
}

macro_rules! ids {
    ($($type:ty),+ $(,)?) => {$(
        impl Field for $type {
            const SQL: SqlType = SqlType::Uuid;

            fn to_cell(&self) -> Cell {
                Cell::Uuid(self.uuid())
            }

            fn is_storable(&self) -> bool {
                true
            }

            fn from_cell(cell: Cell) -> Result<Self, Damaged> {
                Uuid::from_cell(cell).map(Self::from)
            }
        }
    )+};
}
ids!(
    AccessId,
    AccessTokenId,
    ApplicationId,
    AppointmentId,
    AssetId,
    ConsentId,
    DepartmentId,
    DoctorId,
    EmergencyAccessId,
    ErasureId,
    ExportId,
    HospitalCodeId,
    HospitalId,
    IntegratorId,
    InvitationId,
    NoticeId,
    PatientId,
    SeriesId,
    StaffId,
    SubjectId,
    TenantId,
    VisitTypeId,
    WaitlistEntryId,
);

impl Field for u64 {
    const SQL: SqlType = SqlType::Integer;

    fn to_cell(&self) -> Cell {
        // Versions and positions come from `bigint` columns, so the cast never wraps.
        Cell::Integer(*self as i64)
    }

    fn from_cell(cell: Cell) -> Result<Self, Damaged> {
        Self::try_from(i64::from_cell(cell)?).map_err(|_| Damaged)
    }
}

impl Field for Position {
    const SQL: SqlType = SqlType::Integer;

    fn to_cell(&self) -> Cell {
        Cell::Integer(self.sql())
    }

    fn from_cell(cell: Cell) -> Result<Self, Damaged> {
        u64::from_cell(cell).map(Self)
    }
}

impl<T: Field> Field for Option<T> {
    const SQL: SqlType = T::SQL;
    const NULLABLE: bool = true;

    fn to_cell(&self) -> Cell {
        self.as_ref().map_or(Cell::Null, Field::to_cell)
    }

    fn is_storable(&self) -> bool {
        self.as_ref().is_none_or(Field::is_storable)
    }

    fn from_cell(cell: Cell) -> Result<Self, Damaged> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

/// A structured value in a `jsonb` column: lists that are read and written with their row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> Field for Json<T> {
    const SQL: SqlType = SqlType::Json;

    fn to_cell(&self) -> Cell {
        // Only maps with keys that are not strings fail; a NULL is then refused by the column.
        to_raw_value(&self.0).map_or(Cell::Null, Cell::Json)
    }

    fn from_cell(cell: Cell) -> Result<Self, Damaged> {
        match cell {
            Cell::Json(json) => serde_json::from_str(json.get())
                .map(Self)
                .map_err(|_| Damaged),
            _ => Err(Damaged),
        }
    }
}

/// A value type whose JSON is a string (an enum of names, a zone) as a `text` column.
pub(crate) fn named_to_cell<T: Serialize>(value: &T) -> Cell {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => Cell::Text(text),
        // Refused by the column, which is NOT NULL.
        _ => Cell::Null,
    }
}

/// The reverse of [`named_to_cell`].
pub(crate) fn named_from_cell<T: DeserializeOwned>(cell: Cell) -> Result<T, Damaged> {
    match cell {
        Cell::Text(text) => serde_json::from_value(Value::String(text)).map_err(|_| Damaged),
        _ => Err(Damaged),
    }
}

/// Lets value types whose JSON is a string be `text` columns.
macro_rules! named_fields {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::runtime::field::Field for $type {
            const SQL: $crate::runtime::cell::SqlType = $crate::runtime::cell::SqlType::Text;

            fn to_cell(&self) -> $crate::runtime::cell::Cell {
                $crate::runtime::field::named_to_cell(self)
            }

            fn from_cell(
                cell: $crate::runtime::cell::Cell,
            ) -> Result<Self, $crate::runtime::field::Damaged> {
                $crate::runtime::field::named_from_cell(cell)
            }
        }
    )+};
}
pub(crate) use named_fields;
