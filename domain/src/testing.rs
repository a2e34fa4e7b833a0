//! What the tests of this crate share.
#![allow(clippy::unwrap_used)]

use chrono::{DateTime, Utc};
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use crate::{Decider, Now};

/// An instant, as RFC 3339.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Any identifier: the same one for the same number.
pub(crate) fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

/// Any value that is made from text.
pub(crate) fn text<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// An aggregate whose clock stands at `now`.
pub(crate) fn clock_at<A>(now: &str) -> TestFramework<A>
where
    A: Decider + cqrs_es::Aggregate<Services = Now>,
{
    TestFramework::with(Now(at(now)))
}
