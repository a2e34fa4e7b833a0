//! What can happen to an export. All of it is in clear text for ever: ids, instants, numbers,
//! codes and hashes.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ExportFormat, ExportGround};
use crate::event::Privacy;
use crate::ids::{ExportId, SubjectId};
use crate::values::{Code, Language, SecretHash, TreeRoot};

crate::events! {
    /// What can happen to an export.
    pub enum ExportEvent {
        Requested: "export.requested" v 1, Privacy::Operational;
        Started: "export.started" v 1, Privacy::Operational;
        Progressed: "export.progressed" v 1, Privacy::Operational;
        Completed: "export.completed" v 1, Privacy::Operational;
        Failed: "export.failed" v 1, Privacy::Operational;
        Cancelled: "export.cancelled" v 1, Privacy::Operational;
        LinkGiven: "export.link-given" v 1, Privacy::Operational;
        Expired: "export.expired" v 1, Privacy::Operational;
        Deleted: "export.deleted" v 1, Privacy::Operational;
    }
}

/// Somebody asked for a copy of a person's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requested {
    /// The export.
    pub export: ExportId,
    /// Whose data it is.
    pub person: SubjectId,
    /// Who asked for it, and may have it.
    pub by: SubjectId,
    /// By what right.
    pub ground: ExportGround,
    /// In which forms, in order and once each.
    pub formats: Vec<ExportFormat>,
    /// The language of what is meant for people.
    pub language: Language,
}

/// Its file is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Started {
    /// The export.
    pub export: ExportId,
}

/// So much of its file is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progressed {
    /// The export.
    pub export: ExportId,
    /// Of a hundred.
    pub percent: u8,
}

/// Its file is there to be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Completed {
    /// The export.
    pub export: ExportId,
    /// Which of the files that were begun it is.
    pub file: Uuid,
    /// How many bytes it has.
    pub size: u64,
    /// The SHA-256 hash of them.
    pub digest: TreeRoot,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
}

/// Its file can't be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failed {
    /// The export.
    pub export: ExportId,
    /// Why, such as `data-unreadable`.
    pub cause: Code,
}

/// Nobody is to have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cancelled {
    /// The export.
    pub export: ExportId,
    /// Why, such as `not-wanted` or `ground-gone`.
    pub cause: Code,
}

/// A link to its file was given out, in place of any before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkGiven {
    /// The export.
    pub export: ExportId,
    /// The hash of the link's secret, which itself is kept nowhere.
    pub secret_hash: SecretHash,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// Nobody fetches it any more: its time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expired {
    /// The export.
    pub export: ExportId,
}

/// Nothing of its file is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deleted {
    /// The export.
    pub export: ExportId,
}
