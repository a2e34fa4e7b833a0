//! The writer's own connection: the prepared statement, the head it last saw, and the way it
//! takes turns with writers of other processes.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use medilink_database::{Database, DatabaseError};
use tokio_postgres::{Client, Statement};

use crate::epoch::Epochs;
use crate::event::Position;
use crate::inline::{InlineEvent, InlineProjection};
use crate::pending::Pending;
use crate::statement::{self, Recorded, Verdict};

/// A batch that takes longer than this has lost its connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// After another writer was seen, so many batches take the head's row lock instead of racing:
/// the lock queues fairly, the race starves one side (measured: p99 6–9 ms against 55).
const LOCKED_BATCHES: u32 = 64;

const HEAD: &str = "SELECT position, recorded_at FROM log.head";
const LOCKED_HEAD: &str = "SELECT position, recorded_at FROM log.head FOR UPDATE";

/// Where the log stands.
#[derive(Clone, Copy)]
struct Head {
    position: Position,
    recorded_at: DateTime<Utc>,
}

struct Open {
    client: Client,
    record: Statement,
    head: Head,
    epoch: u64,
}

pub(crate) struct Connection {
    database: Database,
    inline: Vec<Arc<dyn InlineProjection>>,
    epochs: Epochs,
    open: Option<Open>,
    locked: u32,
}

impl Connection {
    pub fn new(database: Database, inline: Vec<Arc<dyn InlineProjection>>, epochs: Epochs) -> Self {
        Self {
            database,
            inline,
            epochs,
            open: None,
            locked: 0,
        }
    }

    /// Connects if there is no connection.
    pub async fn ensure(&mut self) -> Result<(), DatabaseError> {
        // One that leads to another server than was seen last is not written to.
        let epoch = self.epochs.current();
        let good = |open: &Open| !open.client.is_closed() && open.epoch == epoch;
        if self.open.as_ref().is_some_and(good) {
            return Ok(());
        }
        self.open = None;
        let client = patiently(self.database.connect()).await?;
        let epoch = patiently(self.epochs.look(&client)).await?;
        let record = patiently(statement::prepare(&client)).await?;
        let head = patiently(read_head(&client, HEAD)).await?;
        self.open = Some(Open {
            client,
            record,
            head,
            epoch,
        });
        Ok(())
    }

    /// Gives the connection up; the next batch has a new one.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// The epoch of the server behind it.
    pub fn epoch(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.epoch)
    }

    /// Records a batch; `None` when another writer moved the head, which is then reloaded.
    ///
    /// A batch in doubt keeps the time and hashes that it was sent with, because
    /// [`find`](Self::find) recognises it by them. Every other one is given its time here, no
    /// earlier than the last event's: neither a clock that is set back nor another process's
    /// makes the log's times run back.
    pub async fn record(
        &mut self,
        batch: &mut [Pending],
        in_doubt: bool,
    ) -> Result<Option<Recorded>, DatabaseError> {
        let Some(mut open) = self.open.take() else {
            return Err(DatabaseError::Unavailable("not connected".into()));
        };
        let in_transaction = self.locked > 0 || self.has_inline(batch);
        // `open` is put back only after success: a connection that failed or ran out of time
        // in the middle of a transaction is closed, which rolls back.
        let recorded = if in_transaction {
            patiently(self.record_locked(&mut open, batch, in_doubt)).await?
        } else {
            if !in_doubt {
                stamp(batch, open.head);
            }
            patiently(statement::record(
                &open.client,
                &open.record,
                open.head.position,
                batch,
            ))
            .await?
        };
        match &recorded {
            Some(recorded) => {
                open.head = Head {
                    position: recorded.head,
                    recorded_at: open.head.recorded_at.max(batch[0].recorded_at),
                };
                self.locked = self.locked.saturating_sub(1);
            }
            None => {
                self.locked = LOCKED_BATCHES;
                open.head = patiently(read_head(&open.client, HEAD)).await?;
            }
        }
        self.open = Some(open);
        Ok(recorded)
    }

    /// The batch in a transaction that holds the head's row lock, with its inline projections.
    async fn record_locked(
        &self,
        open: &mut Open,
        batch: &mut [Pending],
        in_doubt: bool,
    ) -> Result<Option<Recorded>, DatabaseError> {
        let Open {
            client,
            record,
            head,
            ..
        } = open;
        let (begun, locked) = tokio::join!(
            client.batch_execute("BEGIN"),
            read_head(client, LOCKED_HEAD),
        );
        fail::fail_point!("log-after-begin", |_| Err(DatabaseError::Unavailable(
            "fail point".into()
        )));
        begun?;
        *head = locked?;
        if !in_doubt {
            stamp(batch, *head);
        }
        let recorded = statement::record(client, record, head.position, batch).await?;
        if let Some(recorded) = &recorded {
            for (pending, verdict) in batch.iter().zip(&recorded.verdicts) {
                if let Verdict::Won(last) = verdict {
                    self.project(client, pending, *last).await?;
                }
            }
        }
        fail::fail_point!("log-before-commit");
        client.batch_execute("COMMIT").await?;
        Ok(recorded)
    }

    fn has_inline(&self, batch: &[Pending]) -> bool {
        !self.inline.is_empty()
            && batch
                .iter()
                .flat_map(|pending| &pending.append.writes)
                .flat_map(|write| &write.events)
                .any(|event| self.inline.iter().any(|inline| inline.handles(event.kind)))
    }

    async fn project(
        &self,
        client: &Client,
        pending: &Pending,
        last: Position,
    ) -> Result<(), DatabaseError> {
        let mut position = Position(last.0 + 1 - pending.append.len() as u64);
        for write in &pending.append.writes {
            for event in &write.events {
                for inline in self
                    .inline
                    .iter()
                    .filter(|inline| inline.handles(event.kind))
                {
                    let event = InlineEvent {
                        position,
                        tenant: pending.append.tenant,
                        stream: &write.stream,
                        kind: event.kind,
                        payload: &event.payload,
                        recorded_at: pending.recorded_at,
                    };
                    inline.apply(client, event).await?;
                }
                position = position.next();
            }
        }
        Ok(())
    }

    /// Which appends of a batch whose connection broke are in the log: the last position of
    /// each that is. The leaf hash covers the time and the ciphertext with its random nonce,
    /// so an equal hash at the same place is this very append.
    pub async fn find(
        &mut self,
        batch: &[Pending],
    ) -> Result<Vec<Option<Position>>, DatabaseError> {
        let Some(open) = &self.open else {
            return Err(DatabaseError::Unavailable("not connected".into()));
        };
        let mut found = Vec::with_capacity(batch.len());
        for pending in batch {
            let write = &pending.append.writes[0];
            let row = patiently(async {
                Ok(open
                    .client
                    .query_opt(
                        "SELECT position FROM log.events WHERE stream = $1 AND version = $2 AND leaf_hash = $3",
                        &[&write.stream, &(write.expected as i64 + 1), &pending.leaves[0].as_slice()],
                    )
                    .await?)
            })
            .await;
            match row {
                Ok(row) => found.push(row.map(|row| {
                    Position(Position::from_sql(row.get(0)).0 + pending.append.len() as u64 - 1)
                })),
                Err(error) => {
                    self.open = None;
                    return Err(error);
                }
            }
        }
        Ok(found)
    }
}

fn stamp(batch: &mut [Pending], head: Head) {
    let now = Utc::now();
    // What PostgreSQL keeps.
    let now = now
        .duration_trunc(TimeDelta::microseconds(1))
        .unwrap_or(now);
    for pending in batch {
        pending.stamp(now.max(head.recorded_at));
    }
}

async fn read_head(client: &Client, sql: &str) -> Result<Head, DatabaseError> {
    let row = client.query_one(sql, &[]).await?;
    Ok(Head {
        position: Position::from_sql(row.get(0)),
        recorded_at: row.get(1),
    })
}

/// Work on a connection; one that takes too long has lost it.
pub(crate) async fn patiently<T>(
    work: impl Future<Output = Result<T, DatabaseError>>,
) -> Result<T, DatabaseError> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(DatabaseError::Unavailable("no answer in time".into())),
    }
}
