//! Majority: when a minor comes of age and decides alone. The law is data
//! (`domain/data/majority.json`), with its source.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Deserialize;

use crate::values::{BirthDate, TimeZone};

/// The day from whose beginning on whoever was born on that date decides alone. Whoever was
/// born on a leap day has completed their years at the end of February.
pub fn reached(born: BirthDate) -> NaiveDate {
    let born = born.date();
    let year = born.year().saturating_add(LAW.years);
    born.with_year(year)
        .or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
        .unwrap_or(NaiveDate::MAX)
}

/// The date of the instant `now` where that law holds.
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&LAW.time_zone.tz()).date_naive()
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Law {
    jurisdiction: String,
    source: String,
    years: i32,
    time_zone: TimeZone,
}

#[allow(clippy::expect_used, reason = "a test reads it")]
static LAW: LazyLock<Law> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/majority.json")).expect("the law is valid")
});

#[cfg(test)]
mod tests;
