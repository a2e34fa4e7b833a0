#![allow(clippy::unwrap_used)]
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
use aws_lc_rs::signature::{
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::crypto::sign;
use serde_json::{Value, json};

use super::*;
use crate::InvalidClientKey;

const TOKEN_ENDPOINT: &str = "https://medilink.example/oauth2/token";

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A program with a key, under the name `k1`.
struct Program {
    key: ClientKey,
    signing: EncodingKey,
    algorithm: Algorithm,
    client: Uuid,
}

impl Program {
    fn new(key: ClientKey, signing: EncodingKey) -> Self {
        Self {
            algorithm: key.algorithm(),
            key,
            signing,
            client: Uuid::now_v7(),
        }
    }

    fn es384() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let point = pair.public_key().as_ref();
        let (x, y) = (encoded(&point[1..49]), encoded(&point[49..]));
        let pkcs8 = pair.to_pkcs8v1().unwrap();
        let key = ClientKey::es384("k1", &x, &y).unwrap();
        Self::new(key, EncodingKey::from_ec_der(pkcs8.as_ref()))
    }

    fn rs384(size: KeySize) -> Self {
        let private = PrivateDecryptingKey::generate(size).unwrap();
        let pkcs8 = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&private).unwrap();
        let pair = RsaKeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        let n = pair
            .public_key()
            .modulus()
            .big_endian_without_leading_zero();
        let e = pair
            .public_key()
            .exponent()
            .big_endian_without_leading_zero();
        let key = ClientKey::rs384("k1", &encoded(n), &encoded(e)).unwrap();
        // PKCS#1 is what PKCS#8 wraps, after a header of 26 bytes.
        Self::new(key, EncodingKey::from_rsa_der(&pkcs8.as_ref()[26..]))
    }

    fn ed25519() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let key = ClientKey::ed25519("k1", &encoded(pair.public_key().as_ref())).unwrap();
        let pkcs8 = pair.to_pkcs8v1().unwrap();
        Self::new(key, EncodingKey::from_ed_der(pkcs8.as_ref()))
    }

    /// A header and claims that are believed if the key signed them.
    fn good(&self) -> (Value, Value) {
        let header = json!({"alg": format!("{:?}", self.algorithm), "kid": "k1", "typ": "JWT"});
        let claims = json!({
            "iss": self.client, "sub": self.client, "aud": TOKEN_ENDPOINT, "jti": "once",
            "exp": now().timestamp() + 300,
        });
        (header, claims)
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| encoded(value.to_string().as_bytes());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = sign(message.as_bytes(), &self.signing, self.algorithm).unwrap();
        format!("{message}.{signature}")
    }

    fn verify(&self, assertion: &str) -> Result<Assertion, AssertionError> {
        let audiences = [TOKEN_ENDPOINT, "https://medilink.example"].map(str::to_owned);
        verify_assertion(
            assertion,
            std::slice::from_ref(&self.key),
            &audiences,
            now(),
        )
    }

    /// What is said of an assertion with the parts changed as given.
    fn verdict(
        &self,
        change: impl Fn(&mut Value, &mut Value),
    ) -> Result<Assertion, AssertionError> {
        let (mut header, mut claims) = self.good();
        change(&mut header, &mut claims);
        self.verify(&self.signed(&header, &claims))
    }
}

fn now() -> DateTime<Utc> {
    "2026-08-01T06:30:00Z".parse().unwrap()
}

#[test]
fn each_algorithm_that_is_published_is_verified() {
    let programs = [
        Program::es384(),
        Program::rs384(KeySize::Rsa2048),
        Program::ed25519(),
    ];
    for program in &programs {
        let found = program.verdict(|_, _| {}).unwrap();
        assert_eq!(found.client, program.client);
        assert_eq!(found.forget_at, now() + LONGEST);
        let (header, claims) = program.good();
        let assertion = program.signed(&header, &claims);
        assert_eq!(claimed_client(&assertion), Some(program.client));
        for other in &programs {
            if other.algorithm != program.algorithm {
                let foreign = other.verify(&assertion);
                assert_eq!(foreign, Err(AssertionError::UnknownKey));
            }
        }
    }
}

#[test]
fn what_is_wrong_is_not_believed() {
    use AssertionError::{Malformed, NotOfNow, UnknownKey, WrongPurpose};
    type Change = fn(&mut Value, &mut Value);
    let program = Program::es384();
    let cases: &[(&str, Change, AssertionError)] = &[
        (
            "an access token",
            |h, _| h["typ"] = json!("at+jwt"),
            Malformed,
        ),
        (
            "a key's address",
            |h, _| h["jku"] = json!("https://evil.example"),
            Malformed,
        ),
        (
            "a certificate's address",
            |h, _| h["x5u"] = json!("https://evil.example"),
            Malformed,
        ),
        (
            "a certificate",
            |h, _| h["x5c"] = json!(["AA=="]),
            Malformed,
        ),
        ("an extension", |h, _| h["crit"] = json!(["exp"]), Malformed),
        ("another key", |h, _| h["kid"] = json!("k2"), UnknownKey),
        ("no key", |h, _| h["kid"] = Value::Null, UnknownKey),
        (
            "another algorithm",
            |h, _| h["alg"] = json!("RS384"),
            UnknownKey,
        ),
        (
            "a weaker algorithm",
            |h, _| h["alg"] = json!("ES256"),
            UnknownKey,
        ),
        ("a secret", |h, _| h["alg"] = json!("HS384"), UnknownKey),
        ("no algorithm", |h, _| h["alg"] = json!("none"), Malformed),
        (
            "another subject",
            |_, c| c["sub"] = json!(Uuid::now_v7()),
            WrongPurpose,
        ),
        (
            "another server",
            |_, c| c["aud"] = json!("https://evil.example"),
            WrongPurpose,
        ),
        ("no audience", |_, c| c["aud"] = json!([]), Malformed),
        (
            "two audiences",
            |_, c| c["aud"] = json!([TOKEN_ENDPOINT, "https://evil.example"]),
            Malformed,
        ),
        ("no id", |_, c| c["jti"] = Value::Null, Malformed),
        ("an empty id", |_, c| c["jti"] = json!(""), Malformed),
        (
            "a long id",
            |_, c| c["jti"] = json!("j".repeat(256)),
            Malformed,
        ),
        ("no end", |_, c| c["exp"] = Value::Null, Malformed),
        ("over", |_, c| c["exp"] = json!(now().timestamp()), NotOfNow),
        (
            "too long",
            |_, c| c["exp"] = json!(now().timestamp() + 311),
            NotOfNow,
        ),
        ("for ever", |_, c| c["exp"] = json!(i64::MAX), Malformed),
        (
            "of tomorrow",
            |_, c| c["iat"] = json!(now().timestamp() + 11),
            NotOfNow,
        ),
        (
            "not yet",
            |_, c| c["nbf"] = json!(now().timestamp() + 11),
            NotOfNow,
        ),
    ];
    for (name, change, expected) in cases {
        assert_eq!(program.verdict(change), Err(*expected), "{name}");
    }
}

#[test]
fn the_issuer_is_as_good_an_audience_and_a_list_of_one_too() {
    let program = Program::ed25519();
    let issuer = json!("https://medilink.example");
    assert!(program.verdict(|_, c| c["aud"] = issuer.clone()).is_ok());
    assert!(
        program
            .verdict(|_, c| c["aud"] = json!([TOKEN_ENDPOINT]))
            .is_ok()
    );
    let typ = json!("client-authentication+jwt");
    assert!(program.verdict(|h, _| h["typ"] = typ.clone()).is_ok());
}

#[test]
fn another_signature_or_a_public_key_as_a_secret_proves_nothing() {
    let (program, other) = (Program::es384(), Program::es384());
    let (header, claims) = program.good();
    let forged = other.signed(&header, &claims);
    assert_eq!(program.verify(&forged), Err(AssertionError::BadSignature));

    let unsigned = program.signed(&header, &claims);
    let unsigned = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    assert_eq!(program.verify(&unsigned), Err(AssertionError::BadSignature));

    // The classic confusion: the public key is nobody's secret.
    let mut header = header;
    header["alg"] = json!("HS384");
    let message = [&header, &claims].map(|part| encoded(part.to_string().as_bytes()));
    let message = message.join(".");
    let secret = EncodingKey::from_secret(program.key.key().try_get_as_bytes().unwrap());
    let signature = sign(message.as_bytes(), &secret, Algorithm::HS384).unwrap();
    let confused = format!("{message}.{signature}");
    assert_eq!(program.verify(&confused), Err(AssertionError::UnknownKey));
    assert_eq!(
        program.verify(&"x".repeat(5_000)),
        Err(AssertionError::Malformed)
    );
}

#[test]
fn what_is_no_key_is_refused() {
    let long = |byte: u8, length: usize| encoded(&vec![byte; length]);
    let refused = [
        ClientKey::es384("k", &long(1, 48), &long(2, 48)),
        ClientKey::es384("k", &long(1, 32), &long(2, 32)),
        ClientKey::ed25519("k", &long(1, 31)),
        ClientKey::ed25519("k", "not base64!"),
        ClientKey::rs384("k", &long(0xff, 255), "AQAB"),
        ClientKey::rs384("k", &long(0x7f, 256), "AQAB"),
        ClientKey::rs384("k", &long(0xfe, 256), "AQAB"),
        ClientKey::rs384("k", &long(0xff, 1_025), "AQAB"),
        ClientKey::rs384("k", &long(0xff, 256), "AQ"),
        ClientKey::rs384("k", &long(0xff, 256), "AQAA"),
    ];
    for key in refused {
        assert_eq!(key.map(|_| ()), Err(InvalidClientKey));
    }
}
