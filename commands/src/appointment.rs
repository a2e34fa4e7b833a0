//! Booking and cancelling appointments: the doctor's slot, rooms, devices, the patient's agenda
//! and the appointment itself change in one append.

mod attendance;
mod reschedule;

use chrono::{DateTime, Utc};
use medilink_domain::agenda::OpenVisit;
use medilink_domain::appointment::{
    self, Appointment, AppointmentCommand, AppointmentStatus, Booking, Party, Terms,
};
use medilink_domain::patient::Patient;
use medilink_domain::values::{FreeText, Money, VisitMode};
use medilink_domain::{AppointmentId, AssetId, DoctorId, PatientId, SeriesId, VisitTypeId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use attendance::{CheckIn, Complete, QueueAnswer, RecordNoShow, Start, WalkIn};
pub use reschedule::Reschedule;

use crate::action::Action;
use crate::agenda;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::placement::{Placed, Placement, vacate};
use crate::practice::{Practice, at_work, hospital_of};
use crate::queue;
use crate::work::{Instance, Work};

const KIND: &str = "appointment";

/// Where an appointment stands after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentAnswer {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Its version, for `If-Match`.
    pub version: u64,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// What the command costs the patient.
    #[serde(default)]
    pub fee: Option<Money>,
}

/// Books a free slot of a doctor for a patient.
#[derive(Clone, Debug)]
pub struct Book {
    /// Who comes.
    pub patient: PatientId,
    /// Who receives.
    pub doctor: DoctorId,
    /// The start of one of the doctor's slots.
    pub starts_at: DateTime<Utc>,
    /// What the patient comes for.
    pub reason: Option<FreeText>,
    /// What kind of visit, if the hospital has defined it.
    pub visit_type: Option<VisitTypeId>,
    /// How it takes place.
    pub mode: VisitMode,
    /// These rooms and devices; what its type needs beyond them is allotted.
    pub assets: Vec<AssetId>,
    /// Why it may take a slot that is taken, or go beyond the hospital's limits.
    pub overbook: Option<FreeText>,
}

impl Book {
    /// An ordinary visit: in person, of no defined type, for no stated reason.
    pub const fn new(patient: PatientId, doctor: DoctorId, starts_at: DateTime<Utc>) -> Self {
        Self {
            patient,
            doctor,
            starts_at,
            reason: None,
            visit_type: None,
            mode: VisitMode::InPerson,
            assets: Vec::new(),
            overbook: None,
        }
    }

    /// Goes on only if the actor may have what an ordinary visit doesn't.
    pub(crate) async fn authorize_extras(
        &self,
        work: &mut Work<'_>,
        resource: &Resource,
    ) -> Result<(), CommandError> {
        if self.overbook.is_some() {
            work.authorize(Action::OverbookAppointment, resource)
                .await?;
        }
        if !self.assets.is_empty() {
            work.authorize(Action::ChooseAssets, resource).await?;
        }
        Ok(())
    }
}

impl Operation for Book {
    const NAME: &'static str = "book-appointment";
    type Answer = AppointmentAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AppointmentAnswer, CommandError> {
        let resource = wanted_with(work, self.patient, self.doctor).await?;
        work.authorize(Action::BookAppointment, &resource).await?;
        self.authorize_extras(work, &resource).await?;
        let patient = work.existing::<Patient>(&self.patient, "patient").await?;
        let practice = Practice::of(work, self.doctor).await?;
        let appointment = AppointmentId(Uuid::now_v7());
        let placement = Placement {
            appointment,
            starts_at: self.starts_at,
            visit_type: self.visit_type,
            mode: self.mode,
            assets: self.assets.clone(),
            overbook: self.overbook.is_some(),
            reminders: patient.state().reminders.clone(),
        };
        book(work, &practice, self, placement, None).await
    }
}

/// Books a visit that is placed here, alone or as one of a series.
pub(crate) async fn book(
    work: &mut Work<'_>,
    practice: &Practice,
    wish: &Book,
    placement: Placement,
    series: Option<SeriesId>,
) -> Result<AppointmentAnswer, CommandError> {
    let by_staff = work.context().actor.is_staff();
    practice
        .policy()
        .check_time(placement.starts_at, work.now(), by_staff)?;
    let (appointment, mode) = (placement.appointment, placement.mode);
    let chosen = placement.chosen();
    let placed = placement.take(work, practice).await?;
    let terms = Terms {
        visit_type: wish.visit_type,
        mode,
        price: placed.price.clone(),
        assets: placed.assets.clone(),
        chosen,
        series,
        overbooking: wish.overbook.clone(),
        walk_in: false,
    };
    confirm(work, practice, wish, appointment, &placed, terms).await
}

/// Makes an appointment of a slot that is taken for it.
pub(crate) async fn confirm(
    work: &mut Work<'_>,
    practice: &Practice,
    wish: &Book,
    appointment: AppointmentId,
    placed: &Placed,
    terms: Terms,
) -> Result<AppointmentAnswer, CommandError> {
    let place = practice.place();
    let visit = OpenVisit {
        appointment,
        doctor: place.doctor,
        hospital: place.hospital,
        starts_at: placed.slot.starts_at,
        ends_at: placed.slot.ends_at,
        time_zone: place.time_zone,
    };
    let beyond_limits = terms.overbooking.is_some() || terms.walk_in;
    let policy = (!beyond_limits).then(|| practice.policy().clone());
    agenda::add(work, wish.patient, visit, policy).await?;
    let mut instance = work.create::<Appointment>(&appointment);
    let book = AppointmentCommand::Book(appointment::Book {
        appointment,
        patient: wish.patient,
        doctor: place.doctor,
        hospital: place.hospital,
        department: place.department,
        starts_at: placed.slot.starts_at,
        ends_at: placed.slot.ends_at,
        time_zone: place.time_zone,
        reason: wish.reason.clone(),
        terms,
    });
    work.decide(&mut instance, book).await?;
    answer(&instance, None)
}

/// Cancels an appointment and frees what it has.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Why, if someone says.
    pub reason: Option<FreeText>,
    /// Who wants it.
    pub by: Party,
    /// Why the fee for cancelling so late is waived.
    pub waive: Option<FreeText>,
}

impl Cancel {
    /// On the patient's part, for no stated reason.
    pub const fn new(appointment: AppointmentId) -> Self {
        Self {
            appointment,
            reason: None,
            by: Party::Patient,
            waive: None,
        }
    }
}

impl Operation for Cancel {
    const NAME: &'static str = "cancel-appointment";
    type Answer = AppointmentAnswer;

    fn target(&self) -> String {
        self.appointment.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AppointmentAnswer, CommandError> {
        let (mut instance, booking) =
            allowed(work, self.appointment, Action::CancelAppointment).await?;
        cancel(work, &mut instance, &booking, self).await
    }
}

/// Cancels an appointment that the actor may cancel.
pub(crate) async fn cancel(
    work: &mut Work<'_>,
    instance: &mut Instance<Appointment>,
    booking: &Booking,
    wish: &Cancel,
) -> Result<AppointmentAnswer, CommandError> {
    instance.state().cancellable(wish.by, work.now())?;
    let fee = match wish.by {
        // Whoever calls a visit off doesn't charge the other for it.
        Party::Hospital => {
            work.authorize(Action::CancelForHospital, &resource(work, booking))
                .await?;
            None
        }
        Party::Patient => {
            let hospital = hospital_of(work, booking.hospital).await?;
            let late = hospital.policy.late_fee(booking.starts_at, work.now());
            let fee = late.filter(|_| booking.leaves_a_gap(work.now()));
            waived(work, &hospital.policy, fee, wish.waive.as_ref(), booking).await?
        }
    };
    let command = AppointmentCommand::Cancel(appointment::Cancel {
        reason: wish.reason.clone(),
        by: wish.by,
        fee,
        waiver: wish.waive.clone(),
    });
    work.decide(instance, command).await?;
    vacate(work, booking).await?;
    leave(work, booking).await?;
    answer(instance, fee)
}

/// The fee that remains, if someone gives a reason to waive it and may.
async fn waived(
    work: &mut Work<'_>,
    policy: &medilink_domain::hospital::BookingPolicy,
    fee: Option<Money>,
    reason: Option<&FreeText>,
    booking: &Booking,
) -> Result<Option<Money>, CommandError> {
    if reason.is_none() {
        return Ok(fee);
    }
    work.authorize(Action::WaiveFee, &resource(work, booking))
        .await?;
    let roles: Vec<_> = work.context().actor.roles_at(&[booking.hospital]).collect();
    Ok(policy.waive(fee, &roles)?)
}

/// Takes a visit off the patient's agenda and out of the doctor's queue.
async fn leave(work: &mut Work<'_>, booking: &Booking) -> Result<(), CommandError> {
    agenda::remove(work, booking.patient, booking.appointment).await?;
    if matches!(
        booking.status,
        AppointmentStatus::CheckedIn | AppointmentStatus::InProgress
    ) {
        queue::leave(work, booking).await?;
    }
    Ok(())
}

/// The appointment, if the actor may do this to it.
pub(crate) async fn allowed(
    work: &mut Work<'_>,
    appointment: AppointmentId,
    action: Action,
) -> Result<(Instance<Appointment>, Booking), CommandError> {
    let instance = work.existing::<Appointment>(&appointment, KIND).await?;
    let booking = instance.state().booking()?.clone();
    work.authorize(action, &resource(work, &booking)).await?;
    work.expect_version(&instance)?;
    Ok((instance, booking))
}

fn resource(work: &Work<'_>, booking: &Booking) -> Resource {
    Resource::of_tenant(KIND, work.tenant())
        .about(booking.patient.uuid())
        .with_doctor(booking.doctor.uuid())
        .at(booking.hospital)
}

/// What a patient wants of a doctor, at the doctor's hospital.
pub(crate) async fn wanted_with(
    work: &mut Work<'_>,
    patient: PatientId,
    doctor: DoctorId,
) -> Result<Resource, CommandError> {
    let resource = Resource::of_tenant("patient", work.tenant()).about(patient.uuid());
    at_work(work, doctor, resource).await
}

fn answer(
    instance: &Instance<Appointment>,
    fee: Option<Money>,
) -> Result<AppointmentAnswer, CommandError> {
    let booking = instance.state().booking()?;
    Ok(AppointmentAnswer {
        appointment: booking.appointment,
        version: instance.version(),
        starts_at: booking.starts_at,
        ends_at: booking.ends_at,
        fee,
    })
}
