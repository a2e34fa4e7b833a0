//! Giving slots away and taking them back.

use chrono::{DateTime, Utc};

use super::slots::{Busy, Reservation, Slot, is_full, openings};
use super::{
    Calendar, CalendarError, CalendarId, Release, RemindersSet, Reserve, SetReminders, SlotClaim,
    SlotReleased, SlotReserved,
};
use crate::ids::{AppointmentId, DoctorId};

impl Calendar {
    pub(super) fn reserve(
        &self,
        reserve: Reserve,
        now: DateTime<Utc>,
    ) -> Result<SlotReserved, CalendarError> {
        let Reserve {
            appointment,
            doctor,
            date,
            claim,
        } = reserve;
        if self.id.is_some_and(|id| id != CalendarId { doctor, date }) {
            return Err(CalendarError::OtherCalendar);
        }
        let (slot, overbooked) = self.grant(&claim, now)?;
        if self
            .reservations
            .iter()
            .any(|taken| taken.appointment == appointment)
        {
            return Err(CalendarError::AlreadyReserved);
        }
        let SlotClaim {
            visit, reminders, ..
        } = claim;
        Ok(SlotReserved {
            appointment,
            doctor,
            date: Some(date),
            starts_at: slot.starts_at,
            ends_at: slot.ends_at,
            buffer_before: visit.buffer_before,
            buffer_after: visit.buffer_after,
            overbooked,
            reminders,
        })
    }

    /// The slot that is claimed, if it may be given, and whether that overbooks the doctor.
    fn grant(&self, claim: &SlotClaim, now: DateTime<Utc>) -> Result<(Slot, bool), CalendarError> {
        if claim.starts_at <= now {
            return Err(CalendarError::SlotInPast);
        }
        let slots = self.slots(claim);
        let first = slots.first().ok_or(CalendarError::NotASlot)?;
        let own = self.reservations.iter().map(Reservation::occupies);
        let busy = Busy::new(own.chain(claim.neighbours.iter().copied()));
        let free = slots
            .iter()
            .find(|slot| busy.is_free(slot.occupies(&claim.visit)));
        let refusal = match free {
            None => Some(CalendarError::SlotTaken),
            Some(_) => is_full(&claim.plan, &self.reservations).then_some(CalendarError::DayFull),
        };
        match refusal {
            Some(refusal) if !claim.overbook => Err(refusal),
            refusal => Ok((*free.unwrap_or(first), refusal.is_some())),
        }
    }

    /// The slots that start when the claim says. More than one where a window lies over the
    /// hours of the schedule.
    fn slots(&self, claim: &SlotClaim) -> Vec<Slot> {
        openings(&claim.plan, &self.windows)
            .iter()
            .filter_map(|opening| opening.slot(&claim.visit, claim.starts_at))
            .collect()
    }

    /// From when to when at most nobody else can be seen if the claim is met; `None` when no
    /// slot starts then. Only what is taken in it matters to the claim.
    pub fn reach(&self, claim: &SlotClaim) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let slots = self.slots(claim);
        let occupied = slots.iter().map(|slot| slot.occupies(&claim.visit));
        occupied.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }

    /// The slot of an appointment.
    ///
    /// # Errors
    /// [`CalendarError::NotReserved`] when it has none at this time.
    pub fn reservation(
        &self,
        appointment: AppointmentId,
        starts_at: DateTime<Utc>,
    ) -> Result<&Reservation, CalendarError> {
        self.reservations
            .iter()
            .find(|taken| taken.appointment == appointment && taken.starts_at == starts_at)
            .ok_or(CalendarError::NotReserved)
    }

    fn doctor(&self) -> Result<DoctorId, CalendarError> {
        self.id
            .map(|id| id.doctor)
            .ok_or(CalendarError::NotReserved)
    }

    pub(super) fn release(&self, release: Release) -> Result<SlotReleased, CalendarError> {
        let taken = self.reservation(release.appointment, release.starts_at)?;
        Ok(SlotReleased {
            appointment: taken.appointment,
            doctor: self.doctor()?,
            starts_at: taken.starts_at,
            reminders: taken.reminders.clone(),
        })
    }

    pub(super) fn set_reminders(
        &self,
        set: SetReminders,
    ) -> Result<Option<RemindersSet>, CalendarError> {
        let taken = self.reservation(set.appointment, set.starts_at)?;
        if taken.reminders == set.reminders {
            return Ok(None);
        }
        Ok(Some(RemindersSet {
            appointment: taken.appointment,
            doctor: self.doctor()?,
            starts_at: taken.starts_at,
            previous: taken.reminders.clone(),
            reminders: set.reminders,
        }))
    }
}
