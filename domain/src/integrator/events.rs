//! What can happen to an integrator.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ClientKey;
use crate::event::Privacy;
use crate::ids::{HospitalId, IntegratorId};
use crate::values::{Code, ShortText, SmartScope};

crate::events! {
    /// What can happen to an integrator. None of it is about a person: an integrator is a
    /// program, and its name is that of the organisation that runs it.
    pub enum IntegratorEvent {
        Registered: "integrator.registered" v 1, Privacy::Operational;
        KeysReplaced: "integrator.keys-replaced" v 1, Privacy::Operational;
        ScopesChanged: "integrator.scopes-changed" v 1, Privacy::Operational;
        Disabled: "integrator.disabled" v 1, Privacy::Operational;
        Enabled: "integrator.enabled" v 1, Privacy::Operational;
    }
}

/// A program of others may come in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Registered {
    /// The integrator; its `client_id`.
    pub integrator: IntegratorId,
    /// What it is called.
    pub name: ShortText,
    /// What it may ask for, in order and one for each resource.
    pub scopes: Vec<SmartScope>,
    /// What it signs with.
    pub keys: Vec<ClientKey>,
    /// The hospitals it acts for; all of the network, if none is named.
    pub hospitals: Vec<HospitalId>,
    /// When it is let in no more, if that is known.
    pub expires_at: Option<DateTime<Utc>>,
}

/// It signs with other keys; what was signed with the earlier ones is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeysReplaced {
    /// The integrator.
    pub integrator: IntegratorId,
    /// All of its keys.
    pub keys: Vec<ClientKey>,
}

/// It may ask for something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScopesChanged {
    /// The integrator.
    pub integrator: IntegratorId,
    /// All that it may ask for, in order and one for each resource.
    pub scopes: Vec<SmartScope>,
}

/// It is let in no more; its tokens are over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Disabled {
    /// The integrator.
    pub integrator: IntegratorId,
    /// Why, such as `contract-ended`.
    pub reason: Code,
}

/// It is let in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Enabled {
    /// The integrator.
    pub integrator: IntegratorId,
}
