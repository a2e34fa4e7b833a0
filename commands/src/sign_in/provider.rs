//! Coming to work at a hospital, with the code that it gave out.

use std::time::Duration;

use medilink_credentials::Password;
use medilink_domain::hospital_code::{HospitalCode, HospitalCodeCommand, Use};
use medilink_domain::values::{JoiningCode, OneTimeCode, SecretHash};
use medilink_domain::verification::Letter;
use medilink_domain::{AccountId, ApplicationId, Decider, HospitalCodeId, VerificationId};
use uuid::Uuid;

use super::account::CODES;
use super::floor::no_earlier;
use super::{Refusal, SignInDesk};
use crate::actor::CommandContext;
use crate::application::{ApplicationAnswer, Apply, Details, Register};
use crate::attempts::Pace;
use crate::error::CommandError;
use crate::executor::Committed;
use crate::hospital_code::{TYPED, Typed, code_of_stream};

/// Tries at the hospital codes of the whole network, whoever makes them. Each of them has read
/// a mail before. The wait is short, so that they can't keep applicants out.
const ALL_CODES: Pace = Pace {
    free: 300,
    first: Duration::from_millis(100),
    longest: Duration::from_secs(5),
    forget: Duration::from_hours(1),
};

/// Who wants to work at a hospital.
#[derive(Debug)]
pub struct ProviderRegistration {
    /// What the mailed code was mailed for.
    pub verification: VerificationId,
    /// The mailed code.
    pub code: OneTimeCode,
    /// The hospital's code.
    pub hospital_code: JoiningCode,
    /// The password to sign in with.
    pub password: Password,
    /// Who they are.
    pub details: Details,
}

impl SignInDesk {
    /// Opens an account without any role for whoever read the mailed code and has a hospital's,
    /// and applies there.
    ///
    /// # Errors
    /// One of the codes is wrong, the password weak, the address taken meanwhile, or a part is
    /// away.
    pub async fn register_provider(
        &self,
        context: &CommandContext,
        given: ProviderRegistration,
    ) -> Result<Committed<ApplicationAnswer>, Refusal> {
        let ProviderRegistration {
            verification,
            code,
            hospital_code,
            password,
            details,
        } = given;
        let looked_at = async {
            let letter = Letter::Registration;
            let mailed = self.mailed(context, verification, letter, &code).await?;
            let visitor = verification.to_string();
            let typed = self.typed(context, &visitor, &hospital_code).await?;
            Ok::<_, Refusal>((mailed, typed))
        };
        let (mailed, typed) = no_earlier(looked_at).await?;
        self.fit(&password, [mailed.email.as_str(), details.name.as_str()])
            .await?;
        let register = Register {
            verification,
            code,
            password_hash: self.hash(&password).await?,
            typed,
            details,
        };
        let done = self.0.executor.execute(context, &register).await?;
        self.let_others_try().await?;
        Ok(done)
    }

    /// Applies at a hospital with the account that is signed in.
    ///
    /// # Errors
    /// The code is wrong, an application is open, or a part is away.
    pub async fn apply(
        &self,
        context: &CommandContext,
        hospital_code: &JoiningCode,
        details: Details,
    ) -> Result<Committed<ApplicationAnswer>, Refusal> {
        let account = AccountId(context.actor.id);
        let visitor = account.to_string();
        let typed = no_earlier(self.typed(context, &visitor, hospital_code)).await?;
        let apply = Apply {
            account,
            typed,
            details,
        };
        // What is looked at first is not the same the second time.
        let context = &CommandContext {
            idempotency: None,
            expected_version: None,
            ..context.clone()
        };
        let done = self.0.executor.execute(context, &apply).await?;
        let own = self.0.secrets.index("hospital-code/visitor", &visitor);
        self.0.attempts.forget(&own).await?;
        self.let_others_try().await?;
        Ok(done)
    }

    /// The code that somebody typed, if it would let them apply now; it is used up only later.
    /// Where there is none, a stream is read all the same.
    async fn typed(
        &self,
        context: &CommandContext,
        visitor: &str,
        typed: &JoiningCode,
    ) -> Result<Typed, Refusal> {
        self.pace("hospital-code/visitor", visitor, CODES).await?;
        self.pace("hospital-code/network", "", ALL_CODES).await?;
        let index = self.0.secrets.index(TYPED, &typed.shown());
        let holder = self.0.executor.reader().holder(&index).await?;
        let code = holder.as_deref().and_then(code_of_stream);
        let code = code.unwrap_or(HospitalCodeId(Uuid::nil()));
        let digest = SecretHash::from(index);
        let state: HospitalCode = self.state(&code).await?.unwrap_or_default();
        let usage = HospitalCodeCommand::Use(Use {
            application: ApplicationId(Uuid::nil()),
            digest,
        });
        state
            .decide(usage, context.now)
            .map_err(CommandError::from)?;
        Ok(Typed { code, digest })
    }

    /// Whoever was right was not guessing.
    async fn let_others_try(&self) -> Result<(), Refusal> {
        let all = self.0.secrets.index("hospital-code/network", "");
        self.0.attempts.forget(&all).await?;
        Ok(())
    }
}
