//! Somebody who registers as a patient and signs in, as the app would have them do.

use medilink_domain::verification::{Verification, VerificationEvent};
use medilink_domain::{Decider, VerificationId};
use medilink_log::EventCodec;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::http::{Answer, Caller};
use crate::platform::Platform;

/// A person with an account.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// The address that they sign in with.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The patient that they have become.
    pub person: Uuid,
    /// The position of their registration.
    pub position: u64,
}

impl Newcomer {
    /// Registers somebody who was not known before.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn register(platform: &Platform) -> Self {
        let email = format!("{}@example.org", Uuid::now_v7().simple());
        let password = format!("correct horse {}", Uuid::new_v4().simple());
        Self::register_as(platform, email, password).await
    }

    /// Registers somebody with this address and this password.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn register_as(platform: &Platform, email: String, password: String) -> Self {
        let visitor = platform.caller("");
        let body = json!({"email": email, "language": "en"});
        let asked = visitor.post("/v1/registrations", &body).await;
        assert_eq!(asked.status, 202, "{}", asked.text);
        let path = completion("registrations", &asked);
        let code = platform.code_of(&asked).await;
        let done = visitor.post(&path, &Self::details(&code, &password)).await;
        assert_eq!(done.status, 201, "{}", done.text);
        Self {
            email,
            password,
            person: done.body["id"].as_str().unwrap().parse().unwrap(),
            position: done.position(),
        }
    }

    /// Who completes a registration.
    pub fn details(code: &str, password: &str) -> Value {
        json!({
            "code": code, "password": password, "name": "Asha Rao", "phone": "+919876543210",
        })
    }

    /// What they show to sign in.
    pub fn credentials(&self) -> Value {
        json!({"email": self.email, "password": self.password, "device": "Asha's phone"})
    }

    /// Signs in.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn sign_in(&self, platform: &Platform) -> Tokens {
        let visitor = platform.caller("");
        let answer = visitor.post("/v1/sessions", &self.credentials()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        Tokens(answer.body)
    }
}

/// Where what was asked for is completed.
pub fn completion(what: &str, asked: &Answer) -> String {
    format!(
        "/v1/{what}/{}/completion",
        asked.body["id"].as_str().unwrap()
    )
}

/// What a sign-in answered.
#[derive(Clone, Debug)]
pub struct Tokens(pub Value);

impl Tokens {
    /// One of the texts in it.
    pub fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    /// Whoever has the access token.
    pub fn caller(&self, platform: &Platform) -> Caller {
        platform.caller(self.text("access_token"))
    }

    /// Shows the refresh token.
    pub async fn refresh(&self, platform: &Platform) -> Answer {
        let body = json!({"refresh_token": self.text("refresh_token")});
        platform
            .caller("")
            .post("/v1/sessions/refresh", &body)
            .await
    }
}

impl Platform {
    /// The code of what was asked for, as the log has it, whether it was mailed or not.
    ///
    /// # Panics
    /// When there is none.
    pub async fn code_of(&self, asked: &Answer) -> String {
        let verification: Uuid = asked.body["id"].as_str().unwrap().parse().unwrap();
        let stream = Verification::stream(&VerificationId(verification));
        let codec = EventCodec::new(self.vault().await);
        let events = self.log().stream(&stream, 0, 1).await.unwrap();
        match codec.decode(&events[0]).await.unwrap().unwrap() {
            VerificationEvent::Requested(requested) => requested.code.shown(),
            VerificationEvent::Used(_) => panic!("a code is asked for before it is used"),
        }
    }
}
