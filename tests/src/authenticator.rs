//! What people hold in their hands: an authenticator app, and a passkey in software.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

/// How many seconds a code is shown.
const STEP: u64 = 30;
/// How many seconds a code may take to the server on a busy machine.
const ON_THE_WAY: u64 = 5;

/// An authenticator app that was given a secret.
pub struct App {
    totp: Totp,
    /// The step after the last one whose code was shown.
    next: AtomicU64,
}

impl App {
    /// An app with this secret, in base 32.
    pub fn new(secret: &str) -> Self {
        let secret = Secret::try_from_base32(secret).unwrap();
        let totp = Builder::new().with_secret(secret).build_noncompliant();
        Self {
            totp,
            next: AtomicU64::new(0),
        }
    }

    /// The code that the app shows so many steps from now.
    pub fn code_in(&self, steps: i64) -> String {
        let step = Self::now().saturating_add_signed(steps);
        self.totp.generate(step * STEP).to_string()
    }

    /// A code that was not shown before and is taken now, after a wait if need be. The drift
    /// that is allowed makes three at once.
    pub async fn code(&self) -> String {
        loop {
            let now = Self::now();
            // The one before is taken as long as it is this one, which may end on the way.
            let soon = u64::try_from(Utc::now().timestamp()).unwrap() + ON_THE_WAY;
            let step = self.next.load(Ordering::Relaxed).max(soon / STEP - 1);
            if step <= now + 1 {
                self.next.store(step + 1, Ordering::Relaxed);
                return self.totp.generate(step * STEP).to_string();
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    fn now() -> u64 {
        u64::try_from(Utc::now().timestamp()).unwrap() / STEP
    }
}

/// A passkey, and everything that a dishonest one can do.
pub struct SoftPasskey {
    key: EcdsaKeyPair,
    id: [u8; 16],
    person: String,
    /// How often it says it was used.
    pub count: u32,
    /// Whether it says that it has verified its user.
    pub verified: bool,
    /// The site that the browser says it is at.
    pub origin: String,
}

impl SoftPasskey {
    /// What a browser makes when it is asked for a new one: the passkey, and its answer.
    pub fn create(options: &Value, origin: &str) -> (Self, Value) {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
        let document = document.unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref());
        let passkey = Self {
            key: key.unwrap(),
            id: rand::random(),
            person: options["user"]["id"].as_str().unwrap().to_owned(),
            count: 1,
            verified: true,
            origin: origin.to_owned(),
        };
        let client = passkey.client_data("webauthn.create", options);
        let mut data = passkey.data(options["rp"]["id"].as_str().unwrap(), 0x40);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&[0, 16]);
        data.extend_from_slice(&passkey.id);
        data.extend_from_slice(&passkey.cose_key());
        // {"fmt": "none", "attStmt": {}, "authData": …} in CBOR.
        let mut attestation = vec![0xa3, 0x63];
        attestation.extend_from_slice(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        attestation.push(u8::try_from(data.len()).unwrap());
        attestation.extend_from_slice(&data);
        let answer = passkey.answer(&json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
        }));
        (passkey, answer)
    }

    /// What a browser answers when it is asked for this one.
    ///
    /// # Panics
    /// When others are asked for by name, and it isn't among them.
    pub fn get(&self, options: &Value) -> Value {
        let named = options["allowCredentials"].as_array().unwrap();
        let own = json!(URL_SAFE_NO_PAD.encode(self.id));
        let asked_for = named.is_empty() || named.iter().any(|one| one["id"] == own);
        assert!(asked_for, "{options}");
        let client = self.client_data("webauthn.get", options);
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let mut signed = data.clone();
        signed.extend_from_slice(&Sha256::digest(&client));
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(&json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "signature": URL_SAFE_NO_PAD.encode(signature),
            "userHandle": self.person,
        }))
    }

    fn answer(&self, response: &Value) -> Value {
        let id = URL_SAFE_NO_PAD.encode(self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "response": response,
            "clientExtensionResults": {},
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({
            "type": kind, "challenge": options["challenge"], "origin": self.origin,
            "crossOrigin": false,
        })
        .to_string()
    }

    fn data(&self, site: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verified { 0x04 } else { 0 };
        let mut data = Sha256::digest(site).to_vec();
        // 1: the user is present.
        data.push(flags | verified | 0x01);
        data.extend_from_slice(&self.count.to_be_bytes());
        data
    }

    /// The public key as a COSE key: {1: 2, 3: -7, -1: 1, -2: x, -3: y} in CBOR.
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend_from_slice(x);
        key.extend_from_slice(&[0x22, 0x58, 0x20]);
        key.extend_from_slice(y);
        key
    }
}
