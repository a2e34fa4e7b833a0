//! Somebody who registers as a patient and signs in, as the app would have them do.

use medilink_commands::staff::GiveRole;
use medilink_commands::{Actor, CommandContext};
use medilink_domain::values::Role;
use medilink_domain::verification::{Verification, VerificationEvent};
use medilink_domain::{Decider, HospitalId, StaffId, VerificationId};
use medilink_log::EventCodec;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::authenticator::App;
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

    /// Signs in with the password alone.
    ///
    /// # Panics
    /// When that is refused, or does not do.
    pub async fn sign_in(&self, platform: &Platform) -> Tokens {
        let visitor = platform.caller("");
        let answer = visitor.post("/v1/sessions", &self.credentials()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        Tokens(answer.body)
    }

    /// Signs in with the password, on a device that is known.
    ///
    /// # Panics
    /// When that is refused, or does not do.
    pub async fn from_device(&self, platform: &Platform, device_token: &str) -> Tokens {
        let mut credentials = self.credentials();
        credentials["device_token"] = json!(device_token);
        let visitor = platform.caller("");
        let answer = visitor.post("/v1/sessions", &credentials).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        Tokens(answer.body)
    }

    /// Shows the password where it does not do: the challenge.
    ///
    /// # Panics
    /// When that is refused, or does.
    pub async fn challenge(&self, platform: &Platform) -> String {
        let visitor = platform.caller("");
        let answer = visitor.post("/v1/sessions", &self.credentials()).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.body["challenge"].as_str().unwrap().to_owned()
    }

    /// Shows the password again, in this session.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn prove(&self, caller: &Caller) {
        let proof = json!({"method": "password", "password": self.password});
        let proven = caller.post(PROOF, &proof).await;
        assert_eq!(proven.status, 200, "{}", proven.text);
    }

    /// Signs in, and sets up an authenticator app.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn turn_on_totp(&self, platform: &Platform) -> Totp {
        let tokens = self.sign_in(platform).await;
        let caller = tokens.caller(platform);
        self.prove(&caller).await;
        let begun = caller.post("/v1/me/second-factors/totp", &json!({})).await;
        assert_eq!(begun.status, 200, "{}", begun.text);
        let app = App::new(begun.body["secret"].as_str().unwrap());
        let confirmation = json!({"code": app.code().await});
        let path = "/v1/me/second-factors/totp/confirmation";
        let confirmed = caller.post(path, &confirmation).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text);
        let codes = confirmed.body["backup_codes"].as_array().unwrap();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
        Totp {
            app,
            backup_codes: codes.collect(),
            tokens,
        }
    }

    /// Turns an authenticator app on, and signs in with it.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn sign_in_fully(&self, platform: &Platform) -> Tokens {
        let app = self.turn_on_totp(platform).await.app;
        self.sign_in_with(platform, &app).await
    }

    /// Signs in with the password and a code of the app.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn sign_in_with(&self, platform: &Platform, app: &App) -> Tokens {
        let challenge = self.challenge(platform).await;
        let answer = answer_with(platform, &challenge, "totp", &app.code().await).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        Tokens(answer.body)
    }

    /// Makes them something more, in the whole network.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn be(&self, platform: &Platform, role: Role) {
        self.be_at(platform, role, None).await;
    }

    /// Makes them something more at a hospital, or in the whole network.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn be_at(&self, platform: &Platform, role: Role, hospital: Option<Uuid>) {
        let give = GiveRole {
            staff: StaffId(self.person),
            role,
            hospital: hospital.map(HospitalId),
            department: None,
            until: None,
        };
        let console = CommandContext::new(Actor::console(platform.tenant));
        let executor = platform.executor().await;
        executor.execute(&console, &give).await.unwrap();
    }
}

/// Where one shows again who one is.
pub const PROOF: &str = "/v1/me/session/proof";

/// An authenticator app that is in use.
pub struct Totp {
    /// The app.
    pub app: App,
    /// The backup codes that came with it.
    pub backup_codes: Vec<String>,
    /// The session in which it was set up.
    pub tokens: Tokens,
}

/// Answers a challenge with a code.
pub async fn answer_with(platform: &Platform, challenge: &str, method: &str, code: &str) -> Answer {
    let body = json!({"challenge": challenge, "method": method, "code": code});
    let visitor = platform.caller("");
    visitor.post("/v1/sessions/challenge", &body).await
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
        self.code_for(VerificationId(verification)).await
    }

    /// The code of a verification, as the log has it.
    ///
    /// # Panics
    /// When there is none.
    pub async fn code_for(&self, verification: VerificationId) -> String {
        let stream = Verification::stream(&verification);
        let codec = EventCodec::new(self.vault().await);
        let events = self.log().stream(&stream, 0, 1).await.unwrap();
        match codec.decode(&events[0]).await.unwrap().unwrap() {
            VerificationEvent::Requested(requested) => requested.code.shown(),
            _ => panic!("a code is asked for first"),
        }
    }
}
