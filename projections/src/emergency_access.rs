//! Emergency accesses: who opened whose record, why, and what was found when it was looked into.

use chrono::{DateTime, Utc};
use medilink_domain::emergency_access::{EmergencyAccessEvent, EmergencyStatus, Opened};
use medilink_domain::values::{EmergencyReason, FreeText};
use medilink_domain::{EmergencyAccessId, HospitalId, PatientId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::{Cond, Expr, ExprTrait, Order, SelectStatement};
use uuid::Uuid;

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::cell::Cell;
use crate::runtime::field::named_fields;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

named_fields!(EmergencyReason);

row! {
    /// One emergency access.
    pub struct EmergencyAccessRow in "emergency_access" {
        key {
            /// The emergency access.
            access: EmergencyAccessId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Whose record it is.
            patient: PatientId,
            /// Who opened it.
            clinician: SubjectId,
            /// Where they give care.
            hospital: HospitalId,
            /// Why.
            reason: EmergencyReason,
            /// When it was opened.
            opened_at: DateTime<Utc>,
            /// When it is over by itself.
            until: DateTime<Utc>,
            /// When it was closed, if that was before.
            closed_at: Option<DateTime<Utc>>,
            /// When it was reviewed, if it was.
            reviewed_at: Option<DateTime<Utc>>,
            /// By whom.
            reviewer: Option<SubjectId>,
            /// Whether they found it to be justified.
            justified: Option<bool>,
            /// The version of its stream, for `If-Match`.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
        sealed Clinical of patient {
            /// Why, in the words of who opened it.
            explanation: Option<FreeText>,
            /// What who reviewed it has to say.
            remark: Option<FreeText>,
        }
    }
}

impl EmergencyAccessRow {
    /// Where it stands at the instant `now`.
    pub fn status_at(&self, now: DateTime<Utc>) -> EmergencyStatus {
        if self.reviewed_at.is_some() {
            EmergencyStatus::Reviewed
        } else if self.closed_at.is_some() || self.until <= now {
            EmergencyStatus::AwaitingReview
        } else {
            EmergencyStatus::Open
        }
    }
}

/// The fold.
pub(crate) struct EmergencyAccesses;

impl ReadModel for EmergencyAccesses {
    const VERSION: u16 = 2;
    const INDEXES: &'static [&'static str] = &[
        "(patient, access)",
        "(tenant, access)",
        "(tenant, hospital, access)",
        "(clinician, access)",
        "(tenant, access) WHERE reviewed_at IS NULL",
    ];

    type Source = EmergencyAccessEvent;
    type Row = EmergencyAccessRow;

    fn keys(fact: &Fact<EmergencyAccessEvent>) -> Result<Vec<(EmergencyAccessId,)>, FoldError> {
        Ok(vec![(fact.id("emergency-access")?,)])
    }

    fn fold(
        _: &(EmergencyAccessId,),
        row: Option<EmergencyAccessRow>,
        fact: &Fact<EmergencyAccessEvent>,
    ) -> Result<Option<EmergencyAccessRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(None);
        };
        if let EmergencyAccessEvent::Opened(opened) = event {
            return Ok(Some(opened_row(opened, fact)));
        }
        // What happens to one whose patient was erased is told of no row.
        let row = row.map(|row| EmergencyAccessRow {
            version: fact.version,
            position: fact.position,
            ..row
        });
        Ok(row.map(|row| match event {
            EmergencyAccessEvent::Opened(_) => row,
            EmergencyAccessEvent::Explained(explained) => EmergencyAccessRow {
                explanation: Some(explained.explanation.clone()),
                ..row
            },
            EmergencyAccessEvent::Closed(_) => EmergencyAccessRow {
                closed_at: Some(fact.recorded_at),
                ..row
            },
            EmergencyAccessEvent::Reviewed(reviewed) => EmergencyAccessRow {
                reviewed_at: Some(fact.recorded_at),
                reviewer: Some(reviewed.by),
                justified: Some(reviewed.justified),
                ..row
            },
            EmergencyAccessEvent::Remarked(remarked) => EmergencyAccessRow {
                remark: Some(remarked.remark.clone()),
                ..row
            },
        }))
    }
}

fn opened_row(opened: &Opened, fact: &Fact<EmergencyAccessEvent>) -> EmergencyAccessRow {
    EmergencyAccessRow {
        access: opened.access,
        tenant: fact.tenant,
        patient: opened.subject.into(),
        clinician: opened.clinician,
        hospital: opened.hospital,
        reason: opened.reason,
        opened_at: fact.recorded_at,
        until: opened.until,
        closed_at: None,
        reviewed_at: None,
        reviewer: None,
        justified: None,
        version: fact.version,
        position: fact.position,
        explanation: None,
        remark: None,
    }
}

/// An emergency access whose personal part is still sealed: whom it concerns, by which it is
/// decided who may see the rest.
pub struct SealedEmergencyAccess {
    /// Whose record it is.
    pub patient: PatientId,
    /// Who opened it.
    pub clinician: SubjectId,
    /// Where they give care.
    pub hospital: HospitalId,
    cells: Vec<Cell>,
}

impl SealedEmergencyAccess {
    /// The whole of it; `None` when its personal part is erased.
    ///
    /// # Errors
    /// [`ReadError`] when it can't be unsealed.
    pub async fn open(self, reads: &Reads) -> Result<Option<EmergencyAccessRow>, ReadError> {
        Ok(reads.opened(vec![self.cells]).await?.pop())
    }
}

/// One emergency access, of which nothing is unsealed yet.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn find(
    reads: &Reads,
    tenant: TenantId,
    access: EmergencyAccessId,
) -> Result<Option<SealedEmergencyAccess>, ReadError> {
    let mut select = of_tenant::<EmergencyAccessRow>(tenant);
    select.and_where(Expr::col("access").eq(access.uuid()));
    let Some(cells) = reads.stored(&select).await?.pop() else {
        return Ok(None);
    };
    Ok(Some(SealedEmergencyAccess {
        patient: cell::<EmergencyAccessRow, _>(&cells, "patient")?,
        clinician: cell::<EmergencyAccessRow, _>(&cells, "clinician")?,
        hospital: cell::<EmergencyAccessRow, _>(&cells, "hospital")?,
        cells,
    }))
}

/// Which emergency accesses are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only those opened by this person.
    pub clinician: Option<SubjectId>,
    /// Only those opened at this hospital.
    pub hospital: Option<HospitalId>,
    /// Only those that stand so.
    pub status: Option<EmergencyStatus>,
}

/// Emergency accesses as they stand at the instant `now`, the latest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn list(
    reads: &Reads,
    tenant: TenantId,
    wanted: &Wanted,
    now: DateTime<Utc>,
    page: Page<EmergencyAccessId>,
) -> Result<Listed<EmergencyAccessRow, EmergencyAccessId>, ReadError> {
    let mut select: SelectStatement = of_tenant::<EmergencyAccessRow>(tenant);
    if let Some(clinician) = wanted.clinician {
        select.and_where(Expr::col("clinician").eq(clinician.uuid()));
    }
    if let Some(hospital) = wanted.hospital {
        select.and_where(Expr::col("hospital").eq(hospital.uuid()));
    }
    if let Some(status) = wanted.status {
        select.cond_where(stands(status, now));
    }
    if let Some(after) = page.after {
        select.and_where(Expr::col("access").lt(after.uuid()));
    }
    select.order_by("access", Order::Desc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<EmergencyAccessRow, _>(cells, "access")
        })
        .await
}

/// The emergency accesses to a patient's record, the latest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn of_patient(
    reads: &Reads,
    tenant: TenantId,
    patient: PatientId,
    page: Page<EmergencyAccessId>,
) -> Result<Listed<EmergencyAccessRow, EmergencyAccessId>, ReadError> {
    let mut select: SelectStatement = of_tenant::<EmergencyAccessRow>(tenant);
    select.and_where(Expr::col("patient").eq(patient.uuid()));
    if let Some(after) = page.after {
        select.and_where(Expr::col("access").lt(after.uuid()));
    }
    select.order_by("access", Order::Desc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<EmergencyAccessRow, _>(cells, "access")
        })
        .await
}

/// Those of these that are there and not erased.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn among(
    reads: &Reads,
    tenant: TenantId,
    accesses: impl IntoIterator<Item = EmergencyAccessId>,
) -> Result<Vec<EmergencyAccessRow>, ReadError> {
    let ids = accesses.into_iter().map(EmergencyAccessId::uuid);
    reads
        .among(tenant, "access", ids.collect::<Vec<Uuid>>())
        .await
}

/// The rows for which [`EmergencyAccessRow::status_at`] is that status.
fn stands(status: EmergencyStatus, now: DateTime<Utc>) -> Cond {
    // Literals, so that the planner can tell that a partial index applies.
    let not_reviewed = Cond::all().add(Expr::cust("reviewed_at IS NULL"));
    match status {
        EmergencyStatus::Open => not_reviewed
            .add(Expr::cust("closed_at IS NULL"))
            .add(Expr::col("until").gt(now)),
        EmergencyStatus::AwaitingReview => not_reviewed.add(
            Cond::any()
                .add(Expr::cust("closed_at IS NOT NULL"))
                .add(Expr::col("until").lte(now)),
        ),
        EmergencyStatus::Reviewed => Cond::all().add(Expr::cust("reviewed_at IS NOT NULL")),
    }
}
