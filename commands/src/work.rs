//! One attempt at an operation: what it loaded, and what is to be appended.

mod loading;
mod names;

use std::any::Any;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use medilink_domain::retention::RetentionRules;
use medilink_domain::values::Role;
use medilink_domain::{Decider, Event, HospitalId, Privacy, TenantId};
use medilink_log::{Append, Claim, Guard, Metadata, NewReceipt, Release, StreamWrite};
use uuid::Uuid;

use crate::access::Refused;
use crate::action::Action;
use crate::actor::{Actor, CommandContext};
use crate::authorizer::{Denied, Grounds, Permit, Resource};
use crate::error::CommandError;
use crate::executor::Parts;
use crate::guardian;
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
    denied: Option<Refused>,
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
            denied: None,
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

    /// The rules by which personal data is kept.
    pub(crate) fn retention(&self) -> &'a RetentionRules {
        self.parts.retention()
    }

    /// Goes on only if the actor may do this. An operation that asks several times needs
    /// every permit; the log keeps by which policies it got them.
    ///
    /// # Errors
    /// [`CommandError::Forbidden`], or [`CommandError::NotFound`] when the actor may not know
    /// of the resource; [`CommandError::SecondFactorRequired`] and
    /// [`CommandError::ProofRequired`] when showing more would do.
    pub async fn authorize(
        &mut self,
        action: Action,
        resource: &Resource,
    ) -> Result<(), CommandError> {
        self.authorize_on(action, resource, Grounds::default())
            .await
    }

    /// The same, where there are grounds besides roles and relations.
    ///
    /// # Errors
    /// As [`Work::authorize`].
    pub(crate) async fn authorize_on(
        &mut self,
        action: Action,
        resource: &Resource,
        grounds: Grounds,
    ) -> Result<(), CommandError> {
        let permit = match self.weigh(action, resource, grounds) {
            Err(denied) => match self.as_guardian(resource).await? {
                Some(minors) => self.weigh(action, &minors, grounds),
                None => Err(denied),
            },
            permit => permit,
        };
        let permit = permit.map_err(|denied| {
            self.denied = Refused::of(&self.context.actor, action, resource, denied);
            self.parts.authorizer.refuse(action, denied)
        })?;
        self.permit = Some(match self.permit.take() {
            Some(earlier) => earlier.and(&permit),
            None => permit,
        });
        Ok(())
    }

    fn weigh(
        &self,
        action: Action,
        resource: &Resource,
        grounds: Grounds,
    ) -> Result<Permit, Denied> {
        let authorizer = &self.parts.authorizer;
        authorizer.weigh(&self.context.actor, action, resource, grounds)
    }

    /// The resource as whose minor's it is, if the actor has the say for them at this moment.
    async fn as_guardian(&mut self, resource: &Resource) -> Result<Option<Resource>, CommandError> {
        let Some(minor) = guardian::may_be_minors(&self.context.actor, resource) else {
            return Ok(None);
        };
        match guardian::data_of(self, resource.kind, minor).await {
            Ok(known) => Ok((known.guardian == Some(self.context.actor.id))
                .then(|| resource.clone().with_guardian(known.guardian))),
            // Whoever was erased has no guardian either.
            Err(CommandError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whose data the actor wanted to do something with and may not, if that is why the attempt
    /// failed.
    pub(crate) const fn denied(&self) -> Option<Refused> {
        self.denied
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

    /// The epoch of what was known from before, if anything was: another process may have gone
    /// on since, so a refusal that rests on it is none.
    pub(crate) const fn presumed(&self) -> Option<u64> {
        self.presumed
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
