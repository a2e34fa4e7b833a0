//! The runner of timers and outboxes: looks at what is due, claims it item by item, carries
//! it out, and keeps one item's trouble from the others.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Span;

use super::claims::Claims;
use super::effect;
use super::letters::NewLetter;
use super::{Host, backoff, pause};
use crate::job::{Attempt, Due, DueJob, JobError};
use crate::worker::JobStatus;

/// How many due items are looked at first.
const FIRST_LOOK: u16 = 256;
/// What a claim lasts longer than the longest effect.
const MARGIN: Duration = Duration::from_secs(2);
/// How often items done long ago are forgotten.
const FORGET: Duration = Duration::from_secs(600);

/// Runs a job until cancelled; items in hand are finished.
pub(crate) async fn run<J: DueJob>(job: Arc<J>, host: Host, cancel: CancellationToken) {
    let runner = Runner {
        job,
        claims: Claims::new(host.tools.database.clone(), J::NAME),
        host,
    };
    let mut failures = 0;
    let mut forget_at = Instant::now() + FORGET;
    while !cancel.is_cancelled() {
        let wait = match runner.sweep(&cancel).await {
            Ok(Swept::All) => {
                failures = 0;
                runner.host.config.poll()
            }
            Ok(Swept::MoreWaits) => Duration::ZERO,
            Err(JobError::Killed) => return,
            Err(error) => {
                failures += 1;
                if failures == 1 {
                    tracing::warn!(job = J::NAME, %error, "a job has to wait");
                }
                backoff::away(failures)
            }
        };
        if Instant::now() > forget_at {
            forget_at = Instant::now() + FORGET;
            if let Err(error) = runner.claims.forget().await {
                tracing::debug!(job = J::NAME, %error, "settled items are kept a little longer");
            }
        }
        pause(&cancel, wait).await;
    }
}

enum Swept {
    All,
    MoreWaits,
}

struct Runner<J> {
    job: Arc<J>,
    host: Host,
    claims: Claims,
}

impl<J: DueJob> Runner<J> {
    /// Carries out what is due and free.
    async fn sweep(&self, cancel: &CancellationToken) -> Result<Swept, JobError> {
        let (items, more) = self.free().await?;
        self.report(&items).await?;
        let mut tasks = JoinSet::new();
        let mut trouble = None;
        for item in items {
            while tasks.len() >= self.host.config.concurrency.max(1) {
                note(tasks.join_next().await, &mut trouble);
            }
            // Without a part that all need there is no use in going on.
            if trouble.is_some() || cancel.is_cancelled() {
                break;
            }
            let one = One {
                job: Arc::clone(&self.job),
                host: self.host.clone(),
                claims: self.claims.clone(),
            };
            tasks.spawn(async move { one.carry_out(&item).await });
        }
        while let Some(ended) = tasks.join_next().await {
            note(Some(ended), &mut trouble);
        }
        match trouble {
            Some(error) => Err(error),
            None if more => Ok(Swept::MoreWaits),
            None => Ok(Swept::All),
        }
    }

    /// What is due and free, and whether there may be more of it. Items that pause or wait
    /// for an operator stay due, so the look is widened until it goes past them.
    async fn free(&self) -> Result<(Vec<Due<J::What>>, bool), JobError> {
        let mut limit = FIRST_LOOK;
        loop {
            let due = self.job.due(&self.host.tools, limit).await?;
            let full = due.len() >= usize::from(limit);
            let keys: Vec<&str> = due.iter().map(|item| item.key.as_str()).collect();
            let busy: HashSet<String> = match keys.is_empty() {
                true => HashSet::new(),
                false => self.claims.busy(&keys).await?.into_iter().collect(),
            };
            let free: Vec<_> = due
                .into_iter()
                .filter(|item| !busy.contains(&item.key))
                .collect();
            if !free.is_empty() || !full || limit == u16::MAX {
                return Ok((free, full));
            }
            limit = limit.saturating_mul(4);
        }
    }

    async fn report(&self, items: &[Due<J::What>]) -> Result<(), JobError> {
        let parked = self.claims.parked().await?;
        let first = items.iter().map(|item| item.since).min();
        let waits = first.and_then(|since| (Utc::now() - since).to_std().ok());
        self.host.figures.set(JobStatus {
            job: J::NAME,
            behind: items.len() as u64,
            behind_for: waits.unwrap_or_default(),
            parked,
        });
        Ok(())
    }
}

/// Keeps the first trouble that concerns all items.
fn note(
    ended: Option<Result<Result<(), JobError>, tokio::task::JoinError>>,
    trouble: &mut Option<JobError>,
) {
    match ended {
        Some(Ok(Err(error))) if *trouble != Some(JobError::Killed) => *trouble = Some(error),
        // An effect's panic is caught; this was one of the runtime. The claim runs out.
        Some(Err(error)) if error.is_panic() => tracing::error!("a job's task ended with a panic"),
        _ => {}
    }
}

/// One item's task.
struct One<J> {
    job: Arc<J>,
    host: Host,
    claims: Claims,
}

impl<J: DueJob> One<J> {
    /// Carries out one item, if it can be claimed. Fails only with what concerns all items.
    async fn carry_out(&self, due: &Due<J::What>) -> Result<(), JobError> {
        let usual = self.host.config.effect();
        let patience = J::LONGEST.map_or(usual, |longest| longest.max(usual));
        let lease = usual + MARGIN;
        let Some(number) = self.claims.take(&due.key, lease).await? else {
            return Ok(());
        };
        let most = self.host.config.retry.attempts.max(1);
        if number > most {
            // Each try ended with the worker.
            return self.park(due, "crashed", number - 1).await;
        }
        let attempt = Attempt {
            number,
            last: number == most,
        };
        let span = self.span(due).await?;
        let effect = self.job.carry_out(&self.host.tools, due, attempt);
        let effect = effect::carry_out(J::NAME, patience, span, effect);
        let outcome = match J::LONGEST {
            Some(_) => self.keeping(&due.key, lease, effect).await,
            None => effect.await,
        };
        fail::fail_point!("worker-after-effect-before-record", |_| Err(
            JobError::Killed
        ));
        match outcome {
            Ok(()) => Ok(self.claims.settle(&due.key).await?),
            Err(JobError::Killed) => Err(JobError::Killed),
            Err(JobError::Away(reason)) => {
                self.claims
                    .postpone(&due.key, backoff::away(number), "away", false)
                    .await?;
                Err(JobError::Away(reason))
            }
            Err(JobError::Transient(code)) if !attempt.last => {
                let wait = backoff::pause(&self.host.config.retry, number);
                tracing::warn!(job = J::NAME, cause = due.position.0, %code, number, "an effect failed; it is tried again");
                Ok(self.claims.postpone(&due.key, wait, &code, true).await?)
            }
            Err(JobError::Transient(code) | JobError::Permanent(code)) => {
                self.park(due, &code, number).await
            }
        }
    }

    /// Carries out what takes longer than a claim lasts. If it can't be kept up for so long that
    /// another may take over, the effect is given up.
    async fn keeping(
        &self,
        key: &str,
        lease: Duration,
        effect: impl Future<Output = Result<(), JobError>>,
    ) -> Result<(), JobError> {
        tokio::pin!(effect);
        let mut kept_at = Instant::now();
        loop {
            tokio::select! {
                outcome = &mut effect => return outcome,
                () = tokio::time::sleep(lease / 4) => {}
            }
            match self.claims.keep(key, lease).await {
                Ok(()) => kept_at = Instant::now(),
                Err(error) if kept_at.elapsed() > lease / 2 => return Err(error.into()),
                Err(error) => tracing::debug!(%error, "a claim could not be kept up just now"),
            }
        }
    }

    async fn span(&self, due: &Due<J::What>) -> Result<Span, JobError> {
        match self.host.tools.event(due.position).await {
            Ok(event) => Ok(effect::span(J::NAME, &event)),
            Err(JobError::Away(reason)) => {
                self.claims
                    .postpone(&due.key, Duration::ZERO, "away", false)
                    .await?;
                Err(JobError::Away(reason))
            }
            Err(_) => Ok(tracing::info_span!("job", job = J::NAME)),
        }
    }

    async fn park(&self, due: &Due<J::What>, code: &str, attempts: u32) -> Result<(), JobError> {
        tracing::error!(
            job = J::NAME,
            cause = due.position.0,
            code,
            "an effect failed for good; an operator must decide"
        );
        metrics::counter!("medilink_job_parked_total", "name" => J::NAME).increment(1);
        let letter = NewLetter {
            position: due.position,
            stream: due.stream.clone(),
            tenant: due.tenant,
            item: Some(due.key.clone()),
            code: code.to_owned(),
            attempts,
            retry_in: None,
        };
        Ok(self.claims.park(&due.key, letter).await?)
    }
}
