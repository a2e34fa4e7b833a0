//! Showing again who one is, before what could do harm.

use chrono::{DateTime, Utc};
use medilink_commands::sign_in::{Proof, Refusal, SignInDesk};
use poem_openapi::{Enum, Object, OpenApi};
use serde_json::Value;

use crate::actor::SignedIn;
use crate::answer::{Accepted, Found};
use crate::api::Tag;
use crate::call::Command;
use crate::challenge::{ChallengeOut, FactorCode, PasskeyQuestionOut, not_shown, reply};
use crate::json::Json;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::session::{password, refused};

/// What somebody shows again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ProofCode {
    /// The password; enough only where there is no second factor.
    Password,
    /// The six digits of an authenticator app.
    Totp,
    /// A passkey.
    Passkey,
    /// A code by mail.
    Mail,
    /// A code by SMS.
    Sms,
    /// A backup code.
    BackupCode,
}

impl ProofCode {
    const fn factor(self) -> Option<FactorCode> {
        match self {
            Self::Password => None,
            Self::Totp => Some(FactorCode::Totp),
            Self::Passkey => Some(FactorCode::Passkey),
            Self::Mail => Some(FactorCode::Mail),
            Self::Sms => Some(FactorCode::Sms),
            Self::BackupCode => Some(FactorCode::BackupCode),
        }
    }
}

/// What somebody shows again.
#[derive(Object)]
pub struct ProofIn {
    /// What is shown.
    method: ProofCode,
    /// The password.
    #[oai(validator(min_length = 1, max_length = 512))]
    password: Option<String>,
    /// The code of the app, of the mail, of the message or of the list.
    #[oai(validator(min_length = 6, max_length = 40))]
    code: Option<String>,
    /// What `navigator.credentials.get()` gave, as JSON.
    passkey: Option<Value>,
    /// The `challenge` that a code by mail or SMS or a passkey answers.
    #[oai(validator(min_length = 1, max_length = 16384))]
    challenge: Option<String>,
}

/// It was shown.
#[derive(Object)]
pub struct ProvenOut {
    /// Until when it counts.
    proven_until: DateTime<Utc>,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// The routes.
pub struct Proofs(pub SignInDesk);

#[OpenApi(prefix_path = "/v1/me/session/proof", tag = "Tag::Sessions")]
impl Proofs {
    /// Show again who one is
    ///
    /// Some things are done only within ten minutes of it; they say so with `proof-required`.
    /// Whoever has a second factor shows that, everybody else the password.
    #[oai(path = "/", method = "post", operation_id = "proveSession")]
    async fn prove(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<ProofIn>,
    ) -> Result<Found<ProvenOut>, Problem> {
        let given = body.value;
        let missing = |pointer: &'static str| Problem::new(&kinds::MISSING_FIELD).field(pointer);
        let factor = given.method.factor();
        let proof = match factor {
            None => {
                let shown = given.password.ok_or_else(|| missing("/password"))?;
                Proof::Password(password("/password", &shown)?)
            }
            Some(method) => {
                let asked = matches!(
                    method,
                    FactorCode::Mail | FactorCode::Passkey | FactorCode::Sms
                );
                if asked && given.challenge.is_none() {
                    return Err(missing("/challenge"));
                }
                let reply = reply(method, given.code.as_deref(), given.passkey)?;
                Proof::Factor(reply, given.challenge.filter(|_| asked))
            }
        };
        let at_fault = |refusal| match (refusal, factor) {
            // Not 401: the caller is signed in, and a client must not sign in anew for it.
            (Refusal::Wrong, _) => Problem::new(&kinds::WRONG_PASSWORD).field("/password"),
            (other, Some(method)) => not_shown(method, other),
            (other, None) => refused(other),
        };
        let proven = self.0.prove(&call.context(&caller), proof).await;
        let (proven_until, done) = proven.map_err(at_fault)?;
        let body = ProvenOut {
            proven_until,
            position: done.position.0,
        };
        Ok(Found::done(body, &done))
    }

    /// Have a code mailed to show again who one is
    #[oai(path = "/mail", method = "post", operation_id = "mailProofCode")]
    async fn mail(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Accepted<ChallengeOut>, Problem> {
        let asked = self.0.mail_proof(&call.context(&caller)).await;
        Ok(Accepted::new(asked.map_err(refused)?.into()))
    }

    /// Have a code sent by SMS to show again who one is
    #[oai(path = "/sms", method = "post", operation_id = "textProofCode")]
    async fn text(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Accepted<ChallengeOut>, Problem> {
        let asked = self.0.send_proof(&call.context(&caller)).await;
        Ok(Accepted::new(asked.map_err(refused)?.into()))
    }

    /// Ask for a passkey to show again who one is
    #[oai(path = "/passkey", method = "post", operation_id = "askProofPasskey")]
    async fn ask(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<PasskeyQuestionOut>, Problem> {
        let question = self.0.ask_passkey_proof(&call.context(&caller)).await;
        Ok(Found::new(question.map_err(refused)?.into()))
    }
}
