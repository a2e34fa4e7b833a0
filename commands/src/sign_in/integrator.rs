//! Programs of others come in with a JWT that they signed (SMART Backend Services), and get an
//! access token of five minutes.
//!
//! Whoever is refused is not told why: an unknown program, one that is disabled, another's key
//! and an assertion that was used before are answered alike, and no earlier than
//! [`FLOOR`](super::floor::FLOOR).

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use medilink_credentials::{ClientClaims, TokenError, claimed_client, verify_assertion};
use medilink_database::DatabaseError;
use medilink_domain::integrator::Integrator;
use medilink_domain::values::SmartScope;
use medilink_domain::{IntegratorId, TenantId};
use thiserror::Error;
use uuid::Uuid;

use super::SignInDesk;
use super::floor::no_earlier_if_refused;
use crate::actor::Actor;
use crate::attempts::Pace;
use crate::error::CommandError;
use crate::integrator::{Shown, verifying};

/// Where the token endpoint is, under the address of the site.
pub const TOKEN_PATH: &str = "/oauth2/token";

/// The longest that an access token of a program works.
const LONGEST: TimeDelta = TimeDelta::minutes(5);

/// Assertions from one network that nobody believes. A signature can't be guessed: this only
/// keeps those who try busy elsewhere, so the wait stays short for whoever shares the network.
const NETWORKS: Pace = Pace {
    free: 30,
    first: Duration::from_secs(1),
    longest: Duration::from_mins(1),
    forget: Duration::from_mins(10),
};

/// Tokens of one program, of which each works five minutes. Counted is only what the program
/// itself has signed: nobody else can keep it waiting.
const PROGRAMS: Pace = Pace {
    free: 60,
    first: Duration::from_secs(2),
    longest: Duration::from_mins(1),
    forget: Duration::from_mins(1),
};

/// What a program shows and asks for.
#[derive(Clone, Copy, Debug)]
pub struct ClientWish<'a> {
    /// The JWT that it signed.
    pub assertion: &'a str,
    /// The program, if it says so beside the JWT: then it must be the same.
    pub client: Option<&'a str>,
    /// What it asks for: scopes with a space between.
    pub scope: &'a str,
    /// The network that it calls from.
    pub network: Option<IpAddr>,
}

/// What lets a program in.
#[derive(Clone)]
pub struct ClientToken {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// When it stops to work.
    pub expires_at: DateTime<Utc>,
    /// What it is good for.
    pub scopes: Vec<SmartScope>,
}

impl std::fmt::Debug for ClientToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientToken")
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Why a program is given no token.
#[derive(Debug, Error)]
pub enum ClientRefusal {
    /// It did not show who it is. Why is nobody's business.
    #[error("the program did not show who it is")]
    Client,
    /// It may not ask for that.
    #[error("the program may not ask for that")]
    Scope,
    /// Too often.
    #[error("tried too often")]
    Wait(Duration),
    /// A part is away.
    #[error(transparent)]
    Command(#[from] CommandError),
}

impl From<DatabaseError> for ClientRefusal {
    fn from(error: DatabaseError) -> Self {
        Self::Command(CommandError::database(error))
    }
}

impl From<TokenError> for ClientRefusal {
    fn from(error: TokenError) -> Self {
        Self::Command(CommandError::Internal(error.to_string()))
    }
}

impl SignInDesk {
    /// Who issues tokens (`iss`).
    pub fn issuer(&self) -> &str {
        self.0.tokens.issuer()
    }

    /// An address of the site, by its path.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.0.config.origin.trim_end_matches('/'))
    }

    /// Gives a program an access token that shows the private key of one that it registered.
    ///
    /// # Errors
    /// [`ClientRefusal`].
    pub async fn client_token(&self, wish: ClientWish<'_>) -> Result<ClientToken, ClientRefusal> {
        let outcome = no_earlier_if_refused(self.let_client_in(wish)).await;
        let told = match &outcome {
            Ok(_) => "given",
            Err(ClientRefusal::Client) => "client-refused",
            Err(ClientRefusal::Scope) => "scope-refused",
            Err(ClientRefusal::Wait(_)) => "too-often",
            Err(ClientRefusal::Command(_)) => "failed",
        };
        metrics::counter!("medilink_client_tokens_total", "outcome" => told).increment(1);
        outcome
    }

    async fn let_client_in(&self, wish: ClientWish<'_>) -> Result<ClientToken, ClientRefusal> {
        let (secrets, attempts) = (&self.0.secrets, &self.0.attempts);
        let network = wish.network.map(|network| network.to_string());
        let network = network.map(|it| secrets.index("integrator/network", &it));
        if let Some(network) = &network {
            no_wait(attempts.count(network, NETWORKS).await?)?;
        }
        let now = Utc::now();
        let (integrator, state) = self.shown(wish, now).await?;
        // Whoever has shown a key is not who guesses.
        if let Some(network) = &network {
            attempts.forget(network).await?;
        }
        let program = secrets.index("integrator/program", &integrator.to_string());
        no_wait(attempts.count(&program, PROGRAMS).await?)?;
        let scopes = granted(wish.scope, &state.scopes)?;
        let life = self.0.config.access().min(LONGEST);
        let expires_at = state.expires_at.map_or(now + life, |at| at.min(now + life));
        let scope: Vec<String> = scopes.iter().map(ToString::to_string).collect();
        let claims = ClientClaims {
            client: integrator.uuid(),
            tenant: self.0.tenant.uuid(),
            id: Uuid::now_v7(),
            scope: scope.join(" "),
            era: state.era,
            issued_at: now,
            expires_at,
        };
        let access_token = self.0.tokens.issue_to_client(&claims)?;
        tracing::info!(%integrator, token = %claims.id, "an integrator was given an access token");
        Ok(ClientToken {
            access_token,
            expires_at,
            scopes,
        })
    }

    /// The program whose key signed the assertion, which is used up.
    async fn shown(
        &self,
        wish: ClientWish<'_>,
        now: DateTime<Utc>,
    ) -> Result<(IntegratorId, Integrator), ClientRefusal> {
        let claimed = claimed_client(wish.assertion).unwrap_or_default();
        // Where there is none, a stream is read all the same.
        let integrator = IntegratorId(claimed);
        let state = self.0.executor.state(self.0.tenant, &integrator).await?;
        let state: Integrator = state.unwrap_or_default();
        let same = wish
            .client
            .is_none_or(|client| client.parse() == Ok(claimed));
        if !state.is_let_in(now) || !same {
            return Err(ClientRefusal::Client);
        }
        let keys = verifying(&state.keys).map_err(CommandError::from)?;
        let audiences = [self.address(TOKEN_PATH), self.issuer().to_owned()];
        let assertion = verify_assertion(wish.assertion, &keys, &audiences, now);
        let assertion = assertion.map_err(|error| {
            // Who runs the platform helps a program that is set up wrongly.
            tracing::info!(%integrator, %error, "an integrator's assertion was refused");
            ClientRefusal::Client
        })?;
        if !self.0.assertions.spend(&assertion).await? {
            tracing::warn!(%integrator, "an integrator's assertion was shown twice");
            return Err(ClientRefusal::Client);
        }
        Ok((integrator, state))
    }

    /// Whoever a program's access token lets in now.
    pub(super) async fn client_actor(
        &self,
        access_token: &str,
    ) -> Result<Option<Actor>, DatabaseError> {
        let Ok(claims) = self.0.tokens.verify_of_client(access_token, Utc::now()) else {
            return Ok(None);
        };
        let scopes = claims.scope.split(' ');
        let shown = Shown {
            integrator: IntegratorId(claims.client),
            tenant: TenantId(claims.tenant),
            token: claims.id,
            scopes: scopes.filter_map(|scope| scope.parse().ok()).collect(),
            era: claims.era,
        };
        self.0.integrators.actor(shown).await
    }
}

fn no_wait(wait: Option<Duration>) -> Result<(), ClientRefusal> {
    wait.map_or(Ok(()), |wait| Err(ClientRefusal::Wait(wait)))
}

/// What is asked for, if it is allowed.
fn granted(asked: &str, allowed: &[SmartScope]) -> Result<Vec<SmartScope>, ClientRefusal> {
    let scopes: Result<Vec<SmartScope>, _> = asked.split(' ').map(str::parse).collect();
    let scopes = SmartScope::merged(scopes.map_err(|_| ClientRefusal::Scope)?);
    let mut each = scopes.iter();
    if each.all(|scope| scope.within(allowed).as_ref() == Some(scope)) {
        Ok(scopes)
    } else {
        Err(ClientRefusal::Scope)
    }
}
