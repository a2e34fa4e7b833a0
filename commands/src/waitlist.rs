//! The waitlist: joined and left by patients, offered to by a worker when a slot is freed.

use chrono::{DateTime, Utc};
use medilink_domain::agenda::OpenWait;
use medilink_domain::appointment::Terms;
use medilink_domain::calendar::{Calendar, CalendarCommand, CalendarId, SetReminders, Slot};
use medilink_domain::doctor::Doctor;
use medilink_domain::patient::Patient;
use medilink_domain::visit_type::VisitType;
use medilink_domain::waitlist::{
    self, Offer as OfferedSlot, Waitlist, WaitlistCommand, WaitlistError, Wish,
};
use medilink_domain::{AppointmentId, DoctorId, PatientId, WaitlistEntryId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::agenda;
use crate::appointment::{self, AppointmentAnswer, confirm};
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::occupancy;
use crate::placement::{Placed, Placement, release};
use crate::practice::{Practice, date_in, hospital_of};
use crate::work::{Instance, Work};

const KIND: &str = "waitlist entry";

/// The entry after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitlistAnswer {
    /// The entry.
    pub entry: WaitlistEntryId,
    /// Its version, for `If-Match`.
    pub version: u64,
}

/// Puts a patient on the waitlist.
#[derive(Clone, Debug)]
pub struct Join {
    /// Who waits.
    pub patient: PatientId,
    /// For what.
    pub wish: Wish,
}

impl Operation for Join {
    const NAME: &'static str = "join-waitlist";
    type Answer = WaitlistAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<WaitlistAnswer, CommandError> {
        let resource = Resource::of_tenant("patient", work.tenant())
            .about(self.patient.uuid())
            .at(self.wish.hospital);
        work.authorize(Action::JoinWaitlist, &resource).await?;
        work.existing::<Patient>(&self.patient, "patient").await?;
        let hospital = hospital_of(work, self.wish.hospital).await?;
        if let Some(department) = self.wish.department {
            hospital.department(department)?;
        }
        if let Some(doctor) = self.wish.doctor {
            let doctor = work.existing::<Doctor>(&doctor, "doctor").await?;
            if doctor.state().post()?.hospital != self.wish.hospital {
                return Err(CommandError::NotFound("doctor"));
            }
        }
        if let Some(visit_type) = self.wish.visit_type {
            let known = work.load::<VisitType>(&visit_type, "visit type").await?;
            known.state().bookable(self.wish.hospital, self.wish.mode)?;
        }
        let entry = WaitlistEntryId(Uuid::now_v7());
        let mut instance = work.create::<Waitlist>(&entry);
        let join = WaitlistCommand::Join(waitlist::Join {
            entry,
            patient: self.patient,
            wish: Wish {
                // The hospital's clock, whatever the caller thinks it is.
                time_zone: hospital.site()?.time_zone,
                ..self.wish.clone()
            },
        });
        work.decide(&mut instance, join).await?;
        let wait = OpenWait {
            entry,
            hospital: self.wish.hospital,
        };
        agenda::add_wait(work, self.patient, wait).await?;
        Ok(answer(entry, &instance))
    }
}

/// Takes a patient off it; a slot that is held for them is passed on.
#[derive(Clone, Debug)]
pub struct Leave {
    /// The entry.
    pub entry: WaitlistEntryId,
}

impl Operation for Leave {
    const NAME: &'static str = "leave-waitlist";
    type Answer = WaitlistAnswer;

    fn target(&self) -> String {
        self.entry.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<WaitlistAnswer, CommandError> {
        let mut instance = allowed(work, self.entry, Action::LeaveWaitlist).await?;
        let offer = instance.state().offer.clone();
        work.decide(&mut instance, WaitlistCommand::Leave).await?;
        forget(work, &instance, self.entry).await?;
        if let Some(offer) = offer {
            give_back(work, &instance, &offer).await?;
        }
        Ok(answer(self.entry, &instance))
    }
}

/// Takes a patient off it because all that they wished for is over.
#[derive(Clone, Debug)]
pub struct Expire {
    /// The entry.
    pub entry: WaitlistEntryId,
}

impl Operation for Expire {
    const NAME: &'static str = "expire-wait";
    type Answer = WaitlistAnswer;

    fn target(&self) -> String {
        self.entry.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<WaitlistAnswer, CommandError> {
        let mut instance = allowed(work, self.entry, Action::ExpireWait).await?;
        work.decide(&mut instance, WaitlistCommand::Expire).await?;
        forget(work, &instance, self.entry).await?;
        Ok(answer(self.entry, &instance))
    }
}

/// Holds a freed slot for whom it is offered to.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Who is next.
    pub entry: WaitlistEntryId,
    /// Whose slot.
    pub doctor: DoctorId,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
}

impl Operation for Offer {
    const NAME: &'static str = "offer-slot";
    type Answer = WaitlistAnswer;

    fn target(&self) -> String {
        self.entry.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<WaitlistAnswer, CommandError> {
        let mut instance = allowed(work, self.entry, Action::OfferSlot).await?;
        let wish = instance.state().waiting()?.wish.clone();
        let practice = Practice::of(work, self.doctor).await?;
        let place = practice.place();
        if place.hospital != wish.hospital
            || wish
                .department
                .is_some_and(|wished| wished != place.department)
        {
            return Err(WaitlistError::NotWished.into());
        }
        let appointment = AppointmentId(Uuid::now_v7());
        let placement = Placement {
            appointment,
            starts_at: self.starts_at,
            visit_type: wish.visit_type,
            mode: wish.mode,
            assets: Vec::new(),
            overbook: false,
            // Nobody is reminded of what they have not accepted.
            reminders: Some(Vec::new()),
        };
        let placed = placement.take(work, &practice).await?;
        let until = (work.now() + practice.policy().offer_hold()).min(self.starts_at);
        let offer = WaitlistCommand::Offer(OfferedSlot {
            appointment,
            doctor: self.doctor,
            starts_at: placed.slot.starts_at,
            ends_at: placed.slot.ends_at,
            assets: placed.assets,
            until,
        });
        work.decide(&mut instance, offer).await?;
        Ok(answer(self.entry, &instance))
    }
}

/// Makes an appointment of the slot that is held.
#[derive(Clone, Debug)]
pub struct Accept {
    /// The entry.
    pub entry: WaitlistEntryId,
    /// The appointment that it will be.
    pub appointment: AppointmentId,
}

impl Operation for Accept {
    const NAME: &'static str = "accept-offer";
    type Answer = AppointmentAnswer;

    fn target(&self) -> String {
        self.entry.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AppointmentAnswer, CommandError> {
        let mut instance = allowed(work, self.entry, Action::AcceptOffer).await?;
        let joined = instance.state().waiting()?.clone();
        let offer = instance.state().offer_of(self.appointment)?.clone();
        let accept = WaitlistCommand::Accept(waitlist::Accept {
            appointment: self.appointment,
        });
        work.decide(&mut instance, accept).await?;
        forget(work, &instance, self.entry).await?;
        let patient = work.existing::<Patient>(&joined.patient, "patient").await?;
        let practice = Practice::of(work, offer.doctor).await?;
        let id = CalendarId {
            doctor: offer.doctor,
            date: practice.date(offer.starts_at),
        };
        let mut calendar = work.existing::<Calendar>(&id, "calendar").await?;
        let remind = CalendarCommand::SetReminders(SetReminders {
            appointment: offer.appointment,
            starts_at: offer.starts_at,
            reminders: patient.state().reminders.clone(),
        });
        work.decide(&mut calendar, remind).await?;
        let mut price = None;
        if let Some(visit_type) = joined.wish.visit_type {
            let known = work.load::<VisitType>(&visit_type, "visit type").await?;
            price = known
                .state()
                .offer
                .as_ref()
                .and_then(|offer| offer.terms.price.clone());
        }
        let placed = Placed {
            slot: Slot {
                starts_at: offer.starts_at,
                ends_at: offer.ends_at,
                window: None,
            },
            assets: offer.assets.clone(),
            price: price.clone(),
        };
        let terms = Terms {
            visit_type: joined.wish.visit_type,
            mode: joined.wish.mode,
            price,
            assets: offer.assets,
            ..Terms::default()
        };
        let wish = appointment::Book {
            visit_type: joined.wish.visit_type,
            mode: joined.wish.mode,
            ..appointment::Book::new(joined.patient, offer.doctor, offer.starts_at)
        };
        confirm(work, &practice, &wish, offer.appointment, &placed, terms).await
    }
}

/// Passes the slot that is held on to the next.
#[derive(Clone, Debug)]
pub struct Decline {
    /// The entry.
    pub entry: WaitlistEntryId,
    /// The appointment that it would have been.
    pub appointment: AppointmentId,
}

impl Operation for Decline {
    const NAME: &'static str = "decline-offer";
    type Answer = WaitlistAnswer;

    fn target(&self) -> String {
        self.entry.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<WaitlistAnswer, CommandError> {
        let decline = WaitlistCommand::Decline(waitlist::Accept {
            appointment: self.appointment,
        });
        let action = Action::DeclineOffer;
        pass_on(work, self.entry, self.appointment, action, decline).await
    }
}

/// Passes it on because nobody answered in time.
#[derive(Clone, Debug)]
pub struct Lapse {
    /// The entry.
    pub entry: WaitlistEntryId,
    /// The appointment that it would have been.
    pub appointment: AppointmentId,
}

impl Operation for Lapse {
    const NAME: &'static str = "lapse-offer";
    type Answer = WaitlistAnswer;

    fn target(&self) -> String {
        self.entry.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<WaitlistAnswer, CommandError> {
        let lapse = WaitlistCommand::Lapse(waitlist::Accept {
            appointment: self.appointment,
        });
        let action = Action::LapseOffer;
        pass_on(work, self.entry, self.appointment, action, lapse).await
    }
}

async fn pass_on(
    work: &mut Work<'_>,
    entry: WaitlistEntryId,
    appointment: AppointmentId,
    action: Action,
    command: WaitlistCommand,
) -> Result<WaitlistAnswer, CommandError> {
    let mut instance = allowed(work, entry, action).await?;
    let offer = instance.state().offer_of(appointment)?.clone();
    work.decide(&mut instance, command).await?;
    give_back(work, &instance, &offer).await?;
    Ok(answer(entry, &instance))
}

/// Takes a wait that is over off the patient's agenda.
async fn forget(
    work: &mut Work<'_>,
    instance: &Instance<Waitlist>,
    entry: WaitlistEntryId,
) -> Result<(), CommandError> {
    let patient = instance.state().joined()?.patient;
    agenda::remove_wait(work, patient, entry).await
}

/// Frees what was held.
async fn give_back(
    work: &mut Work<'_>,
    instance: &Instance<Waitlist>,
    offer: &OfferedSlot,
) -> Result<(), CommandError> {
    let zone = instance.state().joined()?.wish.time_zone;
    let date = date_in(zone, offer.starts_at);
    release(work, offer.doctor, offer.appointment, offer.starts_at, date).await?;
    occupancy::vacate(work, &offer.assets, offer.appointment, date).await
}

async fn allowed(
    work: &mut Work<'_>,
    entry: WaitlistEntryId,
    action: Action,
) -> Result<Instance<Waitlist>, CommandError> {
    let instance = work.existing::<Waitlist>(&entry, KIND).await?;
    let joined = instance.state().joined()?;
    let resource = Resource::of_tenant(KIND, work.tenant())
        .about(joined.patient.uuid())
        .at(joined.wish.hospital);
    work.authorize(action, &resource).await?;
    work.expect_version(&instance)?;
    Ok(instance)
}

const fn answer(entry: WaitlistEntryId, instance: &Instance<Waitlist>) -> WaitlistAnswer {
    WaitlistAnswer {
        entry,
        version: instance.version(),
    }
}
