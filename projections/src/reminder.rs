//! Timers: when a patient is to be reminded of an appointment.
//!
//! Folded from what calendars and notices say openly, so that an erased person can neither
//! bring a timer back nor be reminded twice: a slot that is taken starts a timer, a slot that
//! is given back ends it, and the notice, whose id follows from appointment and time, marks
//! it as done even when its text can't be read any more.

use chrono::{DateTime, Utc};
use medilink_domain::calendar::CalendarEvent;
use medilink_domain::notice::NoticeEvent;
use medilink_domain::reminder::reminder_due;
use medilink_domain::{AppointmentId, DoctorId, NoticeId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::reads::{ReadError, Reads, of_all_tenants};
use crate::runtime::field::named_fields;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel, sources};
use crate::runtime::row::row;

/// Whether a reminder is still to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderState {
    /// It is.
    Waiting,
    /// It is written. The row stays, so that an appointment that is moved away and back to
    /// this time is not timed again for a notice that exists.
    Written,
}

named_fields!(ReminderState);

row! {
    /// One timer.
    pub struct ReminderRow in "reminder" {
        key {
            /// The id under which the notice is to be written: [`notice_of`].
            notice: NoticeId,
        }
        clear {
            /// The tenant.
            tenant: TenantId,
            /// The appointment to remind of.
            appointment: AppointmentId,
            /// Whom the patient will see.
            doctor: DoctorId,
            /// When the appointment begins.
            starts_at: DateTime<Utc>,
            /// When to remind of it.
            due_at: DateTime<Utc>,
            /// Whether that is still to be done.
            state: ReminderState,
            /// The event that started the timer: the cause of the notice.
            position: Position,
        }
    }
}

/// The id of the notice that reminds of an appointment at a time. It follows from its cause,
/// so that whoever writes it, and however often, writes one notice.
pub fn notice_of(appointment: AppointmentId, starts_at: DateTime<Utc>) -> NoticeId {
    const NAMESPACE: Uuid = Uuid::from_u128(0x0199_6d2c_7a41_7c55_9e1b_3f60_52ab_c0d1);
    let name = format!("reminder:{appointment}:{}", starts_at.timestamp_micros());
    NoticeId(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

sources! {
    /// What starts and ends timers.
    pub enum ReminderSource {
        /// Slots taken and given back.
        Calendar(CalendarEvent),
        /// Notices written.
        Notice(NoticeEvent),
    }
}

/// The fold.
pub(crate) struct Reminders;

impl ReadModel for Reminders {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &["(due_at, starts_at) WHERE state = 'waiting'"];

    type Source = ReminderSource;
    type Row = ReminderRow;

    fn keys(fact: &Fact<ReminderSource>) -> Result<Vec<(NoticeId,)>, FoldError> {
        let key = match &fact.body {
            Folded::Clear(ReminderSource::Calendar(CalendarEvent::SlotReserved(slot))) => {
                notice_of(slot.appointment, slot.starts_at)
            }
            Folded::Clear(ReminderSource::Calendar(CalendarEvent::SlotReleased(slot))) => {
                notice_of(slot.appointment, slot.starts_at)
            }
            Folded::Clear(ReminderSource::Calendar(_)) => return Ok(Vec::new()),
            // Of the events here only notices can be erased.
            Folded::Clear(ReminderSource::Notice(_)) | Folded::Erased => fact.id("notice")?,
        };
        Ok(vec![(key,)])
    }

    fn fold(
        key: &(NoticeId,),
        row: Option<ReminderRow>,
        fact: &Fact<ReminderSource>,
    ) -> Result<Option<ReminderRow>, FoldError> {
        let written = row
            .as_ref()
            .is_some_and(|row| row.state == ReminderState::Written);
        Ok(match &fact.body {
            Folded::Clear(ReminderSource::Calendar(_)) if written => row,
            Folded::Clear(ReminderSource::Calendar(CalendarEvent::SlotReserved(slot))) => {
                reminder_due(fact.recorded_at, slot.starts_at).map(|due_at| ReminderRow {
                    notice: key.0,
                    tenant: fact.tenant,
                    appointment: slot.appointment,
                    doctor: slot.doctor,
                    starts_at: slot.starts_at,
                    due_at,
                    state: ReminderState::Waiting,
                    position: fact.position,
                })
            }
            Folded::Clear(ReminderSource::Calendar(_)) => None,
            Folded::Clear(ReminderSource::Notice(_)) | Folded::Erased => {
                row.map(|row| ReminderRow {
                    state: ReminderState::Written,
                    ..row
                })
            }
        })
    }
}

/// The timers of all tenants that are due and of use: of appointments that have not begun.
/// The longest due come first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn due(
    reads: &Reads,
    now: DateTime<Utc>,
    limit: u16,
) -> Result<Vec<ReminderRow>, ReadError> {
    let mut select = of_all_tenants::<ReminderRow>();
    select
        // A literal, so that the planner can tell that the partial index applies.
        .and_where(Expr::col("state").eq(Expr::cust("'waiting'")))
        .and_where(Expr::col("due_at").lte(now))
        .and_where(Expr::col("starts_at").gt(now))
        .order_by("due_at", Order::Asc)
        .order_by("starts_at", Order::Asc)
        .limit(u64::from(limit));
    reads.rows(&select).await
}
