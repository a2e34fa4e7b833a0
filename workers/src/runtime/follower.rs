//! The runner of an event job: one process leads it, follows the log from the job's
//! checkpoint, and moves the checkpoint after the effects.
//!
//! The log is the truth, the broker a hurry: about every second the leader asks PostgreSQL
//! whether there is anything that the broker has not brought.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use medilink_bus::{Feed, FeedConfig, FeedItem, FeedStatus, subjects_of_kind};
use medilink_database::{DatabaseError, beat, leading, try_lead};
use medilink_log::{Position, RecordedEvent};
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

use super::events::{Handled, handle, verdict};
use super::letters;
use super::{Figures, Host, backoff, consumer, effect, patiently, pause};
use crate::job::{EventJob, JobError};
use crate::worker::JobStatus;

/// Events read from PostgreSQL at once.
const PAGE: usize = 500;
/// How often the database hears of a process that leads.
const HEARD: Duration = Duration::from_secs(2);
/// How long the broker may take to bring an event before it is read from PostgreSQL.
const LATE: Duration = Duration::from_secs(2);

/// Runs a job until cancelled; effects in hand are finished.
pub(crate) async fn run<J: EventJob>(job: Arc<J>, host: Host, cancel: CancellationToken) {
    let mut failures = 0;
    while !cancel.is_cancelled() {
        let began = Instant::now();
        let wait = match lead(job.as_ref(), &host, &cancel).await {
            // Another process leads; it may be gone soon.
            Ok(()) => host.config.poll(),
            Err(JobError::Killed) => return,
            Err(error) => {
                failures = if began.elapsed() > LATE {
                    1
                } else {
                    failures + 1
                };
                tracing::warn!(job = J::NAME, %error, "a job could not go on");
                backoff::away(failures)
            }
        };
        metrics::gauge!("medilink_job_leads", "name" => J::NAME).set(0.0);
        Figures::stands_by(J::NAME);
        pause(&cancel, wait).await;
    }
}

/// Leads the job as long as all goes well; ends at once when another process leads it.
async fn lead<J: EventJob>(
    job: &J,
    host: &Host,
    cancel: &CancellationToken,
) -> Result<(), JobError> {
    let client = patiently(host.tools.database.connect()).await?;
    // Held by the very session that moves the checkpoint: whoever lost it can move nothing.
    let lock = format!("medilink/job/{}", J::NAME);
    if !patiently(try_lead(&client, &lock)).await? {
        return Ok(());
    }
    metrics::gauge!("medilink_job_leads", "name" => J::NAME).set(1.0);
    let position = checkpoint(&client, J::NAME).await?;
    tracing::info!(
        job = J::NAME,
        position = position.0,
        "a job follows the log"
    );
    let consumer = consumer(J::NAME);
    let mut leader = Leader {
        job,
        host,
        client,
        consumer,
        position,
        live: false,
    };
    let outcome = leader.follow(cancel).await;
    // The lock goes with the session: the next leader need not wait for a time-out.
    drop(leader);
    outcome
}

async fn checkpoint(client: &Client, job: &str) -> Result<Position, DatabaseError> {
    let sql = "INSERT INTO work.checkpoints AS c (job, position) VALUES ($1, 0)
               ON CONFLICT (job) DO UPDATE SET position = c.position RETURNING position";
    let row = patiently(client.query_one(sql, &[&job])).await?;
    Ok(Position::from_sql(row.get(0)))
}

struct Leader<'a, J> {
    job: &'a J,
    host: &'a Host,
    client: Client,
    consumer: String,
    /// Every event up to here had its effect or is set aside.
    position: Position,
    /// The broker delivers.
    live: bool,
}

impl<J: EventJob> Leader<'_, J> {
    async fn follow(&mut self, cancel: &CancellationToken) -> Result<(), JobError> {
        self.catch_up(cancel).await?;
        let mut feed = self.feed()?;
        let mut look_at = Instant::now();
        let mut heard = tokio::time::interval(HEARD);
        let outcome = loop {
            let item = tokio::select! {
                () = cancel.cancelled() => break Ok(()),
                item = next(&mut feed) => Some(item),
                () = tokio::time::sleep_until(look_at.into()) => None,
                _ = heard.tick() => match patiently(beat(&self.client)).await {
                    Ok(()) => continue,
                    Err(error) => break Err(error.into()),
                },
            };
            let done = match item {
                Some(FeedItem::Batch(batch)) => self.take(&batch, batch.last(), cancel).await,
                Some(FeedItem::Missing(_)) => self.catch_up(cancel).await,
                Some(FeedItem::Status(status)) => {
                    self.live = status == FeedStatus::Live;
                    Ok(())
                }
                None => {
                    look_at = Instant::now() + self.host.config.poll();
                    self.look(cancel).await
                }
            };
            if let Err(error) = done {
                break Err(error);
            }
            if let Some(feed) = &mut feed {
                feed.ack(self.position).await;
            }
        };
        if let Some(feed) = feed {
            feed.close().await;
        }
        outcome
    }

    fn feed(&self) -> Result<Option<Feed>, JobError> {
        let Some(bus) = &self.host.bus else {
            return Ok(None);
        };
        let subjects = J::EVENTS.iter().map(|kind| subjects_of_kind(None, kind));
        let config = FeedConfig::new(self.consumer.clone()).only(subjects);
        let feed = Feed::new(bus.clone(), config, self.position);
        // A job's name is a constant, so this is found by its first test.
        Ok(Some(
            feed.map_err(|error| JobError::Away(error.to_string()))?,
        ))
    }

    /// Asks PostgreSQL what there is to do that the broker doesn't tell.
    async fn look(&mut self, cancel: &CancellationToken) -> Result<(), JobError> {
        self.replay_letters(cancel).await?;
        let (head, waits) = self.measure().await?;
        match waits {
            Some(age) if !self.live || age > LATE => self.catch_up(cancel).await,
            Some(_) => Ok(()),
            None if head > self.position => self.commit(Vec::new(), head).await,
            None => Ok(()),
        }
    }

    /// The log's head, and how long the first event that is still before the job has been
    /// waiting, if there is one.
    async fn measure(&self) -> Result<(Position, Option<Duration>), JobError> {
        // One statement, so that the head and the events up to it are of one instant.
        let sql = "SELECT h.position,
                          extract(epoch FROM clock_timestamp() - e.recorded_at)::double precision
                   FROM log.head h LEFT JOIN LATERAL (
                       SELECT recorded_at FROM log.events
                       WHERE position > $1 AND position <= h.position AND type = ANY($2)
                       ORDER BY position LIMIT 1) e ON true";
        let after = self.position.sql();
        let row = patiently(self.client.query_one(sql, &[&after, &J::EVENTS])).await?;
        let head = Position::from_sql(row.get(0));
        let waits: Option<f64> = row.get(1);
        let waits = waits.map(|age| Duration::try_from_secs_f64(age).unwrap_or_default());
        let behind = waits.map_or(0, |_| head.0.saturating_sub(self.position.0));
        self.host.figures.set(JobStatus {
            job: J::NAME,
            behind,
            behind_for: waits.unwrap_or_default(),
            parked: patiently(letters::count(&self.client, &self.consumer)).await?,
        });
        Ok((head, waits))
    }

    /// Reads on from PostgreSQL until there is no more.
    async fn catch_up(&mut self, cancel: &CancellationToken) -> Result<(), JobError> {
        while !cancel.is_cancelled() {
            let page = self.host.tools.reader().after(self.position, PAGE).await?;
            let Some(last) = page.last() else { break };
            self.measure().await?;
            self.take(&page, last.position, cancel).await?;
            if page.len() < PAGE {
                break;
            }
        }
        Ok(())
    }

    /// Has the effects of a run of events, of which every one of ours up to `through` is here.
    async fn take(
        &mut self,
        events: &[RecordedEvent],
        through: Position,
        cancel: &CancellationToken,
    ) -> Result<(), JobError> {
        let ours: Vec<&RecordedEvent> = events
            .iter()
            .filter(|event| {
                event.position > self.position && J::EVENTS.contains(&event.kind.as_str())
            })
            .collect();
        let mut streams: Vec<&str> = ours.iter().map(|event| event.stream.as_str()).collect();
        streams.sort_unstable();
        streams.dedup();
        let parked: HashSet<String> = match streams.is_empty() {
            true => HashSet::new(),
            false => patiently(letters::parked(&self.client, &self.consumer, &streams))
                .await?
                .into_iter()
                .collect(),
        };
        let Handled {
            mut letters,
            stopped_at,
        } = self
            .leading(handle(self.job, self.host, &ours, &parked, cancel))
            .await?;
        if !ours.is_empty() {
            fail::fail_point!("worker-after-effect-before-record", |_| Err(
                JobError::Killed
            ));
        }
        let reached = stopped_at.map_or(through, |at| Position(at.0 - 1));
        // What lies beyond the checkpoint comes again, and is set aside then.
        letters.retain(|letter| letter.position <= reached);
        self.commit(letters, reached).await
    }

    /// Has effects, for as long as this process leads.
    async fn leading<T>(
        &self,
        effects: impl Future<Output = Result<T, JobError>>,
    ) -> Result<T, JobError> {
        leading(&self.client, effects).await?
    }

    async fn commit(
        &mut self,
        set_aside: Vec<letters::NewLetter>,
        reached: Position,
    ) -> Result<(), JobError> {
        if reached <= self.position {
            return Ok(());
        }
        let (consumer, from) = (&self.consumer, self.position);
        let client = &mut self.client;
        let moved = patiently(async {
            let transaction = client.transaction().await?;
            letters::write(&transaction, consumer, &set_aside).await?;
            let sql = "UPDATE work.checkpoints SET position = $3, updated_at = now() WHERE job = $1 AND position = $2";
            let moved = transaction
                .execute(sql, &[&J::NAME, &from.sql(), &reached.sql()])
                .await?;
            if moved == 1 {
                transaction.commit().await?;
            }
            Ok::<_, DatabaseError>(moved == 1)
        });
        if !moved.await? {
            return Err(JobError::Away(
                "the checkpoint was moved by someone else".into(),
            ));
        }
        self.position = reached;
        Ok(())
    }

    /// Tries what waits again, where an operator said so or its time has come: in order, until
    /// one fails.
    async fn replay_letters(&mut self, cancel: &CancellationToken) -> Result<(), JobError> {
        for stream in patiently(letters::ready(&self.client, &self.consumer)).await? {
            for waiting in
                patiently(letters::of_stream(&self.client, &self.consumer, &stream)).await?
            {
                if cancel.is_cancelled() {
                    return Ok(());
                }
                if !waiting.skip && !self.try_again(&waiting).await? {
                    break;
                }
                patiently(letters::remove(
                    &self.client,
                    &self.consumer,
                    waiting.position,
                ))
                .await?;
            }
        }
        Ok(())
    }

    /// Whether the effect was had this time.
    async fn try_again(&mut self, waiting: &letters::Waiting) -> Result<bool, JobError> {
        let event = self.host.tools.event(waiting.position).await?;
        let span = effect::span(J::NAME, &event);
        let handling = self.job.handle(&self.host.tools, &event);
        let effect = effect::carry_out(J::NAME, self.host.config.effect(), span, handling);
        let error = match self.leading(effect).await {
            Ok(()) => return Ok(true),
            // Not its fault: nothing is counted, and the platform's absence is seen to.
            Err(error @ (JobError::Away(_) | JobError::Killed)) => return Err(error),
            Err(error) => error,
        };
        let (code, retry_in) = verdict(&error, self.host, waiting.attempts + 1);
        tracing::warn!(
            job = J::NAME,
            position = waiting.position.0,
            code,
            "an event's effect failed again"
        );
        patiently(letters::failed_again(
            &self.client,
            &self.consumer,
            waiting.position,
            &code,
            retry_in,
        ))
        .await?;
        Ok(false)
    }
}

async fn next(feed: &mut Option<Feed>) -> FeedItem {
    match feed {
        Some(feed) => feed.next().await,
        None => std::future::pending().await,
    }
}
