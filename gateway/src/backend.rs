//! What every handler works with: commands on one side, read models on the other, and the one
//! way from a signed-in caller to either.

use std::time::Duration;

use medilink_commands::{
    Action, Authorizer, CommandContext, Committed, Executor, Operation, Resource,
};
use medilink_database::Database;
use medilink_domain::retention::RetentionRules;
use medilink_log::{Position, StoredCheckpoint};
use medilink_projections::availability::Availability;
use medilink_projections::{Behind, Checkpoints, ReadError, Reads, Standing, WaitError};
use poem_openapi::types::ToJSON;

use crate::actor::SignedIn;
use crate::answer::Found;
use crate::call::{self, MIN_POSITION, Read};
use crate::problem::Problem;
use crate::problem_kinds as kinds;

/// How long to wait before asking again for a read model that is behind.
const BEHIND: Duration = Duration::from_secs(1);

/// What handlers work with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Backend {
    executor: Executor,
    reads: Reads,
    availability: Availability,
    checkpoints: Checkpoints,
    patience: Duration,
}

/// How far a read model had come when the caller began to read it.
#[derive(Clone, Copy, Debug)]
pub struct View {
    position: Position,
    behind: u64,
}

impl View {
    /// An answer that says how far the view had come.
    pub fn answer<T: ToJSON>(self, body: T) -> Found<T> {
        Found::new(body).position(self.position).behind(self.behind)
    }

    /// The view of what was made from the read models earlier, and so has not come further
    /// than this.
    #[must_use]
    pub fn no_further_than(self, position: Position) -> Self {
        let position = self.position.min(position);
        Self {
            position,
            behind: self.behind + (self.position.0 - position.0),
        }
    }
}

impl Backend {
    /// From its parts; `patience` bounds the wait for `Medilink-Min-Position`.
    pub const fn new(
        executor: Executor,
        reads: Reads,
        availability: Availability,
        checkpoints: Checkpoints,
        patience: Duration,
    ) -> Self {
        Self {
            executor,
            reads,
            availability,
            checkpoints,
            patience,
        }
    }

    /// The one that decides who may do what.
    pub fn authorizer(&self) -> &Authorizer {
        self.executor.authorizer()
    }

    /// The database with what is written in the append's own transaction.
    pub fn database(&self) -> &Database {
        self.executor.reader().database()
    }

    /// The read models.
    pub const fn reads(&self) -> &Reads {
        &self.reads
    }

    /// Who carries out commands, for what must be looked at before a read.
    pub const fn executor(&self) -> &Executor {
        &self.executor
    }

    /// The free slots of all doctors.
    pub const fn availability(&self) -> &Availability {
        &self.availability
    }

    /// The rules by which personal data is kept.
    pub fn retention(&self) -> &RetentionRules {
        self.executor.retention()
    }

    /// How far every read model is behind the log.
    ///
    /// # Errors
    /// 503 when that can't be found out.
    pub async fn behind(&self) -> Result<Vec<Behind>, Problem> {
        let behind = self.checkpoints.behind().await;
        behind.map_err(|error| call::away(&error))
    }

    /// The signed checkpoint of the log at this size.
    ///
    /// # Errors
    /// 503 when it can't be read.
    pub async fn checkpoint(&self, size: u64) -> Result<StoredCheckpoint, Problem> {
        let found = self.executor.reader().checkpoint(Some(size)).await;
        let found = found.map_err(|error| call::away(&error))?;
        // A certificate names it, and checkpoints are never taken away.
        found.ok_or_else(|| Problem::new(&kinds::INTERNAL_ERROR))
    }

    /// Carries out a command, which authorizes for itself.
    ///
    /// # Errors
    /// Why it was not carried out.
    pub async fn execute<O: Operation>(
        &self,
        context: &CommandContext,
        operation: &O,
    ) -> Result<Committed<O::Answer>, Problem> {
        self.executor
            .execute(context, operation)
            .await
            .map_err(call::refuse)
    }

    /// Waits until the read models have come as far as their reader asks, and says how far
    /// the least advanced one is. Read them after this: all that the answer is made of, or
    /// one would say that something just written is not there.
    ///
    /// # Errors
    /// 503 when they don't come that far in time, 422 when the log itself hasn't.
    pub async fn view(&self, projections: &[&str], read: &Read) -> Result<View, Problem> {
        let found = self
            .checkpoints
            .standing(projections)
            .await
            .map_err(|error| call::away(&error))?;
        let not_built = || Problem::new(&kinds::BEHIND).retry_after(BEHIND);
        if found.len() < projections.len() {
            return Err(not_built());
        }
        let views = found.iter().map(|found| self.view_of(found, read));
        let views = futures::future::try_join_all(views).await?;
        let least = views.into_iter().min_by_key(|view| view.position);
        least.ok_or_else(not_built)
    }

    async fn view_of(&self, found: &Standing, read: &Read) -> Result<View, Problem> {
        let head = found.head;
        let behind = |position: Position| head.0.saturating_sub(position.0);
        let Some(wanted) = read.min_position.filter(|wanted| *wanted > found.position) else {
            return Ok(View {
                position: found.position,
                behind: behind(found.position),
            });
        };
        if wanted > head {
            return Err(Problem::new(&kinds::UNKNOWN_POSITION).field(MIN_POSITION));
        }
        match self
            .checkpoints
            .wait(&found.projection, wanted, self.patience)
            .await
        {
            Ok(position) => Ok(View {
                position,
                behind: behind(position),
            }),
            Err(WaitError::Database(error)) => Err(call::away(&error)),
            Err(WaitError::Busy | WaitError::TimedOut(_)) => {
                Err(Problem::new(&kinds::BEHIND).retry_after(BEHIND))
            }
        }
    }

    /// Lets the caller see what is nobody's personal data.
    ///
    /// # Errors
    /// 403, or 404 when the caller may not even know of it.
    pub fn authorize(
        &self,
        caller: &SignedIn,
        action: Action,
        resource: &Resource,
    ) -> Result<(), Problem> {
        match self
            .executor
            .authorizer()
            .authorize(&caller.actor, action, resource)
        {
            Ok(_) => Ok(()),
            Err(denied) => Err(call::refuse(denied.into())),
        }
    }
}

/// There is none, or it is not the caller's: the same words for both.
pub fn no_such(what: &str) -> Problem {
    Problem::new(&kinds::NOT_FOUND).detail(format!("There is no such {what}."))
}

/// A read model that could not be read.
pub fn unreadable(error: ReadError) -> Problem {
    if error.is_transient() {
        return call::away(&error);
    }
    tracing::error!(%error, "a read model could not be read");
    Problem::new(&kinds::INTERNAL_ERROR)
}
