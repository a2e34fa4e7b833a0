//! What a certificate says. It is made anew from the log each time it is asked for, and says the
//! same each time.

use medilink_domain::erasure::Stage;
use medilink_domain::retention::RetentionRules;
use medilink_log::StoredCheckpoint;
use medilink_projections::erasure::{Certificate, ErasureRow};
use poem_openapi::Object;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A certificate that data was erased.
#[derive(Object)]
pub struct CertificateOut {
    /// The certificate.
    id: Uuid,
    /// What it says: who (by number alone), what was erased when, by which tombstone and where
    /// the log says so; what is kept, until when and by which law; and the signed checkpoint of
    /// the log that covers it.
    document: Value,
    /// The same as a JWS (RFC 7515, compact) of type `erasure-certificate+jwt`, signed with
    /// EdDSA by a key of `/.well-known/jwks.json`.
    signed: String,
}

impl CertificateOut {
    pub(super) const fn new(id: Uuid, document: Value, signed: String) -> Self {
        Self {
            id,
            document,
            signed,
        }
    }
}

/// What the newest certificate of an erasure says.
pub(super) fn document(
    row: &ErasureRow,
    last: &Certificate,
    checkpoint: &StoredCheckpoint,
    rules: &RetentionRules,
) -> Map<String, Value> {
    let parts = row.parts.0.iter();
    let (gone, left): (Vec<_>, Vec<_>) = parts.partition(|part| part.stage == Stage::Certified);
    let erased = gone.into_iter().filter_map(|part| {
        let gone = part.gone?;
        Some(json!({
            "category": part.category.name(), "at": gone.at, "tombstone": gone.tombstone,
            "position": gone.position,
        }))
    });
    let kept = left.into_iter().map(|part| {
        let kept = part.kept.as_ref();
        let rule = kept.and_then(|kept| rules.rule(kept.rule.as_ref()?));
        json!({
            "category": part.category.name(), "not_before": part.not_before,
            "basis": kept.map(|kept| kept.basis.as_str()),
            "rule": kept.and_then(|kept| kept.rule.as_ref()).map(|rule| rule.as_str()),
            "rules_version": kept.and_then(|kept| kept.rules_version),
            "source": rule.map(|rule| &rule.source), "reason": rule.map(|rule| &rule.reason),
        })
    });
    let stays = rules
        .of_the_log()
        .map(|rule| json!({"rule": rule.id, "source": rule.source, "reason": rule.reason}));
    let log = json!({
        "tree_size": checkpoint.size,
        "root": hex::encode(checkpoint.root),
        "checkpoint": String::from_utf8_lossy(&checkpoint.note),
    });
    let claims = [
        ("jti", json!(last.certificate)),
        ("iat", json!(last.at.timestamp())),
        ("tenant", json!(row.tenant)),
        ("sub", json!(row.person)),
        ("erasure", json!(row.erasure)),
        ("requested_at", json!(row.requested_at)),
        ("erased", json!(erased.collect::<Vec<_>>())),
        ("kept", json!(kept.collect::<Vec<_>>())),
        ("stays", json!(stays.collect::<Vec<_>>())),
        ("log", log),
    ];
    claims
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
