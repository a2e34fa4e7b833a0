//! Consents: asked for by those who give care, given and taken back by patients, ended by a
//! worker. Whether one covers a read is decided from its stream, in the append that records the
//! read ([`cover`]); which of them may is looked up in a table that is written with the log
//! ([`consents_for`]).

mod grantee;
mod table;

use medilink_domain::consent::{
    self, Consent, ConsentCommand, ConsentTerms, Grantee, Narrowed, Need,
};
use medilink_domain::patient::Patient;
use medilink_domain::{ConsentId, PatientId, SubjectId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::actor::Actor;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::{Executor, Operation};
use crate::guardian;
use crate::work::{Instance, Work};

pub(crate) use grantee::grantees;
pub use grantee::grantees_of;
pub(crate) use table::ConsentTable;
pub use table::consents_for;

const KIND: &str = "consent";

/// The consent after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentAnswer {
    /// The consent.
    pub consent: ConsentId,
    /// Its version, for `If-Match`.
    pub version: u64,
}

/// Asks a patient to let somebody see a part of their record.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whose record it is.
    pub patient: PatientId,
    /// Who is to see it: the actor, or where they work.
    pub grantee: Grantee,
    /// What is asked for.
    pub terms: ConsentTerms,
}

impl Operation for Request {
    const NAME: &'static str = "request-consent";
    type Answer = ConsentAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ConsentAnswer, CommandError> {
        let actor = work.context().actor.id;
        let post = grantee::post(work).await?;
        let resource = Resource::of_tenant("patient", work.tenant()).about(self.patient.uuid());
        let resource = grantee::granted_to(resource, &work.context().actor, post, self.grantee);
        work.authorize(Action::RequestConsent, &resource).await?;
        work.existing::<Patient>(&self.patient, "patient").await?;
        grantee::existing(work, self.grantee).await?;
        let consent = ConsentId(Uuid::now_v7());
        let mut instance = work.create::<Consent>(&consent);
        let request = ConsentCommand::Request(consent::Request {
            consent,
            subject: self.patient.into(),
            requester: SubjectId(actor),
            grantee: self.grantee,
            terms: self.terms.clone(),
        });
        work.decide(&mut instance, request).await?;
        Ok(answer(consent, &instance))
    }
}

/// Lets somebody see a part of a patient's record who has not asked.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Whose record it is.
    pub patient: PatientId,
    /// Who may see it.
    pub grantee: Grantee,
    /// What is given.
    pub terms: ConsentTerms,
}

impl Operation for Grant {
    const NAME: &'static str = "grant-consent";
    type Answer = ConsentAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ConsentAnswer, CommandError> {
        let resource = guardian::data_of(work, "patient", self.patient).await?;
        work.authorize(Action::GrantConsent, &resource).await?;
        work.existing::<Patient>(&self.patient, "patient").await?;
        grantee::existing(work, self.grantee).await?;
        let consent = ConsentId(Uuid::now_v7());
        let mut instance = work.create::<Consent>(&consent);
        let grant = ConsentCommand::Grant(consent::Grant {
            consent,
            subject: self.patient.into(),
            by: SubjectId(work.context().actor.id),
            grantee: self.grantee,
            terms: self.terms.clone(),
        });
        work.decide(&mut instance, grant).await?;
        Ok(answer(consent, &instance))
    }
}

/// Gives what was asked for, or less.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The consent.
    pub consent: ConsentId,
    /// In what it is less.
    pub narrowed: Narrowed,
}

impl Operation for Answer {
    const NAME: &'static str = "answer-consent";
    type Answer = ConsentAnswer;

    fn target(&self) -> String {
        self.consent.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ConsentAnswer, CommandError> {
        let narrowed = self.narrowed.clone();
        decide(work, self.consent, Action::GrantConsent, |by| {
            ConsentCommand::Answer(consent::Answer { by, narrowed })
        })
        .await
    }
}

/// Refuses what was asked for.
#[derive(Clone, Debug)]
pub struct Deny {
    /// The consent.
    pub consent: ConsentId,
}

impl Operation for Deny {
    const NAME: &'static str = "deny-consent";
    type Answer = ConsentAnswer;

    fn target(&self) -> String {
        self.consent.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ConsentAnswer, CommandError> {
        decide(work, self.consent, Action::DenyConsent, |by| {
            ConsentCommand::Deny(consent::Deny { by })
        })
        .await
    }
}

/// Takes a consent back: from this append on nothing is read under it.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// The consent.
    pub consent: ConsentId,
}

impl Operation for Revoke {
    const NAME: &'static str = "revoke-consent";
    type Answer = ConsentAnswer;

    fn target(&self) -> String {
        self.consent.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ConsentAnswer, CommandError> {
        decide(work, self.consent, Action::RevokeConsent, |by| {
            ConsentCommand::Revoke(consent::Revoke { by })
        })
        .await
    }
}

/// Notes that a consent's time is over, or that nobody answered in time.
#[derive(Clone, Debug)]
pub struct Expire {
    /// The consent.
    pub consent: ConsentId,
}

impl Operation for Expire {
    const NAME: &'static str = "expire-consent";
    type Answer = ConsentAnswer;

    fn target(&self) -> String {
        self.consent.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ConsentAnswer, CommandError> {
        work.authorize(
            Action::ExpireConsent,
            &Resource::of_tenant(KIND, work.tenant()),
        )
        .await?;
        let mut instance = work.existing::<Consent>(&self.consent, KIND).await?;
        work.decide(&mut instance, ConsentCommand::Expire).await?;
        Ok(answer(self.consent, &instance))
    }
}

/// What the patient decides, or who has the say for them at this moment.
async fn decide(
    work: &mut Work<'_>,
    consent: ConsentId,
    action: Action,
    command: impl FnOnce(SubjectId) -> ConsentCommand + Send,
) -> Result<ConsentAnswer, CommandError> {
    let mut instance = work.existing::<Consent>(&consent, KIND).await?;
    let patient = instance.state().matter()?.subject;
    let resource = guardian::data_of(work, KIND, patient.into()).await?;
    work.authorize(action, &resource).await?;
    work.expect_version(&instance)?;
    let by = SubjectId(work.context().actor.id);
    work.decide(&mut instance, command(by)).await?;
    Ok(answer(consent, &instance))
}

/// Whether a consent covers all that is about to be read of this person, and if so makes use of
/// it, once. To be asked in the operation that records the read: its append fails if the consent
/// is changed before, by a revocation above all, and it is then asked again.
///
/// # Errors
/// When the log or the keys don't answer.
pub async fn cover(
    work: &mut Work<'_>,
    consent: ConsentId,
    subject: SubjectId,
    needs: &[Need<'_>],
) -> Result<bool, CommandError> {
    let mut instance = work.load::<Consent>(&consent, KIND).await?;
    let (state, now) = (instance.state(), work.now());
    let theirs = state.matter().is_ok_and(|matter| matter.subject == subject);
    let covered = !needs.is_empty() && needs.iter().all(|need| state.covers(need, now));
    if !theirs || !covered || !state.may_be_used(now) {
        return Ok(false);
    }
    work.decide(&mut instance, ConsentCommand::Use).await?;
    Ok(true)
}

/// A consent as the policies see it for who wants to read it: whose it is, who has the say for
/// them, and whether the actor is who it is granted to.
///
/// # Errors
/// When the log doesn't answer.
pub async fn resource_for(
    executor: &Executor,
    actor: &Actor,
    patient: PatientId,
    grantee: Grantee,
) -> Result<Resource, CommandError> {
    let resource = guardian::data_for(executor, actor.tenant, KIND, patient).await?;
    let post = grantee::post_of(executor, actor).await?;
    Ok(grantee::granted_to(resource, actor, post, grantee))
}

const fn answer(consent: ConsentId, instance: &Instance<Consent>) -> ConsentAnswer {
    ConsentAnswer {
        consent,
        version: instance.version(),
    }
}
