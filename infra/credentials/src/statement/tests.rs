#![allow(clippy::unwrap_used)]
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use jsonwebtoken::crypto::sign;
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::AccessClaims;

const ISSUER: &str = "https://medilink.example";
const AUDIENCE: &str = "https://medilink.example/api";
const RECEIPT: StatementKind = StatementKind::new("consent-receipt+jwt", "consent-receipt");
const OTHER: StatementKind = StatementKind::new("other+jwt", "consent-receipt");
const OTHERS: StatementKind = StatementKind::new("consent-receipt+jwt", "others");

fn keys() -> (TokenKeys, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let keys = TokenKeys::load_or_create(&folder.path().join("keys"), ISSUER, AUDIENCE).unwrap();
    (keys, folder)
}

fn now() -> DateTime<Utc> {
    "2026-08-01T06:30:00Z".parse().unwrap()
}

fn claims() -> Map<String, Value> {
    let claims = json!({"status": "GRANTED", "iss": "someone else", "aud": AUDIENCE});
    claims.as_object().unwrap().clone()
}

fn access_token(keys: &TokenKeys) -> String {
    let claims = AccessClaims {
        subject: Uuid::now_v7(),
        session: Uuid::now_v7(),
        tenant: Uuid::now_v7(),
        id: Uuid::now_v7(),
        issued_at: now(),
        expires_at: now() + TimeDelta::minutes(5),
    };
    keys.issue(&claims).unwrap()
}

#[test]
fn what_was_signed_is_what_is_read_and_never_stops_to_be() {
    let (keys, _folder) = keys();
    let signed = keys.sign(RECEIPT, claims()).unwrap();
    for later in [0, 36_500] {
        let read = keys.read(RECEIPT, &signed, now() + TimeDelta::days(later));
        let read = read.unwrap();
        assert_eq!(read["status"], "GRANTED");
        assert_eq!(read["iss"], ISSUER);
        assert_eq!(read["aud"], "consent-receipt");
    }
}

#[test]
fn a_statement_is_no_access_token_and_an_access_token_is_no_statement() {
    let (keys, _folder) = keys();
    let mut forged = claims();
    for (name, value) in [
        ("sub", json!(Uuid::now_v7())),
        ("sid", json!(Uuid::now_v7())),
        ("tenant", json!(Uuid::now_v7())),
        ("jti", json!(Uuid::now_v7())),
        ("iat", json!(now().timestamp())),
        ("exp", json!(now().timestamp() + 300)),
    ] {
        forged.insert(name.to_owned(), value);
    }
    let signed = keys.sign(RECEIPT, forged.clone()).unwrap();
    assert_eq!(keys.verify(&signed, now()), Err(TokenError::WrongPurpose));
    let token = access_token(&keys);
    let read = keys.read(RECEIPT, &token, now());
    assert_eq!(read, Err(TokenError::WrongPurpose));

    // With the other's type even, the audience tells them apart.
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let with_typ = |typ: &str, claims: &Value| {
        let kid = keys.current().signing_id().to_owned();
        let header = json!({"typ": typ, "alg": "EdDSA", "kid": kid});
        let message = format!("{}.{}", part(&header), part(claims));
        let key = keys.current();
        let signature = sign(message.as_bytes(), key.signing(), Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    };
    forged.insert("iss".to_owned(), json!(ISSUER));
    forged.insert("aud".to_owned(), json!("consent-receipt"));
    let statement = with_typ("at+jwt", &Value::Object(forged.clone()));
    assert_eq!(
        keys.verify(&statement, now()),
        Err(TokenError::WrongPurpose)
    );
    forged.insert("aud".to_owned(), json!(AUDIENCE));
    let token = with_typ("consent-receipt+jwt", &Value::Object(forged));
    let read = keys.read(RECEIPT, &token, now());
    assert_eq!(read, Err(TokenError::WrongPurpose));
}

#[test]
fn a_statement_of_another_kind_is_refused() {
    let (keys, _folder) = keys();
    let signed = keys.sign(RECEIPT, claims()).unwrap();
    for kind in [OTHER, OTHERS] {
        let read = keys.read(kind, &signed, now());
        assert_eq!(read, Err(TokenError::WrongPurpose));
    }
}

#[test]
fn a_changed_statement_is_refused() {
    let (keys, _folder) = keys();
    let signed = keys.sign(RECEIPT, claims()).unwrap();
    let parts: Vec<&str> = signed.split('.').collect();
    let said = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let changed = URL_SAFE_NO_PAD.encode(said.replace("GRANTED", "REVOKED"));
    let forged = format!("{}.{changed}.{}", parts[0], parts[2]);
    let read = keys.read(RECEIPT, &forged, now());
    assert_eq!(read, Err(TokenError::BadSignature));
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    assert!(keys.read(RECEIPT, &unsigned, now()).is_err());
    let (others, _folder) = self::keys();
    let read = others.read(RECEIPT, &signed, now());
    assert_eq!(read, Err(TokenError::UnknownKey));
    let long = format!("{signed}{}", "A".repeat(MAX_BYTES));
    assert_eq!(keys.read(RECEIPT, &long, now()), Err(TokenError::Malformed));
    for nothing in ["", ".", "..", "a.b.c"] {
        let read = keys.read(RECEIPT, nothing, now());
        assert_eq!(read, Err(TokenError::Malformed));
    }
}
