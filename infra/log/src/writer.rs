//! The group-commit writer: one per process, one connection, one round trip a batch.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use medilink_database::{Database, DatabaseError};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::append::{Append, AppendError, Appended};
use crate::connection::Connection;
use crate::epoch::Epochs;
use crate::event::Position;
use crate::inline::InlineProjection;
use crate::pending::{Pending, Request};
use crate::queue::{MAX_BATCH, Queue};
use crate::statement::{Recorded, Verdict};

/// Appends that may wait for the writer before callers are held back.
const QUEUE: usize = 4_096;
/// How long a caller waits for a place in the queue.
const ADMISSION: Duration = Duration::from_secs(5);
/// How long a batch whose connection broke is followed up before its callers are told that
/// the outcome is not known.
const FOLLOW_UP: Duration = Duration::from_secs(8);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);
/// After a failed connection attempt appends are refused at once for this long.
const REFUSE_FOR: Duration = Duration::from_millis(200);

/// Records appends. Cheap to clone; the writer ends when the last clone is gone.
#[derive(Clone, Debug)]
pub struct LogWriter {
    requests: mpsc::Sender<Request>,
    head: watch::Receiver<Position>,
    epochs: Epochs,
}

/// The running writer; await it to drain.
#[derive(Debug)]
pub struct WriterTask(JoinHandle<()>);

impl WriterTask {
    /// Waits until the writer has answered everything and ended, which it does when the last
    /// [`LogWriter`] is dropped.
    pub async fn drained(self) {
        if let Err(error) = self.0.await {
            tracing::error!(%error, "the log writer ended badly");
        }
    }
}

impl LogWriter {
    /// Starts the writer on a connection of its own, as the role of `database`.
    pub fn start(database: Database, inline: Vec<Arc<dyn InlineProjection>>) -> (Self, WriterTask) {
        let (requests, queue) = mpsc::channel(QUEUE);
        let (announce, head) = watch::channel(Position::START);
        let epochs = Epochs::default();
        let writer = Writer {
            connection: Connection::new(database, inline, epochs.clone()),
            queue: Queue::default(),
            announce,
            refuse_until: None,
        };
        (
            Self {
                requests,
                head,
                epochs,
            },
            WriterTask(tokio::spawn(writer.run(queue))),
        )
    }

    /// Records all of it or nothing, durably, and says where.
    ///
    /// # Errors
    /// See [`AppendError`]; after anything but [`AppendError::OutcomeUnknown`] it is certain
    /// that nothing was recorded.
    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.enqueue(append, None).await
    }

    /// As [`append`](Self::append), decided on what was known in this epoch instead of what
    /// was read for it: refused when the epoch has passed. Everything it was decided on must be
    /// among its writes and guards, whose versions the log compares.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub async fn append_presumed(
        &self,
        append: Append,
        epoch: u64,
    ) -> Result<Appended, AppendError> {
        self.enqueue(append, Some(epoch)).await
    }

    async fn enqueue(
        &self,
        append: Append,
        presumed: Option<u64>,
    ) -> Result<Appended, AppendError> {
        append.check()?;
        let metadata = append.metadata.canonical();
        let (reply, outcome) = oneshot::channel();
        let request = Request {
            append,
            metadata,
            presumed,
            reply,
        };
        match tokio::time::timeout(ADMISSION, self.requests.send(request)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(AppendError::Unavailable("the writer has stopped".into())),
            Err(_) => {
                return Err(AppendError::Unavailable(
                    "too many appends are waiting".into(),
                ));
            }
        }
        outcome.await.unwrap_or(Err(AppendError::OutcomeUnknown))
    }

    /// The epochs of the server that it writes to.
    pub fn epochs(&self) -> Epochs {
        self.epochs.clone()
    }

    /// The last position that this process has recorded; changes wake whoever follows the log
    /// in the same process. Other processes' appends don't show here.
    pub fn recorded(&self) -> watch::Receiver<Position> {
        self.head.clone()
    }
}

struct Writer {
    connection: Connection,
    queue: Queue,
    announce: watch::Sender<Position>,
    refuse_until: Option<Instant>,
}

impl Writer {
    async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut arrived = Vec::with_capacity(MAX_BATCH);
        // From the beginning: the first of each is then a rise, which Prometheus can see.
        for rare in ["medilink_log_conflicts_total", "medilink_log_fenced_total"] {
            metrics::counter!(rare).increment(0);
        }
        loop {
            // Take what waits and never linger: waiting for a time to fill a batch costs more
            // than it gains (measured).
            if self.queue.is_empty() {
                if requests.recv_many(&mut arrived, MAX_BATCH).await == 0 {
                    return;
                }
                // But let whoever is ready to run come first: those who were answered together
                // are about to append again, and the first of them would go alone (measured:
                // 40 % more at 8 in flight, 20 % at 64, and nothing lost at 1).
                tokio::task::yield_now().await;
            }
            while self.queue.len() + arrived.len() < QUEUE
                && let Ok(request) = requests.try_recv()
            {
                arrived.push(request);
            }
            for request in arrived.drain(..) {
                self.queue.push(Pending::new(request));
            }
            metrics::gauge!("medilink_log_waiting_appends").set(self.queue.len() as f64);
            let batch = self.queue.next_batch();
            metrics::histogram!("medilink_log_batch_appends").record(batch.len() as f64);
            // Without its writer a process would refuse every command for as long as it lives.
            // Who waits for this batch is told that its outcome is not known.
            if AssertUnwindSafe(self.settle(batch))
                .catch_unwind()
                .await
                .is_err()
            {
                tracing::error!("recording a batch panicked; the writer goes on with the next");
                self.connection.close();
            }
        }
    }

    /// Brings a batch to its end: every caller gets an answer.
    async fn settle(&mut self, mut batch: Vec<Pending>) {
        if self
            .refuse_until
            .is_some_and(|until| Instant::now() < until)
        {
            return refuse(batch, "the database was not reachable a moment ago");
        }
        self.refuse_until = None;
        let mut in_doubt = false;
        let started = Instant::now();
        while !batch.is_empty() {
            if let Err(error) = self.connection.ensure().await {
                if !in_doubt {
                    self.refuse_until = Some(Instant::now() + REFUSE_FOR);
                    return refuse(batch, &error.to_string());
                }
                if started.elapsed() > FOLLOW_UP {
                    return give_up(batch);
                }
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            if in_doubt {
                match self.connection.find(&batch).await {
                    Ok(found) => batch = answer_found(batch, &found),
                    Err(_) if started.elapsed() > FOLLOW_UP => return give_up(batch),
                    Err(_) => continue,
                }
            }
            batch = refuse_outdated(batch, self.connection.epoch());
            if batch.is_empty() {
                return;
            }
            match self.connection.record(&mut batch, in_doubt).await {
                Ok(Some(recorded)) => return self.conclude(batch, &recorded),
                Ok(None) => metrics::counter!("medilink_log_fenced_total").increment(1),
                Err(error) if error.is_transient() => {
                    // What was never stamped was never sent.
                    in_doubt = batch.iter().all(Pending::is_stamped);
                    let appends = batch.len();
                    if started.elapsed() > FOLLOW_UP {
                        tracing::error!(%error, appends, "the log doesn't take these; gave up");
                        return if in_doubt {
                            give_up(batch)
                        } else {
                            refuse(batch, &error.to_string())
                        };
                    }
                    tracing::warn!(%error, appends, "the log's connection broke; following up");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) if batch.len() == 1 => {
                    tracing::error!(%error, "the database refused an append");
                    return refuse_for_good(batch, &error);
                }
                // One append that the database refuses must not take the others with it.
                Err(_) => {
                    for pending in batch {
                        Box::pin(self.settle(vec![pending])).await;
                    }
                    return;
                }
            }
        }
    }

    fn conclude(&mut self, batch: Vec<Pending>, recorded: &Recorded) {
        fail::fail_point!("log-after-commit");
        let _ = self.announce.send_replace(recorded.head);
        let mut moved = HashMap::new();
        let mut won = 0u64;
        for (pending, verdict) in batch.into_iter().zip(&recorded.verdicts) {
            let outcome = match verdict {
                Verdict::Won(last) => {
                    won += pending.append.len() as u64;
                    moved.extend(pending.append.writes.iter().map(|write| {
                        (
                            write.stream.clone(),
                            write.expected + write.events.len() as u64,
                        )
                    }));
                    Ok(pending.appended(*last))
                }
                Verdict::WrongVersion {
                    stream,
                    expected,
                    actual,
                } => {
                    metrics::counter!("medilink_log_conflicts_total").increment(1);
                    Err(AppendError::WrongVersion {
                        stream: stream.clone(),
                        expected: *expected,
                        actual: *actual,
                    })
                }
                Verdict::ClaimTaken(holder) => Err(AppendError::ClaimTaken {
                    holder: holder.clone(),
                }),
                Verdict::Done => Err(AppendError::AlreadyDone),
            };
            pending.answer(outcome);
        }
        metrics::counter!("medilink_log_events_total").increment(won);
        metrics::gauge!("medilink_log_head_position").set(recorded.head.0 as f64);
        self.queue.refuse_outrun(&moved);
    }
}

fn refuse(batch: Vec<Pending>, why: &str) {
    for pending in batch {
        pending.answer(Err(AppendError::Unavailable(why.to_owned())));
    }
}

/// Lets the callers of an earlier epoch decide anew; returns the others. Whatever was under way
/// on the server of that epoch ended with it, so it is known by now what of a batch in doubt
/// the log holds.
fn refuse_outdated(batch: Vec<Pending>, epoch: u64) -> Vec<Pending> {
    let sound = |pending: &Pending| pending.presumed.is_none_or(|presumed| presumed == epoch);
    if batch.iter().all(sound) {
        return batch;
    }
    let (sound, outdated): (Vec<_>, Vec<_>) = batch.into_iter().partition(sound);
    for pending in outdated {
        pending.answer(Err(AppendError::Outdated));
    }
    sound
}

fn give_up(batch: Vec<Pending>) {
    for pending in batch {
        pending.answer(Err(AppendError::OutcomeUnknown));
    }
}

fn refuse_for_good(batch: Vec<Pending>, error: &DatabaseError) {
    for pending in batch {
        pending.answer(Err(AppendError::Refused(error.to_string())));
    }
}

/// Answers those that the broken connection had recorded after all; returns the others.
fn answer_found(batch: Vec<Pending>, found: &[Option<Position>]) -> Vec<Pending> {
    let mut missing = Vec::new();
    for (pending, found) in batch.into_iter().zip(found) {
        match found {
            Some(last) => {
                let appended = pending.appended(*last);
                pending.answer(Ok(appended));
            }
            None => missing.push(pending),
        }
    }
    missing
}
