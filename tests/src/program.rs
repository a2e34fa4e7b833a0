//! A program of others that signs in with its own key, as an integrator would.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use medilink_commands::integrator::Register;
use medilink_commands::{Actor, CommandContext, Executor};
use medilink_domain::integrator::ClientKey;
use medilink_domain::values::Role;
use medilink_domain::{HospitalId, TenantId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::http::{Answer, Caller};
use crate::platform::Platform;

/// How a program says that it shows a JWT.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A program with a key.
pub struct Program {
    /// What it is called here.
    pub client: Uuid,
    /// What it calls its key.
    pub kid: String,
    pair: EcdsaKeyPair,
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Program {
    /// A program that nobody knows.
    pub fn unknown() -> Self {
        Self {
            client: Uuid::now_v7(),
            kid: Uuid::now_v7().simple().to_string(),
            pair: EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap(),
        }
    }

    /// A program that somebody registered who may, for these hospitals (or the network).
    pub async fn registered(
        executor: &Executor,
        tenant: TenantId,
        scopes: &[&str],
        hospitals: &[Uuid],
    ) -> Self {
        let program = Self::unknown();
        let roles = vec![Role::PlatformAdministrator];
        let context = CommandContext::new(Actor {
            second_factor: true,
            proven_at: Some(Utc::now()),
            ..Actor::new(Uuid::now_v7(), tenant, roles)
        });
        let register = Register {
            name: "Lab of the North".parse().unwrap(),
            scopes: scopes.iter().map(|scope| scope.parse().unwrap()).collect(),
            keys: vec![program.key()],
            hospitals: hospitals.iter().copied().map(HospitalId).collect(),
            expires_at: None,
        };
        let done = executor.execute(&context, &register).await.unwrap();
        Self {
            client: done.answer.integrator.uuid(),
            ..program
        }
    }

    /// The coordinates of its public key.
    fn point(&self) -> (String, String) {
        let point = self.pair.public_key().as_ref();
        (encoded(&point[1..49]), encoded(&point[49..]))
    }

    fn key(&self) -> ClientKey {
        let (x, y) = self.point();
        ClientKey::Es384 {
            kid: self.kid.parse().unwrap(),
            x: x.parse().unwrap(),
            y: y.parse().unwrap(),
        }
    }

    /// Its public key, as it would send it to be registered.
    pub fn jwk(&self) -> Value {
        let (x, y) = self.point();
        json!({
            "kty": "EC", "crv": "P-384", "alg": "ES384", "use": "sig", "kid": self.kid,
            "x": x, "y": y,
        })
    }

    /// A header and claims that are believed if the program signs them.
    pub fn good(&self, audience: &str) -> (Value, Value) {
        let header = json!({"alg": "ES384", "typ": "JWT", "kid": self.kid});
        let claims = json!({
            "iss": self.client, "sub": self.client, "aud": audience,
            "jti": Uuid::new_v4(), "exp": Utc::now().timestamp() + 240,
        });
        (header, claims)
    }

    /// A JWT of its own.
    pub fn signed(&self, header: &Value, claims: &Value) -> String {
        let message = Self::unsigned(header, claims);
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes());
        format!("{message}.{}", encoded(signature.unwrap()))
    }

    /// What would be signed.
    pub fn unsigned(header: &Value, claims: &Value) -> String {
        let [header, claims] = [header, claims].map(|part| encoded(part.to_string()));
        format!("{header}.{claims}")
    }

    /// An assertion that is believed once.
    pub async fn assertion(&self, platform: &Platform) -> String {
        let (header, claims) = self.good(&token_endpoint(platform).await);
        self.signed(&header, &claims)
    }

    /// Asks for a token.
    pub async fn ask(&self, platform: &Platform, scope: &str) -> Answer {
        let assertion = self.assertion(platform).await;
        show(&platform.caller(""), &assertion, scope).await
    }

    /// The program with a token.
    ///
    /// # Panics
    /// When it gets none.
    pub async fn caller(&self, platform: &Platform, scope: &str) -> Caller {
        let given = self.ask(platform, scope).await;
        assert_eq!(given.status, 200, "{}", given.text);
        platform.caller(given.body["access_token"].as_str().unwrap())
    }
}

/// Where programs find that they get tokens.
///
/// # Panics
/// When they don't.
pub async fn token_endpoint(platform: &Platform) -> String {
    let path = "/.well-known/smart-configuration";
    let found = platform.caller("").get(path).await.unwrap();
    found.body["token_endpoint"].as_str().unwrap().to_owned()
}

/// Shows an assertion.
pub async fn show(caller: &Caller, assertion: &str, scope: &str) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
        ("scope", scope),
    ];
    ask_with(caller, &form).await
}

/// Asks for a token with these parameters.
///
/// # Panics
/// When the gateway can't be reached.
pub async fn ask_with(caller: &Caller, form: &[(&str, &str)]) -> Answer {
    // `-` and `_`, `.` and letters go as they are; everything else in hexadecimal.
    let escaped = |text: &str| -> String {
        let each = text.bytes().map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        });
        each.collect()
    };
    let pairs = form.iter();
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    let request = caller
        .request(reqwest::Method::POST, "/oauth2/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(pairs.join("&"));
    caller.send(request).await.expect("the gateway answers")
}
