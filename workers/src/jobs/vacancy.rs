//! Offers a slot that was freed to the next in line of the waitlist.

use chrono::Utc;
use medilink_commands::waitlist::Offer;
use medilink_domain::WaitlistEntryId;
use medilink_domain::calendar::{CalendarEvent, SlotReleased};
use medilink_log::RecordedEvent;
use medilink_projections::doctor;
use medilink_projections::waitlist::{Post, WaitlistRow, waiting};

use crate::job::{EventJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct Vacancy;

/// How many who wait are read at a time.
const PAGE: u16 = 100;

/// Refusals that concern the one who waits: the next may still want the slot.
const NEXT: &[&str] = &[
    "already-passed-on",
    "mode-not-offered",
    "need-not-met",
    "no-such-visit-type",
    NOT_FOUND,
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
        let post = Post {
            hospital: doctor.hospital,
            department: doctor.department,
            doctor: released.doctor,
        };
        let mut behind = None;
        loop {
            let line = waiting(&tools.reads, event.tenant, post, behind, PAGE).await?;
            // Worth while to ask; the command decides.
            let wish = |row: &&WaitlistRow| {
                let (doctor, starts_at) = (released.doctor, released.starts_at);
                row.wish.admits(doctor, starts_at, starts_at)
            };
            for row in line.iter().filter(wish) {
                if ask(tools, event, &released, row.entry).await? == Asked::ItIsSettled {
                    return Ok(());
                }
            }
            let Some(last) = line.last().filter(|_| line.len() == usize::from(PAGE)) else {
                return Ok(());
            };
            behind = Some((last.joined_at, last.entry));
        }
    }
}

#[derive(PartialEq, Eq)]
enum Asked {
    /// The slot is held for them, or gone.
    ItIsSettled,
    /// It is not for them.
    TheNextMay,
}

async fn ask(
    tools: &Tools,
    event: &RecordedEvent,
    slot: &SlotReleased,
    entry: WaitlistEntryId,
) -> Result<Asked, JobError> {
    let offer = Offer {
        entry,
        doctor: slot.doctor,
        starts_at: slot.starts_at,
    };
    let context = tools.because_of(Vacancy::NAME, event.tenant, event.position);
    let refused = tools
        .carry_out(&context, &offer, &[NEXT, GONE].concat())
        .await?;
    Ok(match refused {
        Some(code) if NEXT.contains(&code.as_ref()) => Asked::TheNextMay,
        _ => Asked::ItIsSettled,
    })
}
