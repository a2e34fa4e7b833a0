//! The waitlist: who waits for a slot, in the order in which they joined, and what is offered
//! to them.

use chrono::{DateTime, Utc};
use medilink_domain::waitlist::{Offer, WaitlistEvent, Wish};
use medilink_domain::{
    AppointmentId, DepartmentId, DoctorId, HospitalId, PatientId, TenantId, WaitlistEntryId,
};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order, SelectStatement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::extent::Extent;
use crate::reads::{Listed, Page, ReadError, Reads, of_all_tenants, of_tenant};
use crate::runtime::field::named_fields;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitlistState {
    /// The patient waits.
    Waiting,
    /// A slot is held for them.
    Offered,
    /// They have a slot.
    Accepted,
    /// They gave up.
    Left,
    /// What they wished for is over.
    Expired,
}

impl WaitlistState {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Left => "left",
            Self::Expired => "expired",
        }
    }
}

named_fields!(WaitlistState);

row! {
    /// One entry.
    pub struct WaitlistRow in "waitlist" {
        key {
            /// The entry.
            entry: WaitlistEntryId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Who waits.
            patient: PatientId,
            /// Where.
            hospital: HospitalId,
            /// For any doctor of this department.
            department: Option<DepartmentId>,
            /// For this doctor only.
            doctor: Option<DoctorId>,
            /// Since when.
            joined_at: DateTime<Utc>,
            /// When all that was wished for is over.
            over_at: DateTime<Utc>,
            /// Where it stands.
            state: WaitlistState,
            /// The appointment that the slot which is held would be.
            appointment: Option<AppointmentId>,
            /// Until when it is held.
            held_until: Option<DateTime<Utc>>,
            /// The version of its stream, for `If-Match`.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
        sealed Clinical of patient {
            /// For what they wait.
            wish: Wish,
            /// What is offered.
            offer: Option<Offer>,
        }
    }
}

/// The fold.
pub(crate) struct Waitlists;

impl ReadModel for Waitlists {
    const VERSION: u16 = 3;
    const INDEXES: &'static [&'static str] = &[
        "(patient, entry)",
        "(hospital, joined_at, entry) WHERE state = 'waiting'",
        "(held_until) WHERE state = 'offered'",
        "(over_at) WHERE state = 'waiting'",
    ];

    type Source = WaitlistEvent;
    type Row = WaitlistRow;

    fn keys(fact: &Fact<WaitlistEvent>) -> Result<Vec<(WaitlistEntryId,)>, FoldError> {
        Ok(vec![(fact.id("waitlist")?,)])
    }

    fn fold(
        _: &(WaitlistEntryId,),
        row: Option<WaitlistRow>,
        fact: &Fact<WaitlistEvent>,
    ) -> Result<Option<WaitlistRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(None);
        };
        if let WaitlistEvent::Joined(joined) = event {
            return Ok(Some(WaitlistRow {
                entry: joined.entry,
                tenant: fact.tenant,
                patient: joined.patient,
                hospital: joined.wish.hospital,
                department: joined.wish.department,
                doctor: joined.wish.doctor,
                joined_at: joined.at,
                over_at: joined.wish.over_at(),
                state: WaitlistState::Waiting,
                appointment: None,
                held_until: None,
                version: fact.version,
                position: fact.position,
                wish: joined.wish.clone(),
                offer: None,
            }));
        }
        let row = WaitlistRow {
            version: fact.version,
            position: fact.position,
            ..row.ok_or(FoldError("waitlist-not-joined"))?
        };
        Ok(Some(match event {
            WaitlistEvent::Joined(_) => row,
            WaitlistEvent::Offered(offered) => WaitlistRow {
                state: WaitlistState::Offered,
                appointment: Some(offered.offer.appointment),
                held_until: Some(offered.offer.until),
                offer: Some(offered.offer.clone()),
                ..row
            },
            WaitlistEvent::Accepted(accepted) => WaitlistRow {
                appointment: Some(accepted.appointment),
                ..without_offer(row, WaitlistState::Accepted)
            },
            WaitlistEvent::Declined(_) | WaitlistEvent::Lapsed(_) => {
                without_offer(row, WaitlistState::Waiting)
            }
            WaitlistEvent::Left(_) => without_offer(row, WaitlistState::Left),
            WaitlistEvent::Expired(_) => without_offer(row, WaitlistState::Expired),
        }))
    }
}

fn without_offer(row: WaitlistRow, state: WaitlistState) -> WaitlistRow {
    WaitlistRow {
        state,
        appointment: None,
        held_until: None,
        offer: None,
        ..row
    }
}

/// One entry.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    entry: WaitlistEntryId,
) -> Result<Option<WaitlistRow>, ReadError> {
    let mut select = of_tenant::<WaitlistRow>(tenant);
    select.and_where(Expr::col("entry").eq(entry.uuid()));
    reads.row(&select).await
}

/// As much of a patient's entries as may be shown, the latest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn for_patient(
    reads: &Reads,
    tenant: TenantId,
    patient: PatientId,
    extent: &Extent,
    page: Page<WaitlistEntryId>,
) -> Result<Listed<WaitlistRow, WaitlistEntryId>, ReadError> {
    let mut select = of_tenant::<WaitlistRow>(tenant);
    select
        .and_where(Expr::col("patient").eq(patient.uuid()))
        .cond_where(extent.condition(None));
    if let Some(after) = page.after {
        select.and_where(Expr::col("entry").lt(after.uuid()));
    }
    select.order_by("entry", Order::Desc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<WaitlistRow, _>(cells, "entry")
        })
        .await
}

/// Whose slots a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Post {
    /// The hospital.
    pub hospital: HospitalId,
    /// The department in it.
    pub department: DepartmentId,
    /// The doctor in that.
    pub doctor: DoctorId,
}

/// A place in a line.
pub type Place = (DateTime<Utc>, WaitlistEntryId);

/// Those who wait for a slot of a doctor, the first in line first, from behind a place on.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn waiting(
    reads: &Reads,
    tenant: TenantId,
    post: Post,
    behind: Option<Place>,
    limit: u16,
) -> Result<Vec<WaitlistRow>, ReadError> {
    let any_or =
        |column: &'static str, id: Uuid| Expr::col(column).is_null().or(Expr::col(column).eq(id));
    let mut select = of_tenant::<WaitlistRow>(tenant);
    select
        .and_where(Expr::col("hospital").eq(post.hospital.uuid()))
        .and_where(any_or("department", post.department.uuid()))
        .and_where(any_or("doctor", post.doctor.uuid()))
        // A literal, so that the planner can tell that the partial index applies.
        .and_where(Expr::col("state").eq(Expr::cust("'waiting'")))
        .order_by("joined_at", Order::Asc)
        .order_by("entry", Order::Asc)
        .limit(u64::from(limit));
    if let Some((joined_at, entry)) = behind {
        let place = Expr::tuple([Expr::col("joined_at"), Expr::col("entry")]);
        let last = Expr::tuple([Expr::val(joined_at), Expr::val(entry.uuid())]);
        select.and_where(place.gt(last));
    }
    reads.rows(&select).await
}

/// Those of all tenants who wait for what is over, the longest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn over(
    reads: &Reads,
    now: DateTime<Utc>,
    limit: u16,
) -> Result<Vec<WaitlistRow>, ReadError> {
    reads.rows(&due("'waiting'", "over_at", now, limit)).await
}

/// The offers of all tenants whose time is up, the longest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn lapsed(
    reads: &Reads,
    now: DateTime<Utc>,
    limit: u16,
) -> Result<Vec<WaitlistRow>, ReadError> {
    reads
        .rows(&due("'offered'", "held_until", now, limit))
        .await
}

/// Those of all tenants in a state whose time in a column has come, the longest first.
fn due(
    state: &'static str,
    column: &'static str,
    now: DateTime<Utc>,
    limit: u16,
) -> SelectStatement {
    let mut select = of_all_tenants::<WaitlistRow>();
    select
        // A literal, so that the planner can tell that the partial index applies.
        .and_where(Expr::col("state").eq(Expr::cust(state)))
        .and_where(Expr::col(column).lte(now))
        .order_by(column, Order::Asc)
        .limit(u64::from(limit));
    select
}
