//! Booking, moving and cancelling appointments: the slot in the doctor's calendar and the
//! appointment itself change in one append.

use chrono::{DateTime, Utc};
use medilink_domain::appointment::{self, Appointment, AppointmentCommand, Booking};
use medilink_domain::calendar::{Calendar, CalendarCommand, CalendarId, Move, Release, Reserve};
use medilink_domain::doctor::{Doctor, Post};
use medilink_domain::hospital::Hospital;
use medilink_domain::patient::Patient;
use medilink_domain::values::{FreeText, TimeZone};
use medilink_domain::{AppointmentId, DoctorId, PatientId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
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
}

impl Operation for Book {
    const NAME: &'static str = "book-appointment";
    type Answer = AppointmentAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AppointmentAnswer, CommandError> {
        let resource = Resource::of_tenant("patient", work.tenant()).about(self.patient.uuid());
        work.authorize(Action::BookAppointment, &resource)?;
        work.existing::<Patient>(&self.patient, "patient").await?;
        let (post, time_zone) = post_of(work, self.doctor).await?;

        let appointment = AppointmentId(Uuid::now_v7());
        let mut calendar = work
            .load::<Calendar>(&day(self.doctor, self.starts_at, time_zone), "calendar")
            .await?;
        work.decide(
            &mut calendar,
            CalendarCommand::Reserve(Reserve {
                appointment,
                starts_at: self.starts_at,
            }),
        )
        .await?;
        let (_, slot) = calendar.state().slot(self.starts_at)?;

        let mut instance = work.create::<Appointment>(&appointment);
        let book = AppointmentCommand::Book(appointment::Book {
            appointment,
            patient: self.patient,
            doctor: self.doctor,
            hospital: post.hospital,
            department: post.department,
            starts_at: slot.starts_at,
            ends_at: slot.ends_at,
            time_zone,
            reason: self.reason.clone(),
        });
        work.decide(&mut instance, book).await?;
        answer(&instance)
    }
}

/// Moves an appointment to another slot of the same doctor.
#[derive(Clone, Debug)]
pub struct Reschedule {
    /// The appointment.
    pub appointment: AppointmentId,
    /// The start of another slot.
    pub starts_at: DateTime<Utc>,
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
        let from_day = day(booking.doctor, booking.starts_at, booking.time_zone);
        let to_day = day(booking.doctor, self.starts_at, booking.time_zone);
        let (appointment, from, to) = (self.appointment, booking.starts_at, self.starts_at);
        let mut calendar = work.load::<Calendar>(&to_day, "calendar").await?;
        if from == to {
            // The appointment refuses it in its own words below.
        } else if from_day == to_day {
            work.decide(
                &mut calendar,
                CalendarCommand::Move(Move {
                    appointment,
                    from,
                    to,
                }),
            )
            .await?;
        } else {
            let mut left = work.existing::<Calendar>(&from_day, "calendar").await?;
            work.decide(
                &mut left,
                CalendarCommand::Release(Release {
                    appointment,
                    starts_at: from,
                }),
            )
            .await?;
            work.decide(
                &mut calendar,
                CalendarCommand::Reserve(Reserve {
                    appointment,
                    starts_at: to,
                }),
            )
            .await?;
        }
        let (_, slot) = calendar.state().slot(to)?;
        let reschedule = AppointmentCommand::Reschedule(appointment::Reschedule {
            starts_at: slot.starts_at,
            ends_at: slot.ends_at,
        });
        work.decide(&mut instance, reschedule).await?;
        answer(&instance)
    }
}

/// Cancels an appointment and frees its slot.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Why, if someone says.
    pub reason: Option<FreeText>,
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
        let cancel = AppointmentCommand::Cancel(appointment::Cancel {
            reason: self.reason.clone(),
        });
        work.decide(&mut instance, cancel).await?;
        let id = day(booking.doctor, booking.starts_at, booking.time_zone);
        let mut calendar = work.existing::<Calendar>(&id, "calendar").await?;
        let release = Release {
            appointment: self.appointment,
            starts_at: booking.starts_at,
        };
        work.decide(&mut calendar, CalendarCommand::Release(release))
            .await?;
        answer(&instance)
    }
}

/// The appointment, if the actor may do this to it.
async fn allowed(
    work: &mut Work<'_>,
    appointment: AppointmentId,
    action: Action,
) -> Result<(Instance<Appointment>, Booking), CommandError> {
    let instance = work.existing::<Appointment>(&appointment, KIND).await?;
    let booking = instance.state().booking()?.clone();
    let resource = Resource::of_tenant(KIND, work.tenant())
        .about(booking.patient.uuid())
        .with_doctor(booking.doctor.uuid());
    work.authorize(action, &resource)?;
    work.expect_version(&instance)?;
    Ok((instance, booking))
}

/// Where a doctor works, and the zone of that hospital's clock.
pub(crate) async fn post_of(
    work: &mut Work<'_>,
    doctor: DoctorId,
) -> Result<(Post, TimeZone), CommandError> {
    let post = work
        .existing::<Doctor>(&doctor, "doctor")
        .await?
        .state()
        .post()?;
    let hospital = work
        .existing::<Hospital>(&post.hospital, "hospital")
        .await?;
    Ok((post, hospital.state().site()?.time_zone))
}

/// The calendar that a slot belongs to: the local date on which it starts.
fn day(doctor: DoctorId, starts_at: DateTime<Utc>, time_zone: TimeZone) -> CalendarId {
    CalendarId {
        doctor,
        date: starts_at.with_timezone(&time_zone.tz()).date_naive(),
    }
}

fn answer(instance: &Instance<Appointment>) -> Result<AppointmentAnswer, CommandError> {
    let booking = instance.state().booking()?;
    Ok(AppointmentAnswer {
        appointment: booking.appointment,
        version: instance.version(),
        starts_at: booking.starts_at,
        ends_at: booking.ends_at,
    })
}
