//! The signed checkpoint of the log: by it an outsider holds what is told of the log later to
//! what it was.

use chrono::{DateTime, Utc};
use medilink_commands::{Action, Resource};
use poem_openapi::{Object, OpenApi};

use crate::actor::SignedIn;
use crate::answer::Found;
use crate::api::Tag;
use crate::backend::{Backend, no_such};
use crate::call;
use crate::problem::Problem;

/// The newest signed checkpoint.
#[derive(Object)]
pub struct CheckpointOut {
    /// How many events it covers.
    size: u64,
    /// The root of the Merkle tree over them (RFC 6962), in hexadecimal digits.
    root: String,
    /// When it was signed.
    signed_at: DateTime<Utc>,
    /// How long ago that was, in seconds.
    age_seconds: u64,
    /// How many events have been recorded since.
    behind: u64,
    /// The checkpoint itself: a signed note (C2SP tlog-checkpoint). Verify it with the key that
    /// `medilink audit head` prints, handed over by another way than this.
    note: String,
}

/// The routes.
pub struct Checkpoints(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Accesses")]
impl Checkpoints {
    /// Read the newest signed checkpoint of the log
    ///
    /// 404 until the first has been signed, some seconds after the first event. Keep it elsewhere:
    /// no later log that fits it can have lost or altered an event that it covers.
    #[oai(path = "/checkpoint", method = "get", operation_id = "readCheckpoint")]
    async fn newest(&self, caller: SignedIn) -> Result<Found<CheckpointOut>, Problem> {
        let resource = Resource::of_tenant("checkpoint", caller.actor.tenant);
        self.0
            .authorize(&caller, Action::ReadCheckpoint, &resource)?;
        let reader = self.0.executor().reader();
        let newest = reader.checkpoint(None).await;
        // After it, so that the log has at least what it covers.
        let head = reader.head().await;
        let newest = newest.map_err(|error| call::away(&error))?;
        let head = head.map_err(|error| call::away(&error))?;
        let newest = newest.ok_or_else(|| no_such("checkpoint"))?;
        let age = Utc::now() - newest.signed_at;
        Ok(Found::new(CheckpointOut {
            size: newest.size,
            root: hex::encode(newest.root),
            signed_at: newest.signed_at,
            age_seconds: age.num_seconds().max(0).unsigned_abs(),
            behind: head.0.saturating_sub(newest.size),
            note: String::from_utf8_lossy(&newest.note).into_owned(),
        }))
    }
}
