//! How the platform is doing: its parts, how far read models and jobs are, and having a read
//! model built anew.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use medilink_commands::read_model::RequestRebuild;
use medilink_commands::{Action, Resource};
use medilink_domain::read_model::Rebuild;
use medilink_projections::{Behind, Renewal};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};

use crate::actor::SignedIn;
use crate::answer::{Accepted, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such};
use crate::call::{self, Command};
use crate::health::{Health, Report};
use crate::input::field;
use crate::jobs::{JobReport, JobStanding};
use crate::json::Json;
use crate::problem::Problem;

/// How the platform is doing.
#[derive(Object)]
pub struct PlatformOut {
    /// The release that answers.
    version: String,
    /// When it was looked at.
    at: DateTime<Utc>,
    /// The last event of the log.
    head: u64,
    /// What the gateway works with.
    parts: Vec<PlatformPartOut>,
    /// The read models, by name.
    read_models: Vec<ReadModelOut>,
    /// The jobs that follow the log, by name.
    jobs: Vec<JobOut>,
}

/// A part of the platform.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PlatformPartOut {
    /// Its name, such as `database` or `broker`.
    name: String,
    /// Whether it works.
    up: bool,
    /// Whether nothing goes without it.
    needed: bool,
    /// What that means.
    note: Option<String>,
}

/// A read model.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ReadModelOut {
    /// Its name.
    name: String,
    /// Every event of the log up to here is in it, or waits for an operator.
    position: u64,
    /// How many events come after that.
    behind: u64,
    /// How long ago the first of those was recorded, in seconds; 0 if there is none.
    behind_seconds: u64,
    /// How many events wait for an operator.
    dead_letters: u64,
    /// Which generation of its rows is read.
    generation: u32,
    /// When these rows were begun.
    since: DateTime<Utc>,
    /// The generation that is to take their place, if one is.
    rebuild: Option<RebuildOut>,
}

/// How far a read model that is built anew has come.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RebuildOut {
    /// When somebody asked for it; absent if a new release needs it.
    requested_at: Option<DateTime<Utc>>,
    /// When it was begun; absent while it waits for its turn.
    started_at: Option<DateTime<Utc>>,
    /// Up to where the log is folded into it, of `head`.
    position: u64,
}

/// A job that follows the log.
#[derive(Object)]
pub struct JobOut {
    /// Its name.
    name: String,
    /// Every event up to here had its effect, or waits for an operator.
    position: u64,
    /// How many events come after that.
    behind: u64,
    /// How many events wait for an operator.
    dead_letters: u64,
}

/// Why a read model is to be built anew.
#[derive(Object)]
pub struct RebuildIn {
    /// Why. It is kept for ever and anyone who reads the log can read it, so name no person.
    #[oai(validator(min_length = 1, max_length = 200))]
    reason: String,
}

/// A rebuild that was asked for.
#[derive(Object)]
pub struct RebuildRequestedOut {
    /// The generation that another is to take the place of.
    generation: u32,
    /// For `Medilink-Min-Position`.
    position: u64,
}

impl PlatformPartOut {
    fn of((name, report): (&'static str, Report)) -> Self {
        Self {
            name: name.to_owned(),
            up: report.up,
            needed: report.needed,
            note: report.note,
        }
    }
}

impl From<Behind> for ReadModelOut {
    fn from(model: Behind) -> Self {
        Self {
            name: model.projection,
            position: model.position.0,
            behind: model.events,
            behind_seconds: model.age.as_secs(),
            dead_letters: model.parked,
            generation: model.generation,
            since: model.since,
            rebuild: model.renewal.map(Into::into),
        }
    }
}

impl From<Renewal> for RebuildOut {
    fn from(renewal: Renewal) -> Self {
        Self {
            requested_at: renewal.requested_at,
            started_at: renewal.started_at,
            position: renewal.folded.0,
        }
    }
}

impl From<JobStanding> for JobOut {
    fn from(standing: JobStanding) -> Self {
        Self {
            name: standing.job,
            position: standing.position.0,
            behind: standing.behind,
            dead_letters: standing.parked,
        }
    }
}

/// The routes.
pub struct ReadModels {
    /// Who may.
    pub backend: Backend,
    /// How far jobs have come.
    pub jobs: Arc<dyn JobReport>,
    /// How the parts are.
    pub health: Health,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Platform")]
impl ReadModels {
    /// See how the platform is doing
    ///
    /// Its parts, and how far read models and jobs are behind the log.
    #[oai(path = "/platform", method = "get", operation_id = "readPlatform")]
    async fn platform(&self, caller: SignedIn) -> Result<Found<PlatformOut>, Problem> {
        let resource = Resource::of_tenant("platform", caller.actor.tenant);
        self.backend
            .authorize(&caller, Action::ReadPlatform, &resource)?;
        let head = self.backend.executor().reader().head().await;
        let head = head.map_err(|error| call::away(&error))?;
        let read_models = self.backend.behind().await?;
        let jobs = self.jobs.standings().await;
        let jobs = jobs.map_err(|error| call::away(&error))?;
        let parts = self.health.parts().await;
        Ok(Found::new(PlatformOut {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            at: Utc::now(),
            head: head.0,
            parts: parts.into_iter().map(PlatformPartOut::of).collect(),
            read_models: read_models.into_iter().map(Into::into).collect(),
            jobs: jobs.into_iter().map(Into::into).collect(),
        })
        .position(head))
    }

    /// Have a read model built anew
    ///
    /// From the log, beside the rows that are read, which it then takes the place of. How far it
    /// has come is told by `GET /v1/platform`.
    #[oai(
        path = "/read-models/:name/rebuild",
        method = "post",
        operation_id = "rebuildReadModel"
    )]
    async fn rebuild(
        &self,
        caller: SignedIn,
        call: Command,
        name: Path<String>,
        body: Json<RebuildIn>,
    ) -> Result<Accepted<RebuildRequestedOut>, Problem> {
        let resource = Resource::of_tenant("read model", caller.actor.tenant);
        self.backend
            .authorize(&caller, Action::RebuildReadModel, &resource)?;
        let known = self.backend.behind().await?;
        let model = known.into_iter().find(|model| model.projection == name.0);
        let model = model.ok_or_else(|| no_such("read model"))?;
        let rebuild = RequestRebuild(Rebuild {
            model: field("/name", &model.projection)?,
            generation: model.generation,
            reason: field("/reason", &body.value.reason)?,
        });
        let context = call.with_body(&caller, &body.hash);
        let done = self.backend.execute(&context, &rebuild).await?;
        let body = RebuildRequestedOut {
            generation: done.answer.generation,
            position: done.position.0,
        };
        Ok(Accepted::done(body, &done))
    }
}
