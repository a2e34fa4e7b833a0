//! What may be asked of an erasure.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::event::Category;
use crate::ids::{ErasureId, SubjectId};
use crate::legal_hold::Basis;
use crate::retention::Retention;
use crate::values::{Code, TreeRoot};

/// What may be asked of an erasure.
#[derive(Clone, Debug, PartialEq)]
pub enum ErasureCommand {
    /// Opens it.
    Request(Request),
    /// Stops it for a legal reason.
    Hold(Basis),
    /// Lets it go on.
    LiftHold,
    /// Gives it up.
    Withdraw,
    /// Destroys the key of a category from here on, unless something is in the way.
    Begin(Begin),
    /// Takes note that a key was destroyed.
    RecordShredding(RecordShredding),
    /// Takes note that a checkpoint covers what was erased.
    Certify(Certify),
}

/// A person's data is to be erased.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The new erasure.
    pub erasure: ErasureId,
    /// Whose data it is.
    pub person: SubjectId,
    /// Why, such as `leaves-the-hospital`.
    pub reason: Code,
    /// How long it can be withdrawn in any case.
    pub grace: TimeDelta,
    /// What the law asks to keep, and until when.
    pub kept: BTreeMap<Category, Retention>,
    /// The legal hold on the person's data that is in force.
    pub legal_hold: Option<Basis>,
}

/// The time of a category has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Begin {
    /// The category.
    pub category: Category,
    /// Until when the law asks to keep it, as things are now.
    pub kept: Option<Retention>,
    /// The legal hold on the person's data that is in force.
    pub legal_hold: Option<Basis>,
}

/// A key was destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordShredding {
    /// Of which category.
    pub category: Category,
    /// The number of its tombstone.
    pub tombstone: u64,
    /// When.
    pub at: DateTime<Utc>,
}

/// A checkpoint covers what was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certify {
    /// The new certificate.
    pub certificate: Uuid,
    /// How many events the checkpoint covers.
    pub tree_size: u64,
    /// The root of the tree over them.
    pub root: TreeRoot,
}
