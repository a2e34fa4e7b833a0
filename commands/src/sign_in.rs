//! The desk where people sign in: what they show is checked here, and only then does anything
//! happen in their name.
//!
//! What is known of nobody must not show. A wrong password, an unknown address and a code that
//! was never mailed cost the same work and are told the same; what fails is told no earlier than
//! [`floor::FLOOR`] after it was asked.

mod account;
mod config;
mod email;
mod floor;
mod invitation;
mod provider;
mod refusal;
mod secrets;
mod session;

use std::sync::Arc;
use std::time::Duration;

use medilink_credentials::{HashingError, PasswordHashing, Verdict};
use medilink_domain::account::Account;
use medilink_domain::values::{Code, EmailAddress, PasswordHash};
use medilink_domain::{AccountId, Decider, TenantId};
use uuid::Uuid;

pub use account::{Asked, Registration};
pub use config::{Lifetimes, SignInConfig};
pub use invitation::Acceptance;
pub use medilink_credentials::{Password, TokenKeys, WeakPassword};
pub use provider::ProviderRegistration;
pub use refusal::Refusal;
use secrets::Secrets;
pub use session::{Credentials, NamedSession, Tokens};

use crate::account::{EMAIL, account_of_stream};
use crate::actor::CommandContext;
use crate::attempts::{Attempts, Pace};
use crate::error::CommandError;
use crate::executor::Executor;
use crate::session::{Refuse, Sessions};

/// Passwords: a slip of the finger doesn't wait, and whoever guesses comes to a hundred a day:
/// the count is remembered as long as that.
const PASSWORDS: Pace = Pace {
    free: 5,
    first: Duration::from_secs(2),
    longest: Duration::from_mins(15),
    forget: Duration::from_hours(24),
};

/// Lets people in. Cheap to clone.
#[derive(Clone)]
pub struct SignInDesk(Arc<Inner>);

struct Inner {
    executor: Executor,
    attempts: Attempts,
    sessions: Sessions,
    passwords: PasswordHashing,
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
    /// When the settings of the password hash can't be used.
    pub fn new(
        executor: Executor,
        tokens: TokenKeys,
        config: SignInConfig,
        tenant: TenantId,
    ) -> Result<Self, HashingError> {
        let database = executor.reader().database().clone();
        Ok(Self(Arc::new(Inner {
            attempts: Attempts::new(database.clone()),
            sessions: Sessions::new(database),
            passwords: PasswordHashing::new(config.hashing.clone())?,
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

    /// The public keys of access tokens (RFC 7517).
    pub fn public_keys(&self) -> serde_json::Value {
        self.0.tokens.jwks()
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
