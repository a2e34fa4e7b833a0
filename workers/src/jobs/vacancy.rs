//! Offers a slot that was freed to the next in line of the waitlist.

use chrono::Utc;
use medilink_commands::CommandError;
use medilink_commands::waitlist::Offer;
use medilink_domain::calendar::{CalendarEvent, SlotReleased};
use medilink_log::RecordedEvent;
use medilink_projections::doctor::{self, DoctorRow};
use medilink_projections::waitlist::{WaitlistRow, waiting};

use crate::job::{EventJob, JobError, Tools};

/// The job.
pub(crate) struct Vacancy;

/// How many who wait are asked about one slot.
const LONGEST_LINE: u16 = 500;

/// Refusals that concern the one who waits: the next may still want the slot.
const NEXT: &[&str] = &[
    "already-passed-on",
    "mode-not-offered",
    "need-not-met",
    "no-such-visit-type",
    "not-a-slot",
    "not-wished",
    "offer-open",
    // For a visit of their length; a shorter one may still fit.
    "slot-taken",
    "visit-type-retired",
    "wait-is-over",
];

/// Refusals that concern the slot: it is nobody's to have any more.
const GONE: &[&str] = &["day-full", "slot-in-past"];

impl EventJob for Vacancy {
    const NAME: &'static str = "vacancy";
    const EVENTS: &'static [&'static str] = &["calendar.slot-released"];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let Some(CalendarEvent::SlotReleased(released)) = tools.decode(event).await? else {
            return Ok(());
        };
        if released.starts_at <= Utc::now() {
            return Ok(());
        }
        // Whoever joined before the slot was freed is in line for it.
        tools.reached("waitlist", event.position).await?;
        let known = doctor::get(&tools.reads, event.tenant, released.doctor).await?;
        // An erased doctor sees nobody.
        let Some(doctor) = known else {
            return Ok(());
        };
        let line = waiting(&tools.reads, event.tenant, doctor.hospital, LONGEST_LINE).await?;
        for row in line.iter().filter(|row| wants(row, &doctor, &released)) {
            let offer = Offer {
                entry: row.entry,
                doctor: released.doctor,
                starts_at: released.starts_at,
            };
            let context = tools.because_of(Self::NAME, event.tenant, event.position);
            match tools.executor.execute(&context, &offer).await {
                Ok(_) => return Ok(()),
                Err(CommandError::NotFound(_)) => {}
                Err(CommandError::Refused(problem)) => match problem.detail().slug {
                    slug if NEXT.contains(&slug) => {}
                    slug if GONE.contains(&slug) => return Ok(()),
                    _ => return Err(CommandError::Refused(problem).into()),
                },
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Whether it is worth while to ask: the command decides.
fn wants(row: &WaitlistRow, doctor: &DoctorRow, slot: &SlotReleased) -> bool {
    row.department
        .is_none_or(|wished| wished == doctor.department)
        && row.wish.admits(slot.doctor, slot.starts_at, slot.starts_at)
}
