//! Schedules: when doctors receive patients, as far as weeks, dates and leave say.

use medilink_domain::schedule::{Schedule, ScheduleEvent};
use medilink_domain::{Decider, DoctorId, HospitalId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait};

use crate::reads::{ReadError, Reads, of_tenant};
use crate::runtime::field::Json;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::row;

row! {
    /// One doctor's schedule.
    pub struct ScheduleRow in "schedule" {
        key {
            /// Whose.
            doctor: DoctorId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Where the doctor receives.
            hospital: HospitalId,
            /// What it says.
            schedule: Json<Schedule>,
            /// The version of its stream, for `If-Match`.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
    }
}

/// The fold, which is the aggregate's own.
pub(crate) struct Schedules;

impl ReadModel for Schedules {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &["(position)"];

    type Source = ScheduleEvent;
    type Row = ScheduleRow;

    fn keys(fact: &Fact<ScheduleEvent>) -> Result<Vec<(DoctorId,)>, FoldError> {
        Ok(vec![(fact.id("schedule")?,)])
    }

    fn fold(
        key: &(DoctorId,),
        row: Option<ScheduleRow>,
        fact: &Fact<ScheduleEvent>,
    ) -> Result<Option<ScheduleRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(row);
        };
        let mut schedule = row.map(|row| row.schedule.0).unwrap_or_default();
        schedule.evolve(event);
        let post = schedule.post.ok_or(FoldError("schedule-not-set"))?;
        Ok(Some(ScheduleRow {
            doctor: key.0,
            tenant: fact.tenant,
            hospital: post.hospital,
            schedule: Json(schedule),
            version: fact.version,
            position: fact.position,
        }))
    }
}

/// One doctor's schedule.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    doctor: DoctorId,
) -> Result<Option<ScheduleRow>, ReadError> {
    let mut select = of_tenant::<ScheduleRow>(tenant);
    select.and_where(Expr::col("doctor").eq(doctor.uuid()));
    reads.row(&select).await
}
