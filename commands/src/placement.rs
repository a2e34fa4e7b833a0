//! Placing a visit: the doctor's slot and every room and device it needs, all in one append
//! or none of them.

use chrono::{DateTime, NaiveDate, Utc};
use medilink_domain::appointment::Booking;
use medilink_domain::calendar::{
    Calendar, CalendarCommand, CalendarId, Release, Reservation, Reserve, Slot, SlotClaim, Visit,
};
use medilink_domain::hospital::HospitalError;
use medilink_domain::values::{BufferMinutes, Code, ReminderLead, VisitMode};
use medilink_domain::visit_type::VisitType;
use medilink_domain::{AppointmentId, AssetId, DoctorId, VisitTypeId};

use crate::error::CommandError;
use crate::occupancy;
use crate::practice::{Practice, date_in};
use crate::work::Work;

/// What is to be placed.
#[derive(Clone, Debug)]
pub(crate) struct Placement {
    pub(crate) appointment: AppointmentId,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) visit_type: Option<VisitTypeId>,
    pub(crate) mode: VisitMode,
    /// These rooms and devices; what the visit needs beyond them is allotted here.
    pub(crate) assets: Vec<AssetId>,
    /// Whether the slot may be given although it is taken.
    pub(crate) overbook: bool,
    pub(crate) reminders: Option<Vec<ReminderLead>>,
}

/// Where it has its place.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) slot: Slot,
    pub(crate) assets: Vec<AssetId>,
    pub(crate) price: Option<Code>,
}

impl Placement {
    /// The rooms and devices that were asked for, each once.
    pub(crate) fn chosen(&self) -> Vec<AssetId> {
        let mut chosen = Vec::new();
        for asset in &self.assets {
            if !chosen.contains(asset) {
                chosen.push(*asset);
            }
        }
        chosen
    }

    /// Takes the slot, the rooms and the devices.
    ///
    /// # Errors
    /// When one of them can't be had; the append then takes none.
    pub(crate) async fn take(
        &self,
        work: &mut Work<'_>,
        practice: &Practice,
    ) -> Result<Placed, CommandError> {
        let date = practice.date(self.starts_at);
        let kind = self.kind(work, practice).await?;
        let slot = self.reserve(work, practice, date, kind.visit).await?;
        let stay = Stay::new(practice, date, slot.occupies(&kind.visit));
        let mut assets = self.chosen();
        for asset in &assets {
            if !practice.hospital.assets.contains_key(asset) {
                return Err(HospitalError::NoSuchAsset.into());
            }
            occupancy::occupy(work, *asset, &stay, self.appointment).await?;
        }
        let mut given = assets.clone();
        for class in &kind.needs {
            let in_class = |asset: &AssetId| {
                let known = practice.hospital.assets.get(asset);
                known.is_some_and(|known| known.class == *class)
            };
            // A room that was asked for meets one need of its class.
            if let Some(index) = given.iter().position(in_class) {
                given.swap_remove(index);
                continue;
            }
            let candidates = practice.hospital.assets.keys().filter(|id| in_class(id));
            let asset = occupancy::free(work, candidates.copied(), &stay).await?;
            occupancy::occupy(work, asset, &stay, self.appointment).await?;
            assets.push(asset);
        }
        Ok(Placed {
            slot,
            assets,
            price: kind.price,
        })
    }

    async fn kind(&self, work: &mut Work<'_>, practice: &Practice) -> Result<Kind, CommandError> {
        let Some(visit_type) = self.visit_type else {
            let visit = Visit {
                mode: self.mode,
                ..Visit::default()
            };
            return Ok(Kind {
                visit,
                needs: Vec::new(),
                price: None,
            });
        };
        let known = work.load::<VisitType>(&visit_type, "visit type").await?;
        let hospital = practice.place().hospital;
        let (terms, visit) = known.state().bookable(hospital, self.mode)?;
        Ok(Kind {
            visit,
            needs: terms.needs.clone(),
            price: terms.price.clone(),
        })
    }

    async fn reserve(
        &self,
        work: &mut Work<'_>,
        practice: &Practice,
        date: NaiveDate,
        visit: Visit,
    ) -> Result<Slot, CommandError> {
        let doctor = practice.place().doctor;
        let id = CalendarId { doctor, date };
        let mut calendar = work.load::<Calendar>(&id, "calendar").await?;
        let mut claim = SlotClaim {
            starts_at: self.starts_at,
            visit,
            plan: practice.plan(date),
            neighbours: Vec::new(),
            overbook: self.overbook,
            reminders: self.reminders.clone(),
        };
        if let Some(reach) = calendar.state().reach(&claim) {
            for date in Stay::new(practice, date, reach).neighbours {
                let id = CalendarId { doctor, date };
                let other = work.load::<Calendar>(&id, "calendar").await?;
                let taken = other.state().reservations.iter();
                claim.neighbours.extend(taken.map(Reservation::occupies));
            }
        }
        let reserve = Reserve {
            appointment: self.appointment,
            doctor,
            date,
            claim,
        };
        work.decide(&mut calendar, CalendarCommand::Reserve(reserve))
            .await?;
        let taken = calendar
            .state()
            .reservation(self.appointment, self.starts_at)?;
        Ok(Slot {
            starts_at: taken.starts_at,
            ends_at: taken.ends_at,
            window: None,
        })
    }
}

/// The time that a visit needs, with what is kept free around it, and the days that tell
/// whether others need it too.
///
/// A visit is held by the day on which it starts and ends with that day; the time around it may
/// reach into the next, where the calendar of the one can't see what the other holds. So near
/// midnight the other day is read as well. That is safe without writing to it: the append holds
/// every stream that was read to the version that was read ([`Work`]), in one compare-and-set
/// with the writes. Of two visits that meet over midnight each writes the day that the other has
/// read, so only one of them is recorded, and the other is decided anew.
#[derive(Debug)]
pub(crate) struct Stay {
    pub(crate) date: NaiveDate,
    /// The other days whose visits can be within reach.
    pub(crate) neighbours: Vec<NaiveDate>,
    pub(crate) span: (DateTime<Utc>, DateTime<Utc>),
}

impl Stay {
    fn new(practice: &Practice, date: NaiveDate, span: (DateTime<Utc>, DateTime<Utc>)) -> Self {
        // Nobody keeps more time free around a visit, so no visit that is farther away matters.
        let farthest = BufferMinutes::LONGEST;
        let edges = [
            span.0.checked_sub_signed(farthest),
            span.1.checked_add_signed(farthest),
        ];
        let dates = edges.into_iter().flatten().map(|at| practice.date(at));
        Self {
            date,
            neighbours: dates.filter(|other| *other != date).collect(),
            span,
        }
    }
}

/// What a visit is by its type.
struct Kind {
    visit: Visit,
    needs: Vec<Code>,
    price: Option<Code>,
}

/// Gives back what a booked visit has: its slot, unless the patient just walked in, and its
/// rooms and devices.
pub(crate) async fn vacate(work: &mut Work<'_>, booking: &Booking) -> Result<(), CommandError> {
    let date = date_in(booking.time_zone, booking.starts_at);
    if !booking.terms.walk_in {
        release(
            work,
            booking.doctor,
            booking.appointment,
            booking.starts_at,
            date,
        )
        .await?;
    }
    occupancy::vacate(work, &booking.terms.assets, booking.appointment, date).await
}

/// Gives a slot back.
pub(crate) async fn release(
    work: &mut Work<'_>,
    doctor: DoctorId,
    appointment: AppointmentId,
    starts_at: DateTime<Utc>,
    date: NaiveDate,
) -> Result<(), CommandError> {
    let id = CalendarId { doctor, date };
    let mut calendar = work.existing::<Calendar>(&id, "calendar").await?;
    let release = CalendarCommand::Release(Release {
        appointment,
        starts_at,
    });
    work.decide(&mut calendar, release).await
}
