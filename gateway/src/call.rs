//! The headers around a call: what a command may ask for with it, and what a read may.

use std::str::FromStr;

use chrono::{SecondsFormat, Utc};
use medilink_commands::{CommandContext, CommandError, Idempotency};
use medilink_log::Position;
use poem::http::header;
use poem::{FromRequest, Request, RequestBody};
use sha2::{Digest, Sha256};
use std::time::Duration;

use crate::actor::SignedIn;
use crate::problem::Problem;
use crate::problem_kinds as kinds;

/// The header of a caller's key for repeats.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// The header of the version that a command's caller has seen.
pub const IF_MATCH: &str = "If-Match";
/// The header of the position that a read must have reached.
pub const MIN_POSITION: &str = "Medilink-Min-Position";
/// The header of the position that the caller's view was built from.
pub const SEEN: &str = "Medilink-Seen";

/// The longest idempotency key.
const LONGEST_KEY: usize = 200;

/// How long to wait before asking again for what is away.
const AWAY: Duration = Duration::from_secs(2);

/// What a command's caller may ask for: to be repeatable, to find the resource unchanged.
#[derive(Clone, Debug)]
pub struct Command {
    key: Option<String>,
    expected_version: Option<u64>,
    seen: Option<Position>,
    target: [u8; 32],
}

impl Command {
    /// The circumstances of this command, without a body.
    pub fn context(self, caller: &SignedIn) -> CommandContext {
        self.with_body(caller, &[0; 32])
    }

    /// The circumstances of this command, with the hash of its body.
    pub fn with_body(self, caller: &SignedIn, body: &[u8; 32]) -> CommandContext {
        let context = CommandContext {
            request: caller.request,
            traceparent: caller.traceparent(),
            ..CommandContext::new(caller.actor.clone())
        };
        self.within(context, body)
    }

    /// The same, in circumstances that are known otherwise.
    pub fn within(self, context: CommandContext, body: &[u8; 32]) -> CommandContext {
        // Bound to the address as well as the body, so that a key used for one resource
        // can't replay another one's answer.
        let body_hash = Sha256::new()
            .chain_update(self.target)
            .chain_update(body)
            .finalize()
            .into();
        CommandContext {
            now: Utc::now(),
            idempotency: self.key.map(|key| Idempotency { key, body_hash }),
            expected_version: self.expected_version,
            seen: self.seen,
            ..context
        }
    }
}

impl<'a> FromRequest<'a> for Command {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let target = Sha256::new()
            .chain_update(request.method().as_str())
            .chain_update([0])
            .chain_update(
                request
                    .uri()
                    .path_and_query()
                    .map_or("/", |path| path.as_str()),
            );
        Ok(Self {
            key: one(request, IDEMPOTENCY_KEY, idempotency_key)?,
            expected_version: one(request, IF_MATCH, expected_version)?.flatten(),
            seen: one(request, SEEN, position)?,
            target: target.finalize().into(),
        })
    }
}

/// What a reader may ask for: to see at least what was written up to a position.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    /// The position that the answer must have reached.
    pub min_position: Option<Position>,
    /// The version that the reader has already.
    pub known_version: Option<u64>,
}

impl<'a> FromRequest<'a> for Read {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self {
            min_position: one(request, MIN_POSITION, position)?,
            // A tag that isn't ours is simply not known.
            known_version: request.header(header::IF_NONE_MATCH).and_then(tag),
        })
    }
}

/// A header that may be given once and must then be well-formed.
fn one<T>(
    request: &Request,
    name: &str,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let refuse = |detail: &'static str| {
        Problem::new(&kinds::INVALID_HEADER)
            .field(name.to_owned())
            .detail(detail)
    };
    let mut values = request.headers().get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(refuse("It is given twice."));
    }
    let parsed = value.to_str().ok().and_then(parse);
    parsed
        .map(Some)
        .ok_or_else(|| refuse("It is not written as this header is."))
}

fn idempotency_key(text: &str) -> Option<String> {
    let fits =
        (1..=LONGEST_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| text.to_owned())
}

fn position(text: &str) -> Option<Position> {
    digits(text).map(Position)
}

/// `*` asks only that the resource exists, which every command does by itself.
fn expected_version(text: &str) -> Option<Option<u64>> {
    if text.trim() == "*" {
        Some(None)
    } else {
        tag(text).map(Some)
    }
}

/// The version in an entity tag of ours, `"7"`.
fn tag(text: &str) -> Option<u64> {
    digits(text.trim().strip_prefix('"')?.strip_suffix('"')?)
}

/// Digits only (`parse` would take a plus sign), up to what a `bigint` holds.
fn digits(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = plain.then(|| u64::from_str(text).ok()).flatten()?;
    i64::try_from(number).is_ok().then_some(number)
}

/// Answers a command that was not carried out.
pub(crate) fn refuse(error: CommandError) -> Problem {
    match error {
        CommandError::Forbidden => Problem::new(&kinds::FORBIDDEN),
        CommandError::SecondFactorRequired => Problem::new(&kinds::SECOND_FACTOR_REQUIRED),
        CommandError::ProofRequired => Problem::new(&kinds::PROOF_REQUIRED),
        CommandError::NotFound(what) => {
            Problem::new(&kinds::NOT_FOUND).detail(format!("There is no such {what}."))
        }
        CommandError::Refused(rule) => Problem::of_domain(rule.as_ref()),
        CommandError::RefusedAt { starts_at, rule } => {
            let at = starts_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
            Problem::of_domain(rule.as_ref()).detail(format!("It is about the visit at {at}."))
        }
        CommandError::VersionMismatch { expected, actual } => {
            Problem::new(&kinds::VERSION_MISMATCH)
                .detail(format!("It is at version {actual}, not {expected}."))
                .field(IF_MATCH)
        }
        CommandError::IdempotencyKeyReused => {
            Problem::new(&kinds::IDEMPOTENCY_KEY_REUSED).field(IDEMPOTENCY_KEY)
        }
        CommandError::Contention => {
            Problem::new(&kinds::CONTENTION).retry_after(Duration::from_secs(1))
        }
        CommandError::Unavailable {
            reason,
            maybe_recorded,
        } => {
            tracing::warn!(reason, maybe_recorded, "a command could not be carried out");
            let problem = Problem::new(&kinds::UNAVAILABLE).retry_after(AWAY);
            if maybe_recorded {
                problem.detail(
                    "It may have taken effect: send it again with the same Idempotency-Key.",
                )
            } else {
                problem
            }
        }
        CommandError::Internal(reason) => {
            tracing::error!(reason, "a command failed");
            Problem::new(&kinds::INTERNAL_ERROR)
        }
    }
}

/// Answers a part that is away.
pub(crate) fn away(reason: &dyn std::fmt::Display) -> Problem {
    tracing::warn!(%reason, "a read could not be answered");
    Problem::new(&kinds::UNAVAILABLE).retry_after(AWAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_tags_are_versions_in_quotes() {
        assert_eq!(tag("\"7\""), Some(7));
        for wrong in [
            "7",
            "\"\"",
            "\"+7\"",
            "\"-1\"",
            "W/\"7\"",
            "\"99999999999999999999\"",
            "\"9223372036854775808\"",
        ] {
            assert_eq!(tag(wrong), None, "{wrong}");
        }
        assert_eq!(expected_version("*"), Some(None));
    }

    #[test]
    fn idempotency_keys_are_short_and_printable() {
        assert!(idempotency_key("7b0c-42").is_some());
        assert!(idempotency_key(&"k".repeat(LONGEST_KEY)).is_some());
        assert!(idempotency_key(&"k".repeat(LONGEST_KEY + 1)).is_none());
        assert!(idempotency_key("two words").is_none());
        assert!(idempotency_key("").is_none());
    }
}
