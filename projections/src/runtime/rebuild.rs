//! Building a model anew, straight from the log and beside the live one: fold everything in
//! memory, write the final rows once, catch up, swap. Readers see the old rows until the
//! instant at which they see the new ones, and no worker runs again.

use medilink_database::{Database, DatabaseError, Session};
use medilink_log::{Position, RecordedEvent};
use tokio_postgres::Client;

use super::apply::Applier;
use super::error::ProjectionError;
use super::filling::PAGE;
use super::generation::{self, Generation, Leftover, Target};
use super::model::ReadModel;
use super::opening::prepare;

/// With fewer events than this to go, the swap can do the rest while it holds the locks.
const NEARLY: usize = 200;

/// The advisory lock that lets one process at a time rebuild a projection.
pub(crate) fn lock_name(projection: &str) -> String {
    format!("medilink/projection/{projection}/rebuild")
}

/// Tries to take a session's advisory lock.
pub(crate) async fn try_lock(client: &Client, name: &str) -> Result<bool, DatabaseError> {
    let row = client
        .query_one(
            "SELECT pg_try_advisory_lock(hashtextextended($1, 0))",
            &[&name],
        )
        .await?;
    Ok(row.get(0))
}

impl<M: ReadModel> Applier<M> {
    /// Builds a new generation and makes it the live one.
    ///
    /// # Errors
    /// [`ProjectionError::RebuildRunning`] when another process is at it; otherwise when
    /// something must be tried again: the next rebuild removes what this one left.
    pub(crate) async fn rebuild(&self, database: &Database) -> Result<Position, ProjectionError> {
        // A session of its own: it holds the lock, so lock and work end together.
        let mut client = database.session().await?;
        if !try_lock(&client, &lock_name(Self::NAME)).await? {
            return Err(ProjectionError::RebuildRunning);
        }
        client.batch_execute("SET statement_timeout = 0").await?;
        self.clean(&mut client).await?;
        let started = std::time::Instant::now();
        let number = self.begin(&mut client).await?;
        let position = self.fill(&mut client, number).await?;
        tracing::info!(
            projection = Self::NAME,
            generation = number,
            position = position.0,
            "a generation is filled"
        );
        let position = self.catch_up(&mut client, number, position).await?;
        let position = self.swap(&mut client, number, position).await?;
        metrics::histogram!("medilink_projection_rebuild_seconds", "projection" => Self::NAME)
            .record(started.elapsed().as_secs_f64());
        tracing::info!(
            projection = Self::NAME,
            generation = number,
            position = position.0,
            "a rebuilt projection is live"
        );
        // The swap stands whatever becomes of the old table: the next rebuild removes it.
        if let Err(error) = self.clean(&mut client).await {
            tracing::warn!(projection = Self::NAME, %error, "the former generation could not be removed yet");
        }
        Ok(position)
    }

    /// Whether a rebuild of this projection was killed; only `true` when nobody is at it.
    pub(crate) async fn was_killed(&self, database: &Database) -> Result<bool, ProjectionError> {
        let client = database.connect().await?;
        let unfinished = async || {
            let leftovers = generation::leftovers(&client, Self::NAME).await?;
            let ours = |leftover: &Leftover| leftover.version == i32::from(M::VERSION);
            Ok::<_, ProjectionError>(leftovers.iter().any(|one| one.killed && ours(one)))
        };
        // Looked at first without the lock, so as not to stand in the way of a rebuild that
        // somebody asks for at this moment; and again with it, as one may have ended between.
        Ok(unfinished().await?
            && try_lock(&client, &lock_name(Self::NAME)).await?
            && unfinished().await?)
    }

    /// Removes what killed rebuilds and earlier swaps left. The rebuild lock must be held.
    async fn clean(&self, client: &mut Session) -> Result<(), ProjectionError> {
        for leftover in generation::leftovers(client, Self::NAME).await? {
            let transaction = client.transaction().await?;
            generation::remove(&transaction, Self::NAME, leftover).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    async fn begin(&self, client: &mut Session) -> Result<i32, ProjectionError> {
        let transaction = client.transaction().await?;
        let number = generation::begin(&transaction, Self::NAME, M::VERSION).await?;
        self.table(number).create(&transaction).await?;
        transaction.commit().await?;
        Ok(number)
    }

    async fn catch_up(
        &self,
        client: &mut Session,
        number: i32,
        mut position: Position,
    ) -> Result<Position, ProjectionError> {
        loop {
            let page = self.reader.after(position, PAGE).await?;
            if !page.is_empty() {
                position = self.apply(client, Target::Building(number), &page).await?;
            }
            if page.len() < NEARLY {
                return Ok(position);
            }
        }
    }

    /// The events after one position up to another, at most [`NEARLY`].
    async fn between(
        &self,
        after: Position,
        until: Position,
    ) -> Result<Vec<RecordedEvent>, ProjectionError> {
        let wanted = usize::try_from(until.0 - after.0)
            .unwrap_or(NEARLY)
            .min(NEARLY);
        Ok(self.reader.after(after, wanted).await?)
    }

    /// Makes the generation live. The live checkpoint is locked meanwhile, so the new rows
    /// can be brought exactly as far, and a reader's view of time never runs back.
    async fn swap(
        &self,
        client: &mut Session,
        number: i32,
        reached: Position,
    ) -> Result<Position, ProjectionError> {
        let mut reached = reached;
        loop {
            let transaction = client.transaction().await?;
            let former = generation::lock(&transaction, Self::NAME, Target::Live).await?;
            if let Some(former) = former.filter(|former| former.position > reached) {
                let page = self.between(reached, former.position).await?;
                let last = page.last().map_or(reached, |event| event.position);
                let (until, _) = self.until_decision(&page).await?;
                if last < former.position || until < page.len() {
                    // Let go for a moment: this is much, or has decisions of operators in it,
                    // which need transactions of their own.
                    drop(transaction);
                    reached = self.apply(client, Target::Building(number), &page).await?;
                    continue;
                }
                let prepared = prepare::<M>(&self.codec, &page).await?;
                let building = self.locked(&transaction, Target::Building(number)).await?;
                self.write(&transaction, building, prepared, last).await?;
                reached = last;
            }
            let same = former.is_some_and(|former| former.version == i32::from(M::VERSION));
            self.table(number).show(&transaction, same).await?;
            generation::promote(&transaction, Self::NAME, number).await?;
            fail::fail_point!("rebuild-before-swap", |_| Err(ProjectionError::FailPoint(
                "rebuild-before-swap"
            )));
            transaction.commit().await?;
            return Ok(reached);
        }
    }
}

/// What a projector finds when it looks for the generation to keep up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It is live and of this release's version.
    Ready(Generation),
    /// There is none of this version.
    Missing(Option<Generation>),
}

impl<M: ReadModel> Applier<M> {
    /// Looks for the live generation.
    pub(crate) async fn find(&self, client: &Client) -> Result<Found, ProjectionError> {
        Ok(match generation::live(client, Self::NAME).await? {
            Some(live) if live.version == i32::from(M::VERSION) => Found::Ready(live),
            other => Found::Missing(other),
        })
    }
}
