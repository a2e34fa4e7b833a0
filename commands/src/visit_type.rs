//! The kinds of visits that a hospital offers.

use medilink_domain::hospital::Hospital;
use medilink_domain::visit_type::{self, VisitType, VisitTypeCommand, VisitTypeTerms};
use medilink_domain::{HospitalId, VisitTypeId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::{Instance, Work};

const KIND: &str = "visit type";

/// The visit type after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitTypeAnswer {
    /// The visit type.
    pub visit_type: VisitTypeId,
    /// Its version, for `If-Match`.
    pub version: u64,
}

/// Offers a kind of visit.
#[derive(Clone, Debug)]
pub struct Define {
    /// Where.
    pub hospital: HospitalId,
    /// What it is.
    pub terms: VisitTypeTerms,
}

impl Operation for Define {
    const NAME: &'static str = "define-visit-type";
    type Answer = VisitTypeAnswer;

    fn target(&self) -> String {
        self.hospital.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<VisitTypeAnswer, CommandError> {
        let resource = Resource::of_tenant("hospital", work.tenant()).at(self.hospital);
        work.authorize(Action::DefineVisitType, &resource).await?;
        work.existing::<Hospital>(&self.hospital, "hospital")
            .await?;
        let visit_type = VisitTypeId(Uuid::now_v7());
        let mut instance = work.create::<VisitType>(&visit_type);
        let define = VisitTypeCommand::Define(visit_type::Define {
            visit_type,
            hospital: self.hospital,
            terms: self.terms.clone(),
        });
        work.decide(&mut instance, define).await?;
        Ok(answer(visit_type, &instance))
    }
}

/// Changes it for what is booked from now on.
#[derive(Clone, Debug)]
pub struct Change {
    /// The visit type.
    pub visit_type: VisitTypeId,
    /// What it is from now on.
    pub terms: VisitTypeTerms,
}

impl Operation for Change {
    const NAME: &'static str = "change-visit-type";
    type Answer = VisitTypeAnswer;

    fn target(&self) -> String {
        self.visit_type.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<VisitTypeAnswer, CommandError> {
        let change = VisitTypeCommand::Change(self.terms.clone());
        carry_out(work, self.visit_type, Action::ChangeVisitType, change).await
    }
}

/// Offers it no more; what is booked stays booked.
#[derive(Clone, Debug)]
pub struct Retire {
    /// The visit type.
    pub visit_type: VisitTypeId,
}

impl Operation for Retire {
    const NAME: &'static str = "retire-visit-type";
    type Answer = VisitTypeAnswer;

    fn target(&self) -> String {
        self.visit_type.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<VisitTypeAnswer, CommandError> {
        let retire = VisitTypeCommand::Retire;
        carry_out(work, self.visit_type, Action::RetireVisitType, retire).await
    }
}

async fn carry_out(
    work: &mut Work<'_>,
    visit_type: VisitTypeId,
    action: Action,
    command: VisitTypeCommand,
) -> Result<VisitTypeAnswer, CommandError> {
    let mut instance = work.load::<VisitType>(&visit_type, KIND).await?;
    let resource = Resource::of_tenant(KIND, work.tenant());
    let resource = match &instance.state().offer {
        Some(offer) => resource.at(offer.hospital),
        None => resource,
    };
    work.authorize(action, &resource).await?;
    if instance.version() == 0 {
        return Err(CommandError::NotFound(KIND));
    }
    work.expect_version(&instance)?;
    work.decide(&mut instance, command).await?;
    Ok(answer(visit_type, &instance))
}

const fn answer(visit_type: VisitTypeId, instance: &Instance<VisitType>) -> VisitTypeAnswer {
    VisitTypeAnswer {
        visit_type,
        version: instance.version(),
    }
}
