//! Who applies to work at which hospital.

use chrono::{DateTime, Utc};
use medilink_domain::application::{ApplicationEvent, ApplicationStatus, CertificateVerified};
use medilink_domain::values::{Code, Language, PersonName, RegistrationNumber, Role, ShortText};
use medilink_domain::{ApplicationId, DepartmentId, HospitalId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::field::named_fields;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

named_fields!(ApplicationStatus);

row! {
    /// One application.
    pub struct ApplicationRow in "application" {
        key {
            /// The application.
            application: ApplicationId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Whose.
            applicant: SubjectId,
            /// Where they want to work.
            hospital: HospitalId,
            /// As what.
            role: Role,
            /// Where it stands.
            status: ApplicationStatus,
            /// When it was made.
            submitted_at: DateTime<Utc>,
            /// When it was decided or withdrawn, if it was.
            decided_at: Option<DateTime<Utc>>,
            /// Why it was rejected, if it was.
            reason: Option<Code>,
            /// The version of its stream.
            version: u64,
            /// The event that last changed the row.
            position: Position,
        }
        sealed Identity of applicant {
            /// Their name.
            name: PersonName,
            /// Their number in the council's register, if they have one.
            registration_number: Option<RegistrationNumber>,
            /// What they know about.
            specialties: Vec<ShortText>,
            /// What they speak.
            languages: Vec<Language>,
            /// Where they would like to work; where they do, once approved.
            department: Option<DepartmentId>,
            /// What a manager has looked at.
            certificates: Vec<CertificateVerified>,
        }
    }
}

/// The fold.
pub(crate) struct Applications;

impl ReadModel for Applications {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] =
        &["(hospital, application)", "(applicant, application)"];

    type Source = ApplicationEvent;
    type Row = ApplicationRow;

    fn keys(fact: &Fact<ApplicationEvent>) -> Result<Vec<(ApplicationId,)>, FoldError> {
        Ok(vec![(fact.id("application")?,)])
    }

    fn fold(
        _: &(ApplicationId,),
        row: Option<ApplicationRow>,
        fact: &Fact<ApplicationEvent>,
    ) -> Result<Option<ApplicationRow>, FoldError> {
        let submitted = match &fact.body {
            Folded::Clear(ApplicationEvent::Submitted(submitted)) => submitted,
            Folded::Clear(later) => return Ok(row.map(|row| decided(row, fact, later))),
            Folded::Erased => return Ok(None),
        };
        Ok(Some(ApplicationRow {
            application: submitted.application,
            tenant: fact.tenant,
            applicant: submitted.applicant.into(),
            hospital: submitted.hospital,
            role: submitted.role,
            status: ApplicationStatus::Open,
            submitted_at: fact.recorded_at,
            decided_at: None,
            reason: None,
            version: fact.version,
            position: fact.position,
            name: submitted.name.clone(),
            registration_number: submitted.registration_number.clone(),
            specialties: submitted.specialties.clone(),
            languages: submitted.languages.clone(),
            department: submitted.department,
            certificates: Vec::new(),
        }))
    }
}

/// A row that is there no more was its applicant's, who was erased: it stays away.
fn decided(
    row: ApplicationRow,
    fact: &Fact<ApplicationEvent>,
    event: &ApplicationEvent,
) -> ApplicationRow {
    let mut row = ApplicationRow {
        version: fact.version,
        position: fact.position,
        ..row
    };
    let mut close = |status| {
        row.status = status;
        row.decided_at = Some(fact.recorded_at);
    };
    match event {
        // Only ever the first one.
        ApplicationEvent::Submitted(_) => {}
        ApplicationEvent::CertificateVerified(verified) => row.certificates.push(verified.clone()),
        ApplicationEvent::Approved(approved) => {
            close(ApplicationStatus::Approved);
            row.department = approved.department;
        }
        ApplicationEvent::Rejected(rejected) => {
            close(ApplicationStatus::Rejected);
            row.reason = Some(rejected.reason.clone());
        }
        ApplicationEvent::Withdrawn(_) => close(ApplicationStatus::Withdrawn),
    }
    row
}

/// The applications at a hospital, in the order in which they were made.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn of_hospital(
    reads: &Reads,
    tenant: TenantId,
    hospital: HospitalId,
    status: Option<ApplicationStatus>,
    page: Page<ApplicationId>,
) -> Result<Listed<ApplicationRow, ApplicationId>, ReadError> {
    let mut select = of_tenant::<ApplicationRow>(tenant);
    select.and_where(Expr::col("hospital").eq(hospital.uuid()));
    if let Some(status) = status {
        select.and_where(Expr::col("status").eq(status.name()));
    }
    if let Some(after) = page.after {
        select.and_where(Expr::col("application").gt(after.uuid()));
    }
    select.order_by("application", Order::Asc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<ApplicationRow, _>(cells, "application")
        })
        .await
}

/// A person's last application.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn last_of(
    reads: &Reads,
    tenant: TenantId,
    applicant: SubjectId,
) -> Result<Option<ApplicationRow>, ReadError> {
    let mut select = of_tenant::<ApplicationRow>(tenant);
    select
        .and_where(Expr::col("applicant").eq(applicant.uuid()))
        .order_by("application", Order::Desc)
        .limit(1);
    reads.row(&select).await
}
