//! What can happen in the small hospital of the tests.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::appointment::{Booked, Cancelled, Party, Rescheduled, Terms};
use medilink_domain::calendar::{SlotReleased, SlotReserved, WindowOpened};
use medilink_domain::hospital::{DepartmentAdded, Opened};
use medilink_domain::notice::{Channel, Delivered, NoticeKind, Written};
use medilink_domain::values::VisitMode;
use medilink_domain::{
    AppointmentId, DepartmentId, DoctorId, HospitalId, NoticeId, PatientId, WindowId, doctor,
    patient,
};
use medilink_log::Position;
use uuid::Uuid;

use super::world::{TENANT, World, calendar, id, stream, text};

impl World {
    pub async fn opened(&self, hospital: u128) -> Position {
        let event = Opened {
            hospital: id(hospital),
            name: text("Guru Nanak Hospital"),
            time_zone: text("Asia/Kolkata"),
        };
        self.tell::<medilink_domain::hospital::HospitalEvent>(
            &stream("hospital", hospital),
            None,
            event,
        )
        .await
    }

    pub async fn department(&self, hospital: u128, department: u128) -> Position {
        let event = DepartmentAdded {
            hospital: id::<HospitalId>(hospital),
            department: id::<DepartmentId>(department),
            name: text(&format!("Ward {department}")),
            specialty: text("cardiology"),
        };
        self.tell::<medilink_domain::hospital::HospitalEvent>(
            &stream("hospital", hospital),
            None,
            event,
        )
        .await
    }

    pub async fn doctor(&self, doctor: u128, name: &str) -> Position {
        let event = doctor::Registered {
            doctor: id(doctor),
            hospital: id(10),
            department: id(20 + doctor % 2),
            name: text(name),
            registration_number: text("PMC-1699"),
            languages: vec![text("en"), text("pa")],
        };
        self.tell::<doctor::DoctorEvent>(&stream("doctor", doctor), Some(id(doctor)), event)
            .await
    }

    pub async fn patient(&self, patient: u128, name: &str) -> Position {
        let event = patient::Registered {
            patient: id(patient),
            name: text(name),
            phone: text("+919812345678"),
            email: Some(text("harpreet@example.org")),
            language: text("pa"),
            date_of_birth: None,
        };
        self.tell::<patient::PatientEvent>(&stream("patient", patient), Some(id(patient)), event)
            .await
    }

    pub async fn window(&self, doctor: u128, opens: DateTime<Utc>, hours: i64) -> Position {
        let event = WindowOpened {
            window: id::<WindowId>(Uuid::now_v7().as_u128()),
            doctor: id(doctor),
            hospital: id(10),
            date: opens.date_naive(),
            opens,
            closes: opens + TimeDelta::hours(hours),
            time_zone: text("UTC"),
            slot_minutes: 30.try_into().unwrap(),
        };
        self.tell::<medilink_domain::calendar::CalendarEvent>(&calendar(doctor, opens), None, event)
            .await
    }

    pub async fn reserved(
        &self,
        appointment: u128,
        doctor: u128,
        starts_at: DateTime<Utc>,
    ) -> Position {
        let ends_at = starts_at + TimeDelta::minutes(30);
        let event = SlotReserved {
            appointment: id(appointment),
            doctor: id(doctor),
            date: Some(starts_at.date_naive()),
            starts_at,
            ends_at,
            buffer_before: Default::default(),
            buffer_after: Default::default(),
            overbooked: false,
            reminders: None,
        };
        self.tell::<medilink_domain::calendar::CalendarEvent>(
            &calendar(doctor, starts_at),
            None,
            event,
        )
        .await
    }

    pub async fn released(
        &self,
        appointment: u128,
        doctor: u128,
        starts_at: DateTime<Utc>,
    ) -> Position {
        let event = SlotReleased {
            appointment: id(appointment),
            doctor: id(doctor),
            starts_at,
            reminders: None,
        };
        self.tell::<medilink_domain::calendar::CalendarEvent>(
            &calendar(doctor, starts_at),
            None,
            event,
        )
        .await
    }

    pub async fn booked(
        &self,
        appointment: u128,
        patient: u128,
        doctor: u128,
        starts_at: DateTime<Utc>,
    ) -> Position {
        let event = Booked {
            appointment: id::<AppointmentId>(appointment),
            patient: id::<PatientId>(patient),
            doctor: id::<DoctorId>(doctor),
            hospital: id(10),
            department: id(20),
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(30),
            time_zone: text("UTC"),
            reason: Some(text("chest pain")),
            terms: Terms::default(),
        };
        self.of_appointment(appointment, patient, event).await
    }

    pub async fn moved(&self, appointment: u128, patient: u128, to: DateTime<Utc>) -> Position {
        let event = Rescheduled {
            appointment: id(appointment),
            previous_starts_at: to,
            starts_at: to,
            ends_at: to + TimeDelta::minutes(30),
            to: None,
            mode: VisitMode::InPerson,
            assets: Vec::new(),
            chosen: Vec::new(),
            by: Party::Patient,
            fee: None,
            waiver: None,
        };
        self.of_appointment(appointment, patient, event).await
    }

    pub async fn cancelled(&self, appointment: u128, patient: u128) -> Position {
        let event = Cancelled {
            appointment: id(appointment),
            reason: Some(text("feels better")),
            by: Party::Patient,
            fee: None,
            waiver: None,
        };
        self.of_appointment(appointment, patient, event).await
    }

    pub(super) async fn of_appointment(
        &self,
        appointment: u128,
        patient: u128,
        event: impl Into<medilink_domain::appointment::AppointmentEvent>,
    ) -> Position {
        self.tell_as(
            TENANT,
            &stream("appointment", appointment),
            Some(id(patient)),
            event.into(),
        )
        .await
    }

    pub async fn written(
        &self,
        notice: NoticeId,
        patient: u128,
        appointment: u128,
        channel: Channel,
    ) -> Position {
        let event = Written {
            notice,
            recipient: id(patient),
            kind: NoticeKind::AppointmentReminder,
            about: Some(id(appointment)),
            emergency: None,
            export: None,
            language: text("en"),
            channel,
            address: (channel == Channel::Email).then(|| text("harpreet@example.org")),
            title: text("Your appointment"),
            text: text("Please come tomorrow."),
        };
        self.tell::<medilink_domain::notice::NoticeEvent>(
            &format!("notice-{notice}"),
            Some(id(patient)),
            event,
        )
        .await
    }

    pub async fn delivered(&self, notice: NoticeId, patient: u128) -> Position {
        let event = Delivered { notice, attempt: 1 };
        self.tell::<medilink_domain::notice::NoticeEvent>(
            &format!("notice-{notice}"),
            Some(id(patient)),
            event,
        )
        .await
    }
}
