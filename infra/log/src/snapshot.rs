//! States of long streams, kept to save folding them again. A cache and nothing more: a
//! snapshot that doesn't fit today's code is ignored, and none is ever needed.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use medilink_database::Database;
use medilink_domain::event::canonical;
use medilink_domain::{Decider, SubjectId, TenantId};
use medilink_vault::{Binding, Unsealed, Vault};
use sha2::{Digest, Sha256};

use crate::codec::CodecError;

/// How many events a stream must grow by before its snapshot is renewed.
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

    /// The cached state of a stream and its version, when there is one that fits today's
    /// code. Any trouble reads as "none": the events tell the same.
    pub async fn load<D: Decider>(&self, tenant: TenantId, stream: &str) -> Option<(D, u64)> {
        match self.read::<D>(tenant, stream).await {
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

    async fn read<D: Decider>(
        &self,
        tenant: TenantId,
        stream: &str,
    ) -> Result<Option<(D, u64)>, String> {
        let client = self.database.client().await.map_err(text)?;
        let sql = "SELECT version, subject, state FROM log.snapshots WHERE stream = $1 AND tenant = $2 AND shape = $3";
        let statement = client.prepare_cached(sql).await.map_err(text)?;
        let shape = shape::<D>();
        let Some(row) = client
            .query_opt(&statement, &[&stream, &tenant.uuid(), &shape.as_slice()])
            .await
            .map_err(text)?
        else {
            return Ok(None);
        };
        let version = row.get::<_, i64>(0) as u64;
        let stored: &[u8] = row.get(2);
        let clear = match row.get::<_, Option<uuid::Uuid>>(1).map(SubjectId) {
            None => stored.to_vec(),
            Some(subject) => {
                let binding = binding(tenant, stream, version);
                match self
                    .vault
                    .unseal(subject, D::SNAPSHOT_CATEGORY, &binding, stored)
                    .await
                    .map_err(text)?
                {
                    Unsealed::Clear(clear) => clear,
                    Unsealed::Erased => return Ok(None),
                }
            }
        };
        // The serde error is dropped: it may quote the state.
        let state =
            serde_json::from_slice(&clear).map_err(|_| "the state doesn't parse".to_owned())?;
        Ok(Some((state, version)))
    }

    /// Keeps a state, unless a later one is kept already.
    ///
    /// # Errors
    /// When the state can't be sealed or stored; callers may ignore it.
    pub async fn save<D: Decider>(
        &self,
        tenant: TenantId,
        stream: &str,
        version: u64,
        state: &D,
    ) -> Result<(), CodecError> {
        let clear = canonical(state);
        let subject = state.subject();
        let stored = match subject {
            None => clear,
            Some(subject) => {
                let binding = binding(tenant, stream, version);
                self.vault
                    .seal(subject, D::SNAPSHOT_CATEGORY, &binding, &clear)
                    .await?
                    .to_vec()
            }
        };
        let client = self
            .database
            .client()
            .await
            .map_err(medilink_vault::VaultError::from)?;
        let sql = "INSERT INTO log.snapshots (stream, tenant, subject, version, shape, state)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (stream) DO UPDATE SET version = excluded.version, subject = excluded.subject,
                 shape = excluded.shape, state = excluded.state
             WHERE log.snapshots.version < excluded.version OR log.snapshots.shape <> excluded.shape";
        let statement = client.prepare_cached(sql).await.map_err(database)?;
        client
            .execute(
                &statement,
                &[
                    &stream,
                    &tenant.uuid(),
                    &subject.map(SubjectId::uuid),
                    &(version as i64),
                    &shape::<D>().as_slice(),
                    &stored,
                ],
            )
            .await
            .map_err(database)?;
        Ok(())
    }
}

fn database(error: tokio_postgres::Error) -> medilink_vault::VaultError {
    medilink_database::DatabaseError::from(error).into()
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
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
fn shape<D: Decider>() -> [u8; 32] {
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
