//! Erasure: asked for, withdrawn, and carried out step by step by a worker, which destroys keys
//! between [`Begin`] and [`RecordShredding`].

mod history;
mod ties;
mod uphold;

use medilink_database::DatabaseError;
use medilink_domain::account::{self, Account, AccountCommand};
use medilink_domain::agenda::Agenda;
use medilink_domain::doctor::Doctor;
use medilink_domain::erasure::{self, Erasure, ErasureCommand, ErasureError, ErasureEvent, Stage};
use medilink_domain::legal_hold::{Basis, LegalHold};
use medilink_domain::patient::Patient;
use medilink_domain::staff::Staff;
use medilink_domain::values::{Code, Role, TreeRoot};
use medilink_domain::{
    AccountId, Category, Decider, DoctorId, ErasureId, PatientId, StaffId, SubjectId,
};
use medilink_log::InlineEvent;
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;
use uuid::Uuid;

pub use ties::{Ties, ties};
pub use uphold::uphold;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::inline::Inline;
use crate::work::{Instance, Work};

pub(crate) const KIND: &str = "erasure";

/// The kind of name that a person with an open erasure is: one erasure each.
const OPEN: &str = "erasure/person";

/// An erasure after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureAnswer {
    /// The erasure.
    pub erasure: ErasureId,
    /// Its version, for `If-Match`.
    pub version: u64,
}

impl ErasureAnswer {
    pub(crate) fn of(instance: &Instance<Erasure>) -> Result<Self, CommandError> {
        let (erasure, _) = instance.state().known()?;
        let version = instance.version();
        Ok(Self { erasure, version })
    }
}

/// Asks that everything that is kept of a patient be erased, as soon as the law lets it be.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whose data it is.
    pub patient: PatientId,
    /// Why, such as `leaves-the-hospital`.
    pub reason: Code,
}

impl Operation for Request {
    const NAME: &'static str = "request-erasure";
    type Answer = ErasureAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ErasureAnswer, CommandError> {
        let resource = Resource::of_tenant("patient", work.tenant()).about(self.patient.uuid());
        work.authorize(Action::RequestErasure, &resource).await?;
        work.existing::<Patient>(&self.patient, "patient").await?;
        let person = SubjectId::from(self.patient);
        gives_no_care(work, person).await?;
        let history = history::of(work, person, None).await?;
        let rules = work.retention();
        let kept = Category::ALL
            .into_iter()
            .filter_map(|category| Some((category, rules.retention(category, &history)?)));
        let request = erasure::Request {
            erasure: ErasureId(Uuid::now_v7()),
            person,
            reason: self.reason.clone(),
            grace: rules.grace(),
            kept: kept.collect(),
            legal_hold: hold_on(work, person).await?,
        };
        let mut instance = work.create::<Erasure>(&request.erasure);
        work.decide(&mut instance, ErasureCommand::Request(request))
            .await?;
        work.claim(&instance, OPEN, &person.to_string());
        ErasureAnswer::of(&instance)
    }

    fn name_taken(&self, _holder: &str) -> CommandError {
        ErasureError::AlreadyRequested.into()
    }
}

/// Who treats patients, or acts for the hospital, is named in the records of others.
async fn gives_no_care(work: &mut Work<'_>, person: SubjectId) -> Result<(), CommandError> {
    let doctor = DoctorId(person.uuid());
    let doctor = work.load::<Doctor>(&doctor, "doctor").await?;
    let account = AccountId(person.uuid());
    let account = work.load::<Account>(&account, "account").await?;
    let staff = work.load::<Staff>(&StaffId(person.uuid()), "staff").await?;
    let mut roles = account.state().roles.iter();
    let now = work.now();
    let mut posts = staff.state().roles.iter();
    if doctor.version() > 0
        || roles.any(|role| *role != Role::Patient)
        || posts.any(|given| given.until.is_none_or(|until| now < until))
    {
        return Err(ErasureError::GivesCare.into());
    }
    Ok(())
}

/// The legal hold on a person's data that is in force. The append fails if that changes.
async fn hold_on(work: &mut Work<'_>, person: SubjectId) -> Result<Option<Basis>, CommandError> {
    let now = work.now();
    let hold = work.load::<LegalHold>(&person, "legal hold").await?;
    Ok(hold.state().in_force(now).cloned())
}

/// The erasure of this person that is under way.
///
/// # Errors
/// When the log can't be read.
pub(crate) async fn open_one(
    work: &mut Work<'_>,
    person: SubjectId,
) -> Result<Option<Instance<Erasure>>, CommandError> {
    let holder = work.holder(OPEN, &person.to_string()).await?;
    let id = holder.and_then(|stream| {
        let id = stream.strip_prefix(Erasure::CATEGORY)?.strip_prefix('-')?;
        id.parse::<ErasureId>().ok()
    });
    match id {
        Some(id) => Ok(Some(work.existing::<Erasure>(&id, KIND).await?)),
        None => Ok(None),
    }
}

/// The erasure, if the actor may do this to it.
pub(crate) async fn allowed(
    work: &mut Work<'_>,
    erasure: ErasureId,
    action: Action,
) -> Result<(Instance<Erasure>, SubjectId), CommandError> {
    let instance = work.existing::<Erasure>(&erasure, KIND).await?;
    let (_, person) = instance.state().known()?;
    let resource = Resource::of_tenant(KIND, work.tenant()).about(person.uuid());
    work.authorize(action, &resource).await?;
    work.expect_version(&instance)?;
    Ok((instance, person))
}

/// Gives an erasure up, as long as nothing is erased.
#[derive(Clone, Debug)]
pub struct Withdraw {
    /// The erasure.
    pub erasure: ErasureId,
}

impl Operation for Withdraw {
    const NAME: &'static str = "withdraw-erasure";
    type Answer = ErasureAnswer;

    fn target(&self) -> String {
        self.erasure.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ErasureAnswer, CommandError> {
        let (mut instance, person) = allowed(work, self.erasure, Action::WithdrawErasure).await?;
        work.decide(&mut instance, ErasureCommand::Withdraw).await?;
        work.release(&instance, OPEN, &person.to_string());
        ErasureAnswer::of(&instance)
    }
}

/// Begins to erase a category whose time has come, unless the law or a legal hold asks for it by
/// now. With the identity the account goes: it is disabled, and the names that it holds are free.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The erasure.
    pub erasure: ErasureId,
    /// The category.
    pub category: Category,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeginAnswer {
    /// Whether the key is to be destroyed now.
    pub begun: bool,
    /// Whose key it is.
    pub person: SubjectId,
}

impl Operation for Begin {
    const NAME: &'static str = "begin-erasure";
    type Answer = BeginAnswer;

    fn target(&self) -> String {
        format!("{}/{}", self.erasure, self.category.name())
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<BeginAnswer, CommandError> {
        let (mut instance, person) = allowed(work, self.erasure, Action::CarryOutErasure).await?;
        // Booked in this very moment: the append fails, and what was booked counts.
        let patient = PatientId(person.uuid());
        unless_erased(work.load::<Agenda>(&patient, "agenda").await)?;
        let history = history::of(work, person, Some(self.erasure)).await?;
        let begin = erasure::Begin {
            category: self.category,
            kept: work.retention().retention(self.category, &history),
            legal_hold: hold_on(work, person).await?,
        };
        work.decide(&mut instance, ErasureCommand::Begin(begin))
            .await?;
        let stage = instance.state().plans.get(&self.category);
        let begun = stage.is_some_and(|plan| plan.stage == Stage::Begun);
        if begun && self.category == Category::Identity {
            close_account(work, AccountId(person.uuid())).await?;
        }
        Ok(BeginAnswer { begun, person })
    }
}

/// What was erased before is not there, which is no fault here.
fn unless_erased<T>(loaded: Result<T, CommandError>) -> Result<Option<T>, CommandError> {
    match loaded {
        Ok(loaded) => Ok(Some(loaded)),
        Err(CommandError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn close_account(work: &mut Work<'_>, account: AccountId) -> Result<(), CommandError> {
    let loaded = work.existing::<Account>(&account, "account").await;
    let Some(mut instance) = unless_erased(loaded)? else {
        return Ok(());
    };
    if !instance.state().disabled {
        let reason = "erased".parse();
        let reason = reason.map_err(|_| CommandError::Internal("not a code".into()))?;
        let disable = AccountCommand::Disable(account::Disable { reason });
        work.decide(&mut instance, disable).await?;
    }
    // While it can still be told which they are; afterwards nobody could use them again.
    work.release_all(&instance);
    Ok(())
}

/// Takes note that the key of a category was destroyed.
#[derive(Clone, Debug)]
pub struct RecordShredding {
    /// The erasure.
    pub erasure: ErasureId,
    /// What the vault says of it.
    pub shredding: erasure::RecordShredding,
}

impl Operation for RecordShredding {
    const NAME: &'static str = "record-shredding";
    type Answer = ErasureAnswer;

    fn target(&self) -> String {
        format!("{}/{}", self.erasure, self.shredding.category.name())
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ErasureAnswer, CommandError> {
        let (mut instance, _) = allowed(work, self.erasure, Action::CarryOutErasure).await?;
        let record = ErasureCommand::RecordShredding(self.shredding);
        work.decide(&mut instance, record).await?;
        ErasureAnswer::of(&instance)
    }
}

/// Certifies what was erased, once a checkpoint of the log covers it.
#[derive(Clone, Debug)]
pub struct Certify {
    /// The erasure.
    pub erasure: ErasureId,
    /// How many events the checkpoint covers.
    pub tree_size: u64,
    /// The root of the tree over them.
    pub root: TreeRoot,
}

impl Operation for Certify {
    const NAME: &'static str = "certify-erasure";
    type Answer = ErasureAnswer;

    fn target(&self) -> String {
        self.erasure.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ErasureAnswer, CommandError> {
        let (mut instance, person) = allowed(work, self.erasure, Action::CarryOutErasure).await?;
        let certify = ErasureCommand::Certify(erasure::Certify {
            certificate: Uuid::now_v7(),
            tree_size: self.tree_size,
            root: self.root,
        });
        work.decide(&mut instance, certify).await?;
        if instance.state().is_closed() {
            work.release(&instance, OPEN, &person.to_string());
        }
        ErasureAnswer::of(&instance)
    }
}

/// Writes `inline.shreddings`.
pub(crate) struct ShreddingTable;

impl Inline for ShreddingTable {
    const NAME: &'static str = "shredding";
    type Event = ErasureEvent;

    async fn take(
        client: &Client,
        event: ErasureEvent,
        at: &InlineEvent<'_>,
    ) -> Result<(), DatabaseError> {
        let ErasureEvent::Shredded(shredded) = event else {
            return Ok(());
        };
        let sql = "INSERT INTO inline.shreddings
                       (tenant, person, category, erasure, tombstone, shredded_at, position)
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let tombstone = i64::try_from(shredded.tombstone).unwrap_or(i64::MAX);
        client
            .execute(
                sql,
                &[
                    &at.tenant.uuid(),
                    &shredded.person.uuid(),
                    &shredded.category.name(),
                    &shredded.erasure.uuid(),
                    &tombstone,
                    &shredded.at,
                    &at.position.sql(),
                ],
            )
            .await?;
        Ok(())
    }
}
