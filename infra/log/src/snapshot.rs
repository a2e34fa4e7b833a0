//! States of streams, kept to save folding them again: those of long streams in a table, those
//! of known streams in memory. A cache and nothing more: a snapshot that doesn't fit today's
//! code is ignored, and none is ever needed.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use medilink_database::{Database, DatabaseError};
use medilink_domain::event::canonical;
use medilink_domain::{Decider, SubjectId, TenantId};
use medilink_vault::{Binding, Unsealed, Vault};
use sha2::{Digest, Sha256};

use crate::codec::CodecError;
use crate::loaded::Snapshot;

/// How many events a stream must grow by before its stored snapshot is renewed.
pub const SNAPSHOT_EVERY: u64 = 100;

/// The snapshots' table. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshots {
    database: Database,
    vault: Vault,
}

impl Snapshots {
    /// Keeps states in `log.snapshots`, sealed when the stream is about a person.
    pub const fn new(database: Database, vault: Vault) -> Self {
        Self { database, vault }
    }

    /// The state in a snapshot, if it can be had. Any trouble reads as "none": the events tell
    /// the same.
    pub async fn open<D: Decider>(&self, stream: &str, snapshot: &Snapshot) -> Option<D> {
        match self.unseal::<D>(stream, snapshot).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(
                    error,
                    category = D::CATEGORY,
                    "a snapshot could not be read"
                );
                None
            }
        }
    }

    async fn unseal<D: Decider>(
        &self,
        stream: &str,
        snapshot: &Snapshot,
    ) -> Result<Option<D>, String> {
        let state = match snapshot.subject {
            None => parse(&snapshot.state),
            Some(subject) => {
                let binding = binding(snapshot.tenant, stream, snapshot.version);
                let (vault, category) = (&self.vault, D::SNAPSHOT_CATEGORY);
                let unsealed = match vault.try_unseal(subject, category, &binding, &snapshot.state)
                {
                    Some(unsealed) => unsealed,
                    None => {
                        vault
                            .unseal(subject, category, &binding, &snapshot.state)
                            .await
                    }
                };
                match unsealed.map_err(|error| error.to_string())? {
                    Unsealed::Clear(clear) => parse(&clear),
                    Unsealed::Erased => return Ok(None),
                }
            }
        };
        state.map(Some)
    }

    /// A state as a snapshot, which nobody keeps yet.
    ///
    /// # Errors
    /// When the state can't be sealed; callers may ignore it.
    pub async fn seal<D: Decider>(
        &self,
        tenant: TenantId,
        stream: &str,
        version: u64,
        state: &D,
    ) -> Result<Snapshot, CodecError> {
        let clear = canonical(state);
        let subject = state.subject();
        let state = match subject {
            None => clear.into(),
            Some(subject) => {
                let (binding, category) = (binding(tenant, stream, version), D::SNAPSHOT_CATEGORY);
                match self.vault.try_seal(subject, category, &binding, &clear) {
                    Some(sealed) => sealed?,
                    None => self.vault.seal(subject, category, &binding, &clear).await?,
                }
            }
        };
        Ok(Snapshot {
            version,
            tenant,
            subject,
            state,
        })
    }

    /// Stores a snapshot, unless a later one is stored already.
    ///
    /// # Errors
    /// When it can't be stored; callers may ignore it.
    pub async fn store<D: Decider>(
        &self,
        stream: &str,
        snapshot: &Snapshot,
    ) -> Result<(), DatabaseError> {
        let client = self.database.client().await?;
        let sql = "INSERT INTO log.snapshots (stream, tenant, subject, version, shape, state)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (stream) DO UPDATE SET version = excluded.version, subject = excluded.subject,
                 shape = excluded.shape, state = excluded.state
             WHERE log.snapshots.version < excluded.version OR log.snapshots.shape <> excluded.shape";
        let statement = client.prepare_cached(sql).await?;
        client
            .execute(
                &statement,
                &[
                    &stream,
                    &snapshot.tenant.uuid(),
                    &snapshot.subject.map(SubjectId::uuid),
                    &(snapshot.version as i64),
                    &snapshot_shape::<D>().as_slice(),
                    &&snapshot.state[..],
                ],
            )
            .await?;
        Ok(())
    }
}

/// The serde error is dropped: it may quote the state.
fn parse<D: Decider>(clear: &[u8]) -> Result<D, String> {
    serde_json::from_slice(clear).map_err(|_| "the state doesn't parse".to_owned())
}

const fn binding(tenant: TenantId, stream: &str, version: u64) -> Binding<'_> {
    Binding {
        tenant,
        stream,
        version,
        kind: "snapshot",
        field: "state",
    }
}

/// What a cached state must match: the shape of the state, by its JSON Schema, and the meaning
/// of `evolve`, by the aggregate's revision.
pub fn snapshot_shape<D: Decider>() -> [u8; 32] {
    static SHAPES: OnceLock<Mutex<HashMap<TypeId, [u8; 32]>>> = OnceLock::new();
    let shapes = SHAPES.get_or_init(Mutex::default);
    // A poisoned lock only means that a schema panicked elsewhere; the map is still whole.
    let mut shapes = shapes.lock().unwrap_or_else(PoisonError::into_inner);
    *shapes.entry(TypeId::of::<D>()).or_insert_with(|| {
        let mut hash = Sha256::new();
        hash.update(D::CATEGORY);
        hash.update(D::REVISION.to_be_bytes());
        hash.update(canonical(&schemars::schema_for!(D)));
        hash.finalize().into()
    })
}
