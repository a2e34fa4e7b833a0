//! A full check of the log: every leaf, no gap, every signed checkpoint.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use medilink_database::Database;

use crate::checkpoint::{CheckpointError, open_checkpoint};
use crate::event::Position;
use crate::reader::LogReader;
use crate::tree::Tree;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Events whose leaf hash was computed again.
    pub events: u64,
    /// Checkpoints whose signature and root were checked.
    pub checkpoints: u64,
    /// What is wrong, in order of position; empty when the log is whole.
    pub faults: Vec<Fault>,
}

/// Something in the log that was changed, lost or forged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An event is missing before this position.
    Gap(Position),
    /// The stored event is not the one whose hash was stored.
    Altered(Position),
    /// The tree over the stored events is not the one that was signed at this size.
    RootDiffers(u64),
    /// The checkpoint of this size is not signed by the log's key, or says something else
    /// than its row.
    BadSignature(u64),
    /// A tree was signed over more events than there are.
    Truncated(u64),
}

/// Reads the whole log and checks it against its own hashes and every checkpoint signed with
/// `verifier`'s key. `progress` is called now and then with the position reached. At most
/// 1,000 faults are collected.
///
/// # Errors
/// When the database doesn't answer.
pub async fn verify(
    database: &Database,
    verifier: &str,
    mut progress: impl FnMut(Position),
) -> Result<Verification, CheckpointError> {
    let mut found = Verification::default();
    let client = database.client().await?;
    let rows = client
        .query(
            "SELECT size, root, note FROM log.checkpoints ORDER BY size",
            &[],
        )
        .await?;
    let mut signed: BTreeMap<u64, [u8; 32]> = BTreeMap::new();
    for row in &rows {
        let size = row.get::<_, i64>(0) as u64;
        let root: &[u8] = row.get(1);
        match open_checkpoint(row.get(2), verifier) {
            Ok((said, hash)) if said == size && hash == root => {
                signed.insert(size, hash);
            }
            _ => found.faults.push(Fault::BadSignature(size)),
        }
    }
    found.checkpoints = rows.len() as u64;
    drop(client);

    let mut tree = Tree::default();
    let events = LogReader::new(database.clone()).all_after(Position::START);
    futures::pin_mut!(events);
    while let Some(event) = events.try_next().await? {
        found.events += 1;
        if event.position.0 != tree.size() + 1 {
            found.faults.push(Fault::Gap(event.position));
            return Ok(found);
        }
        if !event.leaf_is_sound() {
            found.faults.push(Fault::Altered(event.position));
        }
        tree.extend([&event.leaf_hash]);
        if let Some(root) = signed.remove(&tree.size())
            && tree.root()? != root
        {
            found.faults.push(Fault::RootDiffers(tree.size()));
        }
        if tree.size().is_multiple_of(10_000) {
            progress(event.position);
        }
        if found.faults.len() >= 1_000 {
            return Ok(found);
        }
    }
    found.faults.extend(
        signed
            .into_keys()
            .filter(|size| *size > tree.size())
            .map(Fault::Truncated),
    );
    Ok(found)
}
