//! Dead letters: what could not be processed, and what an operator has done about it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use medilink_commands::dead_letter::Resolve;
use medilink_commands::{Action, Resource};
use medilink_domain::TenantId;
use medilink_domain::dead_letter::Verdict;
use medilink_projections::dead_letter::{self, DeadLetter};
use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi};

use crate::actor::SignedIn;
use crate::answer::Found;
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::{self, Command};
use crate::input::field;
use crate::jobs::{JobReport, Of, Parked};
use crate::json::Json;
use crate::problem::Problem;

/// So many letters are listed if no other number is asked for.
const USUAL: u16 = 100;

/// A stream that waits, by the first of its events that could not be processed.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DeadLetterOut {
    /// Who could not: a read model, or a job as `job-<name>`.
    consumer: String,
    /// The stream. What comes later in it waits behind this event; everything else goes on.
    stream: String,
    /// Where the event is in the log.
    position: u64,
    /// Why it failed.
    code: String,
    /// How often it was tried.
    attempts: u32,
    /// When it is tried again by itself; absent when only an operator helps.
    retry_at: Option<DateTime<Utc>>,
    /// Since when it waits.
    since: DateTime<Utc>,
}

/// What waits.
#[derive(Object)]
pub struct DeadLettersOut {
    /// Those of read models before those of jobs.
    items: Vec<DeadLetterOut>,
}

/// What is to become of a dead letter.
#[derive(Object)]
pub struct VerdictIn {
    /// Who waits.
    #[oai(validator(min_length = 1, max_length = 64))]
    consumer: String,
    /// The stream.
    #[oai(validator(min_length = 1, max_length = 250))]
    stream: String,
    /// The event, as the dead letter says.
    #[oai(validator(minimum(value = "1"), maximum(value = "9007199254740991")))]
    position: u64,
    /// Why. It is kept for ever and anyone who reads the log can read it, so name no person.
    #[oai(validator(min_length = 1, max_length = 200))]
    reason: String,
}

/// The decision, as it is in the log.
#[derive(Object)]
pub struct VerdictOut {
    /// For `Medilink-Min-Position`.
    position: u64,
}

impl From<Parked> for DeadLetterOut {
    fn from(parked: Parked) -> Self {
        Self {
            consumer: parked.consumer,
            stream: parked.stream,
            position: parked.position.0,
            code: parked.code,
            attempts: parked.attempts,
            retry_at: parked.retry_at,
            since: parked.since,
        }
    }
}

impl From<DeadLetter> for DeadLetterOut {
    fn from(letter: DeadLetter) -> Self {
        Self {
            consumer: letter.projection,
            stream: letter.stream,
            position: letter.position.0,
            code: letter.code,
            attempts: letter.attempts,
            retry_at: None,
            since: letter.parked_at,
        }
    }
}

/// The routes.
pub struct DeadLetters {
    /// Who may.
    pub backend: Backend,
    /// What jobs could not do.
    pub jobs: Arc<dyn JobReport>,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Platform")]
impl DeadLetters {
    /// List what could not be processed
    ///
    /// The streams that wait, each by the first event that failed.
    #[oai(
        path = "/dead-letters",
        method = "get",
        operation_id = "listDeadLetters"
    )]
    async fn list(
        &self,
        caller: SignedIn,
        /// Only those of this read model, or of a job as `job-<name>`.
        consumer: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<DeadLettersOut>, Problem> {
        let resource = Resource::of_tenant("dead letter", caller.actor.tenant);
        self.backend
            .authorize(&caller, Action::ReadPlatform, &resource)?;
        let of = Of {
            consumer: consumer.0.as_deref(),
            stream: None,
        };
        let limit = limit.0.unwrap_or(USUAL);
        let items = self.waiting(caller.actor.tenant, of, limit).await?;
        Ok(Found::new(DeadLettersOut { items }))
    }

    /// Have a dead letter tried again
    ///
    /// After what was wrong is mended: the event, and then what waits behind it.
    #[oai(
        path = "/dead-letters/retry",
        method = "post",
        operation_id = "retryDeadLetter"
    )]
    async fn retry(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<VerdictIn>,
    ) -> Result<Found<VerdictOut>, Problem> {
        self.resolve(&caller, call, body, false).await
    }

    /// Go on without a dead letter
    ///
    /// What waits behind it is processed as if the event had not been. That cannot be taken back.
    #[oai(
        path = "/dead-letters/skip",
        method = "post",
        operation_id = "skipDeadLetter"
    )]
    async fn skip(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<VerdictIn>,
    ) -> Result<Found<VerdictOut>, Problem> {
        self.resolve(&caller, call, body, true).await
    }
}

impl DeadLetters {
    async fn resolve(
        &self,
        caller: &SignedIn,
        call: Command,
        body: Json<VerdictIn>,
        skip: bool,
    ) -> Result<Found<VerdictOut>, Problem> {
        let given = &body.value;
        let of = Of {
            consumer: Some(&given.consumer),
            stream: Some(&given.stream),
        };
        let waiting = self.waiting(caller.actor.tenant, of, 1).await?;
        let resolve = Resolve {
            verdict: Verdict {
                consumer: field("/consumer", &given.consumer)?,
                stream: field("/stream", &given.stream)?,
                position: given.position,
                reason: field("/reason", &given.reason)?,
            },
            skip,
            waits: waiting.iter().any(|first| first.position == given.position),
        };
        let context = call.with_body(caller, &body.hash);
        let done = self.backend.execute(&context, &resolve).await?;
        let position = done.position.0;
        Ok(Found::done(VerdictOut { position }, &done))
    }

    /// The streams of a tenant that wait, each by its first event.
    async fn waiting(
        &self,
        tenant: TenantId,
        of: Of<'_>,
        limit: u16,
    ) -> Result<Vec<DeadLetterOut>, Problem> {
        let database = self.backend.database();
        let of_models = dead_letter::heads(database, tenant, of.consumer, of.stream, limit)
            .await
            .map_err(|error| call::away(&error))?;
        let of_jobs = self.jobs.parked(tenant, of, limit).await;
        let of_jobs = of_jobs.map_err(|error| call::away(&error))?;
        let of_models = of_models.into_iter().map(DeadLetterOut::from);
        let all = of_models.chain(of_jobs.into_iter().map(Into::into));
        Ok(all.take(limit.into()).collect())
    }
}
