//! Harness of the end-to-end tests: the real binary's parts as processes of their own, on a
//! real PostgreSQL and NATS, each of which a test may kill; and the questions that every test
//! ends with: is the log whole, is every slot given once, do read models equal their replay.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test whose servers don't start can only stop"
)]

mod authenticator;
mod breaking;
mod clock;
mod disk;
mod family;
mod history;
mod http;
mod newcomer;
mod onboarding;
mod operator;
mod parts;
mod platform;
mod program;
mod remains;
mod replay;
mod scenario;
mod servers;
mod settings;
mod standby;

pub use authenticator::{App, SoftPasskey};
pub use breaking::Wire;
pub use history::History;
pub use http::{Answer, Caller};
pub use medilink_test_support::{Line, Sms, SmsServer};
pub use newcomer::{Newcomer, PROOF, Tokens, Totp, answer_with, completion};
pub use onboarding::{Member, NewHospital, PASSWORD, new_address};
pub use operator::Rebuilding;
pub use parts::{Instance, Part};
pub use platform::Platform;
pub use program::{Program, ask_with, show, token_endpoint};
pub use replay::{Compared, assert_read_models_equal_their_replay, settle};
pub use scenario::{CANARY, Hospital, id};
pub use settings::Options;

use std::time::{Duration, Instant};

/// Waits until `ready` is true.
///
/// # Panics
/// With `what` when it isn't within `limit`.
pub async fn eventually<F, Fut>(what: &str, limit: Duration, ready: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    assert!(within(limit, ready).await, "{what}: not within {limit:?}");
}

/// Waits until `ready` is true; `false` when it isn't within `limit`.
pub async fn within<F, Fut>(limit: Duration, mut ready: F) -> bool
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let started = Instant::now();
    while !ready().await {
        if started.elapsed() > limit {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    true
}
