//! Timers: when a patient is to be reminded of an appointment.
//!
//! Folded from what calendars and notices say openly, so that an erased person can neither
//! bring a timer back nor be reminded twice: a slot that is taken starts a timer for each time
//! that the patient chose, a slot that is given back ends them, and the notice, whose id
//! follows from appointment and time, marks one as done even when its text can't be read any
//! more.

use chrono::{DateTime, Utc};
use medilink_domain::calendar::CalendarEvent;
use medilink_domain::notice::NoticeEvent;
use medilink_domain::reminder::{chosen_reminder, usual_reminder};
use medilink_domain::values::ReminderLead;
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

/// The id of the notice that reminds of an appointment at a time, so long ahead as was
/// chosen, or as usual. It follows from its cause, so that whoever writes it, and however
/// often, writes one notice.
pub fn notice_of(
    appointment: AppointmentId,
    starts_at: DateTime<Utc>,
    lead: Option<ReminderLead>,
) -> NoticeId {
    const NAMESPACE: Uuid = Uuid::from_u128(0x0199_6d2c_7a41_7c55_9e1b_3f60_52ab_c0d1);
    let mut name = format!("reminder:{appointment}:{}", starts_at.timestamp_micros());
    if let Some(lead) = lead {
        name.push_str(&format!(":{}", lead.get()));
    }
    NoticeId(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

/// The ids of the notices that remind of an appointment at a time, for someone who chose
/// these leads, or nothing.
pub fn notices_of(
    appointment: AppointmentId,
    starts_at: DateTime<Utc>,
    leads: Option<&[ReminderLead]>,
) -> Vec<NoticeId> {
    match leads {
        None => vec![notice_of(appointment, starts_at, None)],
        Some(leads) => leads
            .iter()
            .map(|lead| notice_of(appointment, starts_at, Some(*lead)))
            .collect(),
    }
}

/// A slot as timers see it.
struct Timed<'a> {
    appointment: AppointmentId,
    doctor: DoctorId,
    starts_at: DateTime<Utc>,
    /// How long before it the patient is reminded; as usual, if nothing was chosen.
    leads: &'a Option<Vec<ReminderLead>>,
}

impl Timed<'_> {
    /// The timers that it has: how long ahead, and under which id.
    fn timers(&self) -> Vec<(Option<ReminderLead>, NoticeId)> {
        let leads = match self.leads {
            None => vec![None],
            Some(leads) => leads.iter().copied().map(Some).collect(),
        };
        let id = |lead| notice_of(self.appointment, self.starts_at, lead);
        leads.into_iter().map(|lead| (lead, id(lead))).collect()
    }

    fn keys(&self) -> impl Iterator<Item = (NoticeId,)> {
        self.timers().into_iter().map(|(_, notice)| (notice,))
    }

    /// When the timer of this id goes off, if it is one of these and its time is to come.
    fn due(&self, key: NoticeId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut timers = self.timers().into_iter();
        let (lead, _) = timers.find(|(_, notice)| *notice == key)?;
        match lead {
            None => usual_reminder(now, self.starts_at),
            Some(lead) => chosen_reminder(now, self.starts_at, lead),
        }
    }
}

/// The slot that times someone from now on, if the event is about that, and what timed them
/// until now.
fn timed(event: &CalendarEvent) -> (Option<Timed<'_>>, Option<Timed<'_>>) {
    match event {
        CalendarEvent::SlotReserved(slot) => {
            let starts = Timed {
                appointment: slot.appointment,
                doctor: slot.doctor,
                starts_at: slot.starts_at,
                leads: &slot.reminders,
            };
            (Some(starts), None)
        }
        CalendarEvent::SlotReleased(slot) => {
            let ends = Timed {
                appointment: slot.appointment,
                doctor: slot.doctor,
                starts_at: slot.starts_at,
                leads: &slot.reminders,
            };
            (None, Some(ends))
        }
        CalendarEvent::RemindersSet(set) => {
            let of = |leads| Timed {
                appointment: set.appointment,
                doctor: set.doctor,
                starts_at: set.starts_at,
                leads,
            };
            (Some(of(&set.reminders)), Some(of(&set.previous)))
        }
        CalendarEvent::WindowOpened(_) | CalendarEvent::WindowClosed(_) => (None, None),
    }
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
    const VERSION: u16 = 2;
    const INDEXES: &'static [&'static str] = &["(due_at, starts_at) WHERE state = 'waiting'"];

    type Source = ReminderSource;
    type Row = ReminderRow;

    fn keys(fact: &Fact<ReminderSource>) -> Result<Vec<(NoticeId,)>, FoldError> {
        Ok(match &fact.body {
            Folded::Clear(ReminderSource::Calendar(event)) => {
                let (starts, ends) = timed(event);
                let mut keys: Vec<_> = [ends, starts]
                    .iter()
                    .flatten()
                    .flat_map(Timed::keys)
                    .collect();
                keys.sort_unstable();
                keys.dedup();
                keys
            }
            // Of the events here only notices can be erased.
            Folded::Clear(ReminderSource::Notice(_)) | Folded::Erased => {
                vec![(fact.id("notice")?,)]
            }
        })
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
            Folded::Clear(ReminderSource::Calendar(event)) => {
                let (starts, ends) = timed(event);
                let has = |slot: &Timed<'_>| slot.keys().any(|timer| timer == *key);
                if row.is_some()
                    && starts.as_ref().is_some_and(has)
                    && ends.as_ref().is_some_and(has)
                {
                    // Chosen before and now: it stays as it was, even if it is due already.
                    return Ok(row);
                }
                starts.and_then(|slot| {
                    Some(ReminderRow {
                        notice: key.0,
                        tenant: fact.tenant,
                        appointment: slot.appointment,
                        doctor: slot.doctor,
                        starts_at: slot.starts_at,
                        due_at: slot.due(key.0, fact.recorded_at)?,
                        state: ReminderState::Waiting,
                        position: fact.position,
                    })
                })
            }
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
