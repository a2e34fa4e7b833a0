//! Access tokens that nobody gave out.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use medilink_tests::Newcomer;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;
use crate::tally::Tally;

fn read(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn write(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn with(value: &Value, name: &str, to: Value) -> Value {
    let mut changed = value.clone();
    changed[name] = to;
    changed
}

/// HS256 with something that everyone knows as the secret.
fn mac(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let signed = format!("{}.{}", write(header), write(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
}

#[tokio::test]
async fn a_token_that_nobody_gave_out_lets_nobody_in() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let tokens = asha.sign_in(&platform).await;
    let right = tokens.text("access_token");
    let parts: Vec<&str> = right.split('.').collect();
    let (header, claims, signature) = (read(parts[0]), read(parts[1]), parts[2]);
    let published = platform
        .caller("")
        .get("/.well-known/jwks.json")
        .await
        .unwrap();
    let public = published.body["keys"][0]["x"].as_str().unwrap();
    let raw = URL_SAFE_NO_PAD.decode(public).unwrap();
    // The DER of an Ed25519 public key (RFC 8410) is this before the key itself.
    let prefix = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    let der = [&prefix[..], &raw].concat();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(&der)
    );

    let mut forged: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, token: String| forged.push((name.to_owned(), token));
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let header = write(&with(&header, "alg", json!(none)));
        add("no signature", format!("{header}.{}.", write(&claims)));
        add(
            "an unsigned header over a signature",
            format!("{header}.{}.{signature}", parts[1]),
        );
    }
    for alg in [
        "HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES384", "EdDSA ",
    ] {
        let header = write(&with(&header, "alg", json!(alg)));
        add(
            "another algorithm",
            format!("{header}.{}.{signature}", parts[1]),
        );
    }
    let hs = with(&header, "alg", json!("HS256"));
    for secret in [
        &raw[..],
        &der,
        pem.as_bytes(),
        pem.trim().as_bytes(),
        public.as_bytes(),
        b"",
    ] {
        add("the public key as a secret", mac(&hs, &claims, secret));
    }
    for kid in [
        "../../../../dev/null",
        "' UNION SELECT 'x",
        "/etc/passwd",
        "",
        "unknown",
        "\0",
    ] {
        let header = write(&with(&header, "kid", json!(kid)));
        add(
            "a foreign key id",
            format!("{header}.{}.{signature}", parts[1]),
        );
    }
    let other = aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap();
    let other_public = {
        use aws_lc_rs::signature::KeyPair;
        URL_SAFE_NO_PAD.encode(other.public_key().as_ref())
    };
    let pkcs8 = other.to_pkcs8().unwrap();
    let key = EncodingKey::from_ed_der(pkcs8.as_ref());
    let sign = |change: &dyn Fn(&mut Header)| {
        let mut ours = Header::new(Algorithm::EdDSA);
        ours.typ = header["typ"].as_str().map(str::to_owned);
        ours.kid = header["kid"].as_str().map(str::to_owned);
        change(&mut ours);
        encode(&ours, &claims, &key).unwrap()
    };
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": other_public, "kid": "mine"});
    add("a foreign key under our key's id", sign(&|_| {}));
    add(
        "a foreign key under its own id",
        sign(&|header| header.kid = Some("mine".into())),
    );
    add(
        "a foreign key without an id",
        sign(&|header| header.kid = None),
    );
    add(
        "jku",
        sign(&|header| header.jku = Some("http://127.0.0.1:9/jwks.json".into())),
    );
    add(
        "x5u",
        sign(&|header| header.x5u = Some("http://127.0.0.1:9/cert.pem".into())),
    );
    add(
        "an embedded key",
        sign(&|header| header.jwk = serde_json::from_value(jwk.clone()).ok()),
    );
    let in_header = with(&header, "jwk", jwk.clone());
    add(
        "an embedded key over our signature",
        format!("{}.{}.{signature}", write(&in_header), parts[1]),
    );
    for typ in [
        "JWT",
        "",
        "consent-receipt+jwt",
        "erasure-certificate+jwt",
        "refresh+jwt",
    ] {
        let header = write(&with(&header, "typ", json!(typ)));
        add("another type", format!("{header}.{}.{signature}", parts[1]));
    }
    let somebody = json!(Uuid::now_v7());
    for (name, value) in [
        ("sub", somebody.clone()),
        ("tenant", somebody.clone()),
        ("jti", somebody.clone()),
        ("sid", somebody.clone()),
        ("aud", json!("another")),
        ("aud", json!(["medilink", "another"])),
        ("iss", json!("https://evil.example")),
        ("exp", json!(9_999_999_999_i64)),
        ("nbf", json!(0)),
        ("iat", json!(0)),
        ("roles", json!(["platform-administrator"])),
        ("scope", json!("*")),
        ("amr", json!(["otp"])),
    ] {
        let claims = write(&with(&claims, name, value));
        add(
            &format!("another {name}"),
            format!("{}.{claims}.{signature}", parts[0]),
        );
    }
    let critical = with(&header, "crit", json!(["exp"]));
    add(
        "something critical",
        format!("{}.{}.{signature}", write(&critical), parts[1]),
    );
    add("a longer signature", format!("{right}AA"));
    add("a shorter signature", right[..right.len() - 2].to_owned());
    add("no signature at all", format!("{}.{}", parts[0], parts[1]));
    add("four parts", format!("{right}.{signature}"));
    add("a refresh token", tokens.text("refresh_token").to_owned());
    add("padding", format!("{right}="));
    add(
        "a zero signature",
        format!(
            "{}.{}.{}",
            parts[0],
            parts[1],
            URL_SAFE_NO_PAD.encode([0; 64])
        ),
    );

    let mut tally = Tally::of("forged access tokens");
    for (name, token) in &forged {
        for path in ["/v1/me", &format!("/v1/patients/{}", asha.person)] {
            let answer = platform.caller(token).get(path).await.unwrap();
            tally.take(
                format_args!("{name} at {path}"),
                answer.status == 401,
                &answer.text,
            );
        }
    }
    for scheme in ["Basic", "bearer:", "Token", "MAC", "Negotiate"] {
        let nobody = platform
            .caller("")
            .with("authorization", &format!("{scheme} {right}"));
        let answer = nobody.get("/v1/me").await.unwrap();
        tally.take(
            format_args!("as {scheme}"),
            answer.status == 401,
            &answer.text,
        );
    }
    for path in [
        format!("/v1/me?access_token={right}"),
        format!("/v1/me?token={right}"),
        format!("/v1/me?authorization=Bearer%20{right}"),
    ] {
        let answer = platform.caller("").get(&path).await.unwrap();
        tally.take(
            "in the address",
            matches!(answer.status, 400 | 401),
            &answer.text,
        );
    }
    let own = tokens.caller(&platform).get("/v1/me").await.unwrap();
    assert_eq!(own.status, 200, "{}", own.text);
    tally.end(120);
}
