//! The effects of a run of events: streams side by side, the events of one stream one after
//! the other, what fails set aside with all that follows it in its stream.

use std::collections::{HashMap, HashSet};

use futures::{FutureExt, StreamExt};
use medilink_log::{Position, RecordedEvent};
use tokio_util::sync::CancellationToken;

use super::letters::{BEHIND, NewLetter};
use super::{Host, backoff, effect, pause};
use crate::job::{EventJob, JobError};

/// What came of a run of events.
#[derive(Debug, Default)]
pub(crate) struct Handled {
    /// Events to be set aside.
    pub(crate) letters: Vec<NewLetter>,
    /// The first event that was not come to, because the process stops.
    pub(crate) stopped_at: Option<Position>,
}

/// What came of one stream's events.
#[derive(Debug, Default)]
struct Strand {
    letters: Vec<NewLetter>,
    stopped_at: Option<Position>,
}

/// Has the effects of these events, all of types that the job reacts to; `parked` are the
/// streams that wait already.
pub(crate) async fn handle<J: EventJob>(
    job: &J,
    host: &Host,
    events: &[&RecordedEvent],
    parked: &HashSet<String>,
    cancel: &CancellationToken,
) -> Result<Handled, JobError> {
    // Boxed, because the compiler can't see that a borrowing closure's future is `Send`.
    let strands: Vec<_> = by_stream(events)
        .into_iter()
        .map(|strand| follow(job, host, strand, parked, cancel).boxed())
        .collect();
    let strands = futures::stream::iter(strands).buffer_unordered(host.config.concurrency.max(1));
    let mut handled = Handled::default();
    futures::pin_mut!(strands);
    while let Some(strand) = strands.next().await {
        let strand = strand?;
        handled.letters.extend(strand.letters);
        handled.stopped_at = [handled.stopped_at, strand.stopped_at]
            .into_iter()
            .flatten()
            .min();
    }
    handled.letters.sort_by_key(|letter| letter.position);
    Ok(handled)
}

fn by_stream<'a>(events: &[&'a RecordedEvent]) -> Vec<Vec<&'a RecordedEvent>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut strands: Vec<Vec<&RecordedEvent>> = Vec::new();
    for event in events {
        let place = *places.entry(&event.stream).or_insert(strands.len());
        match strands.get_mut(place) {
            Some(strand) => strand.push(event),
            None => strands.push(vec![event]),
        }
    }
    strands
}

async fn follow<J: EventJob>(
    job: &J,
    host: &Host,
    events: Vec<&RecordedEvent>,
    parked: &HashSet<String>,
    cancel: &CancellationToken,
) -> Result<Strand, JobError> {
    let mut strand = Strand::default();
    let mut waits = events
        .first()
        .is_some_and(|event| parked.contains(&event.stream));
    for event in events {
        if waits {
            strand.letters.push(letter(event, BEHIND, 0, None));
            continue;
        }
        match once_the_platform_is_there(job, host, event, cancel).await {
            Some(Ok(())) => {}
            Some(Err(JobError::Killed)) => return Err(JobError::Killed),
            Some(Err(error)) => {
                let (code, retry_in) = verdict(&error, host, 1);
                tracing::warn!(
                    job = J::NAME,
                    position = event.position.0,
                    code,
                    again = retry_in.is_some(),
                    "an event's effect failed; its stream waits"
                );
                metrics::counter!("medilink_job_parked_total", "name" => J::NAME).increment(1);
                strand.letters.push(letter(event, &code, 1, retry_in));
                waits = true;
            }
            None => {
                strand.stopped_at = Some(event.position);
                break;
            }
        }
    }
    Ok(strand)
}

/// The effect of one event, tried until every part that effects need is there; `None` when
/// the process stops before that.
async fn once_the_platform_is_there<J: EventJob>(
    job: &J,
    host: &Host,
    event: &RecordedEvent,
    cancel: &CancellationToken,
) -> Option<Result<(), JobError>> {
    let mut failures = 0;
    while !cancel.is_cancelled() {
        let span = effect::span(J::NAME, event);
        let handling = job.handle(&host.tools, event);
        match effect::carry_out(J::NAME, host.config.effect(), span, handling).await {
            Err(JobError::Away(reason)) => {
                failures += 1;
                if failures == 1 {
                    tracing::warn!(job = J::NAME, reason, "a job has to wait");
                }
                pause(cancel, backoff::away(failures)).await;
            }
            outcome => return Some(outcome),
        }
    }
    None
}

/// The code of a failure, and when it is tried again by itself, if at all.
pub(crate) fn verdict(
    error: &JobError,
    host: &Host,
    attempts: u32,
) -> (String, Option<std::time::Duration>) {
    match error {
        JobError::Transient(code) if attempts < host.config.retry.attempts => (
            code.to_string(),
            Some(backoff::pause(&host.config.retry, attempts)),
        ),
        JobError::Transient(code) | JobError::Permanent(code) => (code.to_string(), None),
        JobError::Away(_) => ("away".to_owned(), Some(backoff::away(attempts))),
        JobError::Killed => ("killed".to_owned(), None),
    }
}

fn letter(
    event: &RecordedEvent,
    code: &str,
    attempts: u32,
    retry_in: Option<std::time::Duration>,
) -> NewLetter {
    NewLetter {
        position: event.position,
        stream: event.stream.clone(),
        tenant: event.tenant,
        item: None,
        code: code.to_owned(),
        attempts,
        retry_in,
    }
}
