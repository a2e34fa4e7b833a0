//! Tells a patient that a slot they wait for is held for them.
//!
//! The notice's id follows from the appointment that the slot would be, so that however often
//! the event comes, one notice is written.

use medilink_commands::notice::WriteOffer;
use medilink_domain::notice::words::Visit;
use medilink_domain::notice::{About, NoticeKind};
use medilink_domain::waitlist::{Offer as HeldSlot, Waitlist, WaitlistEvent};
use medilink_domain::{AppointmentId, Decider, NoticeId};
use medilink_log::RecordedEvent;
use uuid::Uuid;

use super::recipient::{Recipient, department_of, doctor_of};
use crate::job::{EventJob, JobError, Tools};

/// The job.
pub(crate) struct Offer {
    /// Whether e-mail can be sent.
    pub(crate) email: bool,
}

/// Refusals after which nothing is left to be said: it is written, or the offer is over.
const SAID_OR_VOID: &[&str] = &["no-such-offer", "notice-already-written"];

impl EventJob for Offer {
    const NAME: &'static str = "offer";
    const EVENTS: &'static [&'static str] = &["waitlist.offered"];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let history = tools
            .history::<WaitlistEvent>(event.tenant, &event.stream)
            .await?;
        // Nobody writes to an erased patient.
        let Some(history) = history else {
            return Ok(());
        };
        let (mut entry, mut offer) = (Waitlist::default(), None);
        for (version, earlier) in (1..).zip(&history) {
            entry.evolve(earlier);
            if version == event.version {
                offer.clone_from(&entry.offer);
            }
        }
        let (Ok(joined), Some(offer)) = (entry.joined(), offer) else {
            return Ok(());
        };
        let known = Recipient::of(tools, event.tenant, joined.patient, self.email).await?;
        let Some(patient) = known else {
            return Ok(());
        };
        let doctor = doctor_of(tools, event.tenant, offer.doctor).await?;
        let department =
            department_of(tools, event.tenant, doctor.hospital, doctor.department).await?;
        let visit = Visit {
            doctor: &doctor.name,
            department: &department,
            starts_at: offer.starts_at,
            time_zone: joined.wish.time_zone,
        };
        let words = visit.offer(patient.language, offer.until);
        let HeldSlot { appointment, .. } = offer;
        let write = WriteOffer {
            entry: joined.entry,
            notice: patient.notice(
                notice_of(appointment),
                NoticeKind::SlotOffered,
                About::Appointment(appointment),
                words,
            ),
        };
        let context = tools.because_of(Self::NAME, event.tenant, event.position);
        tools
            .carry_out(&context, &write, SAID_OR_VOID)
            .await
            .map(drop)
    }
}

fn notice_of(appointment: AppointmentId) -> NoticeId {
    const NAMESPACE: Uuid = Uuid::from_u128(0x0199_6d2c_7a41_7c55_9e1b_3f60_52ab_c0d2);
    NoticeId(Uuid::new_v5(&NAMESPACE, appointment.uuid().as_bytes()))
}
