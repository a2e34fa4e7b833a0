//! A clinic in which consent is asked for and given, and who reads its receipts.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use medilink_domain::values::Role;
use medilink_tests::{
    Answer, Caller, Hospital, Newcomer, Platform, assert_read_models_equal_their_replay, id, settle,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

/// How long read models have for what follows by itself.
const SOON: Duration = Duration::from_secs(30);

/// A hospital with a doctor, and a patient who has signed in.
pub struct Clinic {
    pub platform: Platform,
    pub city: Hospital,
    pub doctor: Uuid,
    pub as_doctor: Caller,
    pub patient: Uuid,
    pub as_patient: Caller,
}

impl Clinic {
    pub async fn open() -> Self {
        let platform = platform().await;
        let city = Hospital::open(&platform).await;
        let doctor = city.doctor(1).await;
        let as_doctor = platform.person(doctor, &[Role::Doctor]).await;
        let asha = Newcomer::register(&platform).await;
        let as_patient = asha.sign_in(&platform).await.caller(&platform);
        Self {
            city,
            doctor,
            as_doctor,
            patient: asha.person,
            as_patient,
            platform,
        }
    }

    pub fn to_doctor(&self) -> Value {
        let now = Utc::now();
        json!({
            "grantee": {"kind": "person", "id": self.doctor}, "purpose": "CAREMGT",
            "types": ["op-consultation", "prescription"], "mode": "view",
            "from": now - TimeDelta::days(365), "to": now,
            "expires_at": now + TimeDelta::days(30),
        })
    }

    pub async fn ask(&self) -> Uuid {
        let mut body = self.to_doctor();
        body["patient"] = json!(self.patient);
        id(&self.as_doctor.post("/v1/consent-requests", &body).await)
    }

    pub fn consents(&self) -> String {
        format!("/v1/patients/{}/consents", self.patient)
    }

    pub async fn give(&self, body: &Value) -> Uuid {
        id(&self.as_patient.post(&self.consents(), body).await)
    }

    pub async fn head(&self) -> u64 {
        self.platform.log().head().await.unwrap().0
    }

    pub async fn read(&self, caller: &Caller, path: &str) -> Answer {
        caller.get_at(path, self.head().await).await
    }

    pub async fn state(&self, caller: &Caller, consent: Uuid) -> Value {
        let found = self.read(caller, &format!("/v1/consents/{consent}")).await;
        assert_eq!(found.status, 200, "{}", found.text);
        found.body["state"].clone()
    }

    pub async fn receipt(&self, consent: Uuid) -> String {
        let path = format!("/v1/consents/{consent}/receipt");
        let found = self.read(&self.as_patient, &path).await;
        found.body["receipt"].as_str().unwrap().to_owned()
    }

    /// What a receipt says to somebody who has nothing but the published keys.
    pub async fn verified(&self, receipt: &str) -> Result<Value, jsonwebtoken::errors::Error> {
        let published = self.platform.caller("").get("/.well-known/jwks.json").await;
        let keys: JwkSet = serde_json::from_value(published.unwrap().body).unwrap();
        let header = decode_header(receipt)?;
        assert_eq!(header.typ.as_deref(), Some("consent-receipt+jwt"));
        let key = keys.find(header.kid.as_deref().unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["iss", "aud"]);
        validation.set_audience(&["medilink-consent-receipt"]);
        validation.validate_exp = false;
        decode(receipt, &DecodingKey::from_jwk(key).unwrap(), &validation).map(|said| said.claims)
    }

    pub async fn close(self) {
        settle(&self.platform, SOON).await;
        assert_read_models_equal_their_replay(&self.platform).await;
    }
}

pub fn refused(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.problem())
}

pub fn then(consent: Uuid, what: &str) -> String {
    format!("/v1/consents/{consent}/{what}")
}

pub async fn bare(caller: &Caller, path: &str) -> Answer {
    let answer = caller.send(caller.request(Method::POST, path)).await;
    answer.unwrap()
}
