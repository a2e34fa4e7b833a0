//! Exports: asked for by the person, by who has the say for them, or by whom they let keep a
//! copy; made by a worker, and fetched with a link by whoever asked.
//!
//! By what right somebody has a copy is asked of the log whenever something is done with it, in
//! the append itself: what is taken back in between is nobody's any more.

mod fetching;
mod making;

use chrono::{DateTime, Utc};
use medilink_domain::account::Account;
use medilink_domain::consent::{Consent, Grantee, Need};
use medilink_domain::export::{
    self, Export, ExportCommand, ExportError, ExportFormat, ExportGround, Requested,
};
use medilink_domain::patient::Patient;
use medilink_domain::values::{
    Code, ConsentAccessMode, ConsentPurpose, HealthInformationType, Language, SecretHash,
};
use medilink_domain::{AccountId, ConsentId, ExportId, PatientId, SubjectId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use fetching::{Fetch, export_of, fetch, new_link, readable};
pub use making::{
    Abandon, Complete, Delete, Expire, Fail, Made, Progress, Start, StartAnswer, Uphold,
};

use crate::action::Action;
use crate::authorizer::{Grounds, Resource};
use crate::consent::{grantees, grantees_for};
use crate::error::CommandError;
use crate::executor::Operation;
use crate::guardian;
use crate::work::{Instance, Work};

pub(crate) const KIND: &str = "export";

/// The kind of name that a person's data and who asks for it are: one export each at a time.
const OPEN: &str = "export/open";

/// An export after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportAnswer {
    /// The export.
    pub export: ExportId,
    /// Its version, for `If-Match`.
    pub version: u64,
}

/// Asks for a copy of a patient's data.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whose data it is.
    pub patient: PatientId,
    /// The consent by which the actor may keep a copy, if it is by one.
    pub consent: Option<ConsentId>,
    /// In which forms.
    pub formats: Vec<ExportFormat>,
    /// In which language; if it is left out, the patient's own.
    pub language: Option<Language>,
}

impl Operation for Request {
    const NAME: &'static str = "request-export";
    type Answer = ExportAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ExportAnswer, CommandError> {
        let by = SubjectId(work.context().actor.id);
        let person = SubjectId::from(self.patient);
        let ground = match self.consent {
            Some(consent) => ExportGround::Consent { consent },
            None if by == person => ExportGround::OwnRecord,
            None => ExportGround::Guardian,
        };
        let resource = guardian::data_of(work, KIND, self.patient).await?;
        let grounds = grounds(work, person, ground).await?;
        work.authorize_on(Action::RequestExport, &resource, grounds)
            .await?;
        let own = language_of(work, person, ground).await?;
        let request = export::Request {
            export: ExportId(Uuid::now_v7()),
            person,
            by,
            ground,
            formats: self.formats.clone(),
            language: self.language.unwrap_or(own),
        };
        let mut instance = work.create::<Export>(&request.export);
        work.decide(&mut instance, ExportCommand::Request(request))
            .await?;
        work.claim(&instance, OPEN, &name(person, by));
        answer(&instance)
    }

    fn name_taken(&self, _holder: &str) -> CommandError {
        ExportError::AlreadyRequested.into()
    }
}

/// Gives an export up: the patient's own wish, or that of who asked for it.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// The export.
    pub export: ExportId,
}

impl Operation for Cancel {
    const NAME: &'static str = "cancel-export";
    type Answer = ExportAnswer;

    fn target(&self) -> String {
        self.export.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ExportAnswer, CommandError> {
        let (mut instance, asked) = allowed(work, self.export, Action::CancelExport).await?;
        end(work, &mut instance, &asked, "not-wanted").await?;
        answer(&instance)
    }
}

/// Gives whoever asked for an export a link to its file, in place of any before it.
#[derive(Clone, Debug)]
pub struct GiveLink {
    /// The export.
    pub export: ExportId,
    /// The hash of the link's secret.
    pub secret_hash: SecretHash,
}

impl Operation for GiveLink {
    const NAME: &'static str = "give-export-link";
    type Answer = ExportAnswer;

    fn target(&self) -> String {
        self.export.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ExportAnswer, CommandError> {
        let (mut instance, asked) = allowed(work, self.export, Action::GiveExportLink).await?;
        // Those who may follow it have not asked for it, and get their own.
        if asked.by.uuid() != work.context().actor.id || !stands(work, &asked).await? {
            return Err(CommandError::NotFound(KIND));
        }
        let link = ExportCommand::Link(self.secret_hash);
        work.decide(&mut instance, link).await?;
        answer(&instance)
    }
}

/// The language of whose data it is: a patient or, if it is their own, whoever has an account.
async fn language_of(
    work: &mut Work<'_>,
    person: SubjectId,
    ground: ExportGround,
) -> Result<Language, CommandError> {
    let patient = patient_of(work, person).await?;
    if let Some(reach) = patient.and_then(|patient| patient.state().reach.clone()) {
        return Ok(reach.language);
    }
    if ground != ExportGround::OwnRecord {
        return Err(CommandError::NotFound("patient"));
    }
    let account = AccountId(person.uuid());
    let account = work.existing::<Account>(&account, "patient").await?;
    Ok(account.state().language.unwrap_or(Language::English))
}

async fn patient_of(
    work: &mut Work<'_>,
    person: SubjectId,
) -> Result<Option<Instance<Patient>>, CommandError> {
    let patient = PatientId(person.uuid());
    known(work.existing::<Patient>(&patient, "patient").await)
}

/// The export, if the actor may do this to it.
async fn allowed(
    work: &mut Work<'_>,
    export: ExportId,
    action: Action,
) -> Result<(Instance<Export>, Requested), CommandError> {
    let instance = work.existing::<Export>(&export, KIND).await?;
    let asked = instance.state().asked()?.clone();
    let resource = guardian::data_of(work, KIND, asked.person.into()).await?;
    let grounds = match asked.by.uuid() == work.context().actor.id {
        true => grounds(work, asked.person, asked.ground).await?,
        false => Grounds::default(),
    };
    work.authorize_on(action, &resource, grounds).await?;
    work.expect_version(&instance)?;
    Ok((instance, asked))
}

/// What the policies know of the right by which the actor asks.
async fn grounds(
    work: &mut Work<'_>,
    person: SubjectId,
    ground: ExportGround,
) -> Result<Grounds, CommandError> {
    let consent = match ground {
        ExportGround::Consent { consent } => {
            let grantees = grantees(work).await?;
            let consent = work.load::<Consent>(&consent, "consent").await?;
            let now = work.now();
            lets_keep(consent.state(), person, &grantees, now)
        }
        ExportGround::OwnRecord | ExportGround::Guardian => false,
    };
    Ok(Grounds {
        consent,
        ..Grounds::default()
    })
}

/// Whether a consent lets somebody keep a copy who is all of these.
fn lets_keep(
    consent: &Consent,
    person: SubjectId,
    grantees: &[Grantee],
    now: DateTime<Utc>,
) -> bool {
    let Ok(matter) = consent.matter() else {
        return false;
    };
    let need = Need {
        grantees,
        information_type: HealthInformationType::OPConsultation,
        recorded_at: matter.terms.from,
        mode: ConsentAccessMode::Store,
        purpose: ConsentPurpose::CareManagement,
    };
    matter.subject == person && consent.covers(&need, now) && consent.may_be_used(now)
}

/// Whether the right by which an export was asked for still holds, and who asked may still come
/// in. The append fails if that changes meanwhile.
async fn stands(work: &mut Work<'_>, asked: &Requested) -> Result<bool, CommandError> {
    let now = work.now();
    let account = AccountId(asked.by.uuid());
    let Some(account) = known(work.load::<Account>(&account, "account").await)? else {
        return Ok(false);
    };
    // Whoever has none was let in by an administrator, who can take that back at the door.
    if account.state().disabled {
        return Ok(false);
    }
    let patient = patient_of(work, asked.person).await?;
    Ok(match (asked.ground, patient) {
        (ExportGround::OwnRecord, patient) => {
            asked.by == asked.person && (patient.is_some() || account.version() > 0)
        }
        (ExportGround::Guardian, Some(patient)) => patient.state().guardian(now) == Some(asked.by),
        (ExportGround::Consent { consent }, Some(_)) => {
            let grantees = known(grantees_for(work, asked.by).await)?.unwrap_or_default();
            let consent = work.load::<Consent>(&consent, "consent").await?;
            lets_keep(consent.state(), asked.person, &grantees, now)
        }
        (ExportGround::Guardian | ExportGround::Consent { .. }, None) => false,
    })
}

/// What was erased is not there, which is an answer here.
fn known<T>(loaded: Result<T, CommandError>) -> Result<Option<T>, CommandError> {
    match loaded {
        Ok(loaded) => Ok(Some(loaded)),
        Err(CommandError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Ends an export that is not over, so that another may be asked for.
async fn end(
    work: &mut Work<'_>,
    instance: &mut Instance<Export>,
    asked: &Requested,
    cause: &str,
) -> Result<(), CommandError> {
    let before = instance.version();
    work.decide(instance, ExportCommand::Cancel(code(cause)?))
        .await?;
    if instance.version() > before {
        work.release(instance, OPEN, &name(asked.person, asked.by));
    }
    Ok(())
}

fn code(text: &str) -> Result<Code, CommandError> {
    let code = text.parse();
    code.map_err(|_| CommandError::Internal(format!("{text} is no code")))
}

fn name(person: SubjectId, by: SubjectId) -> String {
    format!("{person}/{by}")
}

fn of(work: &Work<'_>, person: SubjectId) -> Resource {
    Resource::of_tenant(KIND, work.tenant()).about(person.uuid())
}

fn answer(instance: &Instance<Export>) -> Result<ExportAnswer, CommandError> {
    Ok(ExportAnswer {
        export: instance.state().asked()?.export,
        version: instance.version(),
    })
}
