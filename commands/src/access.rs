//! Reads of a person's data: authorized, and recorded before the data is sent; and tries that
//! were denied.

mod opening;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use medilink_domain::access::{self, Access, AccessCommand};
use medilink_domain::consent::{Grantee, Need};
use medilink_domain::values::{Code, ConsentAccessMode, ConsentPurpose, HealthInformationType};
use medilink_domain::{AccessId, ConsentId, EmergencyAccessId, SubjectId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::actor::Actor;
use crate::authorizer::{Denied, Grounds, Resource};
use crate::consent::{cover, grantees};
use crate::emergency_access::rely;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

pub use opening::{Opening, Period, opening};

/// The record that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessAnswer {
    /// The record.
    pub access: AccessId,
}

/// A consent that a read rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reliance {
    /// The consent.
    pub consent: ConsentId,
    /// When what is read under it took place; where nothing was found, an instant at which
    /// something could have.
    pub times: BTreeSet<DateTime<Utc>>,
}

/// Authorizes one read and records it. Only when this has succeeded may the data be sent.
#[derive(Clone, Debug)]
pub struct Read {
    /// What the actor wants to do.
    pub action: Action,
    /// With what; its subject is whose data it is.
    pub resource: Resource,
    /// Whose data is read, one record each: the resource's subject, or the patients of a day.
    pub subjects: Vec<SubjectId>,
    /// What kind of data, such as `appointments`.
    pub what: Code,
    /// Why it is read, such as `treatment`.
    pub purpose: Code,
    /// The consents that it rests on, where nothing else allows it. A consent that was taken
    /// back before the read is recorded allows nothing.
    pub consents: Vec<Reliance>,
    /// The emergency access that it rests on, where nothing else allows it. One that was closed
    /// before the read is recorded allows nothing.
    pub emergency: Option<EmergencyAccessId>,
}

impl Read {
    /// What the read rests on besides role and relation, each of which must hold.
    async fn grounds(&self, work: &mut Work<'_>) -> Result<Grounds, CommandError> {
        let consent = !self.consents.is_empty();
        if consent {
            self.rely_on_consents(work).await?;
        }
        if let Some(access) = self.emergency {
            self.rely_on_emergency(work, access).await?;
        }
        Ok(Grounds {
            consent,
            emergency: self.emergency.is_some(),
        })
    }

    fn missing(&self) -> CommandError {
        CommandError::NotFound(self.resource.kind)
    }

    /// Makes use of the consents, each of which must hold for all that is read under it.
    async fn rely_on_consents(&self, work: &mut Work<'_>) -> Result<(), CommandError> {
        let missing = || self.missing();
        let information_type = information(self.action).ok_or_else(missing)?;
        let subject = self.resource.subject.map(SubjectId).ok_or_else(missing)?;
        let grantees = grantees(work).await?;
        for Reliance { consent, times } in &self.consents {
            let times = times.iter();
            let needs: Vec<_> = times
                .map(|recorded_at| need(&grantees, information_type, *recorded_at))
                .collect();
            if !cover(work, *consent, subject, &needs).await? {
                return Err(missing());
            }
        }
        Ok(())
    }

    /// It opens one person's record, and no list of others'.
    async fn rely_on_emergency(
        &self,
        work: &mut Work<'_>,
        access: EmergencyAccessId,
    ) -> Result<(), CommandError> {
        let subject = self.resource.subject.map(SubjectId);
        let subject = subject.ok_or_else(|| self.missing())?;
        let alone = self.subjects.iter().all(|other| *other == subject);
        let opened = match rely(work, access, subject).await {
            // Whoever was erased is not known any more, nor who opened their record.
            Err(CommandError::NotFound(_)) => false,
            found => found?,
        };
        if alone && opened {
            Ok(())
        } else {
            Err(self.missing())
        }
    }
}

impl Operation for Read {
    const NAME: &'static str = "read";
    type Answer = Vec<AccessAnswer>;

    fn target(&self) -> String {
        String::new()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<Vec<AccessAnswer>, CommandError> {
        let grounds = self.grounds(work).await?;
        // Who has the say for a minor is found out again: they may have lost it meanwhile.
        let resource = self.resource.clone().with_guardian(None);
        work.authorize_on(self.action, &resource, grounds).await?;
        let consents: Vec<ConsentId> = self.consents.iter().map(|relied| relied.consent).collect();
        let mut answers = Vec::with_capacity(self.subjects.len());
        for subject in &self.subjects {
            let access = AccessId(Uuid::now_v7());
            let mut instance = work.create::<Access>(&access);
            let record = access::Record {
                access,
                subject: *subject,
                resource: self.what.clone(),
                purpose: self.purpose.clone(),
                consents: consents.clone(),
                emergency: self.emergency,
            };
            work.decide(&mut instance, AccessCommand::Record(record))
                .await?;
            answers.push(AccessAnswer { access });
        }
        Ok(answers)
    }
}

/// Something that an actor was denied with somebody else's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    subject: SubjectId,
    action: Action,
    kind: &'static str,
}

impl Refused {
    /// What is to be recorded of it: nothing where it is about nobody else, or where showing more
    /// of who they are would do.
    pub(crate) fn of(
        actor: &Actor,
        action: Action,
        resource: &Resource,
        denied: Denied,
    ) -> Option<Self> {
        let subject = resource.subject.filter(|subject| *subject != actor.id)?;
        let within = resource.tenant == actor.tenant;
        (within && matches!(denied, Denied::Hidden(_))).then_some(Self {
            subject: SubjectId(subject),
            action,
            kind: resource.kind,
        })
    }
}

impl From<Refused> for Deny {
    fn from(refused: Refused) -> Self {
        let Refused {
            subject,
            action,
            kind,
        } = refused;
        Self {
            subject,
            action,
            kind,
        }
    }
}

/// Records that somebody wanted to see a person's data, and was denied.
#[derive(Clone, Debug)]
pub struct Deny {
    /// Whose data they named.
    pub subject: SubjectId,
    /// What they wanted to do.
    pub action: Action,
    /// With what.
    pub kind: &'static str,
}

impl Operation for Deny {
    const NAME: &'static str = "deny";
    type Answer = AccessAnswer;

    fn target(&self) -> String {
        String::new()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AccessAnswer, CommandError> {
        work.authorize(
            Action::BeDenied,
            &Resource::of_tenant(self.kind, work.tenant()),
        )
        .await?;
        let code = |text: &str| {
            text.replace(' ', "-")
                .parse()
                .map_err(|_| CommandError::Internal(format!("{text} is no code")))
        };
        let access = AccessId(Uuid::now_v7());
        let mut instance = work.create::<Access>(&access);
        let deny = access::Deny {
            access,
            subject: self.subject,
            action: code(self.action.name())?,
            resource: code(self.kind)?,
        };
        work.decide(&mut instance, AccessCommand::Deny(deny))
            .await?;
        Ok(AccessAnswer { access })
    }
}

/// What kind of information an action discloses, if it is one that patients consent to.
const fn information(action: Action) -> Option<HealthInformationType> {
    match action {
        Action::ListAppointments | Action::ReadAppointment | Action::ReadFeedback => {
            Some(HealthInformationType::OPConsultation)
        }
        _ => None,
    }
}

/// Whether an action discloses what is needed to treat somebody in an emergency: who they are,
/// and what became of their visits.
const fn is_needed_in_emergencies(action: Action) -> bool {
    matches!(
        action,
        Action::ListAppointments | Action::ReadAppointment | Action::ReadPatient
    )
}

/// To look at it, for care.
const fn need(
    grantees: &[Grantee],
    information_type: HealthInformationType,
    recorded_at: DateTime<Utc>,
) -> Need<'_> {
    Need {
        grantees,
        information_type,
        recorded_at,
        mode: ConsentAccessMode::View,
        purpose: ConsentPurpose::CareManagement,
    }
}
