//! What patients think of their visits.

use medilink_domain::feedback::FeedbackEvent;
use medilink_domain::values::FreeText;
use medilink_domain::{AppointmentId, DoctorId, HospitalId, PatientId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Query};

use crate::reads::{ReadError, Reads, of_tenant};
use crate::runtime::field::{Damaged, Field};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{Row, row};

row! {
    /// The feedback on one visit.
    pub struct FeedbackRow in "feedback" {
        key {
            /// The visit.
            appointment: AppointmentId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Who gave it.
            patient: PatientId,
            /// Of whom.
            doctor: DoctorId,
            /// Where.
            hospital: HospitalId,
            /// In stars.
            rating: u64,
            /// The event.
            position: Position,
        }
        sealed Conversation of patient {
            /// In words.
            comment: Option<FreeText>,
        }
    }
}

/// The fold.
pub(crate) struct Feedbacks;

impl ReadModel for Feedbacks {
    const VERSION: u16 = 2;
    const INDEXES: &'static [&'static str] = &["(doctor)"];

    type Source = FeedbackEvent;
    type Row = FeedbackRow;

    fn keys(fact: &Fact<FeedbackEvent>) -> Result<Vec<(AppointmentId,)>, FoldError> {
        Ok(vec![(fact.id("feedback")?,)])
    }

    fn fold(
        _: &(AppointmentId,),
        _: Option<FeedbackRow>,
        fact: &Fact<FeedbackEvent>,
    ) -> Result<Option<FeedbackRow>, FoldError> {
        let Folded::Clear(FeedbackEvent::Given(given)) = &fact.body else {
            return Ok(None);
        };
        Ok(Some(FeedbackRow {
            appointment: given.appointment,
            tenant: fact.tenant,
            patient: given.patient,
            doctor: given.doctor,
            hospital: given.hospital,
            rating: u64::from(given.rating.get()),
            position: fact.position,
            comment: given.comment.clone(),
        }))
    }
}

/// The feedback on one visit.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    appointment: AppointmentId,
) -> Result<Option<FeedbackRow>, ReadError> {
    let mut select = of_tenant::<FeedbackRow>(tenant);
    select.and_where(Expr::col("appointment").eq(appointment.uuid()));
    reads.row(&select).await
}

/// How content patients are with a doctor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratings {
    /// How many rated a visit.
    pub count: u64,
    /// The stars they gave in all.
    pub stars: u64,
}

/// How content patients are with a doctor.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn of_doctor(
    reads: &Reads,
    tenant: TenantId,
    doctor: DoctorId,
) -> Result<Ratings, ReadError> {
    let mut select = Query::select();
    select
        .expr(Expr::cust("count(*)"))
        .expr(Expr::cust("coalesce(sum(rating), 0)::bigint"))
        .from(("read", FeedbackRow::NAME))
        .and_where(Expr::col("tenant").eq(tenant.uuid()))
        .and_where(Expr::col("doctor").eq(doctor.uuid()));
    let mut cells = reads.stored(&select).await?.pop().into_iter().flatten();
    let mut next = || u64::from_cell(cells.next().ok_or(Damaged)?);
    Ok(Ratings {
        count: next()?,
        stars: next()?,
    })
}
