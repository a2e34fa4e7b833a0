//! One value of one column, whatever its type: what rows are made of on their way to and
//! from PostgreSQL.

use std::error::Error;
use std::fmt;

use bytes::BytesMut;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio_postgres::types::{FromSql, IsNull, Json, ToSql, Type, to_sql_checked};
use uuid::Uuid;

/// The SQL types that a column may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlType {
    /// `uuid`
    Uuid,
    /// `text`, in byte order.
    Text,
    /// `timestamptz`
    Instant,
    /// `date`
    Date,
    /// `bigint`
    Integer,
    /// `boolean`
    Boolean,
    /// `jsonb`
    Json,
    /// `bytea`; what every sealed column is.
    Bytes,
}

impl SqlType {
    /// Its name in DDL and casts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Text => "text",
            Self::Instant => "timestamptz",
            Self::Date => "date",
            Self::Integer => "bigint",
            Self::Boolean => "boolean",
            Self::Json => "jsonb",
            Self::Bytes => "bytea",
        }
    }

    /// Its type as the driver takes it.
    pub const fn driver(self) -> Type {
        match self {
            Self::Uuid => Type::UUID,
            Self::Text => Type::TEXT,
            Self::Instant => Type::TIMESTAMPTZ,
            Self::Date => Type::DATE,
            Self::Integer => Type::INT8,
            Self::Boolean => Type::BOOL,
            Self::Json => Type::JSONB,
            Self::Bytes => Type::BYTEA,
        }
    }
}

/// One value. `Debug` doesn't show it: it may be personal.
#[derive(Clone)]
pub enum Cell {
    /// NULL, of any type.
    Null,
    /// `uuid`
    Uuid(Uuid),
    /// `text`
    Text(String),
    /// `timestamptz`
    Instant(DateTime<Utc>),
    /// `date`
    Date(NaiveDate),
    /// `bigint`
    Integer(i64),
    /// `boolean`
    Boolean(bool),
    /// `jsonb`
    Json(Box<RawValue>),
    /// `bytea`
    Bytes(Vec<u8>),
}

impl Cell {
    /// Whether PostgreSQL can hold the value: no NUL in texts, no year that its calendar
    /// lacks. Asked while folding, so that one such event is parked instead of failing the
    /// statement that carries a whole batch.
    pub fn is_storable(&self) -> bool {
        match self {
            Self::Text(text) => !text.contains('\0'),
            Self::Instant(at) => (1..=9999).contains(&at.year()),
            Self::Date(date) => (1..=9999).contains(&date.year()),
            // A NUL is written with a backslash, which next to no text has.
            Self::Json(json) => {
                !json.get().contains('\\')
                    || serde_json::from_str(json.get()).is_ok_and(|value| json_is_storable(&value))
            }
            _ => true,
        }
    }

    /// The value as part of a key's name.
    pub fn label(&self) -> String {
        match self {
            Self::Uuid(id) => id.to_string(),
            Self::Text(text) => text.clone(),
            Self::Instant(at) => at.timestamp_micros().to_string(),
            Self::Date(date) => date.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(flag) => flag.to_string(),
            Self::Null | Self::Json(_) | Self::Bytes(_) => String::new(),
        }
    }
}

fn json_is_storable(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.contains('\0'),
        Value::Array(values) => values.iter().all(json_is_storable),
        Value::Object(fields) => fields
            .iter()
            .all(|(name, value)| !name.contains('\0') && json_is_storable(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cell(…)")
    }
}

type Any = Box<dyn Error + Sync + Send>;

impl ToSql for Cell {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Any> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Uuid(value) => value.to_sql(kind, out),
            Self::Text(value) => value.to_sql(kind, out),
            Self::Instant(value) => value.to_sql(kind, out),
            Self::Date(value) => value.to_sql(kind, out),
            Self::Integer(value) => value.to_sql(kind, out),
            Self::Boolean(value) => value.to_sql(kind, out),
            Self::Json(value) => Json(value).to_sql(kind, out),
            Self::Bytes(value) => value.to_sql(kind, out),
        }
    }

    /// Columns and cells come from the same definition, so they agree.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Any> {
        Ok(match *kind {
            Type::UUID => Self::Uuid(FromSql::from_sql(kind, raw)?),
            Type::TEXT => Self::Text(FromSql::from_sql(kind, raw)?),
            Type::TIMESTAMPTZ => Self::Instant(FromSql::from_sql(kind, raw)?),
            Type::DATE => Self::Date(FromSql::from_sql(kind, raw)?),
            Type::INT8 => Self::Integer(FromSql::from_sql(kind, raw)?),
            Type::BOOL => Self::Boolean(FromSql::from_sql(kind, raw)?),
            Type::JSONB => Self::Json(Json::from_sql(kind, raw)?.0),
            Type::BYTEA => Self::Bytes(FromSql::from_sql(kind, raw)?),
            ref other => return Err(format!("no read model has a column of type {other}").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Any> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
