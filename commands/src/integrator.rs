//! Integrators: programs of others, registered, given other keys or scopes, disabled and enabled
//! through the log. Who is let in is looked up in a read model that is written in the same
//! transaction.

mod assertions;
mod table;

use chrono::{DateTime, Utc};
use medilink_credentials::ClientKey as VerifyingKey;
use medilink_domain::hospital::Hospital;
use medilink_domain::integrator::{
    self, ClientKey, Integrator, IntegratorCommand, IntegratorError,
};
use medilink_domain::values::{Code, KeyId, KeyNumber, ShortText, SmartScope};
use medilink_domain::{HospitalId, IntegratorId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

pub(crate) use assertions::Assertions;
pub(crate) use table::{IntegratorTable, Integrators, Shown};

const KIND: &str = "integrator";

/// The integrator that was registered or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegratorAnswer {
    /// The integrator; its `client_id`.
    pub integrator: IntegratorId,
    /// Its version.
    pub version: u64,
}

/// Lets a program of others in.
#[derive(Clone, Debug)]
pub struct Register {
    /// What it is called.
    pub name: ShortText,
    /// What it may ask for.
    pub scopes: Vec<SmartScope>,
    /// What it signs with.
    pub keys: Vec<ClientKey>,
    /// The hospitals it acts for; all of the network, if none is named.
    pub hospitals: Vec<HospitalId>,
    /// When it is let in no more, if that is known.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Operation for Register {
    const NAME: &'static str = "register-integrator";
    type Answer = IntegratorAnswer;

    fn target(&self) -> String {
        String::new()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<IntegratorAnswer, CommandError> {
        authorize(work, Action::RegisterIntegrator, &self.hospitals).await?;
        for hospital in &self.hospitals {
            work.existing::<Hospital>(hospital, "hospital").await?;
        }
        let integrator = IntegratorId(Uuid::now_v7());
        let mut instance = work.create::<Integrator>(&integrator);
        let register = integrator::Register {
            integrator,
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            keys: self.keys.clone(),
            hospitals: self.hospitals.clone(),
            expires_at: self.expires_at,
        };
        work.decide(&mut instance, IntegratorCommand::Register(register))
            .await?;
        verifying(&self.keys)?;
        Ok(IntegratorAnswer {
            integrator,
            version: instance.version(),
        })
    }
}

/// Gives an integrator other keys: its tokens are over at once.
#[derive(Clone, Debug)]
pub struct ReplaceKeys {
    /// The integrator.
    pub integrator: IntegratorId,
    /// All of its keys.
    pub keys: Vec<ClientKey>,
}

impl Operation for ReplaceKeys {
    const NAME: &'static str = "replace-integrator-keys";
    type Answer = IntegratorAnswer;

    fn target(&self) -> String {
        self.integrator.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<IntegratorAnswer, CommandError> {
        let replace = IntegratorCommand::ReplaceKeys(integrator::ReplaceKeys {
            keys: self.keys.clone(),
        });
        let action = Action::ReplaceIntegratorKeys;
        let answer = change(work, self.integrator, action, replace).await?;
        verifying(&self.keys)?;
        Ok(answer)
    }
}

/// Gives an integrator other scopes: what they don't name it may do no more, at once.
#[derive(Clone, Debug)]
pub struct SetScopes {
    /// The integrator.
    pub integrator: IntegratorId,
    /// All that it may ask for.
    pub scopes: Vec<SmartScope>,
}

impl Operation for SetScopes {
    const NAME: &'static str = "set-integrator-scopes";
    type Answer = IntegratorAnswer;

    fn target(&self) -> String {
        self.integrator.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<IntegratorAnswer, CommandError> {
        let set = IntegratorCommand::SetScopes(integrator::SetScopes {
            scopes: self.scopes.clone(),
        });
        change(work, self.integrator, Action::SetIntegratorScopes, set).await
    }
}

/// Lets an integrator in no more: its tokens are over at once.
#[derive(Clone, Debug)]
pub struct Disable {
    /// The integrator.
    pub integrator: IntegratorId,
    /// Why, such as `contract-ended`.
    pub reason: Code,
}

impl Operation for Disable {
    const NAME: &'static str = "disable-integrator";
    type Answer = IntegratorAnswer;

    fn target(&self) -> String {
        self.integrator.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<IntegratorAnswer, CommandError> {
        let disable = IntegratorCommand::Disable(integrator::Disable {
            reason: self.reason.clone(),
        });
        change(work, self.integrator, Action::DisableIntegrator, disable).await
    }
}

/// Lets an integrator in again; tokens from before stay over.
#[derive(Clone, Debug)]
pub struct Enable {
    /// The integrator.
    pub integrator: IntegratorId,
}

impl Operation for Enable {
    const NAME: &'static str = "enable-integrator";
    type Answer = IntegratorAnswer;

    fn target(&self) -> String {
        self.integrator.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<IntegratorAnswer, CommandError> {
        let action = Action::EnableIntegrator;
        change(work, self.integrator, action, IntegratorCommand::Enable).await
    }
}

async fn change(
    work: &mut Work<'_>,
    integrator: IntegratorId,
    action: Action,
    command: IntegratorCommand,
) -> Result<IntegratorAnswer, CommandError> {
    let mut instance = work.existing::<Integrator>(&integrator, KIND).await?;
    authorize(work, action, &instance.state().hospitals).await?;
    work.expect_version(&instance)?;
    work.decide(&mut instance, command).await?;
    Ok(IntegratorAnswer {
        integrator,
        version: instance.version(),
    })
}

/// Whoever answers for one of its hospitals does not answer for the others.
async fn authorize(
    work: &mut Work<'_>,
    action: Action,
    hospitals: &[HospitalId],
) -> Result<(), CommandError> {
    let resource = Resource::of_tenant(KIND, work.tenant());
    if hospitals.is_empty() {
        return work.authorize(action, &resource).await;
    }
    for hospital in hospitals {
        let there = resource.clone().at(*hospital);
        work.authorize(action, &there).await?;
    }
    Ok(())
}

/// The keys, as signatures are verified with them.
///
/// # Errors
/// [`IntegratorError::NotAKey`].
pub(crate) fn verifying(keys: &[ClientKey]) -> Result<Vec<VerifyingKey>, IntegratorError> {
    let (id, number) = (KeyId::as_str, KeyNumber::as_str);
    let keys = keys.iter().map(|key| match key {
        ClientKey::Es384 { kid, x, y } => VerifyingKey::es384(id(kid), number(x), number(y)),
        ClientKey::Rs384 { kid, n, e } => VerifyingKey::rs384(id(kid), number(n), number(e)),
        ClientKey::Ed25519 { kid, x } => VerifyingKey::ed25519(id(kid), number(x)),
    });
    let keys: Result<_, _> = keys.collect();
    keys.map_err(|_| IntegratorError::NotAKey)
}
