#![allow(clippy::unwrap_used)]
use std::path::Path;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::crypto::sign;
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

const ISSUER: &str = "https://medilink.example";
const AUDIENCE: &str = "https://medilink.example/api";

fn load(folder: &Path) -> TokenKeys {
    TokenKeys::load_or_create(folder, ISSUER, AUDIENCE).unwrap()
}

/// Keys of a folder of their own.
fn keys() -> (TokenKeys, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (load(&folder.path().join("keys")), folder)
}

fn now() -> DateTime<Utc> {
    "2026-08-01T06:30:00Z".parse().unwrap()
}

fn claims() -> AccessClaims {
    AccessClaims {
        subject: Uuid::now_v7(),
        session: Uuid::now_v7(),
        tenant: Uuid::now_v7(),
        id: Uuid::now_v7(),
        issued_at: now(),
        expires_at: now() + TimeDelta::minutes(5),
    }
}

/// A header and claims that are believed if one of our keys signed them.
fn good(keys: &TokenKeys) -> (Value, Value) {
    let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": keys.current().signing_id()});
    let claims = json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": Uuid::now_v7(),
        "sid": Uuid::now_v7(),
        "tenant": Uuid::now_v7(),
        "jti": Uuid::now_v7(),
        "iat": now().timestamp(),
        "exp": now().timestamp() + 300,
    });
    (header, claims)
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token with any header and any claims.
fn forged(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// What is said of a token that our own key signed, with the parts changed as given.
fn verdict(change: impl Fn(&mut Value, &mut Value)) -> Result<AccessClaims, TokenError> {
    let (keys, _folder) = keys();
    let (mut header, mut claims) = good(&keys);
    change(&mut header, &mut claims);
    let token = signed_by(keys.current().signing(), &header, &claims);
    keys.verify(&token, now())
}

fn signed_by(key: &EncodingKey, header: &Value, claims: &Value) -> String {
    forged(header, claims, key, Algorithm::EdDSA)
}

fn without(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

fn attackers_key() -> (EncodingKey, Ed25519KeyPair) {
    let pair = Ed25519KeyPair::generate().unwrap();
    let pkcs8 = pair.to_pkcs8v1().unwrap();
    (EncodingKey::from_ed_der(pkcs8.as_ref()), pair)
}

#[test]
fn what_was_issued_is_what_is_verified_to_the_second() {
    let (keys, _folder) = keys();
    let claims = claims();
    let token = keys.issue(&claims).unwrap();
    assert_eq!(keys.verify(&token, now()), Ok(claims.clone()));

    let fraction = AccessClaims {
        issued_at: claims.issued_at + TimeDelta::milliseconds(999),
        expires_at: claims.expires_at + TimeDelta::milliseconds(999),
        ..claims.clone()
    };
    let token = keys.issue(&fraction).unwrap();
    assert_eq!(keys.verify(&token, now()), Ok(claims));
}

#[test]
fn a_token_has_the_header_and_claims_of_the_profile() {
    let (keys, _folder) = keys();
    let claims = claims();
    let token = keys.issue(&claims).unwrap();
    assert!(token.len() < 700, "{}", token.len());
    let parts: Vec<Value> = token
        .split('.')
        .take(2)
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
        .collect();
    let kid = keys.current().signing_id().to_owned();
    assert_eq!(
        parts[0],
        json!({"typ": "at+jwt", "alg": "EdDSA", "kid": kid})
    );
    let expected = json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": claims.subject,
        "sid": claims.session,
        "tenant": claims.tenant,
        "jti": claims.id,
        "iat": 1_785_565_800,
        "exp": 1_785_566_100,
    });
    assert_eq!(parts[1], expected);
}

#[test]
fn a_token_expires_at_the_very_second() {
    let (keys, _folder) = keys();
    let claims = claims();
    let token = keys.issue(&claims).unwrap();
    let at = |offset| keys.verify(&token, claims.expires_at + offset);
    assert!(at(TimeDelta::milliseconds(-1)).is_ok());
    assert_eq!(at(TimeDelta::zero()), Err(TokenError::Expired));
    assert_eq!(at(TimeDelta::days(3_650)), Err(TokenError::Expired));
}

#[test]
fn a_token_of_the_next_minute_is_believed_but_none_of_later() {
    let (keys, _folder) = keys();
    let claims = claims();
    let token = keys.issue(&claims).unwrap();
    let before = |offset| keys.verify(&token, claims.issued_at - offset);
    assert!(before(TimeDelta::seconds(60)).is_ok());
    let early = before(TimeDelta::milliseconds(60_001));
    assert_eq!(early, Err(TokenError::IssuedInFuture));
}

#[test]
fn a_token_without_a_signature_is_refused() {
    let (keys, _folder) = keys();
    let (mut header, claims) = good(&keys);
    for none in ["none", "None", "NONE", ""] {
        header["alg"] = none.into();
        let message = format!("{}.{}", part(&header), part(&claims));
        for token in [message.clone(), format!("{message}.")] {
            assert_eq!(keys.verify(&token, now()), Err(TokenError::Malformed));
        }
    }
    let (header, claims) = good(&keys);
    let bare = format!("{}.{}.", part(&header), part(&claims));
    assert_eq!(keys.verify(&bare, now()), Err(TokenError::BadSignature));
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let (keys, _folder) = keys();
    let (mut header, claims) = good(&keys);
    let x = keys.jwks()["keys"][0]["x"].as_str().unwrap().to_owned();
    let public = keys.jwks().to_string();
    for secret in [
        URL_SAFE_NO_PAD.decode(&x).unwrap(),
        x.into_bytes(),
        public.into_bytes(),
    ] {
        header["alg"] = "HS256".into();
        let secret = EncodingKey::from_secret(&secret);
        let token = forged(&header, &claims, &secret, Algorithm::HS256);
        assert_eq!(keys.verify(&token, now()), Err(TokenError::Malformed));
        // The same signature under the name of our algorithm.
        header["alg"] = "EdDSA".into();
        let token = forged(&header, &claims, &secret, Algorithm::HS256);
        assert_eq!(keys.verify(&token, now()), Err(TokenError::BadSignature));
    }
}

#[test]
fn other_keys_are_refused_whatever_the_header_says_of_them() {
    let (keys, _folder) = keys();
    let (foreign, _other) = self::keys();
    let token = foreign.issue(&claims()).unwrap();
    assert_eq!(keys.verify(&token, now()), Err(TokenError::UnknownKey));

    let (attacker, _pair) = attackers_key();
    let (header, claims) = good(&keys);
    let token = signed_by(&attacker, &header, &claims);
    assert_eq!(keys.verify(&token, now()), Err(TokenError::BadSignature));
}

#[test]
fn keys_that_a_token_brings_along_or_points_to_are_not_looked_at() {
    use aws_lc_rs::signature::KeyPair;
    let (keys, _folder) = keys();
    let (attacker, pair) = attackers_key();
    let x = URL_SAFE_NO_PAD.encode(pair.public_key());
    let (ours, claims) = good(&keys);
    for (name, value) in [
        (
            "jwk",
            json!({"kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA"}),
        ),
        ("jku", json!("https://attacker.example/jwks.json")),
        ("x5u", json!("https://attacker.example/chain.pem")),
        ("x5c", json!([x])),
    ] {
        let mut header = ours.clone();
        header[name] = value;
        // Ignored, not refused: it is our key that counts.
        let token = signed_by(keys.current().signing(), &header, &claims);
        assert!(keys.verify(&token, now()).is_ok(), "{name}");
        for (kid, error) in [
            (ours["kid"].clone(), TokenError::BadSignature),
            (json!("attacker"), TokenError::UnknownKey),
            (json!(null), TokenError::UnknownKey),
        ] {
            header["kid"] = kid;
            let token = signed_by(&attacker, &header, &claims);
            assert_eq!(keys.verify(&token, now()), Err(error), "{name}");
        }
    }
}

#[test]
fn our_own_key_is_not_enough() {
    assert!(verdict(|_, _| {}).is_ok());
    let wrong = Err(TokenError::WrongPurpose);
    for typ in ["JWT", "at+JWT", "application/at+jwt", "id+jwt", ""] {
        assert_eq!(
            verdict(|header, _| header["typ"] = typ.into()),
            wrong,
            "{typ}"
        );
    }
    assert_eq!(verdict(|header, _| without(header, "typ")), wrong);
    for (name, value) in [
        ("iss", "https://attacker.example"),
        ("iss", ""),
        ("iss", "https://medilink.example/"),
        ("aud", "https://other.example/api"),
        ("aud", ISSUER),
        ("aud", ""),
    ] {
        assert_eq!(
            verdict(|_, claims| claims[name] = value.into()),
            wrong,
            "{name} {value}"
        );
    }
}

#[test]
fn a_token_for_several_audiences_or_without_a_claim_is_refused() {
    let malformed = Err(TokenError::Malformed);
    for audiences in [
        json!([AUDIENCE]),
        json!([AUDIENCE, "other"]),
        json!([]),
        json!(null),
    ] {
        assert_eq!(
            verdict(|_, claims| claims["aud"] = audiences.clone()),
            malformed
        );
    }
    for name in ["iss", "aud", "sub", "sid", "tenant", "jti", "iat", "exp"] {
        assert_eq!(
            verdict(|_, claims| without(claims, name)),
            malformed,
            "{name}"
        );
        assert_eq!(
            verdict(|_, claims| claims[name] = json!({})),
            malformed,
            "{name}"
        );
    }
    for (name, value) in [
        ("exp", json!("1785566100")),
        ("exp", json!(1_785_566_100.5)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(-1)),
        ("iat", json!(i64::MIN)),
        ("iat", json!(u64::MAX)),
        ("sub", json!("root")),
    ] {
        assert_eq!(
            verdict(|_, claims| claims[name] = value.clone()),
            malformed,
            "{name} {value}"
        );
    }
}

#[test]
fn an_extension_that_must_be_understood_is_refused() {
    let critical = verdict(|header, _| {
        header["crit"] = json!(["b64"]);
        header["b64"] = false.into();
    });
    assert_eq!(critical, Err(TokenError::Malformed));
    assert!(verdict(|header, _| header["unknown"] = json!([1, 2])).is_ok());
}

#[test]
fn what_was_changed_after_signing_is_refused() {
    let (keys, _folder) = keys();
    let token = keys.issue(&claims()).unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let (header, payload, signature) = (parts[0], parts[1], parts[2]);

    let mut other: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    other["sub"] = json!(Uuid::now_v7());
    let tampered = format!("{header}.{}.{signature}", part(&other));
    assert_eq!(keys.verify(&tampered, now()), Err(TokenError::BadSignature));

    for garbage in ["x", "=", ".", "\n", " ", "\0", ".eyJ9", "AAAA"] {
        for text in [format!("{token}{garbage}"), format!("{garbage}{token}")] {
            assert!(keys.verify(&text, now()).is_err(), "{garbage:?}");
        }
    }
    for text in [
        "",
        ".",
        "..",
        "...",
        header,
        &format!("{header}.{payload}"),
        &token[..token.len() - 1],
    ] {
        assert!(keys.verify(text, now()).is_err(), "{text}");
    }
    // Bits that base64 has to spare must not make another token of the same.
    let last = signature.chars().last().unwrap();
    for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
        let text = format!("{}{other}", &token[..token.len() - 1]);
        assert_eq!(keys.verify(&text, now()).is_ok(), other == last, "{other}");
    }
}

#[test]
fn a_text_beyond_two_kibibytes_is_not_parsed() {
    let (keys, _folder) = keys();
    let (mut header, claims) = good(&keys);
    let long = |header: &Value| signed_by(keys.current().signing(), header, &claims);
    header["pad"] = "x".repeat(900).into();
    let fits = long(&header);
    assert!(fits.len() <= 2_048 && keys.verify(&fits, now()).is_ok());
    header["pad"] = "x".repeat(1_200).into();
    let too_long = long(&header);
    assert!(too_long.len() > 2_048);
    assert_eq!(keys.verify(&too_long, now()), Err(TokenError::Malformed));
}

proptest! {
    #[test]
    fn no_text_makes_verifying_panic(
        text in prop_oneof![any::<String>(), "[A-Za-z0-9_.-]{0,300}", "eyJ[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,90}"],
    ) {
        let (keys, _folder) = keys();
        prop_assert!(keys.verify(&text, now()).is_err());
    }

    #[test]
    fn no_signed_claims_make_verifying_panic(
        iat in any::<i64>(),
        exp in any::<i64>(),
        seconds in -8_000_000_000_000i64..8_000_000_000_000,
    ) {
        let (keys, _folder) = keys();
        let (header, mut claims) = good(&keys);
        claims["iat"] = iat.into();
        claims["exp"] = exp.into();
        let token = signed_by(keys.current().signing(), &header, &claims);
        let now = DateTime::from_timestamp(seconds, 0).unwrap();
        let _ = keys.verify(&token, now);
    }
}
