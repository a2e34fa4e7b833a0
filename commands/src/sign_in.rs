//! The desk where people sign in: what they show is checked here, and only then does anything
//! happen in their name.
//!
//! What is known of nobody must not show. A wrong password, an unknown address and a code that
//! was never mailed cost the same work and are told the same; what fails is told no earlier than
//! [`floor::FLOOR`] after it was asked.

mod account;
mod challenge;
mod config;
mod email;
mod factors;
mod floor;
mod integrator;
mod invitation;
mod passkey;
mod proof;
mod provider;
mod refusal;
mod secrets;
mod session;
mod sms;

use std::sync::Arc;
use std::time::Duration;

use medilink_credentials::{HashingError, PasskeyError, PasskeySite, StatementKind, Verdict};
use medilink_domain::account::Account;
use medilink_domain::values::{Code, EmailAddress, PasswordHash};
use medilink_domain::{AccountId, Decider, ErasureId, TenantId};
use serde_json::{Map, Value};
use thiserror::Error;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

pub use account::{Asked, Registration};
pub use challenge::{Challenged, Entry, Method, Reply};
pub use config::{Lifetimes, SignInConfig, SmsOffer};
pub use factors::{BackupCodes, Invitation};
pub use integrator::{ClientRefusal, ClientToken, ClientWish, TOKEN_PATH};
pub use invitation::Acceptance;
pub use medilink_credentials::{HashingConfig, Password, PasswordHashing, TokenKeys, WeakPassword};
pub use passkey::PasskeyQuestion;
pub use proof::Proof;
pub use provider::ProviderRegistration;
pub use refusal::Refusal;
use secrets::Secrets;
pub use session::{Credentials, NamedSession, Tokens};
pub use sms::SmsState;

use crate::account::{EMAIL, account_of_stream};
use crate::actor::CommandContext;
use crate::attempts::{Attempts, Pace};
use crate::error::CommandError;
use crate::executor::Executor;
use crate::integrator::{Assertions, Integrators};
use crate::session::{Refuse, Sessions};

/// Passwords: a slip of the finger doesn't wait, and whoever guesses comes to a hundred a day:
/// the count is remembered as long as that.
const PASSWORDS: Pace = Pace {
    free: 5,
    first: Duration::from_secs(2),
    longest: Duration::from_mins(15),
    forget: Duration::from_hours(24),
};

/// What the receipt of a consent is.
const CONSENT_RECEIPT: StatementKind =
    StatementKind::new("consent-receipt+jwt", "medilink-consent-receipt");
/// What the certificate of an erasure is.
const ERASURE_CERTIFICATE: StatementKind =
    StatementKind::new("erasure-certificate+jwt", "medilink-erasure-certificate");
/// Second factors: as passwords. A code of an app is one of three in a million, so that guessing
/// one takes a century.
const FACTORS: Pace = PASSWORDS;

/// Why nobody can be let in with these settings.
#[derive(Debug, Error)]
pub enum DeskError {
    /// Those of the password hash.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The origin.
    #[error("gateway.sign_in.origin: {0}")]
    Origin(#[from] PasskeyError),
    /// Those of codes by SMS.
    #[error("gateway.sign_in.sms.{0}")]
    Sms(String),
}

/// Lets people in. Cheap to clone.
#[derive(Clone)]
pub struct SignInDesk(Arc<Inner>);

struct Inner {
    executor: Executor,
    assertions: Assertions,
    attempts: Attempts,
    integrators: Integrators,
    sessions: Sessions,
    passwords: PasswordHashing,
    site: Arc<PasskeySite>,
    tokens: TokenKeys,
    secrets: Secrets,
    config: SignInConfig,
    tenant: TenantId,
}

impl std::fmt::Debug for SignInDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInDesk")
            .field("tenant", &self.0.tenant)
            .finish_non_exhaustive()
    }
}

impl SignInDesk {
    /// The desk of one hospital network.
    ///
    /// # Errors
    /// When the settings of the password hash or the origin can't be used.
    pub fn new(
        executor: Executor,
        tokens: TokenKeys,
        config: SignInConfig,
        tenant: TenantId,
    ) -> Result<Self, DeskError> {
        if let Some(fault) = config.sms.as_ref().and_then(SmsOffer::fault) {
            return Err(DeskError::Sms(fault));
        }
        let database = executor.reader().database().clone();
        Ok(Self(Arc::new(Inner {
            assertions: Assertions::new(database.clone()),
            attempts: Attempts::new(database.clone()),
            integrators: Integrators::new(database.clone()),
            sessions: Sessions::new(database),
            passwords: PasswordHashing::new(config.hashing.clone())?,
            site: Arc::new(PasskeySite::new(&config.origin, &config.name)?),
            secrets: Secrets::new(executor.vault().clone(), tenant),
            executor,
            tokens,
            config,
            tenant,
        })))
    }

    /// The network whose people sign in here.
    pub fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    /// How people sign in here, as it is set.
    pub fn config(&self) -> &SignInConfig {
        &self.0.config
    }

    /// The public keys of access tokens (RFC 7517).
    pub fn public_keys(&self) -> Value {
        self.0.tokens.jwks()
    }

    /// The receipt of a consent: these claims, signed with the keys of access tokens but not to
    /// be taken for one.
    ///
    /// # Errors
    /// When the cryptographic library refuses.
    pub fn receipt(&self, claims: Map<String, Value>) -> Result<String, CommandError> {
        let signed = self.0.tokens.sign(CONSENT_RECEIPT, claims);
        signed.map_err(|error| CommandError::Internal(error.to_string()))
    }

    /// Reads the keys of access tokens again from time to time, for ever: a new key is published
    /// before its first token is met, and one that was deleted is believed no more.
    pub async fn keep_keys(&self) {
        let every = Duration::from_secs(self.0.config.keys_seconds.max(1).into());
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let keys = self.0.tokens.clone();
            let read = tokio::task::spawn_blocking(move || keys.reload()).await;
            if let Ok(Err(error)) = read {
                tracing::error!(%error, "the keys of access tokens could not be read again");
            }
        }
    }

    /// The certificate of an erasure: these claims, signed as receipts are.
    ///
    /// # Errors
    /// When the cryptographic library refuses.
    pub fn certify(&self, claims: Map<String, Value>) -> Result<String, CommandError> {
        let signed = self.0.tokens.sign(ERASURE_CERTIFICATE, claims);
        signed.map_err(|error| CommandError::Internal(error.to_string()))
    }

    /// What the certificate of an erasure can be fetched with by whoever can sign in no more:
    /// nobody else can tell it.
    pub fn certificate_code(&self, erasure: ErasureId) -> String {
        let code = self
            .0
            .secrets
            .index("erasure/certificate", &erasure.to_string());
        hex::encode(code)
    }

    /// Whether this is that code.
    pub fn is_certificate_code(&self, erasure: ErasureId, code: &str) -> bool {
        // Fingerprints are compared, so that the time tells nothing about the code.
        let index = |code: &str| self.0.secrets.index("erasure/certificate-code", code);
        index(code) == index(&self.certificate_code(erasure))
    }

    /// The account that signs in with an address. Where there is none, a stream is read all the
    /// same.
    async fn account_of(&self, email: &EmailAddress) -> Result<Option<Account>, Refusal> {
        let claim = self.0.secrets.index(EMAIL, &email.folded());
        let holder = self.0.executor.reader().holder(&claim).await?;
        let account = holder.as_deref().and_then(account_of_stream);
        let state = self
            .state(&account.unwrap_or(AccountId(Uuid::nil())))
            .await?;
        Ok(state)
    }

    async fn state<D: Decider>(&self, id: &D::Id) -> Result<Option<D>, Refusal> {
        Ok(self.0.executor.state(self.0.tenant, id).await?)
    }

    async fn is_right(
        &self,
        password: &Password,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, Refusal> {
        let known = hash
            .map(|hash| hash.as_str().parse())
            .transpose()
            .map_err(|_| CommandError::Internal("a password hash that can't be read".into()))?;
        let verdict = self.0.passwords.verify(password, known.as_ref()).await?;
        Ok(matches!(
            verdict,
            Verdict::Right | Verdict::RightButOutdated
        ))
    }

    async fn hash(&self, password: &Password) -> Result<PasswordHash, Refusal> {
        let hash = self.0.passwords.hash(password).await?;
        let unfit = |_| CommandError::Internal("a password hash that can't be kept".into());
        Ok(hash.as_str().parse().map_err(unfit)?)
    }

    async fn record_refusal(
        &self,
        context: &CommandContext,
        account: Option<AccountId>,
        reason: &str,
    ) -> Result<(), Refusal> {
        let refuse = Refuse {
            account,
            reason: code(reason)?,
        };
        let context = CommandContext {
            idempotency: None,
            expected_version: None,
            ..context.clone()
        };
        self.0.executor.execute(&context, &refuse).await?;
        Ok(())
    }

    async fn pace(&self, scope: &str, what: &str, pace: Pace) -> Result<(), Refusal> {
        self.pace_of(&self.0.secrets.index(scope, what), pace).await
    }

    async fn pace_of(&self, key: &[u8; 32], pace: Pace) -> Result<(), Refusal> {
        match self.0.attempts.count(key, pace).await? {
            Some(wait) => Err(Refusal::Wait(wait)),
            None => Ok(()),
        }
    }
}

fn code(text: &str) -> Result<Code, Refusal> {
    let unfit = |_| CommandError::Internal("a reason that is no code".into());
    Ok(text.parse().map_err(unfit)?)
}
