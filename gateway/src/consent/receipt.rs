//! The receipt of a consent: ABDM's consent artefact (National Health Authority, Ayushman
//! Bharat Digital Mission, HIU and HIP APIs), with where in the log it was decided.

use chrono::{DateTime, SecondsFormat, Utc};
use medilink_domain::consent::{ConsentFrequency, Grantee};
use medilink_projections::consent::ConsentRow;
use serde_json::{Map, Value, json};

/// What the codes of purposes mean, by ABDM.
const PURPOSES: &str = "http://terminology.hl7.org/ValueSet/v3-PurposeOfUse";

/// What the receipt says: the same however often it is asked for.
pub(super) fn claims(row: &ConsentRow) -> Map<String, Value> {
    let terms = &row.terms.0;
    let types: Vec<&str> = terms.types.iter().map(|kind| kind.abdm()).collect();
    let requester = row.requester.map(|person| json!({ "id": person }));
    let claims = [
        ("iat", json!(row.decided_at.timestamp())),
        ("consentId", json!(row.consent)),
        ("createdAt", json!(instant(row.created_at))),
        ("patient", json!({ "id": row.patient })),
        // None is singled out: kinds and period say what is meant.
        ("careContexts", json!([])),
        (
            "purpose",
            json!({ "text": terms.purpose.text(), "code": terms.purpose, "refUri": PURPOSES }),
        ),
        ("hip", json!({ "id": row.tenant })),
        ("hiu", grantee(row.grantee.0)),
        ("requester", json!(requester)),
        ("hiTypes", json!(types)),
        (
            "permission",
            json!({
                "accessMode": terms.mode.abdm(),
                "dateRange": { "from": instant(terms.from), "to": instant(terms.to) },
                "dataEraseAt": instant(terms.expires_at),
                "frequency": terms.frequency.map(frequency),
            }),
        ),
        ("status", json!(row.state.abdm())),
        ("statusAt", json!(instant(row.decided_at))),
        ("logPosition", json!(row.decided.0)),
    ];
    claims
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn grantee(grantee: Grantee) -> Value {
    match grantee {
        Grantee::Person { id } => json!({ "type": "person", "id": id }),
        Grantee::Department { id, hospital } => {
            json!({ "type": "department", "id": id, "hospital": hospital })
        }
        Grantee::Hospital { id } => json!({ "type": "hospital", "id": id }),
        Grantee::Integrator { id } => json!({ "type": "integrator", "id": id }),
    }
}

fn frequency(frequency: ConsentFrequency) -> Value {
    json!({
        "unit": frequency.unit.abdm(),
        "value": frequency.value,
        "repeats": frequency.repeats,
    })
}
