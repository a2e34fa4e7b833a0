//! Queues: who waits for a doctor on a day, by number.

use chrono::NaiveDate;
use medilink_domain::queue::{Place, Queue, QueueEvent, QueueId};
use medilink_domain::{Decider, DoctorId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait};

use crate::reads::{ReadError, Reads, of_tenant};
use crate::runtime::field::Json;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::row;

row! {
    /// Those who wait for one doctor on one day.
    pub struct QueueRow in "queue" {
        key {
            /// For whom.
            doctor: DoctorId,
            /// Which day.
            date: NaiveDate,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// The last number that was given.
            last_token: u64,
            /// Who waits or is being seen, in the order of their numbers.
            places: Json<Vec<Place>>,
            /// The version of its stream.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
    }
}

/// The fold, which is the aggregate's own.
pub(crate) struct Queues;

impl ReadModel for Queues {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &[];

    type Source = QueueEvent;
    type Row = QueueRow;

    fn keys(fact: &Fact<QueueEvent>) -> Result<Vec<(DoctorId, NaiveDate)>, FoldError> {
        let QueueId { doctor, date } = fact.id("queue")?;
        Ok(vec![(doctor, date)])
    }

    fn fold(
        key: &(DoctorId, NaiveDate),
        row: Option<QueueRow>,
        fact: &Fact<QueueEvent>,
    ) -> Result<Option<QueueRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(row);
        };
        let (doctor, date) = *key;
        let mut queue = Queue {
            id: Some(QueueId { doctor, date }),
            ..Queue::default()
        };
        if let Some(row) = row {
            queue.places = row.places.0;
            queue.last_token =
                u32::try_from(row.last_token).map_err(|_| FoldError("queue-token"))?;
        }
        queue.evolve(event);
        Ok(Some(QueueRow {
            doctor,
            date,
            tenant: fact.tenant,
            last_token: u64::from(queue.last_token),
            places: Json(queue.places),
            version: fact.version,
            position: fact.position,
        }))
    }
}

/// A doctor's queue of a day; `None` if nobody has checked in.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    doctor: DoctorId,
    date: NaiveDate,
) -> Result<Option<QueueRow>, ReadError> {
    let mut select = of_tenant::<QueueRow>(tenant);
    select
        .and_where(Expr::col("doctor").eq(doctor.uuid()))
        .and_where(Expr::col("date").eq(date));
    reads.row(&select).await
}
