//! The statements of the vault. Each has a time limit, and each is one round trip.

use std::time::Duration;

use chrono::{DateTime, Utc};
use medilink_database::Database;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use crate::binding::Holder;
use crate::error::VaultError;
use crate::journal::Erasure;
use crate::keyring::Epoch;
use crate::rows::{
    CHANNEL, Creation, Known, RegisteredEpoch, Tombstone, Wrapped, erasure, holder, known,
    tombstone,
};

#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) database: Database,
    pub(crate) patience: Duration,
}

impl Store {
    /// The holder's key, and the epoch that new keys are to be wrapped by.
    pub(crate) async fn load(
        &self,
        holder: &Holder,
    ) -> Result<(RegisteredEpoch, Known), VaultError> {
        const SQL: &str = "
            SELECT k.id, k.epoch, k.wrapped, k.seals, e.epoch AS newest, e.proof, e.created_at
            FROM (SELECT epoch, proof, created_at FROM vault.epochs ORDER BY epoch DESC LIMIT 1) e
            LEFT JOIN vault.data_keys k ON k.tenant = $1 AND k.subject = $2 AND k.category = $3";
        self.within(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(SQL).await?;
            let key = (
                holder.tenant.uuid(),
                holder.subject.uuid(),
                holder.category.name(),
            );
            let row = client
                .query_one(&statement, &[&key.0, &key.1, &key.2])
                .await?;
            let newest = RegisteredEpoch {
                epoch: Epoch(row.get("newest")),
                proof: row.get("proof"),
                since: row.get("created_at"),
                keys: 0,
            };
            Ok((newest, known(&row)))
        })
        .await
    }

    /// The keys of many holders in one query; those without a row are left out.
    pub(crate) async fn load_many(
        &self,
        holders: &[Holder],
    ) -> Result<Vec<(Holder, Known)>, VaultError> {
        const SQL: &str = "
            SELECT k.id, k.epoch, k.wrapped, k.seals, k.tenant, k.subject, k.category
            FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS wanted (tenant, subject, category)
            JOIN vault.data_keys k USING (tenant, subject, category)";
        let tenants: Vec<Uuid> = holders.iter().map(|holder| holder.tenant.uuid()).collect();
        let subjects: Vec<Uuid> = holders.iter().map(|holder| holder.subject.uuid()).collect();
        let categories: Vec<&str> = holders
            .iter()
            .map(|holder| holder.category.name())
            .collect();
        self.within(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(SQL).await?;
            let rows = client
                .query(&statement, &[&tenants, &subjects, &categories])
                .await?;
            Ok(rows
                .iter()
                .filter_map(|row| Some((holder(row)?, known(row))))
                .collect())
        })
        .await
    }

    /// Stores a new key unless there is one, or a tombstone, already.
    pub(crate) async fn create(
        &self,
        holder: &Holder,
        id: Uuid,
        epoch: Epoch,
        wrapped: &[u8],
    ) -> Result<Creation, VaultError> {
        const SQL: &str = "
            INSERT INTO vault.data_keys (id, tenant, subject, category, epoch, wrapped)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant, subject, category) DO NOTHING";
        self.within(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(SQL).await?;
            let key = (
                holder.tenant.uuid(),
                holder.subject.uuid(),
                holder.category.name(),
            );
            let inserted = client
                .execute(
                    &statement,
                    &[&id, &key.0, &key.1, &key.2, &epoch.0, &wrapped],
                )
                .await;
            match inserted {
                Ok(1) => Ok(Creation::Created),
                Ok(_) => Ok(Creation::Overtaken),
                Err(error) if error.code() == Some(&SqlState::FOREIGN_KEY_VIOLATION) => {
                    Ok(Creation::Overtaken)
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Adds to a key's count of uses and returns it; nothing when the key is shredded.
    pub(crate) async fn count(&self, id: Uuid, seals: i64) -> Result<Option<i64>, VaultError> {
        const SQL: &str = "
            UPDATE vault.data_keys SET seals = seals + $2
            WHERE id = $1 AND shredded_at IS NULL RETURNING seals";
        self.within(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(SQL).await?;
            let row = client.query_opt(&statement, &[&id, &seals]).await?;
            Ok(row.map(|row| row.get(0)))
        })
        .await
    }

    /// The holder's tombstone, if there is one.
    pub(crate) async fn tombstone(&self, holder: &Holder) -> Result<Option<Tombstone>, VaultError> {
        const SQL: &str = "
            SELECT erasure, shredded_at, shredded_by FROM vault.data_keys
            WHERE tenant = $1 AND subject = $2 AND category = $3 AND shredded_at IS NOT NULL";
        self.within(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(SQL).await?;
            let key = (
                holder.tenant.uuid(),
                holder.subject.uuid(),
                holder.category.name(),
            );
            let row = client
                .query_opt(&statement, &[&key.0, &key.1, &key.2])
                .await?;
            Ok(row.as_ref().map(tombstone))
        })
        .await
    }

    /// Puts a tombstone in the place of the holder's key, whether there is one or not, and
    /// announces it; nothing when there is a tombstone already. One that is put back says when
    /// the key was first shredded, and gets a number beyond the highest that was ever seen.
    pub(crate) async fn bury(
        &self,
        holder: &Holder,
        by: Uuid,
        again: Option<(DateTime<Utc>, i64)>,
    ) -> Result<Option<Tombstone>, VaultError> {
        // The row lock on the number makes number order and commit order the same.
        const SQL: &str = "
            WITH next AS (UPDATE vault.erasures SET number = greatest(number, $8) + 1 RETURNING number)
            INSERT INTO vault.data_keys AS k (id, tenant, subject, category, shredded_at, shredded_by, erasure)
            SELECT $1, $2, $3, $4, coalesce($7, clock_timestamp()), $5, next.number FROM next
            ON CONFLICT (tenant, subject, category) DO UPDATE
            SET epoch = NULL, wrapped = NULL, shredded_at = excluded.shredded_at,
                shredded_by = excluded.shredded_by, erasure = excluded.erasure
            WHERE k.shredded_at IS NULL
            RETURNING erasure, shredded_at, shredded_by,
                pg_notify($6, concat_ws(' ', erasure, tenant, subject, category))::text";
        self.within(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(SQL).await?;
            let key = (
                holder.tenant.uuid(),
                holder.subject.uuid(),
                holder.category.name(),
            );
            let row = client
                .query_opt(
                    &statement,
                    &[
                        &Uuid::now_v7(),
                        &key.0,
                        &key.1,
                        &key.2,
                        &by,
                        &CHANNEL,
                        &again.map(|(at, _)| at),
                        &again.map_or(0, |(_, highest)| highest),
                    ],
                )
                .await?;
            Ok(row.as_ref().map(tombstone))
        })
        .await
    }

    /// The places in the list of those whose keys are not shredded.
    pub(crate) async fn without_tombstone(
        &self,
        erasures: &[Erasure],
    ) -> Result<Vec<usize>, VaultError> {
        const SQL: &str = "
            SELECT wanted.place
            FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY
                AS wanted (tenant, subject, category, place)
            LEFT JOIN vault.data_keys k USING (tenant, subject, category)
            WHERE k.shredded_at IS NULL";
        let tenants: Vec<Uuid> = erasures.iter().map(|one| one.tenant.uuid()).collect();
        let subjects: Vec<Uuid> = erasures.iter().map(|one| one.subject.uuid()).collect();
        let categories: Vec<&str> = erasures.iter().map(|one| one.category.name()).collect();
        self.within(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(SQL).await?;
            let rows = client
                .query(&statement, &[&tenants, &subjects, &categories])
                .await?;
            // WITH ORDINALITY counts from 1.
            let place = |row: &Row| row.get::<_, i64>(0) as usize - 1;
            Ok(rows.iter().map(place).collect())
        })
        .await
    }

    /// All tombstones that this release can read.
    pub(crate) async fn tombstones(&self) -> Result<Vec<Erasure>, VaultError> {
        const SQL: &str = "
            SELECT tenant, subject, category, erasure, shredded_at, shredded_by
            FROM vault.data_keys WHERE shredded_at IS NOT NULL ORDER BY shredded_at, erasure";
        self.within(async {
            let client = self.database.client().await?;
            let rows = client.query(SQL, &[]).await?;
            Ok(rows.iter().filter_map(erasure).collect())
        })
        .await
    }

    /// When a key was last shredded.
    pub(crate) async fn last_shredding(&self) -> Result<Option<DateTime<Utc>>, VaultError> {
        const SQL: &str =
            "SELECT max(shredded_at) FROM vault.data_keys WHERE shredded_at IS NOT NULL";
        self.within(async {
            let client = self.database.client().await?;
            Ok(client.query_one(SQL, &[]).await?.get(0))
        })
        .await
    }

    /// How many processes may still use a key that was shredded with this number.
    pub(crate) async fn unconfirmed(&self, number: i64) -> Result<i64, VaultError> {
        const SQL: &str = "
            SELECT count(*) FROM vault.listeners WHERE seen < $1 AND alive_until > clock_timestamp()";
        self.within(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(SQL).await?;
            Ok(client.query_one(&statement, &[&number]).await?.get(0))
        })
        .await
    }

    /// The epochs in use, oldest first, and how many keys each wraps.
    pub(crate) async fn epochs(&self) -> Result<Vec<RegisteredEpoch>, VaultError> {
        const SQL: &str = "
            SELECT e.epoch, e.proof, e.created_at,
                (SELECT count(*) FROM vault.data_keys k WHERE k.epoch = e.epoch AND wrapped IS NOT NULL)
            FROM vault.epochs e ORDER BY e.epoch";
        self.within(async {
            let client = self.database.client().await?;
            let rows = client.query(SQL, &[]).await?;
            let registered = |row: &Row| RegisteredEpoch {
                epoch: Epoch(row.get(0)),
                proof: row.get(1),
                since: row.get(2),
                keys: row.get(3),
            };
            Ok(rows.iter().map(registered).collect())
        })
        .await
    }

    /// Lets rows be wrapped by an epoch.
    pub(crate) async fn register(&self, epoch: Epoch, proof: &[u8; 32]) -> Result<(), VaultError> {
        const SQL: &str =
            "INSERT INTO vault.epochs (epoch, proof) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        self.within(async {
            let client = self.database.client().await?;
            client.execute(SQL, &[&epoch.0, &proof.as_slice()]).await?;
            Ok(())
        })
        .await
    }

    /// Forbids an epoch for good; `false` when a row is still wrapped by it.
    pub(crate) async fn unregister(&self, epoch: Epoch) -> Result<bool, VaultError> {
        self.within(async {
            let client = self.database.client().await?;
            match client
                .execute("DELETE FROM vault.epochs WHERE epoch = $1", &[&epoch.0])
                .await
            {
                Ok(_) => Ok(true),
                Err(error) if error.code() == Some(&SqlState::FOREIGN_KEY_VIOLATION) => Ok(false),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// The check value of the index secret, which is stored the first time.
    pub(crate) async fn index_proof(&self, own: &[u8; 32]) -> Result<Vec<u8>, VaultError> {
        self.within(async {
            let client = self.database.client().await?;
            let store = "INSERT INTO vault.index_secret (proof) VALUES ($1) ON CONFLICT DO NOTHING";
            client.execute(store, &[&own.as_slice()]).await?;
            Ok(client
                .query_one("SELECT proof FROM vault.index_secret", &[])
                .await?
                .get(0))
        })
        .await
    }

    /// Up to `limit` keys after `after` that are wrapped by an epoch before `epoch`.
    pub(crate) async fn to_rewrap(
        &self,
        epoch: Epoch,
        after: Uuid,
        limit: u32,
    ) -> Result<Vec<(Holder, Wrapped)>, VaultError> {
        const SQL: &str = "
            SELECT id, epoch, wrapped, seals, tenant, subject, category FROM vault.data_keys
            WHERE epoch < $1 AND wrapped IS NOT NULL AND id > $2 ORDER BY id LIMIT $3";
        self.within(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(SQL).await?;
            let rows = client
                .query(&statement, &[&epoch.0, &after, &i64::from(limit)])
                .await?;
            let key = |row: &Row| match known(row) {
                Known::Live(wrapped) => Some((holder(row)?, wrapped)),
                _ => None,
            };
            Ok(rows.iter().filter_map(key).collect())
        })
        .await
    }

    /// Replaces wrapped keys, each only if it still is what was read: one that was shredded
    /// meanwhile stays shredded.
    pub(crate) async fn rewrap(
        &self,
        epoch: Epoch,
        keys: &[(Uuid, Vec<u8>, Vec<u8>)],
    ) -> Result<u64, VaultError> {
        const SQL: &str = "
            UPDATE vault.data_keys k SET epoch = $1, wrapped = new.wrapped
            FROM unnest($2::uuid[], $3::bytea[], $4::bytea[]) AS new (id, was, wrapped)
            WHERE k.id = new.id AND k.wrapped = new.was";
        let ids: Vec<Uuid> = keys.iter().map(|(id, _, _)| *id).collect();
        let was: Vec<&[u8]> = keys.iter().map(|(_, was, _)| was.as_slice()).collect();
        let wrapped: Vec<&[u8]> = keys
            .iter()
            .map(|(_, _, wrapped)| wrapped.as_slice())
            .collect();
        self.within(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(SQL).await?;
            Ok(client
                .execute(&statement, &[&epoch.0, &ids, &was, &wrapped])
                .await?)
        })
        .await
    }

    async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, VaultError>>,
    ) -> Result<T, VaultError> {
        tokio::time::timeout(self.patience, call)
            .await
            .unwrap_or_else(|_| Err(VaultError::Unavailable("no answer in time".to_owned())))
    }
}
