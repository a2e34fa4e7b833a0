//! Subjects: `ev.<tenant>.<partition>.<context>.<event>`. They route and filter; the truth
//! is in the body. No personal id is ever part of one.

use medilink_domain::TenantId;
use medilink_log::RecordedEvent;
use sha2::{Digest, Sha256};

/// How many partitions the streams of a tenant are spread over. Consumers that share work
/// filter by partition, so that each stream stays in order. It can never change without
/// making the broker's stream anew.
pub const PARTITIONS: u8 = 16;

/// The partition of a stream: the first byte of the SHA-256 of its name, modulo
/// [`PARTITIONS`], so that any language can compute it.
pub fn partition(stream: &str) -> u8 {
    Sha256::digest(stream.as_bytes())[0] % PARTITIONS
}

/// The subject an event is published on.
pub fn subject(event: &RecordedEvent) -> String {
    let (context, name) = parts(&event.kind);
    format!(
        "ev.{}.{}.{}.{}",
        event.tenant.uuid().simple(),
        partition(&event.stream),
        token(context),
        token(name)
    )
}

/// A filter for all events of one context (`appointment`), of one tenant or of all.
pub fn subjects_of_context(tenant: Option<TenantId>, context: &str) -> String {
    format!("ev.{}.*.{}.*", tenant_token(tenant), token(context))
}

/// A filter for one event type (`appointment.booked`), of one tenant or of all.
pub fn subjects_of_kind(tenant: Option<TenantId>, kind: &str) -> String {
    let (context, name) = parts(kind);
    format!(
        "ev.{}.*.{}.{}",
        tenant_token(tenant),
        token(context),
        token(name)
    )
}

fn tenant_token(tenant: Option<TenantId>) -> String {
    tenant.map_or_else(
        || "*".to_owned(),
        |tenant| tenant.uuid().simple().to_string(),
    )
}

pub(crate) fn parts(kind: &str) -> (&str, &str) {
    kind.split_once('.').unwrap_or((kind, "_"))
}

/// One token of a subject: whatever could end or widen a subject becomes `_`.
pub(crate) fn token(text: &str) -> String {
    if text.is_empty() {
        return "_".to_owned();
    }
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            c
        } else {
            '_'
        }
    };
    text.chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_neither_widen_nor_end_a_subject() {
        assert_eq!(
            subjects_of_kind(None, "appointment.booked"),
            "ev.*.*.appointment.booked"
        );
        assert_eq!(subjects_of_kind(None, "a>.b c.*\r\n"), "ev.*.*.a_.b_c____");
        assert_eq!(subjects_of_kind(None, ""), "ev.*.*._._");
    }

    #[test]
    fn a_partition_is_the_same_in_every_release() {
        // 0x03 and 0x8d, from `printf calendar-1 | sha256sum` and the same for calendar-2.
        let found: Vec<u8> = ["calendar-1", "calendar-2"]
            .iter()
            .map(|stream| partition(stream))
            .collect();
        assert_eq!(found, EXPECTED);
    }

    const EXPECTED: [u8; 2] = [3, 13];
}
