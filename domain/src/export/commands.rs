//! What may be asked of an export.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ExportFormat, ExportGround};
use crate::ids::{ExportId, SubjectId};
use crate::values::{Code, Language, SecretHash, TreeRoot};

/// What may be asked of an export.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportCommand {
    /// Opens it.
    Request(Request),
    /// Begins to make its file, or begins anew.
    Start,
    /// Tells how much of it is made, of a hundred.
    Progress(u8),
    /// Says that its file is made.
    Complete(File),
    /// Gives it up because its file can't be made.
    Fail(Code),
    /// Gives it up because nobody is to have it.
    Cancel(Code),
    /// Gives out a link whose secret has this hash.
    Link(SecretHash),
    /// Ends it when its time is over.
    Expire,
    /// Says that nothing of its file is left.
    Delete,
}

/// Somebody wants a copy of a person's data.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The new export.
    pub export: ExportId,
    /// Whose data it is.
    pub person: SubjectId,
    /// Who asks.
    pub by: SubjectId,
    /// By what right.
    pub ground: ExportGround,
    /// In which forms.
    pub formats: Vec<ExportFormat>,
    /// In which language.
    pub language: Language,
}

/// A file that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct File {
    /// Which of those that were begun it is.
    pub file: Uuid,
    /// How many bytes it has.
    pub size: u64,
    /// The SHA-256 hash of them.
    pub digest: TreeRoot,
}
