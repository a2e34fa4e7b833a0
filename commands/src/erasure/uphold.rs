//! What the log knows to be erased is erased, whatever backup of the keys was restored.

use medilink_database::{Database, DatabaseError};
use medilink_domain::{Category, SubjectId, TenantId};
use medilink_vault::{Erasure, KeyringError, Vault, VaultError};
use thiserror::Error;
use tokio_postgres::Row;

/// Why it could not be seen to.
#[derive(Debug, Error)]
pub enum UpholdError {
    /// The main database is away or refuses.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The keys can't be reached.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The keyring can't be used.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}

impl UpholdError {
    /// Whether the same call may succeed later.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Database(error) => error.is_transient(),
            Self::Vault(error) => error.is_transient(),
            Self::Keyring(_) => false,
        }
    }
}

/// Shreds again what an older backup of the keys has brought back, as far as the log knows of it;
/// returns how many keys that were. To be called by every process that opens the vault, before it
/// reads or writes anything. (The vault does the same from its own journal; this one survives the
/// loss of the keyring's folder.)
///
/// # Errors
/// [`UpholdError`].
pub async fn uphold(database: &Database, vault: &Vault) -> Result<u64, UpholdError> {
    let client = database.client().await?;
    let sql = "SELECT tenant, person, category, erasure, tombstone, shredded_at
               FROM inline.shreddings ORDER BY position";
    let rows = client.query(sql, &[]).await.map_err(DatabaseError::from)?;
    let erasures: Vec<Erasure> = rows.iter().filter_map(erasure).collect();
    Ok(vault.uphold(&erasures).await?)
}

/// None for a category that only a newer release knows.
fn erasure(row: &Row) -> Option<Erasure> {
    let name: &str = row.get(2);
    let category = Category::ALL.into_iter().find(|one| one.name() == name)?;
    Some(Erasure {
        tenant: TenantId(row.get(0)),
        subject: SubjectId(row.get(1)),
        category,
        number: row.get::<_, i64>(4).unsigned_abs(),
        at: row.get(5),
        by: row.get(3),
    })
}
