//! What the tests of this crate share.
#![allow(clippy::unwrap_used)]

use std::fmt::Debug;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use crate::values::Money;
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
pub(crate) fn text<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// Any value that is a number within limits.
pub(crate) fn number<T: TryFrom<u64, Error: Debug>>(number: u64) -> T {
    number.try_into().unwrap()
}

/// So many rupees.
pub(crate) fn rupees(rupees: u64) -> Money {
    Money {
        minor: number(100 * rupees),
        currency: text("INR"),
    }
}

/// An aggregate whose clock stands at `now`.
pub(crate) fn clock_at<A>(now: &str) -> TestFramework<A>
where
    A: Decider + Aggregate<Services = Now>,
{
    TestFramework::with(Now(at(now)))
}

/// What an aggregate is after all of this.
pub(crate) fn after<A: Decider>(events: &[<A as Decider>::Event]) -> A {
    let mut state = A::default();
    for event in events {
        state.evolve(event);
    }
    state
}

/// Given what is known, when this is asked, then that happens.
pub(crate) async fn decides<A>(
    now: &str,
    known: Vec<<A as Aggregate>::Event>,
    command: <A as Aggregate>::Command,
    events: Vec<<A as Aggregate>::Event>,
) where
    A: Decider + Aggregate<Services = Now, Command: Debug>,
{
    let asked = format!("{command:?} at {now} after {known:?}");
    let outcome = clock_at::<A>(now).given(known).when_async(command).await;
    assert_eq!(outcome.inspect_result().unwrap(), events, "{asked}");
}

/// Given what is known, when this is asked, then it is refused.
pub(crate) async fn refuses<A>(
    now: &str,
    known: Vec<<A as Aggregate>::Event>,
    command: <A as Aggregate>::Command,
    error: <A as Aggregate>::Error,
) where
    A: Decider + Aggregate<Services = Now, Command: Debug, Error: PartialEq>,
{
    let asked = format!("{command:?} at {now} after {known:?}");
    let outcome = clock_at::<A>(now).given(known).when_async(command).await;
    assert_eq!(outcome.inspect_result().unwrap_err(), error, "{asked}");
}
