//! What is personal in a row is ciphertext in the tables: sealed on the way in, unsealed on
//! the way out, bound to its table and key.
//!
//! A row whose key was shredded is gone: that is what a rebuild would make of its events, so
//! live rows, rebuilt rows and queries agree.

use medilink_domain::{Category, SubjectId, TenantId};
use medilink_vault::{Binding, Unsealed, Vault, VaultError};
use thiserror::Error;

use super::cell::Cell;
use super::field::Damaged;
use super::row::Shape;

/// Why a row could not be sealed or unsealed.
#[derive(Debug, Error)]
pub enum SealingError {
    /// The keys can't be had, or the ciphertext is not what was sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The row lacks the tenant or the person that its shape promises.
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

/// Seals what is personal in rows; a row whose key is shredded comes back as `None`.
///
/// # Errors
/// When the vault has no key to give.
pub async fn seal(
    vault: &Vault,
    table: &str,
    shape: &Shape,
    rows: Vec<Vec<Cell>>,
) -> Result<Vec<Option<Vec<Cell>>>, SealingError> {
    warm(vault, shape, &rows).await?;
    let mut sealed = Vec::with_capacity(rows.len());
    for row in rows {
        sealed.push(seal_row(vault, table, shape, row).await?);
    }
    Ok(sealed)
}

/// Unseals what is personal in rows; a row whose key is shredded comes back as `None`.
///
/// # Errors
/// When the vault is away or a value is not what was sealed at its place.
pub async fn unseal(
    vault: &Vault,
    table: &str,
    shape: &Shape,
    rows: Vec<Vec<Cell>>,
) -> Result<Vec<Option<Vec<Cell>>>, SealingError> {
    warm(vault, shape, &rows).await?;
    let mut clear = Vec::with_capacity(rows.len());
    for row in rows {
        clear.push(unseal_row(vault, table, shape, row).await?);
    }
    Ok(clear)
}

/// One query for all keys that the rows need.
async fn warm(vault: &Vault, shape: &Shape, rows: &[Vec<Cell>]) -> Result<(), SealingError> {
    let Some(personal) = shape.personal else {
        return Ok(());
    };
    let mut keys: Vec<(TenantId, SubjectId, Category)> = Vec::with_capacity(rows.len());
    for row in rows {
        let (tenant, subject) = (shape.tenant_of(row)?, personal.subject_of(row)?);
        keys.push((tenant, subject, personal.category));
    }
    keys.sort_unstable();
    keys.dedup();
    if !keys.is_empty() {
        vault.warm(&keys).await?;
    }
    Ok(())
}

/// What is needed to seal or unseal the personal part of one row.
struct Part {
    at: usize,
    category: Category,
    tenant: TenantId,
    subject: SubjectId,
    place: String,
}

impl Part {
    /// `None` for a shape that has nothing personal.
    fn of(table: &str, shape: &Shape, row: &[Cell]) -> Result<Option<Self>, Damaged> {
        let Some(personal) = shape.personal else {
            return Ok(None);
        };
        Ok(Some(Self {
            at: personal.at,
            category: personal.category,
            tenant: shape.tenant_of(row)?,
            subject: personal.subject_of(row)?,
            place: format!("read/{table}/{}", shape.label(row)),
        }))
    }

    const fn binding<'a>(&'a self, table: &'a str) -> Binding<'a> {
        Binding {
            tenant: self.tenant,
            stream: self.place.as_str(),
            version: 0,
            kind: table,
            field: "personal",
        }
    }
}

async fn seal_row(
    vault: &Vault,
    table: &str,
    shape: &Shape,
    mut row: Vec<Cell>,
) -> Result<Option<Vec<Cell>>, SealingError> {
    let Some(part) = Part::of(table, shape, &row)? else {
        return Ok(Some(row));
    };
    let Some(Cell::Bytes(clear)) = row.get(part.at) else {
        return Err(Damaged.into());
    };
    let binding = part.binding(table);
    let sealed = match vault.try_seal(part.subject, part.category, &binding, clear) {
        Some(sealed) => sealed,
        None => {
            vault
                .seal(part.subject, part.category, &binding, clear)
                .await
        }
    };
    row[part.at] = match sealed {
        Ok(sealed) => Cell::Bytes(sealed.to_vec()),
        Err(VaultError::Erased) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(Some(row))
}

async fn unseal_row(
    vault: &Vault,
    table: &str,
    shape: &Shape,
    mut row: Vec<Cell>,
) -> Result<Option<Vec<Cell>>, SealingError> {
    let Some(part) = Part::of(table, shape, &row)? else {
        return Ok(Some(row));
    };
    let Some(Cell::Bytes(sealed)) = row.get(part.at) else {
        return Err(Damaged.into());
    };
    let binding = part.binding(table);
    let unsealed = match vault.try_unseal(part.subject, part.category, &binding, sealed) {
        Some(unsealed) => unsealed?,
        None => {
            vault
                .unseal(part.subject, part.category, &binding, sealed)
                .await?
        }
    };
    row[part.at] = match unsealed {
        Unsealed::Clear(clear) => Cell::Bytes(clear),
        Unsealed::Erased => return Ok(None),
    };
    Ok(Some(row))
}
