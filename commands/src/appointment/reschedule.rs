//! Moving an appointment: what it has is given up and taken elsewhere in one append.

use chrono::{DateTime, Utc};
use medilink_domain::agenda::OpenVisit;
use medilink_domain::appointment::{self, AppointmentCommand, AppointmentError, Booking, Party};
use medilink_domain::patient::Patient;
use medilink_domain::values::{FreeText, Money, VisitMode};
use medilink_domain::{AppointmentId, AssetId, DoctorId};

use super::{AppointmentAnswer, allowed, answer, resource, waived};
use crate::action::Action;
use crate::agenda;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::placement::{Placement, vacate};
use crate::practice::{Practice, hospital_of};
use crate::work::Work;

/// Moves an appointment to another slot, perhaps of another doctor.
#[derive(Clone, Debug)]
pub struct Reschedule {
    /// The appointment.
    pub appointment: AppointmentId,
    /// The start of another slot.
    pub starts_at: DateTime<Utc>,
    /// With whom, if with another doctor.
    pub doctor: Option<DoctorId>,
    /// How it is to take place, if otherwise.
    pub mode: Option<VisitMode>,
    /// These rooms and devices instead of those that were chosen before. If nothing is said,
    /// those go along, or the move is refused where one is taken; to a doctor of another
    /// hospital none goes along. What its type needs beyond them is allotted anew.
    pub assets: Option<Vec<AssetId>>,
    /// Who wants it.
    pub by: Party,
    /// Why the fee for moving it so late is waived.
    pub waive: Option<FreeText>,
}

impl Reschedule {
    /// On the patient's part, to another slot of the same doctor, in the same way.
    pub const fn new(appointment: AppointmentId, starts_at: DateTime<Utc>) -> Self {
        Self {
            appointment,
            starts_at,
            doctor: None,
            mode: None,
            assets: None,
            by: Party::Patient,
            waive: None,
        }
    }

    /// What giving up the other time costs.
    async fn fee(
        &self,
        work: &mut Work<'_>,
        booking: &Booking,
    ) -> Result<Option<Money>, CommandError> {
        match self.by {
            // Whoever moves a visit doesn't charge the other for it.
            Party::Hospital => {
                work.authorize(Action::RescheduleForHospital, &resource(work, booking))
                    .await?;
                Ok(None)
            }
            Party::Patient => {
                let policy = hospital_of(work, booking.hospital).await?.policy;
                let late = policy.late_fee(booking.starts_at, work.now());
                waived(work, &policy, late, self.waive.as_ref(), booking).await
            }
        }
    }

    /// The rooms and devices that it is to have whatever its type needs.
    async fn chosen(
        &self,
        work: &mut Work<'_>,
        booking: &Booking,
        practice: &Practice,
    ) -> Result<Vec<AssetId>, CommandError> {
        match &self.assets {
            Some(assets) => {
                work.authorize(Action::ChooseAssets, &resource(work, booking))
                    .await?;
                Ok(assets.clone())
            }
            // Whoever moves a visit keeps what others chose for it.
            None if practice.place().hospital == booking.hospital => {
                Ok(booking.terms.chosen().to_vec())
            }
            None => Ok(Vec::new()),
        }
    }
}

impl Operation for Reschedule {
    const NAME: &'static str = "reschedule-appointment";
    type Answer = AppointmentAnswer;

    fn target(&self) -> String {
        self.appointment.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AppointmentAnswer, CommandError> {
        let (mut instance, booking) =
            allowed(work, self.appointment, Action::RescheduleAppointment).await?;
        // Whether it may move at all is the appointment's to say, and comes before the slot.
        instance.state().changeable(work.now())?;
        let doctor = self.doctor.unwrap_or(booking.doctor);
        if (doctor, self.starts_at) == (booking.doctor, booking.starts_at) {
            return Err(AppointmentError::SameSlot.into());
        }
        let fee = self.fee(work, &booking).await?;
        let practice = Practice::of(work, doctor).await?;
        let by_staff = self.by == Party::Hospital || work.context().actor.is_staff();
        practice
            .policy()
            .check_time(self.starts_at, work.now(), by_staff)?;
        let assets = self.chosen(work, &booking, &practice).await?;
        vacate(work, &booking).await?;
        let patient = work
            .existing::<Patient>(&booking.patient, "patient")
            .await?;
        let mode = self.mode.unwrap_or(booking.terms.mode);
        let placement = Placement {
            appointment: self.appointment,
            starts_at: self.starts_at,
            visit_type: booking.terms.visit_type,
            mode,
            assets,
            overbook: false,
            reminders: patient.state().reminders.clone(),
        };
        let placed = placement.take(work, &practice).await?;

        let place = practice.place();
        let visit = OpenVisit {
            appointment: self.appointment,
            doctor,
            hospital: place.hospital,
            starts_at: placed.slot.starts_at,
            ends_at: placed.slot.ends_at,
            time_zone: place.time_zone,
        };
        let policy = Some(practice.policy().clone());
        agenda::shift(work, booking.patient, visit, policy).await?;
        let reschedule = AppointmentCommand::Reschedule(appointment::Reschedule {
            starts_at: placed.slot.starts_at,
            ends_at: placed.slot.ends_at,
            to: Some(place),
            mode,
            assets: placed.assets,
            chosen: placement.chosen(),
            by: self.by,
            fee,
            waiver: self.waive.clone(),
        });
        work.decide(&mut instance, reschedule).await?;
        answer(&instance, fee)
    }
}
