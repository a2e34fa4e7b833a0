//! The day of the visit: checked in, seen, over, or never there.

use chrono::TimeDelta;
use medilink_domain::appointment::{self, Appointment, AppointmentCommand, Booking, Terms};
use medilink_domain::calendar::Slot;
use medilink_domain::patient::Patient;
use medilink_domain::values::{FreeText, VisitMode};
use medilink_domain::visit_type::VisitType;
use medilink_domain::{AppointmentId, DoctorId, PatientId, VisitTypeId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AppointmentAnswer, Book, KIND, allowed, answer, confirm, leave, wanted_with};
use crate::action::Action;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::placement::Placed;
use crate::practice::{Practice, hospital_of};
use crate::queue;
use crate::work::{Instance, Work};

/// How long a visit is expected to take that has no type and no slot.
const WALK_IN: TimeDelta = TimeDelta::minutes(15);

/// A patient's place in a doctor's queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueAnswer {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Its version, for `If-Match`.
    pub version: u64,
    /// The number under which the patient waits.
    pub token: u32,
    /// How many wait before them.
    pub ahead: u32,
}

/// The patient is there, and waits from now on.
#[derive(Clone, Debug)]
pub struct CheckIn {
    /// The appointment.
    pub appointment: AppointmentId,
}

impl Operation for CheckIn {
    const NAME: &'static str = "check-in";
    type Answer = QueueAnswer;

    fn target(&self) -> String {
        self.appointment.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<QueueAnswer, CommandError> {
        let (instance, booking) = allowed(work, self.appointment, Action::CheckIn).await?;
        line_up(work, instance, &booking).await
    }
}

/// The queue gives a token, and the appointment keeps it.
async fn line_up(
    work: &mut Work<'_>,
    mut instance: Instance<Appointment>,
    booking: &Booking,
) -> Result<QueueAnswer, CommandError> {
    let hospital = hospital_of(work, booking.hospital).await?;
    let line = queue::of(work, booking).await?;
    let check_in = appointment::CheckIn {
        token: line.state().last_token + 1,
        opens: hospital.policy.check_in_opens,
    };
    // Whether they may is the appointment's to say.
    work.decide(&mut instance, AppointmentCommand::CheckIn(check_in))
        .await?;
    let ahead = queue::join(work, line, booking).await?;
    Ok(QueueAnswer {
        appointment: booking.appointment,
        version: instance.version(),
        token: check_in.token,
        ahead: u32::try_from(ahead).unwrap_or(u32::MAX),
    })
}

/// The doctor begins to see the patient.
#[derive(Clone, Debug)]
pub struct Start {
    /// The appointment.
    pub appointment: AppointmentId,
}

impl Operation for Start {
    const NAME: &'static str = "start-visit";
    type Answer = AppointmentAnswer;

    fn target(&self) -> String {
        self.appointment.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AppointmentAnswer, CommandError> {
        let (mut instance, booking) = allowed(work, self.appointment, Action::StartVisit).await?;
        work.decide(&mut instance, AppointmentCommand::Start)
            .await?;
        queue::call(work, &booking).await?;
        answer(&instance, None)
    }
}

/// The visit is over.
#[derive(Clone, Debug)]
pub struct Complete {
    /// The appointment.
    pub appointment: AppointmentId,
}

impl Operation for Complete {
    const NAME: &'static str = "complete-visit";
    type Answer = AppointmentAnswer;

    fn target(&self) -> String {
        self.appointment.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AppointmentAnswer, CommandError> {
        let (mut instance, booking) =
            allowed(work, self.appointment, Action::CompleteVisit).await?;
        work.decide(&mut instance, AppointmentCommand::Complete)
            .await?;
        leave(work, &booking).await?;
        answer(&instance, None)
    }
}

/// The patient did not come.
#[derive(Clone, Debug)]
pub struct RecordNoShow {
    /// The appointment.
    pub appointment: AppointmentId,
}

impl Operation for RecordNoShow {
    const NAME: &'static str = "record-no-show";
    type Answer = AppointmentAnswer;

    fn target(&self) -> String {
        self.appointment.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AppointmentAnswer, CommandError> {
        let (mut instance, booking) = allowed(work, self.appointment, Action::RecordNoShow).await?;
        let hospital = hospital_of(work, booking.hospital).await?;
        // Who came without a booking has kept nobody out by leaving again.
        let fee = hospital
            .policy
            .no_show_fee
            .filter(|_| !booking.terms.walk_in);
        let record = appointment::RecordNoShow { fee };
        work.decide(&mut instance, AppointmentCommand::RecordNoShow(record))
            .await?;
        leave(work, &booking).await?;
        answer(&instance, fee)
    }
}

/// A patient comes without a booking, and waits from now on.
#[derive(Clone, Debug)]
pub struct WalkIn {
    /// Who came.
    pub patient: PatientId,
    /// Who receives.
    pub doctor: DoctorId,
    /// What kind of visit, if the hospital has defined it.
    pub visit_type: Option<VisitTypeId>,
    /// What they came for.
    pub reason: Option<FreeText>,
}

impl Operation for WalkIn {
    const NAME: &'static str = "walk-in";
    type Answer = QueueAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<QueueAnswer, CommandError> {
        let resource = wanted_with(work, self.patient, self.doctor).await?;
        work.authorize(Action::WalkIn, &resource).await?;
        work.existing::<Patient>(&self.patient, "patient").await?;
        let practice = Practice::of(work, self.doctor).await?;
        let mode = VisitMode::InPerson;
        let (mut length, mut price) = (WALK_IN, None);
        if let Some(visit_type) = self.visit_type {
            let known = work.load::<VisitType>(&visit_type, "visit type").await?;
            let hospital = practice.place().hospital;
            let (terms, _) = known.state().bookable(hospital, mode)?;
            length = terms.minutes.length();
            price = terms.price.clone();
        }
        let now = work.now();
        let placed = Placed {
            slot: Slot {
                starts_at: now,
                ends_at: now + length,
                window: None,
            },
            assets: Vec::new(),
            price: price.clone(),
        };
        let terms = Terms {
            visit_type: self.visit_type,
            mode,
            price,
            walk_in: true,
            ..Terms::default()
        };
        let wish = Book {
            reason: self.reason.clone(),
            visit_type: self.visit_type,
            ..Book::new(self.patient, self.doctor, now)
        };
        let appointment = AppointmentId(Uuid::now_v7());
        confirm(work, &practice, &wish, appointment, &placed, terms).await?;
        let instance = work.existing::<Appointment>(&appointment, KIND).await?;
        let booking = instance.state().booking()?.clone();
        line_up(work, instance, &booking).await
    }
}
