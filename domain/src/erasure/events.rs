//! What can happen to an erasure. All of it is in clear text for ever: ids, instants and codes.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::{Category, Privacy};
use crate::ids::{ErasureId, SubjectId};
use crate::values::{Code, TreeRoot};

crate::events! {
    /// What can happen to an erasure.
    pub enum ErasureEvent {
        Requested: "erasure.requested" v 1, Privacy::Operational;
        Held: "erasure.held" v 1, Privacy::Operational;
        HoldLifted: "erasure.hold-lifted" v 1, Privacy::Operational;
        Scheduled: "erasure.scheduled" v 1, Privacy::Operational;
        Withdrawn: "erasure.withdrawn" v 1, Privacy::Operational;
        Begun: "erasure.begun" v 1, Privacy::Operational;
        Shredded: "erasure.shredded" v 1, Privacy::Operational;
        Certified: "erasure.certified" v 1, Privacy::Operational;
    }
}

/// Somebody asked that a person's data be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requested {
    /// The erasure.
    pub erasure: ErasureId,
    /// Whose data it is.
    pub person: SubjectId,
    /// Why, such as `leaves-the-hospital`.
    pub reason: Code,
}

/// Something of the data can't be erased yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// The erasure.
    pub erasure: ErasureId,
    /// What can't; none for a legal hold, which holds everything.
    pub category: Option<Category>,
    /// Which law or case asks for it, such as `imc-regulations-2002` or `litigation`.
    pub basis: Code,
    /// The retention rule; none for a legal hold.
    pub rule: Option<Code>,
    /// The version of the rules; none for a legal hold.
    pub rules_version: Option<u32>,
    /// Until when; until it is lifted, if nothing is said.
    pub until: Option<DateTime<Utc>>,
}

/// A legal hold is no longer in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldLifted {
    /// The erasure.
    pub erasure: ErasureId,
}

/// A category is to be erased. Said again, the later word counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scheduled {
    /// The erasure.
    pub erasure: ErasureId,
    /// What is to be erased.
    pub category: Category,
    /// Not before.
    pub not_before: DateTime<Utc>,
}

/// The person has thought better of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Withdrawn {
    /// The erasure.
    pub erasure: ErasureId,
}

/// The key of a category is about to be destroyed: from here on nothing stops it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Begun {
    /// The erasure.
    pub erasure: ErasureId,
    /// Whose data it is.
    pub person: SubjectId,
    /// What is being erased.
    pub category: Category,
}

/// The key of a category was destroyed, and with it what was sealed under it, wherever it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shredded {
    /// The erasure.
    pub erasure: ErasureId,
    /// Whose data it was.
    pub person: SubjectId,
    /// What was erased.
    pub category: Category,
    /// The number of the key's tombstone.
    pub tombstone: u64,
    /// When the key was destroyed.
    pub at: DateTime<Utc>,
}

/// What was erased is covered by a signed checkpoint of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Certified {
    /// The erasure.
    pub erasure: ErasureId,
    /// The certificate.
    pub certificate: Uuid,
    /// What it certifies for the first time.
    pub categories: Vec<Category>,
    /// How many events the checkpoint covers.
    pub tree_size: u64,
    /// The root of the tree over them.
    pub root: TreeRoot,
    /// Whether nothing is left to be erased.
    pub complete: bool,
}
