//! Places in lists that are ordered by an instant and an id, as text for URLs.

use std::fmt;

use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

/// The text is not a place that a list gave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a cursor that a list gave out")]
pub struct NotACursor;

pub(crate) fn write(f: &mut fmt::Formatter<'_>, at: DateTime<Utc>, id: Uuid) -> fmt::Result {
    write!(f, "{}.{}", at.timestamp_micros(), id.simple())
}

pub(crate) fn read(text: &str) -> Result<(DateTime<Utc>, Uuid), NotACursor> {
    let (micros, id) = text.split_once('.').ok_or(NotACursor)?;
    let micros = micros.parse().map_err(|_| NotACursor)?;
    let at = DateTime::from_timestamp_micros(micros).ok_or(NotACursor)?;
    // PostgreSQL's calendar is shorter than chrono's.
    if !crate::runtime::cell::Cell::Instant(at).is_storable() {
        return Err(NotACursor);
    }
    Ok((at, Uuid::parse_str(id).map_err(|_| NotACursor)?))
}
