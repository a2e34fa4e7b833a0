//! What the rows of schema `vault` mean.

use chrono::{DateTime, Utc};
use medilink_domain::{Category, SubjectId, TenantId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::binding::Holder;
use crate::journal::Erasure;
use crate::keyring::Epoch;

/// Where shreddings are announced.
pub(crate) const CHANNEL: &str = "medilink_vault_shredded";

/// A wrapped data key as its row holds it.
pub(crate) struct Wrapped {
    pub(crate) id: Uuid,
    pub(crate) epoch: Epoch,
    pub(crate) bytes: Vec<u8>,
    pub(crate) seals: i64,
}

/// What the database knows of a holder.
pub(crate) enum Known {
    Nothing,
    Live(Wrapped),
    Erased,
}

/// An epoch that rows may be wrapped by.
pub(crate) struct RegisteredEpoch {
    pub(crate) epoch: Epoch,
    pub(crate) proof: Vec<u8>,
    pub(crate) since: DateTime<Utc>,
    pub(crate) keys: i64,
}

/// What became of a new key's row.
#[derive(PartialEq, Eq)]
pub(crate) enum Creation {
    Created,
    /// Another process was first, or the epoch has been retired: read again.
    Overtaken,
}

/// The trace that a shredding leaves.
pub(crate) struct Tombstone {
    pub(crate) number: i64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) by: Uuid,
}

/// The announcement of a shredding.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) number: i64,
    pub(crate) holder: Holder,
}

impl Notice {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let number = words.next()?.parse().ok()?;
        let tenant = words.next()?.parse().ok()?;
        let subject = words.next()?.parse().ok()?;
        let category = category(words.next()?)?;
        let holder = Holder {
            tenant,
            subject,
            category,
        };
        words.next().is_none().then_some(Self { number, holder })
    }
}

/// From `id`, `epoch`, `wrapped` and `seals`.
pub(crate) fn known(row: &Row) -> Known {
    let (Some(id), wrapped) = (
        row.get::<_, Option<Uuid>>("id"),
        row.get::<_, Option<Vec<u8>>>("wrapped"),
    ) else {
        return Known::Nothing;
    };
    // A CHECK holds: epoch and wrapped key are there together, or there is a tombstone.
    match (wrapped, row.get::<_, Option<i32>>("epoch")) {
        (Some(bytes), Some(epoch)) => Known::Live(Wrapped {
            id,
            epoch: Epoch(epoch),
            bytes,
            seals: row.get("seals"),
        }),
        _ => Known::Erased,
    }
}

/// From `tenant`, `subject` and `category`; `None` for a category that only a newer release
/// knows.
pub(crate) fn holder(row: &Row) -> Option<Holder> {
    Some(Holder {
        tenant: TenantId(row.get("tenant")),
        subject: SubjectId(row.get("subject")),
        category: category(row.get("category"))?,
    })
}

pub(crate) fn category(name: &str) -> Option<Category> {
    Category::ALL
        .into_iter()
        .find(|category| category.name() == name)
}

/// From `erasure`, `shredded_at` and `shredded_by`.
pub(crate) fn tombstone(row: &Row) -> Tombstone {
    Tombstone {
        number: row.get("erasure"),
        at: row.get("shredded_at"),
        by: row.get("shredded_by"),
    }
}

/// From a tombstone's row; `None` for a category that only a newer release knows.
pub(crate) fn erasure(row: &Row) -> Option<Erasure> {
    let Holder {
        tenant,
        subject,
        category,
    } = holder(row)?;
    let Tombstone { number, at, by } = tombstone(row);
    Some(Erasure {
        tenant,
        subject,
        category,
        number: number.unsigned_abs(),
        at,
        by,
    })
}
