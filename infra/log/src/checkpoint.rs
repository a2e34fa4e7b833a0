//! Signed checkpoints (C2SP tlog-checkpoint, signed-note) over the tree, and the builder that
//! keeps up with the log off the write path.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Duration;

use chrono::Utc;
use futures::FutureExt;
use medilink_database::{Database, DatabaseError};
use signed_note::{Note, NoteError, Signer, StandardSigner, StandardVerifier, VerifierList};
use thiserror::Error;
use tlog_tiles::Checkpoint;
use tlog_tiles::tlog::Hash;
use tokio_postgres::{Client, Transaction};
use tokio_util::sync::CancellationToken;

use crate::tree::{BrokenTree, StoredTile, Tree};

/// Leaves taken in one transaction.
const STEP: i64 = 20_000;
/// Advisory lock of the one builder that may be at work.
const LOCK: i64 = 0x6d65_6469_7472_6565;

/// Why the tree could not be built further.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The database is away or refuses.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The stored tiles are damaged.
    #[error(transparent)]
    Broken(#[from] BrokenTree),
    /// The tiles don't lead to the root that was signed: somebody changed history.
    #[error("the tiles of {size} leaves do not lead to the root that was signed for them")]
    RootChanged {
        /// The size of the signed tree.
        size: u64,
    },
    /// The signing key or a stored note is not what it should be.
    #[error("{0}")]
    Note(String),
    /// The signing key's file can't be used.
    #[error("the log's signing key {path}: {error}")]
    KeyFile {
        /// The file.
        path: String,
        /// What went wrong.
        error: std::io::Error,
    },
}

impl From<tokio_postgres::Error> for CheckpointError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<NoteError> for CheckpointError {
    fn from(error: NoteError) -> Self {
        Self::Note(format!("the checkpoint's note: {error:?}"))
    }
}

/// The log's Ed25519 signing key, in signed-note's text format.
pub struct CheckpointKey {
    signer: StandardSigner,
    origin: String,
    verifier: String,
}

impl std::fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CheckpointKey({})", self.verifier)
    }
}

impl CheckpointKey {
    /// Reads the key file, or makes a new key for `origin` (a schema-less URL such as
    /// `medilink.example/log`) when there is none. The file holds the private key's line and
    /// the public one's; it is made readable by its owner only.
    ///
    /// # Errors
    /// When the file can't be read or written, or holds something else.
    pub fn load_or_create(path: &Path, origin: &str) -> Result<Self, CheckpointError> {
        let fail = |error| CheckpointError::KeyFile {
            path: path.display().to_string(),
            error,
        };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let (private, public) = signed_note::generate_key(&mut rand_core::OsRng, origin);
                write_private(path, &format!("{private}\n{public}\n")).map_err(fail)?;
                // Another process may have been first: what counts is what is in the file.
                Self::parse(&std::fs::read_to_string(path).map_err(fail)?)
            }
            Err(error) => Err(fail(error)),
        }
    }

    fn parse(text: &str) -> Result<Self, CheckpointError> {
        let bad =
            || CheckpointError::Note("the signing key's file is not a signed-note key pair".into());
        let mut lines = text.lines();
        let (private, public) = lines.next().zip(lines.next()).ok_or_else(bad)?;
        let signer = StandardSigner::new(private).map_err(|_| bad())?;
        let verifier = StandardVerifier::new(public).map_err(|_| bad())?;
        if signed_note::Verifier::key_id(&verifier) != signer.key_id() {
            return Err(bad());
        }
        Ok(Self {
            origin: signer.name().to_owned(),
            signer,
            verifier: public.to_owned(),
        })
    }

    /// What an outsider needs to verify checkpoints: a signed-note verifier key.
    pub fn verifier(&self) -> &str {
        &self.verifier
    }

    fn sign(&self, tree: &Tree, root: [u8; 32]) -> Result<Vec<u8>, CheckpointError> {
        let checkpoint = Checkpoint::new(&self.origin, tree.size(), Hash(root), "")
            .map_err(|_| CheckpointError::Note("the origin is not a key name".into()))?;
        let mut note = Note::new(&checkpoint.to_bytes(), &[])?;
        note.add_sigs(&[&self.signer])?;
        Ok(note.to_bytes())
    }
}

/// Checks a checkpoint's signature and returns what it says.
///
/// # Errors
/// When the note is not signed by this verifier key or is not a checkpoint.
pub fn open_checkpoint(note: &[u8], verifier: &str) -> Result<(u64, [u8; 32]), CheckpointError> {
    let verifier = StandardVerifier::new(verifier)
        .map_err(|_| CheckpointError::Note("the verifier key can't be read".into()))?;
    let note = Note::from_bytes(note)?;
    note.verify(&VerifierList::new(vec![Box::new(verifier)]))?;
    let checkpoint = Checkpoint::from_bytes(note.text())
        .map_err(|_| CheckpointError::Note("the note is not a checkpoint".into()))?;
    Ok((checkpoint.size(), checkpoint.hash().0))
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let partial = path.with_extension(uuid::Uuid::now_v7().simple().to_string());
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // A hard link fails if another process was first, so two never sign with two keys.
    match std::fs::hard_link(&partial, path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        linked => linked?,
    }
    std::fs::remove_file(&partial)
}

/// Says that the tree has the whole log now. A time rather than an age: it goes on ageing when
/// nobody builds any more.
fn level() {
    metrics::gauge!("medilink_tree_level_timestamp_seconds").set(Utc::now().timestamp() as f64);
}

/// Keeps the tree and its checkpoints up with the log.
#[derive(Debug)]
pub struct TreeBuilder {
    database: Database,
    key: CheckpointKey,
    tree: Option<Tree>,
}

impl TreeBuilder {
    /// Builds as the role of `database`, signing with `key`.
    pub const fn new(database: Database, key: CheckpointKey) -> Self {
        Self {
            database,
            key,
            tree: None,
        }
    }

    /// Follows the log until cancelled, signing a checkpoint at most every `pace` while it
    /// grows. Trouble is logged and tried again; only a changed history is never passed over.
    pub async fn run(mut self, pace: Duration, cancel: CancellationToken) {
        let mut client = None;
        // From the beginning: the first error is then a rise, which an alert can see.
        metrics::counter!("medilink_tree_errors_total").increment(0);
        while !cancel.is_cancelled() {
            // A panic must not end the tree for as long as the process lives.
            let advanced = AssertUnwindSafe(self.advance_on(&mut client))
                .catch_unwind()
                .await;
            let trouble = match advanced {
                Ok(Ok(more)) => Ok(more),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err("a panic".to_owned()),
            };
            let more = trouble.unwrap_or_else(|error| {
                metrics::counter!("medilink_tree_errors_total").increment(1);
                tracing::error!(error, "the Merkle tree could not be built further");
                client = None;
                self.tree = None;
                false
            });
            let pause = if more { Duration::ZERO } else { pace };
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn advance_on(&mut self, client: &mut Option<Client>) -> Result<bool, CheckpointError> {
        let client = match client {
            Some(open) if !open.is_closed() => open,
            other => other.insert(self.database.connect().await?),
        };
        self.advance(client).await
    }

    /// Takes the next leaves and signs the tree they make. `true` when more are waiting.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub async fn advance(&mut self, client: &mut Client) -> Result<bool, CheckpointError> {
        let transaction = client.transaction().await?;
        let locked = transaction
            .query_one("SELECT pg_try_advisory_xact_lock($1)", &[&LOCK])
            .await?;
        if !locked.get::<_, bool>(0) {
            return Ok(false);
        }
        let mut tree = self.resume(&transaction).await?;
        let rows = transaction
            .query(
                "SELECT leaf_hash FROM log.events WHERE position > $1 ORDER BY position LIMIT $2",
                &[&(tree.size() as i64), &STEP],
            )
            .await?;
        if rows.is_empty() {
            level();
            self.tree = Some(tree);
            return Ok(false);
        }
        // A CHECK on the column holds the length.
        let leaves: Vec<[u8; 32]> = rows
            .iter()
            .map(|row| row.get::<_, &[u8]>(0).try_into().unwrap_or_default())
            .collect();
        let tiles = tree.extend(&leaves);
        let root = tree.root()?;
        let note = self.key.sign(&tree, root)?;
        store(&transaction, &tiles, &tree, root, &note).await?;
        fail::fail_point!("tree-before-commit");
        transaction.commit().await?;
        metrics::gauge!("medilink_tree_size").set(tree.size() as f64);
        self.tree = Some(tree);
        let more = rows.len() as i64 == STEP;
        if !more {
            level();
        }
        Ok(more)
    }

    /// The tree at the last checkpoint, from memory if no other builder has gone on.
    async fn resume(&mut self, transaction: &Transaction<'_>) -> Result<Tree, CheckpointError> {
        let last = transaction
            .query_opt(
                "SELECT size, root FROM log.checkpoints ORDER BY size DESC LIMIT 1",
                &[],
            )
            .await?;
        let Some(last) = last else {
            return Ok(Tree::default());
        };
        let size = last.get::<_, i64>(0) as u64;
        if let Some(tree) = self.tree.take().filter(|tree| tree.size() == size) {
            return Ok(tree);
        }
        let edge = Tree::edge_of(size);
        let levels: Vec<i16> = edge.iter().map(|(level, _)| i16::from(*level)).collect();
        let numbers: Vec<i64> = edge.iter().map(|(_, number)| *number as i64).collect();
        let rows = transaction
            .query(
                "SELECT level, number, hashes FROM log.tiles
                 JOIN unnest($1::smallint[], $2::bigint[]) AS edge (level, number) USING (level, number)",
                &[&levels, &numbers],
            )
            .await?;
        let tree = Tree::at(
            size,
            rows.iter().map(|row| StoredTile {
                level: row.get::<_, i16>(0) as u8,
                number: row.get::<_, i64>(1) as u64,
                hashes: row.get(2),
            }),
        )?;
        if tree.root()?.as_slice() != last.get::<_, &[u8]>(1) {
            return Err(CheckpointError::RootChanged { size });
        }
        Ok(tree)
    }
}

async fn store(
    transaction: &Transaction<'_>,
    tiles: &[StoredTile],
    tree: &Tree,
    root: [u8; 32],
    note: &[u8],
) -> Result<(), DatabaseError> {
    let levels: Vec<i16> = tiles.iter().map(|tile| i16::from(tile.level)).collect();
    let numbers: Vec<i64> = tiles.iter().map(|tile| tile.number as i64).collect();
    let hashes: Vec<&[u8]> = tiles.iter().map(|tile| tile.hashes.as_slice()).collect();
    transaction
        .execute(
            "INSERT INTO log.tiles (level, number, hashes)
             SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])
             ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes
             WHERE octet_length(log.tiles.hashes) < octet_length(excluded.hashes)",
            &[&levels, &numbers, &hashes],
        )
        .await?;
    transaction
        .execute(
            "INSERT INTO log.checkpoints (size, root, note, signed_at) VALUES ($1, $2, $3, now())",
            &[&(tree.size() as i64), &root.as_slice(), &note],
        )
        .await?;
    Ok(())
}
