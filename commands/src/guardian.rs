//! Guardians of minors: parents who register their children, and those whom the front desk
//! names.

use chrono::{DateTime, Utc};
use medilink_domain::patient::{self, Patient, PatientCommand, PatientError};
use medilink_domain::values::{BirthDate, PersonName, Role};
use medilink_domain::{PatientId, SubjectId, TenantId};
use uuid::Uuid;

use crate::action::Action;
use crate::actor::Actor;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::{Executor, Operation};
use crate::patient::PatientAnswer;
use crate::work::{Instance, Work};

const KIND: &str = "patient";

/// Registers one's child: reached as the parent is, who has the say until the child is of age.
#[derive(Clone, Debug)]
pub struct RegisterDependant {
    /// The parent.
    pub parent: PatientId,
    /// The child's name.
    pub name: PersonName,
    /// When they were born.
    pub date_of_birth: BirthDate,
}

impl Operation for RegisterDependant {
    const NAME: &'static str = "register-dependant";
    type Answer = PatientAnswer;

    fn target(&self) -> String {
        self.parent.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<PatientAnswer, CommandError> {
        let resource = Resource::of_tenant(KIND, work.tenant()).about(self.parent.uuid());
        work.authorize(Action::RegisterDependant, &resource).await?;
        let parent = of_age(work, self.parent.into()).await?;
        let reach = parent.state().reach.clone();
        let reach = reach.ok_or(PatientError::NoSuchPatient)?;
        let patient = PatientId(Uuid::now_v7());
        let mut child = work.create::<Patient>(&patient);
        let register = PatientCommand::Register(patient::Register {
            patient,
            name: self.name.clone(),
            phone: reach.phone,
            email: reach.email,
            language: reach.language,
            date_of_birth: Some(self.date_of_birth),
        });
        work.decide(&mut child, register).await?;
        name(work, &mut child, self.parent.into()).await
    }
}

/// Gives somebody the say for a minor.
#[derive(Clone, Debug)]
pub struct NameGuardian {
    /// The minor.
    pub patient: PatientId,
    /// Who has the say.
    pub guardian: SubjectId,
}

impl Operation for NameGuardian {
    const NAME: &'static str = "name-guardian";
    type Answer = PatientAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<PatientAnswer, CommandError> {
        let resource = Resource::of_tenant(KIND, work.tenant())
            .about(self.patient.uuid())
            .with_guardian(Some(self.guardian.uuid()));
        work.authorize(Action::NameGuardian, &resource).await?;
        let mut minor = work.existing::<Patient>(&self.patient, KIND).await?;
        work.expect_version(&minor)?;
        of_age(work, self.guardian).await?;
        name(work, &mut minor, self.guardian).await
    }
}

/// Takes the say for a minor from their guardian.
#[derive(Clone, Debug)]
pub struct DismissGuardian {
    /// The minor.
    pub patient: PatientId,
}

impl Operation for DismissGuardian {
    const NAME: &'static str = "dismiss-guardian";
    type Answer = PatientAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<PatientAnswer, CommandError> {
        let resource = Resource::of_tenant(KIND, work.tenant()).about(self.patient.uuid());
        work.authorize(Action::DismissGuardian, &resource).await?;
        let mut minor = work.existing::<Patient>(&self.patient, KIND).await?;
        work.expect_version(&minor)?;
        work.decide(&mut minor, PatientCommand::DismissGuardian)
            .await?;
        Ok(answer(self.patient, &minor))
    }
}

/// A patient's data, with who has the say for them at this moment.
pub(crate) async fn data_of(
    work: &mut Work<'_>,
    kind: &'static str,
    patient: PatientId,
) -> Result<Resource, CommandError> {
    let record = work.load::<Patient>(&patient, kind).await?;
    Ok(resource(
        work.now(),
        work.tenant(),
        kind,
        patient,
        record.state(),
    ))
}

/// The same for who only wants to read: as of now, and nothing is recorded.
///
/// # Errors
/// When the log doesn't answer.
pub async fn data_for(
    executor: &Executor,
    tenant: TenantId,
    kind: &'static str,
    patient: PatientId,
) -> Result<Resource, CommandError> {
    let record = executor.state::<Patient>(tenant, &patient).await?;
    let record = record.unwrap_or_default();
    Ok(resource(Utc::now(), tenant, kind, patient, &record))
}

/// Whose data it may be that the actor has the say over: whoever else's it is, unless that is
/// known already. Only who is a patient themselves has the say for another one.
pub(crate) fn may_be_minors(actor: &Actor, resource: &Resource) -> Option<PatientId> {
    let of_another = |subject: &Uuid| *subject != actor.id;
    let subject = resource.subject.filter(of_another);
    let open = resource.guardian.is_none() && resource.tenant == actor.tenant;
    subject
        .filter(|_| open && actor.roles.contains(&Role::Patient))
        .map(PatientId)
}

/// The same resource as that of a minor for whom this actor has the say, if they do at this
/// moment.
///
/// # Errors
/// When the log doesn't answer.
pub async fn as_guardian(
    executor: &Executor,
    actor: &Actor,
    resource: &Resource,
) -> Result<Option<Resource>, CommandError> {
    let Some(minor) = may_be_minors(actor, resource) else {
        return Ok(None);
    };
    let known = data_for(executor, actor.tenant, resource.kind, minor).await?;
    let has_the_say = known.guardian == Some(actor.id);
    Ok(has_the_say.then(|| resource.clone().with_guardian(known.guardian)))
}

fn resource(
    now: DateTime<Utc>,
    tenant: TenantId,
    kind: &'static str,
    patient: PatientId,
    record: &Patient,
) -> Resource {
    Resource::of_tenant(kind, tenant)
        .about(patient.uuid())
        .with_guardian(record.guardian(now).map(SubjectId::uuid))
}

async fn of_age(
    work: &mut Work<'_>,
    guardian: SubjectId,
) -> Result<Instance<Patient>, CommandError> {
    let known = work
        .existing::<Patient>(&PatientId::from(guardian), "guardian")
        .await?;
    if known.state().is_minor(work.now()) {
        return Err(PatientError::GuardianIsMinor.into());
    }
    Ok(known)
}

async fn name(
    work: &mut Work<'_>,
    minor: &mut Instance<Patient>,
    guardian: SubjectId,
) -> Result<PatientAnswer, CommandError> {
    let name = PatientCommand::NameGuardian(patient::NameGuardian { guardian });
    work.decide(minor, name).await?;
    Ok(answer(minor.state().patient()?, minor))
}

const fn answer(patient: PatientId, instance: &Instance<Patient>) -> PatientAnswer {
    PatientAnswer {
        patient,
        version: instance.version(),
    }
}
