//! Waitlist: a patient's wish for a slot that is not free yet. When one becomes free it is
//! held in the doctor's calendar and offered to the next in line, for a time; accepted, it is
//! an appointment, otherwise it is passed on.

mod preference;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use preference::{Preference, Wish};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{AppointmentId, AssetId, DoctorId, PatientId, SubjectId, WaitlistEntryId};

/// What may be asked of an entry of the waitlist.
#[derive(Clone, Debug, PartialEq)]
pub enum WaitlistCommand {
    /// Puts a patient on the list.
    Join(Join),
    /// Offers a freed slot.
    Offer(Offer),
    /// Takes the slot that is offered.
    Accept(Accept),
    /// Passes it on.
    Decline(Accept),
    /// Passes it on because its time is up.
    Lapse(Accept),
    /// Takes the patient off the list.
    Leave,
    /// Takes them off because what they wished for is over.
    Expire,
}

/// A patient waits for a slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// The new entry.
    pub entry: WaitlistEntryId,
    /// Who waits.
    pub patient: PatientId,
    /// For what.
    pub wish: Wish,
}

/// A slot is free, and theirs if they want it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Offer {
    /// The appointment that it would be.
    pub appointment: AppointmentId,
    /// With whom.
    pub doctor: DoctorId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// The rooms and devices that are held with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<AssetId>,
    /// Until when it is held.
    pub until: DateTime<Utc>,
}

/// An answer to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accept {
    /// The appointment that it would be.
    pub appointment: AppointmentId,
}

crate::events! {
    /// What can happen to an entry of the waitlist.
    pub enum WaitlistEvent {
        Joined: "waitlist.joined" v 1, Privacy::Personal(Category::Clinical);
        Offered: "waitlist.offered" v 1, Privacy::Personal(Category::Clinical);
        Accepted: "waitlist.accepted" v 1, Privacy::Personal(Category::Clinical);
        Declined: "waitlist.declined" v 1, Privacy::Personal(Category::Clinical);
        Lapsed: "waitlist.lapsed" v 1, Privacy::Personal(Category::Clinical);
        Left: "waitlist.left" v 1, Privacy::Personal(Category::Clinical);
        Expired: "waitlist.expired" v 1, Privacy::Personal(Category::Clinical);
    }
}

/// A patient began to wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Joined {
    /// The entry.
    pub entry: WaitlistEntryId,
    /// Who waits.
    pub patient: PatientId,
    /// For what.
    pub wish: Wish,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// A slot was offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Offered {
    /// The entry.
    pub entry: WaitlistEntryId,
    /// What.
    pub offer: Offer,
}

/// The offer was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accepted {
    /// The entry.
    pub entry: WaitlistEntryId,
    /// The appointment that it is now.
    pub appointment: AppointmentId,
}

/// The offer was passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Declined {
    /// The entry.
    pub entry: WaitlistEntryId,
    /// The appointment that it would have been.
    pub appointment: AppointmentId,
}

/// The offer was not answered in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lapsed {
    /// The entry.
    pub entry: WaitlistEntryId,
    /// The appointment that it would have been.
    pub appointment: AppointmentId,
}

/// The patient waits no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Left {
    /// The entry.
    pub entry: WaitlistEntryId,
}

/// No slot was free at any time that was wished for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expired {
    /// The entry.
    pub entry: WaitlistEntryId,
}

crate::problems! {
    /// Why an entry of the waitlist refuses.
    pub enum WaitlistError {
        /// Its id is in use.
        AlreadyOnWaitlist: Conflict "already-on-waitlist",
            "the patient is already on the waitlist", "Join under a new id.";
        /// Nobody waits under it.
        NoSuchEntry: NotFound "no-such-waitlist-entry",
            "there is no such entry on the waitlist", "Check the entry's id.";
        /// They have what they wanted, or gave up.
        WaitIsOver: Conflict "wait-is-over",
            "the patient does not wait any more", "Join the waitlist again.";
        /// One at a time.
        OfferOpen: Conflict "offer-open",
            "another slot is already offered to the patient", "Wait for their answer.";
        /// It was passed on, or never made.
        NoSuchOffer: Conflict "no-such-offer" at "/appointment",
            "this slot is not offered to the patient any more", "Wait for the next offer.";
        /// It is too late.
        OfferLapsed: Conflict "offer-lapsed" at "/appointment",
            "the offer's time is up", "Wait for the next offer.";
        /// It is not too late yet.
        OfferStillHeld: Conflict "offer-still-held",
            "the offer's time is not up", "Wait until it is.";
        /// It is not too late yet.
        StillWished: Conflict "still-wished",
            "the time that is wished for is not over", "Wait until it is.";
        /// Not what they wait for.
        NotWished: Conflict "not-wished",
            "the slot is not what the patient waits for", "Offer it to someone else.";
        /// It was passed on already.
        AlreadyPassedOn: Conflict "already-passed-on",
            "the patient has passed this slot on", "Offer it to someone else.";
        /// They say nothing.
        NoPreference: Invalid "no-preference" at "/preferences",
            "no time is wished for", "Name at least one preference, and at most ten.";
        /// It can't be met.
        PreferenceEndsBeforeItStarts: Invalid "preference-ends-before-it-starts" at "/preferences",
            "a preference ends before it starts", "Choose a later end.";
        /// It is over.
        PreferenceInPast: Invalid "preference-in-past" at "/preferences",
            "all that is wished for is over", "Choose days that are still to come.";
        /// Nobody plans that far.
        PreferenceTooFarAhead: Invalid "preference-too-far-ahead" at "/preferences",
            "a preference ends more than two years from now", "Choose an earlier end.";
        /// Of whom or where, they don't say.
        NothingWished: Invalid "nothing-wished" at "/doctor",
            "neither a doctor nor a department is wished for", "Name a doctor or a department.";
    }
}

/// The state of an entry of the waitlist.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Waitlist {
    /// Who waits for what, once they joined.
    pub joined: Option<Joined>,
    /// The offer that is open.
    pub offer: Option<Offer>,
    /// What they passed on: of whom, and when.
    pub passed_on: Vec<(DoctorId, DateTime<Utc>)>,
    /// Whether they wait no more.
    pub over: bool,
}

impl Waitlist {
    /// Who waits for what, if they still wait.
    ///
    /// # Errors
    /// Never joined, or no more.
    pub fn waiting(&self) -> Result<&Joined, WaitlistError> {
        let joined = self.joined()?;
        if self.over {
            return Err(WaitlistError::WaitIsOver);
        }
        Ok(joined)
    }

    /// Who waits or waited for what.
    ///
    /// # Errors
    /// [`WaitlistError::NoSuchEntry`] before they joined.
    pub fn joined(&self) -> Result<&Joined, WaitlistError> {
        self.joined.as_ref().ok_or(WaitlistError::NoSuchEntry)
    }

    /// The open offer, if it is the one for this appointment.
    ///
    /// # Errors
    /// [`WaitlistError::NoSuchOffer`] when it is not.
    pub fn offer_of(&self, appointment: AppointmentId) -> Result<&Offer, WaitlistError> {
        self.offer
            .as_ref()
            .filter(|offer| offer.appointment == appointment)
            .ok_or(WaitlistError::NoSuchOffer)
    }

    fn join(&self, join: Join, now: DateTime<Utc>) -> Result<Joined, WaitlistError> {
        if self.joined.is_some() {
            return Err(WaitlistError::AlreadyOnWaitlist);
        }
        let Join {
            entry,
            patient,
            wish,
        } = join;
        wish.check(now)?;
        Ok(Joined {
            entry,
            patient,
            wish,
            at: now,
        })
    }

    fn take_offer(&self, offer: Offer) -> Result<Offered, WaitlistError> {
        let joined = self.waiting()?;
        if self.offer.is_some() {
            return Err(WaitlistError::OfferOpen);
        }
        if self.passed_on.contains(&(offer.doctor, offer.starts_at)) {
            return Err(WaitlistError::AlreadyPassedOn);
        }
        if !joined
            .wish
            .admits(offer.doctor, offer.starts_at, offer.ends_at)
        {
            return Err(WaitlistError::NotWished);
        }
        Ok(Offered {
            entry: joined.entry,
            offer,
        })
    }

    fn accept(&self, accept: Accept, now: DateTime<Utc>) -> Result<Accepted, WaitlistError> {
        let joined = self.waiting()?;
        let offer = self.offer_of(accept.appointment)?;
        if offer.until <= now {
            return Err(WaitlistError::OfferLapsed);
        }
        Ok(Accepted {
            entry: joined.entry,
            appointment: offer.appointment,
        })
    }

    fn lapse(&self, lapse: Accept, now: DateTime<Utc>) -> Result<Lapsed, WaitlistError> {
        let joined = self.waiting()?;
        let offer = self.offer_of(lapse.appointment)?;
        if now < offer.until {
            return Err(WaitlistError::OfferStillHeld);
        }
        Ok(Lapsed {
            entry: joined.entry,
            appointment: offer.appointment,
        })
    }

    fn expire(&self, now: DateTime<Utc>) -> Result<Expired, WaitlistError> {
        let joined = self.waiting()?;
        if self.offer.is_some() {
            return Err(WaitlistError::OfferOpen);
        }
        if now < joined.wish.over_at() {
            return Err(WaitlistError::StillWished);
        }
        Ok(Expired {
            entry: joined.entry,
        })
    }

    fn pass_on(&mut self) {
        if let Some(offer) = self.offer.take() {
            self.passed_on.push((offer.doctor, offer.starts_at));
        }
    }
}

impl Decider for Waitlist {
    const CATEGORY: &'static str = "waitlist";

    type Id = WaitlistEntryId;
    type Command = WaitlistCommand;
    type Event = WaitlistEvent;
    type Error = WaitlistError;

    fn decide(
        &self,
        command: WaitlistCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<WaitlistEvent>, WaitlistError> {
        Ok(vec![match command {
            WaitlistCommand::Join(join) => self.join(join, now)?.into(),
            WaitlistCommand::Offer(offer) => self.take_offer(offer)?.into(),
            WaitlistCommand::Accept(accept) => self.accept(accept, now)?.into(),
            WaitlistCommand::Decline(decline) => {
                let entry = self.waiting()?.entry;
                let appointment = self.offer_of(decline.appointment)?.appointment;
                Declined { entry, appointment }.into()
            }
            WaitlistCommand::Lapse(lapse) => self.lapse(lapse, now)?.into(),
            WaitlistCommand::Leave => {
                let entry = self.waiting()?.entry;
                Left { entry }.into()
            }
            WaitlistCommand::Expire => self.expire(now)?.into(),
        }])
    }

    fn evolve(&mut self, event: &WaitlistEvent) {
        match event {
            WaitlistEvent::Joined(joined) => self.joined = Some(joined.clone()),
            WaitlistEvent::Offered(offered) => self.offer = Some(offered.offer.clone()),
            WaitlistEvent::Accepted(_) => {
                self.offer = None;
                self.over = true;
            }
            WaitlistEvent::Declined(_) | WaitlistEvent::Lapsed(_) => self.pass_on(),
            WaitlistEvent::Left(_) | WaitlistEvent::Expired(_) => {
                self.offer = None;
                self.over = true;
            }
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.joined.as_ref().map(|joined| joined.patient.into())
    }
}

crate::aggregate!(Waitlist);

#[cfg(test)]
mod tests;
