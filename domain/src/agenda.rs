//! Agenda: a patient's visits that are still to come and those they wait for, so that nobody
//! is to be in two places at once or has more of either than is allowed, however many book for
//! them at the same moment.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::hospital::BookingPolicy;
use crate::ids::{AppointmentId, DoctorId, HospitalId, PatientId, SubjectId, WaitlistEntryId};
use crate::values::TimeZone;

/// What may be asked of an agenda.
#[derive(Clone, Debug, PartialEq)]
pub enum AgendaCommand {
    /// Takes a visit up.
    Add(Add),
    /// Moves one to another time.
    Move(Move),
    /// Takes one off: it is over, or will not be.
    Remove(Remove),
    /// Takes up that the patient waits for a visit.
    AddWait(AddWait),
    /// Takes it off: they have it, or wait no more.
    RemoveWait(RemoveWait),
}

/// A visit that takes a patient's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenVisit {
    /// The appointment.
    pub appointment: AppointmentId,
    /// With whom.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
}

/// A visit is booked.
#[derive(Clone, Debug, PartialEq)]
pub struct Add {
    /// Whose agenda.
    pub patient: PatientId,
    /// The visit.
    pub visit: OpenVisit,
    /// The hospital's rules; none when someone may go beyond them.
    pub policy: Option<BookingPolicy>,
}

/// A visit is moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// The visit at its new time.
    pub visit: OpenVisit,
    /// The hospital's rules; none when someone may go beyond them.
    pub policy: Option<BookingPolicy>,
}

/// A visit takes no more of the patient's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remove {
    /// The appointment.
    pub appointment: AppointmentId,
}

/// A place on the waitlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenWait {
    /// The entry.
    pub entry: WaitlistEntryId,
    /// At which hospital.
    pub hospital: HospitalId,
}

/// A patient begins to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddWait {
    /// Whose agenda.
    pub patient: PatientId,
    /// For what.
    pub wait: OpenWait,
}

/// A patient waits no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoveWait {
    /// The entry.
    pub entry: WaitlistEntryId,
}

crate::events! {
    /// What can happen to an agenda.
    pub enum AgendaEvent {
        VisitAdded: "agenda.visit-added" v 1, Privacy::Personal(Category::Clinical);
        VisitMoved: "agenda.visit-moved" v 1, Privacy::Personal(Category::Clinical);
        VisitRemoved: "agenda.visit-removed" v 1, Privacy::Personal(Category::Clinical);
        WaitAdded: "agenda.wait-added" v 1, Privacy::Personal(Category::Clinical);
        WaitRemoved: "agenda.wait-removed" v 1, Privacy::Personal(Category::Clinical);
    }
}

/// A visit was taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VisitAdded {
    /// Whose agenda.
    pub patient: PatientId,
    /// The visit.
    pub visit: OpenVisit,
}

/// A visit was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VisitMoved {
    /// Whose agenda.
    pub patient: PatientId,
    /// The visit at its new time.
    pub visit: OpenVisit,
}

/// A visit was taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VisitRemoved {
    /// Whose agenda.
    pub patient: PatientId,
    /// The appointment.
    pub appointment: AppointmentId,
}

/// A place on the waitlist was taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaitAdded {
    /// Whose agenda.
    pub patient: PatientId,
    /// The place.
    pub wait: OpenWait,
}

/// A place on the waitlist was taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaitRemoved {
    /// Whose agenda.
    pub patient: PatientId,
    /// The entry.
    pub entry: WaitlistEntryId,
}

/// At how many entries of one hospital's waitlist a patient may wait. More would let one
/// person be asked before everyone else, whatever becomes free.
const MOST_WAITS: usize = 10;

crate::problems! {
    /// Why an agenda refuses.
    pub enum AgendaError {
        /// Nobody can be in two places.
        PatientBusy: Conflict "patient-busy" at "/starts_at",
            "the patient has another visit at this time", "Choose another slot.";
        /// The hospital allows no more.
        TooManyOpenVisits: Conflict "too-many-open-visits" at "/patient",
            "the patient has as many visits to come as the hospital allows",
            "Cancel a visit first, or ask the hospital.";
        /// The hospital allows no more on one day.
        TooManyVisitsADay: Conflict "too-many-visits-a-day" at "/starts_at",
            "the patient has as many visits on that day as the hospital allows",
            "Choose another day, or ask the hospital.";
        /// It is in it.
        AlreadyOnAgenda: Conflict "already-on-agenda",
            "the visit is on the patient's agenda already", "Book under a new id.";
        /// It is not in it.
        NotOnAgenda: NotFound "not-on-agenda",
            "the visit is not on the patient's agenda", "Check the appointment's id.";
        /// The line is for everyone.
        TooManyWaits: Conflict "too-many-waits" at "/patient",
            "the patient waits for ten visits at the hospital, the most that one may",
            "Take the patient off the waitlist for one of them first.";
        /// It is in it.
        AlreadyWaits: Conflict "wait-already-on-agenda",
            "the wait is on the patient's agenda already", "Join under a new id.";
        /// It is not in it.
        DoesNotWait: NotFound "wait-not-on-agenda",
            "the wait is not on the patient's agenda", "Check the entry's id.";
    }
}

/// The state of an agenda.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Agenda {
    /// Whose it is, once anything was taken up.
    pub patient: Option<PatientId>,
    /// The visits, by the time they begin.
    pub visits: Vec<OpenVisit>,
    /// What the patient waits for, in the order in which they joined.
    pub waits: Vec<OpenWait>,
}

impl Agenda {
    /// Whether a visit is on it.
    pub fn holds(&self, appointment: AppointmentId) -> bool {
        self.visit(appointment).is_ok()
    }

    /// Whether a place on the waitlist is on it.
    pub fn waits_at(&self, entry: WaitlistEntryId) -> bool {
        self.waits.iter().any(|wait| wait.entry == entry)
    }

    fn check(
        &self,
        visit: &OpenVisit,
        policy: Option<&BookingPolicy>,
        now: DateTime<Utc>,
    ) -> Result<(), AgendaError> {
        let Some(policy) = policy else {
            return Ok(());
        };
        let others = || {
            let mine = self.visits.iter();
            mine.filter(|other| other.appointment != visit.appointment)
        };
        if others().any(|other| other.starts_at < visit.ends_at && visit.starts_at < other.ends_at)
        {
            return Err(AgendaError::PatientBusy);
        }
        let here = || others().filter(|other| other.hospital == visit.hospital);
        let open = here().filter(|other| now < other.starts_at).count();
        if exceeds(open, policy.most_open_visits) {
            return Err(AgendaError::TooManyOpenVisits);
        }
        let day = |visit: &OpenVisit| {
            visit
                .starts_at
                .with_timezone(&visit.time_zone.tz())
                .date_naive()
        };
        let that_day = here().filter(|other| day(other) == day(visit)).count();
        if exceeds(that_day, policy.most_visits_a_day) {
            return Err(AgendaError::TooManyVisitsADay);
        }
        Ok(())
    }

    fn add(&self, add: Add, now: DateTime<Utc>) -> Result<VisitAdded, AgendaError> {
        let Add {
            patient,
            visit,
            policy,
        } = add;
        if self.visit(visit.appointment).is_ok() {
            return Err(AgendaError::AlreadyOnAgenda);
        }
        self.check(&visit, policy.as_ref(), now)?;
        Ok(VisitAdded { patient, visit })
    }

    fn shift(&self, shift: Move, now: DateTime<Utc>) -> Result<VisitMoved, AgendaError> {
        let Move { visit, policy } = shift;
        let (patient, _) = self.visit(visit.appointment)?;
        self.check(&visit, policy.as_ref(), now)?;
        Ok(VisitMoved { patient, visit })
    }

    fn remove(&self, remove: Remove) -> Result<VisitRemoved, AgendaError> {
        let (patient, visit) = self.visit(remove.appointment)?;
        Ok(VisitRemoved {
            patient,
            appointment: visit.appointment,
        })
    }

    fn add_wait(&self, AddWait { patient, wait }: AddWait) -> Result<WaitAdded, AgendaError> {
        if self.waits_at(wait.entry) {
            return Err(AgendaError::AlreadyWaits);
        }
        let here = self
            .waits
            .iter()
            .filter(|other| other.hospital == wait.hospital);
        if here.count() >= MOST_WAITS {
            return Err(AgendaError::TooManyWaits);
        }
        Ok(WaitAdded { patient, wait })
    }

    fn remove_wait(&self, RemoveWait { entry }: RemoveWait) -> Result<WaitRemoved, AgendaError> {
        let patient = self.patient.filter(|_| self.waits_at(entry));
        let patient = patient.ok_or(AgendaError::DoesNotWait)?;
        Ok(WaitRemoved { patient, entry })
    }

    fn visit(&self, appointment: AppointmentId) -> Result<(PatientId, &OpenVisit), AgendaError> {
        let patient = self.patient.ok_or(AgendaError::NotOnAgenda)?;
        let mut visits = self.visits.iter();
        let visit = visits.find(|visit| visit.appointment == appointment);
        Ok((patient, visit.ok_or(AgendaError::NotOnAgenda)?))
    }
}

/// Whether one more would be more than allowed.
fn exceeds(already: usize, most: Option<u16>) -> bool {
    most.is_some_and(|most| already >= usize::from(most))
}

impl Decider for Agenda {
    const CATEGORY: &'static str = "agenda";

    type Id = PatientId;
    type Command = AgendaCommand;
    type Event = AgendaEvent;
    type Error = AgendaError;

    fn decide(
        &self,
        command: AgendaCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<AgendaEvent>, AgendaError> {
        Ok(vec![match command {
            AgendaCommand::Add(add) => self.add(add, now)?.into(),
            AgendaCommand::Move(shift) => self.shift(shift, now)?.into(),
            AgendaCommand::Remove(remove) => self.remove(remove)?.into(),
            AgendaCommand::AddWait(add) => self.add_wait(add)?.into(),
            AgendaCommand::RemoveWait(remove) => self.remove_wait(remove)?.into(),
        }])
    }

    fn evolve(&mut self, event: &AgendaEvent) {
        match event {
            AgendaEvent::VisitAdded(added) => {
                self.patient = Some(added.patient);
                self.visits.push(added.visit);
            }
            AgendaEvent::VisitMoved(moved) => {
                for visit in &mut self.visits {
                    if visit.appointment == moved.visit.appointment {
                        *visit = moved.visit;
                    }
                }
            }
            AgendaEvent::VisitRemoved(removed) => self
                .visits
                .retain(|visit| visit.appointment != removed.appointment),
            AgendaEvent::WaitAdded(added) => {
                self.patient = Some(added.patient);
                self.waits.push(added.wait);
            }
            AgendaEvent::WaitRemoved(removed) => {
                self.waits.retain(|wait| wait.entry != removed.entry);
            }
        }
        self.visits
            .sort_by_key(|visit| (visit.starts_at, visit.appointment));
    }

    fn subject(&self) -> Option<SubjectId> {
        self.patient.map(Into::into)
    }
}

crate::aggregate!(Agenda);

#[cfg(test)]
mod tests;
