//! What callers send, as values of the domain. Whatever is not one is a problem that names its
//! field and never quotes it.

use std::borrow::Cow;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use medilink_domain::values::ValueError;
use medilink_projections::Page;

use crate::problem::Problem;
use crate::problem_kinds as kinds;

/// How many rows a list has when its caller doesn't say.
pub const USUAL_PAGE: u16 = 50;

/// A text of the body as a value of the domain; `pointer` is where it stands.
///
/// # Errors
/// 422, naming the field.
pub fn field<T: FromStr<Err = ValueError>>(
    pointer: impl Into<Cow<'static, str>>,
    text: &str,
) -> Result<T, Problem> {
    text.parse().map_err(|error| invalid_field(pointer, error))
}

/// The same of a text that may be left out.
///
/// # Errors
/// 422, naming the field.
pub fn optional<T: FromStr<Err = ValueError>>(
    pointer: impl Into<Cow<'static, str>>,
    text: Option<&str>,
) -> Result<Option<T>, Problem> {
    text.map(|text| field(pointer, text)).transpose()
}

/// A number of the body as a value of the domain.
///
/// # Errors
/// 422, naming the field.
pub fn number<T: TryFrom<u64, Error = ValueError>>(
    pointer: impl Into<Cow<'static, str>>,
    number: impl Into<u64>,
) -> Result<T, Problem> {
    T::try_from(number.into()).map_err(|error| invalid_field(pointer, error))
}

/// A list of the body, item by item; each is told where it stands.
///
/// # Errors
/// 422, naming the first item that is not what it should be.
pub fn each<I, T>(
    pointer: &str,
    items: impl IntoIterator<Item = I>,
    read: impl Fn(String, I) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    let placed = items.into_iter().enumerate();
    placed
        .map(|(index, item)| read(format!("{pointer}/{index}"), item))
        .collect()
}

/// A field that is not what it should be.
pub fn invalid_field(pointer: impl Into<Cow<'static, str>>, error: ValueError) -> Problem {
    Problem::new(&kinds::INVALID_FIELD)
        .field(pointer)
        .detail(format!("It {error}."))
}

/// A query parameter that is not what it should be.
pub fn invalid_parameter(name: &'static str, detail: &'static str) -> Problem {
    Problem::new(&kinds::INVALID_PARAMETER)
        .field(name)
        .detail(detail)
}

/// The page that a list's caller asks for.
///
/// # Errors
/// 400 when `after` is not a place that a list gave out.
pub fn page<C: FromStr>(after: Option<String>, limit: Option<u16>) -> Result<Page<C>, Problem> {
    Ok(Page {
        after: cursor(after)?,
        limit: limit.unwrap_or(USUAL_PAGE),
    })
}

/// The place after which a list's caller wants to go on.
///
/// # Errors
/// 400 when it is not one that a list gave out.
pub fn cursor<C: FromStr>(after: Option<String>) -> Result<Option<C>, Problem> {
    let after = after.map(|after| after.parse()).transpose();
    after.map_err(|_| not_a_place())
}

/// What is given as `after` is not a place of the list that is asked for.
pub fn not_a_place() -> Problem {
    invalid_parameter("after", "It is not the `next` of an earlier page.")
}

/// An instant that a database can hold.
///
/// # Errors
/// 400 when its year doesn't have four digits.
pub fn instant(name: &'static str, at: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    date(name, at.date_naive()).map(|_| at)
}

/// A date that a database can hold.
///
/// # Errors
/// 400 when its year doesn't have four digits.
pub fn date(name: &'static str, date: NaiveDate) -> Result<NaiveDate, Problem> {
    if (1000..=9999).contains(&date.year()) {
        Ok(date)
    } else {
        Err(invalid_parameter(name, "Its year must have four digits."))
    }
}
