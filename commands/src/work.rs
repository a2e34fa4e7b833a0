//! One attempt at an operation: what it loaded, and what is to be appended.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use medilink_domain::values::Role;
use medilink_domain::{Decider, Event, HospitalId, Privacy, TenantId};
use medilink_log::{
    Append, Claim, Guard, LoadedStream, Metadata, NewReceipt, Release, SNAPSHOT_EVERY,
    StoredPayload, StreamWrite, snapshot_shape,
};

use uuid::Uuid;

use crate::action::Action;
use crate::actor::{Actor, CommandContext};
use crate::authorizer::{Grounds, Permit, Resource};
use crate::error::CommandError;
use crate::executor::Parts;
use crate::receipt::Keeper;

/// An aggregate as an attempt sees it: loaded state plus what was decided since.
#[derive(Clone, Debug)]
pub struct Instance<D: Decider> {
    stream: String,
    state: D,
    /// The version in the log, which the append will expect.
    loaded: u64,
    /// The version with what was decided in this attempt.
    version: u64,
}

impl<D: Decider> Instance<D> {
    /// The state, with everything decided so far.
    pub const fn state(&self) -> &D {
        &self.state
    }

    /// The version it will have once the work is appended.
    pub const fn version(&self) -> u64 {
        self.version
    }
}

/// One attempt. Whatever it loads is checked again by the append: a stream that was only read
/// must not have moved either.
///
/// That is why a stream which is known from before need not be read for it. What comes of such
/// presumptions counts only once the append has held them to be true: nothing is refused
/// because of them ([`Work::presumed`]).
pub struct Work<'a> {
    parts: &'a Parts,
    context: &'a CommandContext,
    /// Whether every stream must be read as it is now.
    fresh: bool,
    /// The earliest epoch that something was known from, if anything was.
    presumed: Option<u64>,
    /// Every stream that was loaded or created, most without events.
    touched: Vec<StreamWrite>,
    /// Every instance as it is now, with what was decided since: an attempt sees each stream
    /// as of one moment, however often it asks.
    instances: HashMap<String, Box<dyn Any + Send + Sync>>,
    claims: Vec<Claim>,
    releases: Vec<Release>,
    permit: Option<Permit>,
    /// The first person about whom something was decided.
    keeper: Option<Keeper>,
}

impl<'a> Work<'a> {
    pub(crate) fn new(parts: &'a Parts, context: &'a CommandContext, fresh: bool) -> Self {
        Self {
            parts,
            context,
            fresh,
            presumed: None,
            touched: Vec::new(),
            instances: HashMap::new(),
            claims: Vec::new(),
            releases: Vec::new(),
            permit: None,
            keeper: None,
        }
    }

    /// The circumstances of the command.
    pub const fn context(&self) -> &'a CommandContext {
        self.context
    }

    /// The actor's tenant, the only one this work can touch.
    pub const fn tenant(&self) -> TenantId {
        self.context.actor.tenant
    }

    /// When the command is decided.
    pub const fn now(&self) -> DateTime<Utc> {
        self.context.now
    }

    /// Goes on only if the actor may do this. An operation that asks several times needs
    /// every permit; the log keeps by which policies it got them.
    ///
    /// # Errors
    /// [`CommandError::Forbidden`], or [`CommandError::NotFound`] when the actor may not know
    /// of the resource; [`CommandError::SecondFactorRequired`] and
    /// [`CommandError::ProofRequired`] when showing more would do.
    pub fn authorize(&mut self, action: Action, resource: &Resource) -> Result<(), CommandError> {
        self.authorize_on(action, resource, Grounds::default())
    }

    /// The same, where there are grounds besides roles and relations.
    ///
    /// # Errors
    /// As [`Work::authorize`].
    pub(crate) fn authorize_on(
        &mut self,
        action: Action,
        resource: &Resource,
        grounds: Grounds,
    ) -> Result<(), CommandError> {
        let authorizer = &self.parts.authorizer;
        let permit = authorizer.authorize_on(&self.context.actor, action, resource, grounds);
        let permit = permit?;
        self.permit = Some(match self.permit.take() {
            Some(earlier) => earlier.and(&permit),
            None => permit,
        });
        Ok(())
    }

    /// Whether an action is of a hospital's daily work, so that it can be permitted singly.
    pub(crate) fn is_grantable(&self, action: Action, hospital: HospitalId) -> bool {
        let front_desk = Actor {
            second_factor: true,
            ..Actor::new(Uuid::nil(), self.tenant(), vec![Role::Receptionist])
        };
        let resource = Resource::of_tenant("hospital", self.tenant()).at(hospital);
        let authorizer = &self.parts.authorizer;
        authorizer.authorize(&front_desk, action, &resource).is_ok()
    }

    /// An instance that can't exist yet because its id was just made: nothing is read, the
    /// append checks it.
    pub fn create<D: Decider>(&mut self, id: &D::Id) -> Instance<D> {
        self.touch(D::stream(id), D::default(), 0)
    }

    /// An instance that must exist; `kind` is what it is called in "there is no such …".
    ///
    /// # Errors
    /// [`CommandError::NotFound`] when it doesn't exist, is another tenant's, or its subject
    /// was erased.
    pub async fn existing<D: Decider>(
        &mut self,
        id: &D::Id,
        kind: &'static str,
    ) -> Result<Instance<D>, CommandError> {
        let instance = self.load(id, kind).await?;
        if instance.version == 0 {
            Err(CommandError::NotFound(kind))
        } else {
            Ok(instance)
        }
    }

    /// An instance that may exist or not. Loaded again in the same attempt, it is as it was
    /// left by what was decided since.
    ///
    /// # Errors
    /// As [`Work::existing`], but a stream without events is the initial state.
    pub async fn load<D: Decider>(
        &mut self,
        id: &D::Id,
        kind: &'static str,
    ) -> Result<Instance<D>, CommandError> {
        let stream = D::stream(id);
        if let Some(instance) = self
            .instances
            .get(&stream)
            .and_then(|any| any.downcast_ref())
        {
            return Ok(Instance::clone(instance));
        }
        let tenant = self.tenant();
        let mut page = self.past::<D>(&stream).await?;
        let (mut state, mut version) = (D::default(), 0);
        if let Some(snapshot) = page.snapshot() {
            if snapshot.tenant() != tenant {
                return Err(CommandError::NotFound(kind));
            }
            match self.parts.snapshots.open::<D>(&stream, snapshot).await {
                Some(cached) => (state, version) = (cached, snapshot.version),
                None => page = self.rest(&stream, 0).await?,
            }
        }
        let (stored, outgrown) = (page.stored(), page.outgrows_snapshot());
        loop {
            for event in page.events() {
                if event.tenant != tenant {
                    return Err(CommandError::NotFound(kind));
                }
                state.evolve(&self.decode::<D>(event.stored(&stream), kind).await?);
                version = event.version;
            }
            if !page.has_more() {
                break;
            }
            page = self.rest(&stream, version).await?;
        }
        let store = version - stored >= SNAPSHOT_EVERY;
        if store || outgrown {
            self.snapshot(&stream, version, &state, store).await;
        }
        Ok(self.touch(stream, state, version))
    }

    /// What a stream's state is folded from: what is known of it, or what the log has.
    async fn past<D: Decider>(&mut self, stream: &str) -> Result<Arc<LoadedStream>, CommandError> {
        let loader = &self.parts.loader;
        if !self.fresh
            && let Some((known, epoch)) = loader.known(stream)
        {
            self.presumed = Some(self.presumed.map_or(epoch, |earlier| earlier.min(epoch)));
            return Ok(known);
        }
        loader
            .load(self.tenant(), stream, &snapshot_shape::<D>())
            .await
            .map_err(CommandError::database)
    }

    async fn rest(&self, stream: &str, after: u64) -> Result<Arc<LoadedStream>, CommandError> {
        self.parts
            .loader
            .after(self.tenant(), stream, after)
            .await
            .map_err(CommandError::database)
    }

    /// Keeps the state, so that the events up to it are not opened and folded again.
    async fn snapshot<D: Decider>(&self, stream: &str, version: u64, state: &D, store: bool) {
        // A cache that can't be written is only slower.
        let failed = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, category = D::CATEGORY, "a snapshot could not be kept");
        };
        let snapshots = &self.parts.snapshots;
        let snapshot = match snapshots.seal(self.tenant(), stream, version, state).await {
            Ok(snapshot) => snapshot,
            Err(error) => return failed(&error),
        };
        if store && let Err(error) = snapshots.store::<D>(stream, &snapshot).await {
            return failed(&error);
        }
        self.parts.loader.shorten(stream, snapshot, store);
    }

    /// The epoch of what was known from before, if anything was: another process may have gone
    /// on since, so a refusal that rests on it is none.
    pub(crate) const fn presumed(&self) -> Option<u64> {
        self.presumed
    }

    async fn decode<D: Decider>(
        &self,
        event: StoredPayload<'_>,
        kind: &'static str,
    ) -> Result<D::Event, CommandError> {
        let decoded = self
            .parts
            .codec
            .decode(event)
            .await
            .map_err(CommandError::codec)?;
        // Whoever was erased is not known any more.
        decoded.ok_or(CommandError::NotFound(kind))
    }

    fn touch<D: Decider>(&mut self, stream: String, state: D, version: u64) -> Instance<D> {
        self.touched.push(StreamWrite {
            stream: stream.clone(),
            expected: version,
            events: Vec::new(),
        });
        let instance = Instance {
            stream,
            state,
            loaded: version,
            version,
        };
        self.keep(&instance);
        instance
    }

    fn keep<D: Decider>(&mut self, instance: &Instance<D>) {
        self.instances
            .insert(instance.stream.clone(), Box::new(instance.clone()));
    }

    /// Holds the caller to the version it said it had seen (`If-Match`), if it said one.
    ///
    /// # Errors
    /// [`CommandError::VersionMismatch`].
    pub fn expect_version<D: Decider>(&self, instance: &Instance<D>) -> Result<(), CommandError> {
        match self.context.expected_version {
            Some(expected) if expected != instance.loaded => Err(CommandError::VersionMismatch {
                expected,
                actual: instance.loaded,
            }),
            _ => Ok(()),
        }
    }

    /// Lets the aggregate decide, and takes what happened into the instance and the append.
    ///
    /// # Errors
    /// The aggregate's refusal, or a vault that can't seal.
    pub async fn decide<D: Decider>(
        &mut self,
        instance: &mut Instance<D>,
        command: D::Command,
    ) -> Result<(), CommandError> {
        let events = instance.state.decide(command, self.now())?;
        for event in &events {
            instance.state.evolve(event);
        }
        let subject = instance.state.subject();
        for event in &events {
            debug_assert!(
                event.kind().name.starts_with(D::CATEGORY),
                "an event's context is its stream's category"
            );
            if let (Privacy::Personal(category), Some(subject)) = (event.kind().privacy, subject) {
                self.keeper.get_or_insert(Keeper { subject, category });
            }
            instance.version += 1;
            let encoded = self
                .parts
                .codec
                .encode(
                    self.tenant(),
                    &instance.stream,
                    instance.version,
                    subject,
                    event,
                )
                .await
                .map_err(CommandError::codec)?;
            if let Some(touched) = self
                .touched
                .iter_mut()
                .find(|touched| touched.stream == instance.stream)
            {
                touched.events.push(encoded);
            }
        }
        if !events.is_empty() {
            self.keep(instance);
        }
        Ok(())
    }

    /// Claims a name that only this instance may hold: `scope` says what kind of name.
    pub fn claim<D: Decider>(&mut self, instance: &Instance<D>, scope: &str, name: &str) {
        let key = self.name(scope, name);
        self.claims.push(Claim {
            key,
            stream: instance.stream.clone(),
        });
    }

    /// Gives a name back that this instance holds, so that another may claim it. Something must
    /// be decided of the instance in the same work: that says why.
    pub fn release<D: Decider>(&mut self, instance: &Instance<D>, scope: &str, name: &str) {
        let key = self.name(scope, name);
        self.releases.push(Release {
            key: Some(key),
            stream: instance.stream.clone(),
        });
    }

    /// Gives all names back that this instance holds, whatever they are.
    pub fn release_all<D: Decider>(&mut self, instance: &Instance<D>) {
        self.releases.push(Release {
            key: None,
            stream: instance.stream.clone(),
        });
    }

    /// The stream that holds a name now. The append doesn't look at it again: what is decided on
    /// it must be guarded by something else.
    ///
    /// # Errors
    /// When the log can't be read.
    pub async fn holder(&self, scope: &str, name: &str) -> Result<Option<String>, CommandError> {
        let key = self.name(scope, name);
        let holder = self.parts.reader.holder(&key).await;
        holder.map_err(CommandError::database)
    }

    /// The blind index of a name: the same for the same name, and telling nothing of it.
    pub(crate) fn name(&self, scope: &str, name: &str) -> [u8; 32] {
        let vault = self.parts.codec.vault();
        vault.blind_index(self.tenant(), scope, name)
    }

    /// Whose key the answer is to be kept under, if it is about a person.
    pub(crate) const fn keeper(&self) -> Option<Keeper> {
        self.keeper
    }

    /// What is to be recorded; `None` when nothing happened.
    pub(crate) fn into_append(
        self,
        receipt: Option<NewReceipt>,
    ) -> Result<Option<Append>, CommandError> {
        let Some(permit) = self.permit else {
            return Err(CommandError::Internal(
                "an operation that authorizes nothing".into(),
            ));
        };
        let (written, read): (Vec<_>, Vec<_>) = self
            .touched
            .into_iter()
            .partition(|write| !write.events.is_empty());
        if written.is_empty() {
            return Ok(None);
        }
        let guards = read.into_iter().map(|write| Guard {
            stream: write.stream,
            expected: write.expected,
        });
        Ok(Some(Append {
            tenant: self.context.actor.tenant,
            writes: written,
            guards: guards.collect(),
            claims: self.claims,
            releases: self.releases,
            receipt,
            metadata: metadata(self.context, permit),
        }))
    }
}

fn metadata(context: &CommandContext, permit: Permit) -> Metadata {
    let actor = &context.actor;
    let mut roles: Vec<&str> = Vec::new();
    for role in actor.roles_anywhere().map(Role::name) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    Metadata {
        actor: actor.id.to_string(),
        role: roles.join(" "),
        purpose: context.purpose.clone(),
        session: actor.session,
        request: Some(context.request),
        correlation: Some(context.request),
        causation: context.causation,
        policy_set: Some(permit.policy_set.to_string()),
        decided_by: permit.decided_by.to_vec(),
        seen: context.seen,
        traceparent: context.traceparent.clone(),
        ..Metadata::default()
    }
}
