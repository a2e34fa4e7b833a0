//! Emergency accesses: opened by those who give care for a patient who has not let them, closed by
//! them or by the clock, reviewed by a compliance officer. Whether one opens a read is decided
//! from its stream, in the append that records the read ([`rely`]); whether there is one is
//! looked up in a table that is written with the log ([`open_for`]).

mod table;

use chrono::{DateTime, Utc};
use medilink_domain::consent::Grantee;
use medilink_domain::emergency_access::{self, EmergencyAccess, EmergencyAccessCommand, Matter};
use medilink_domain::patient::Patient;
use medilink_domain::values::{EmergencyReason, FreeText};
use medilink_domain::{EmergencyAccessId, HospitalId, PatientId, StaffId, SubjectId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::consent::grantees;
use crate::emergency_watch;
use crate::error::CommandError;
use crate::executor::{Executor, Operation};
use crate::guardian;
use crate::work::{Instance, Work};

pub(crate) use table::EmergencyAccessTable;
pub use table::{open_for, reviewers};

pub(crate) const KIND: &str = "emergency access";

/// The emergency access after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyAccessAnswer {
    /// The emergency access.
    pub access: EmergencyAccessId,
    /// When it is over by itself.
    pub until: DateTime<Utc>,
    /// Its version, for `If-Match`.
    pub version: u64,
}

/// Opens a patient's record to the actor.
#[derive(Clone, Debug)]
pub struct Open {
    /// Whose record it is.
    pub patient: PatientId,
    /// At which hospital the actor gives care.
    pub hospital: HospitalId,
    /// Why.
    pub reason: EmergencyReason,
    /// Why, in words.
    pub explanation: FreeText,
}

impl Operation for Open {
    const NAME: &'static str = "open-emergency-access";
    type Answer = EmergencyAccessAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<EmergencyAccessAnswer, CommandError> {
        let actor = work.context().actor.id;
        let works_there = works_at(work, self.hospital).await?;
        let resource = Resource::of_tenant("patient", work.tenant())
            .about(self.patient.uuid())
            .at(self.hospital)
            .with_grantee(works_there.then_some(actor));
        work.authorize(Action::OpenEmergencyAccess, &resource)
            .await?;
        work.existing::<Patient>(&self.patient, "patient").await?;
        let access = EmergencyAccessId(Uuid::now_v7());
        let (clinician, subject) = (StaffId(actor), self.patient.into());
        emergency_watch::begin(work, clinician, access, subject).await?;
        let mut instance = work.create::<EmergencyAccess>(&access);
        let open = EmergencyAccessCommand::Open(emergency_access::Open {
            access,
            subject,
            clinician: clinician.into(),
            hospital: self.hospital,
            reason: self.reason,
            explanation: self.explanation.clone(),
        });
        work.decide(&mut instance, open).await?;
        answer(&instance)
    }
}

/// Closes a record before its time: from this append on nothing is read of it.
#[derive(Clone, Debug)]
pub struct Close {
    /// The emergency access.
    pub access: EmergencyAccessId,
}

impl Operation for Close {
    const NAME: &'static str = "close-emergency-access";
    type Answer = EmergencyAccessAnswer;

    fn target(&self) -> String {
        self.access.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<EmergencyAccessAnswer, CommandError> {
        let (mut instance, matter) = existing(work, self.access).await?;
        let resource = Resource::of_tenant(KIND, work.tenant()).about(matter.subject.uuid());
        work.authorize(Action::CloseEmergencyAccess, &opened_by(resource, &matter))
            .await?;
        work.expect_version(&instance)?;
        let by = SubjectId(work.context().actor.id);
        let close = EmergencyAccessCommand::Close(emergency_access::Close { by });
        work.decide(&mut instance, close).await?;
        let clinician = StaffId(matter.clinician.uuid());
        emergency_watch::end(work, clinician, self.access).await?;
        answer(&instance)
    }
}

/// Signs off that it was justified, or was not.
#[derive(Clone, Debug)]
pub struct Review {
    /// The emergency access.
    pub access: EmergencyAccessId,
    /// Whether it was.
    pub justified: bool,
    /// What was found.
    pub remark: FreeText,
}

impl Operation for Review {
    const NAME: &'static str = "review-emergency-access";
    type Answer = EmergencyAccessAnswer;

    fn target(&self) -> String {
        self.access.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<EmergencyAccessAnswer, CommandError> {
        let (mut instance, matter) = existing(work, self.access).await?;
        let resource = Resource::of_tenant(KIND, work.tenant()).about(matter.subject.uuid());
        work.authorize(Action::ReviewEmergencyAccess, &opened_by(resource, &matter))
            .await?;
        work.expect_version(&instance)?;
        let review = EmergencyAccessCommand::Review(emergency_access::Review {
            by: SubjectId(work.context().actor.id),
            justified: self.justified,
            remark: self.remark.clone(),
        });
        work.decide(&mut instance, review).await?;
        answer(&instance)
    }
}

/// Whether an emergency access opens this person's record to the actor, who still gives care
/// where they said. To be asked in the operation that records the read: its append fails if the
/// emergency access is closed before, and it is then asked again.
///
/// # Errors
/// When the log or the keys don't answer.
pub(crate) async fn rely(
    work: &mut Work<'_>,
    access: EmergencyAccessId,
    subject: SubjectId,
) -> Result<bool, CommandError> {
    let instance = work.load::<EmergencyAccess>(&access, KIND).await?;
    let reader = SubjectId(work.context().actor.id);
    if !instance.state().opens(subject, reader, work.now()) {
        return Ok(false);
    }
    works_at(work, instance.state().matter()?.hospital).await
}

/// An emergency access as the policies see it for who wants to read it: whose record it opened,
/// who has the say for them, where and by whom it was opened.
///
/// # Errors
/// When the log doesn't answer.
pub async fn resource_for(
    executor: &Executor,
    tenant: TenantId,
    patient: PatientId,
    hospital: HospitalId,
    clinician: SubjectId,
) -> Result<Resource, CommandError> {
    let resource = guardian::data_for(executor, tenant, KIND, patient).await?;
    Ok(resource.at(hospital).with_grantee(Some(clinician.uuid())))
}

fn opened_by(resource: Resource, matter: &Matter) -> Resource {
    let clinician = matter.clinician.uuid();
    resource.at(matter.hospital).with_grantee(Some(clinician))
}

/// Whether the actor gives care at a hospital.
async fn works_at(work: &mut Work<'_>, hospital: HospitalId) -> Result<bool, CommandError> {
    let there = Grantee::Hospital { id: hospital };
    Ok(grantees(work).await?.contains(&there))
}

async fn existing(
    work: &mut Work<'_>,
    access: EmergencyAccessId,
) -> Result<(Instance<EmergencyAccess>, Matter), CommandError> {
    let instance = work.existing::<EmergencyAccess>(&access, KIND).await?;
    let matter = instance.state().matter()?;
    Ok((instance, matter))
}

fn answer(instance: &Instance<EmergencyAccess>) -> Result<EmergencyAccessAnswer, CommandError> {
    let matter = instance.state().matter()?;
    Ok(EmergencyAccessAnswer {
        access: matter.access,
        until: matter.until,
        version: instance.version(),
    })
}
