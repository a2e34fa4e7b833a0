//! Legal holds: placed on a person's data by a compliance officer, whether its erasure was asked
//! for or not, and lifted.

use chrono::{DateTime, Utc};
use medilink_domain::erasure::{Erasure, ErasureCommand, Stage};
use medilink_domain::legal_hold::{self, Basis, LegalHold, LegalHoldCommand};
use medilink_domain::patient::Patient;
use medilink_domain::values::Code;
use medilink_domain::{ErasureId, PatientId, SubjectId};
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::authorizer::Resource;
use crate::erasure::{ErasureAnswer, allowed, open_one};
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::{Instance, Work};

/// A legal hold after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHoldAnswer {
    /// Its version, for `If-Match`.
    pub version: u64,
}

/// Why nothing of a person may be erased, and until when.
#[derive(Clone, Debug)]
pub struct Why {
    /// Why, such as `litigation`.
    pub basis: Code,
    /// Until when; until it is lifted, if nothing is said.
    pub until: Option<DateTime<Utc>>,
}

/// Holds a patient's data; an erasure that is under way, or is asked for later, waits.
#[derive(Clone, Debug)]
pub struct Place {
    /// Whose data it is.
    pub patient: PatientId,
    /// Why.
    pub why: Why,
}

impl Operation for Place {
    const NAME: &'static str = "place-legal-hold";
    type Answer = LegalHoldAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<LegalHoldAnswer, CommandError> {
        let person = permitted(work, self.patient, Action::PlaceLegalHold).await?;
        work.existing::<Patient>(&self.patient, "patient").await?;
        let open = open_one(work, person).await?;
        let hold = place(work, person, &self.why, open, true).await?;
        let version = hold.version();
        Ok(LegalHoldAnswer { version })
    }
}

/// Lifts the hold on a patient's data; an erasure that waits for it goes on.
#[derive(Clone, Debug)]
pub struct Lift {
    /// Whose data it is.
    pub patient: PatientId,
    /// Why, such as `case-closed`.
    pub reason: Code,
}

impl Operation for Lift {
    const NAME: &'static str = "lift-legal-hold";
    type Answer = LegalHoldAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<LegalHoldAnswer, CommandError> {
        let person = permitted(work, self.patient, Action::LiftLegalHold).await?;
        let open = open_one(work, person).await?;
        let hold = lift(work, person, &self.reason, open, true).await?;
        let version = hold.version();
        Ok(LegalHoldAnswer { version })
    }
}

/// Holds the data of the person whose erasure this is.
#[derive(Clone, Debug)]
pub struct HoldErasure {
    /// The erasure.
    pub erasure: ErasureId,
    /// Why.
    pub why: Why,
}

impl Operation for HoldErasure {
    const NAME: &'static str = "hold-erasure";
    type Answer = ErasureAnswer;

    fn target(&self) -> String {
        self.erasure.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ErasureAnswer, CommandError> {
        let (instance, person) = allowed(work, self.erasure, Action::PlaceLegalHold).await?;
        let open = Some(instance);
        place(work, person, &self.why, open, false).await?;
        after(work, self.erasure).await
    }
}

/// Lets an erasure go on.
#[derive(Clone, Debug)]
pub struct ReleaseErasure {
    /// The erasure.
    pub erasure: ErasureId,
    /// Why, such as `case-closed`.
    pub reason: Code,
}

impl Operation for ReleaseErasure {
    const NAME: &'static str = "release-erasure";
    type Answer = ErasureAnswer;

    fn target(&self) -> String {
        self.erasure.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ErasureAnswer, CommandError> {
        let (instance, person) = allowed(work, self.erasure, Action::LiftLegalHold).await?;
        let open = Some(instance);
        lift(work, person, &self.reason, open, false).await?;
        after(work, self.erasure).await
    }
}

async fn permitted(
    work: &mut Work<'_>,
    patient: PatientId,
    action: Action,
) -> Result<SubjectId, CommandError> {
    let resource = Resource::of_tenant("patient", work.tenant()).about(patient.uuid());
    work.authorize(action, &resource).await?;
    Ok(patient.into())
}

/// The hold itself, and the erasure that it stops. (An erasure that is asked for in this very
/// moment finds the hold when it begins, at the latest.)
async fn place(
    work: &mut Work<'_>,
    person: SubjectId,
    why: &Why,
    open: Option<Instance<Erasure>>,
    versioned: bool,
) -> Result<Instance<LegalHold>, CommandError> {
    let Why { basis, until } = why.clone();
    let mut hold = work.load::<LegalHold>(&person, "legal hold").await?;
    if versioned {
        work.expect_version(&hold)?;
    }
    let place = legal_hold::Place {
        person,
        basis: basis.clone(),
        until,
    };
    work.decide(&mut hold, LegalHoldCommand::Place(place))
        .await?;
    if let Some(mut open) = open {
        let waits = open.state().at(Stage::Scheduled).next().is_some();
        // Asked for itself, the erasure says that there is nothing left to hold.
        if waits || !versioned {
            let command = ErasureCommand::Hold(Basis { basis, until });
            work.decide(&mut open, command).await?;
        }
    }
    Ok(hold)
}

async fn lift(
    work: &mut Work<'_>,
    person: SubjectId,
    reason: &Code,
    open: Option<Instance<Erasure>>,
    versioned: bool,
) -> Result<Instance<LegalHold>, CommandError> {
    let mut hold = work.existing::<LegalHold>(&person, "legal hold").await?;
    if versioned {
        work.expect_version(&hold)?;
    }
    let lift = legal_hold::Lift {
        reason: reason.clone(),
    };
    work.decide(&mut hold, LegalHoldCommand::Lift(lift)).await?;
    if let Some(mut open) = open.filter(|open| open.state().legal_hold.is_some()) {
        work.decide(&mut open, ErasureCommand::LiftHold).await?;
    }
    Ok(hold)
}

async fn after(work: &mut Work<'_>, erasure: ErasureId) -> Result<ErasureAnswer, CommandError> {
    let instance = work.existing::<Erasure>(&erasure, "erasure").await?;
    ErasureAnswer::of(&instance)
}
