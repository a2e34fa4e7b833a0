//! Authorize → load → decide → append, with retries on conflict and one answer per request.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use medilink_domain::retention::RetentionRules;
use medilink_domain::{Decider, TenantId};
use medilink_log::{
    AppendError, EventCodec, LogReader, LogWriter, NewReceipt, Position, Receipt, Snapshots,
    StreamLoader,
};
use medilink_vault::Vault;
use rand::Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::access::{Deny, Refused};
use crate::actor::{Actor, CommandContext, Idempotency};
use crate::authorizer::Authorizer;
use crate::error::CommandError;
use crate::receipt::Place;
use crate::turns::{Turn, Turns};
use crate::work::Work;

/// How often a command is decided anew because others came first.
const ATTEMPTS: u32 = 12;

/// One thing that can be asked of the platform, with everything it needs to know.
pub trait Operation: Send + Sync {
    /// Its stable name; part of what an idempotency key is scoped to.
    const NAME: &'static str;
    /// What the caller gets. It is kept for repeated requests, sealed if anything was recorded
    /// about a person, and in the clear if not.
    type Answer: Serialize + DeserializeOwned + Send + Sync;

    /// What the request names, such as a stream; the other part of that scope.
    fn target(&self) -> String;

    /// Authorizes, loads and decides. May run several times, so it does nothing but work on
    /// `work`.
    fn perform(
        &self,
        work: &mut Work<'_>,
    ) -> impl Future<Output = Result<Self::Answer, CommandError>> + Send;

    /// The refusal when a name that the work claimed is held by another stream.
    fn name_taken(&self, holder: &str) -> CommandError {
        CommandError::Internal(format!("{} claims a name that {holder} holds", Self::NAME))
    }
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed<T> {
    /// The operation's answer.
    pub answer: T,
    /// The position of its last event; a read with this as `Medilink-Min-Position` sees it.
    pub position: Position,
    /// Whether this is the first answer to an earlier, equal request.
    pub replayed: bool,
}

pub(crate) struct Parts {
    pub reader: LogReader,
    pub loader: StreamLoader,
    pub writer: LogWriter,
    pub codec: EventCodec,
    pub snapshots: Snapshots,
    pub authorizer: Authorizer,
    /// The shipped ones, unless others were set.
    retention: OnceLock<RetentionRules>,
    turns: Turns,
}

/// Carries out operations. Cheap to clone.
#[derive(Clone)]
pub struct Executor(Arc<Parts>);

impl Parts {
    pub(crate) fn retention(&self) -> &RetentionRules {
        let shipped = || RetentionRules::shipped().clone();
        self.retention.get_or_init(shipped)
    }
}

impl std::fmt::Debug for Executor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Executor({:?})", self.0.authorizer)
    }
}

impl Executor {
    /// Puts the parts together.
    pub fn new(
        reader: LogReader,
        writer: LogWriter,
        codec: EventCodec,
        snapshots: Snapshots,
        authorizer: Authorizer,
    ) -> Self {
        Self(Arc::new(Parts {
            loader: StreamLoader::new(reader.database().clone(), writer.epochs()),
            reader,
            writer,
            codec,
            snapshots,
            authorizer,
            retention: OnceLock::new(),
            turns: Turns::default(),
        }))
    }

    /// The one that decides who may do what.
    pub fn authorizer(&self) -> &Authorizer {
        &self.0.authorizer
    }

    /// Has personal data kept by these rules instead of the shipped ones. Only the first that are
    /// set count, and only if none were asked before.
    pub fn retain_by(&self, rules: RetentionRules) {
        let _ = self.0.retention.set(rules);
    }

    /// The rules by which personal data is kept.
    pub fn retention(&self) -> &RetentionRules {
        self.0.retention()
    }

    /// The log it appends to.
    pub fn reader(&self) -> &LogReader {
        &self.0.reader
    }

    /// The writer it appends through.
    pub fn writer(&self) -> &LogWriter {
        &self.0.writer
    }

    pub(crate) fn codec(&self) -> &EventCodec {
        &self.0.codec
    }

    pub(crate) fn vault(&self) -> &Vault {
        self.0.codec.vault()
    }

    /// An instance as it is now, for what must be looked at before a command: nothing is
    /// authorized and nothing recorded. None when there is none, or its person was erased.
    pub(crate) async fn state<D: Decider>(
        &self,
        tenant: TenantId,
        id: &D::Id,
    ) -> Result<Option<D>, CommandError> {
        let context = CommandContext::new(Actor::anonymous(tenant));
        let mut work = Work::new(&self.0, &context, true);
        match work.existing::<D>(id, D::CATEGORY).await {
            Ok(instance) => Ok(Some(instance.state().clone())),
            Err(CommandError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Carries out an operation: all of it is recorded, durably, or nothing is.
    ///
    /// # Errors
    /// See [`CommandError`].
    #[tracing::instrument(name = "command", skip_all, fields(operation = O::NAME, request = %context.request))]
    pub async fn execute<O: Operation>(
        &self,
        context: &CommandContext,
        operation: &O,
    ) -> Result<Committed<O::Answer>, CommandError> {
        let mut denied = None;
        let outcome = self.attempts(context, operation, &mut denied).await;
        if let (Err(_), Some(refused)) = (&outcome, denied) {
            self.record_denied(context, refused).await;
        }
        let label = match &outcome {
            Ok(done) if done.replayed => "replayed",
            Ok(_) => "recorded",
            Err(CommandError::Internal(fault)) => {
                tracing::error!(fault, "a command failed through a fault of ours");
                "fault"
            }
            Err(CommandError::Unavailable { .. }) => "unavailable",
            Err(CommandError::Contention) => "contention",
            Err(_) => "refused",
        };
        metrics::counter!("medilink_commands_total", "operation" => O::NAME, "outcome" => label)
            .increment(1);
        outcome
    }

    /// Keeps that the actor wanted to do something with somebody else's data. What can't be
    /// recorded is denied all the same.
    async fn record_denied(&self, context: &CommandContext, refused: Refused) {
        let context = CommandContext {
            idempotency: None,
            expected_version: None,
            ..context.clone()
        };
        let deny = Deny::from(refused);
        if let Err(error) = self.attempts(&context, &deny, &mut None).await {
            tracing::error!(%error, "a denied command could not be recorded");
        }
    }

    async fn attempts<O: Operation>(
        &self,
        context: &CommandContext,
        operation: &O,
        denied: &mut Option<Refused>,
    ) -> Result<Committed<O::Answer>, CommandError> {
        let scope = scope(context, operation);
        // The turn at a stream that others write too; taken only once a conflict has shown it.
        let mut turn: Option<Turn> = None;
        // What is known of a stream is good enough to try with, and never to refuse with.
        let mut fresh = false;
        for attempt in 0..ATTEMPTS {
            let mut work = Work::new(&self.0, context, fresh);
            let decided = operation.perform(&mut work).await;
            let presumed = work.presumed();
            let answer = match decided {
                Ok(answer) => answer,
                Err(_) if presumed.is_some() => {
                    fresh = true;
                    continue;
                }
                // A repeat may be refused because its first run succeeded: the slot is taken,
                // by this very request. Its receipt says so.
                Err(refusal) => {
                    return match self.replay(context, scope.as_ref()).await? {
                        Some(first) => Ok(first),
                        None => {
                            *denied = work.denied();
                            Err(refusal)
                        }
                    };
                }
            };
            let receipt = match (&scope, &context.idempotency) {
                (Some(scope), Some(idempotency)) => {
                    let tenant = context.actor.tenant;
                    let (vault, keeper) = (self.0.codec.vault(), work.keeper());
                    Some(NewReceipt {
                        scope: *scope,
                        body_hash: keyed(vault, tenant, idempotency),
                        answer: Place { tenant, scope }.keep(vault, keeper, &answer).await?,
                    })
                }
                _ => None,
            };
            let Some(append) = work.into_append(receipt)? else {
                if presumed.is_some() {
                    fresh = true;
                    continue;
                }
                let position = self.0.reader.head().await.map_err(CommandError::database)?;
                return Ok(Committed {
                    answer,
                    position,
                    replayed: false,
                });
            };
            let (tenant, writes) = (append.tenant, append.writes.clone());
            let epoch = self.0.loader.epoch();
            let appended = match presumed {
                Some(epoch) => self.0.writer.append_presumed(append, epoch).await,
                None => self.0.writer.append(append).await,
            };
            fresh = true;
            match appended {
                Ok(appended) => {
                    self.0.loader.recorded(epoch, tenant, writes);
                    return Ok(Committed {
                        answer,
                        position: appended.last,
                        replayed: false,
                    });
                }
                Err(AppendError::AlreadyDone) => {
                    if let Some(first) = self.replay(context, scope.as_ref()).await? {
                        return Ok(first);
                    }
                }
                Err(AppendError::Outdated) => {}
                Err(AppendError::WrongVersion { stream, .. }) => {
                    if turn.as_ref().is_none_or(|turn| turn.stream() != stream) {
                        // Let go of the old turn first: nobody ever waits while holding one.
                        drop(turn.take());
                        turn = Some(self.0.turns.take(&stream).await);
                    } else {
                        // Another process writes this stream; its turns are not ours.
                        backoff(attempt).await;
                    }
                }
                Err(AppendError::ClaimTaken { holder }) => {
                    return match self.replay(context, scope.as_ref()).await? {
                        Some(first) => Ok(first),
                        None => Err(operation.name_taken(&holder)),
                    };
                }
                Err(error) => return Err(CommandError::append(error)),
            }
        }
        Err(CommandError::Contention)
    }

    /// The first answer to an earlier request under the same key, if there was one.
    async fn replay<T: DeserializeOwned>(
        &self,
        context: &CommandContext,
        scope: Option<&[u8; 32]>,
    ) -> Result<Option<Committed<T>>, CommandError> {
        let (Some(scope), Some(idempotency)) = (scope, &context.idempotency) else {
            return Ok(None);
        };
        let receipt = self
            .0
            .reader
            .receipt(scope)
            .await
            .map_err(CommandError::database)?;
        let Some(Receipt {
            body_hash,
            position,
            answer,
        }) = receipt
        else {
            return Ok(None);
        };
        let tenant = context.actor.tenant;
        if body_hash != keyed(self.0.codec.vault(), tenant, idempotency) {
            return Err(CommandError::IdempotencyKeyReused);
        }
        let place = Place { tenant, scope };
        let answer = place.open(self.0.codec.vault(), &answer).await?;
        // Whoever was erased is not known any more.
        let answer = answer.ok_or(CommandError::NotFound("person"))?;
        Ok(Some(Committed {
            answer,
            position,
            replayed: true,
        }))
    }
}

/// A request's body as its receipt knows it. Under the tenant's own key: the body may hold a
/// password, at which whoever reads a backup must not be able to guess.
fn keyed(vault: &Vault, tenant: TenantId, idempotency: &Idempotency) -> [u8; 32] {
    vault.blind_index(tenant, "receipt/body", &hex::encode(idempotency.body_hash))
}

/// What an idempotency key is good for: one actor, one operation on one target.
fn scope<O: Operation>(context: &CommandContext, operation: &O) -> Option<[u8; 32]> {
    let idempotency = context.idempotency.as_ref()?;
    let mut hash = Sha256::new();
    let (tenant, actor) = (context.actor.tenant.uuid(), context.actor.id);
    let target = operation.target();
    let parts: [&[u8]; 5] = [
        tenant.as_bytes(),
        actor.as_bytes(),
        O::NAME.as_bytes(),
        target.as_bytes(),
        idempotency.key.as_bytes(),
    ];
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    Some(hash.finalize().into())
}

async fn backoff(attempt: u32) {
    let limit = 1u64 << attempt.min(6);
    let pause = rand::rng().random_range(0..=limit);
    tokio::time::sleep(Duration::from_millis(pause)).await;
}
