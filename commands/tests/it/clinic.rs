//! A hospital whose doctor receives every day of the week.

use chrono::{DateTime, Days, TimeDelta, Utc};
use medilink_commands::appointment::Book;
use medilink_commands::{Actor, CommandContext, hospital, schedule, visit_type};
use medilink_domain::hospital::BookingPolicy;
use medilink_domain::schedule::{Hours, WeeklyHours};
use medilink_domain::values::{BufferMinutes, Money, Role, RuleMinutes, VisitMode, Weekday};
use medilink_domain::visit_type::VisitTypeTerms;
use medilink_domain::{AssetId, DoctorId, HospitalId, PatientId, VisitTypeId};

use crate::support::World;

pub fn rupees(minor: u64) -> Money {
    Money {
        minor: minor.try_into().unwrap(),
        currency: "INR".parse().unwrap(),
    }
}

pub fn minutes(minutes: u64) -> RuleMinutes {
    minutes.try_into().unwrap()
}

pub fn hours(opens: &str, closes: &str) -> Hours {
    Hours {
        opens: opens.parse().unwrap(),
        closes: closes.parse().unwrap(),
        slot_minutes: 15.try_into().unwrap(),
        modes: Vec::new(),
        visit_types: Vec::new(),
    }
}

/// A hospital whose doctor receives from 09:00 to 13:00 every day of the week.
pub struct Clinic {
    pub world: World,
    pub hospital: HospitalId,
    pub doctor: DoctorId,
}

impl Clinic {
    pub async fn open() -> Self {
        let world = World::new().await;
        let (doctor, hospital) = world.practice("DMC-1").await;
        let clinic = Self {
            world,
            hospital,
            doctor,
        };
        clinic.receives(doctor, None).await;
        clinic
    }

    pub async fn receives(&self, doctor: DoctorId, most_visits: Option<u16>) {
        let week = schedule::SetWeek {
            doctor,
            from: Utc::now().date_naive() + Days::new(1),
            hours: Weekday::ALL
                .iter()
                .map(|weekday| WeeklyHours {
                    weekday: *weekday,
                    hours: hours("09:00", "13:00"),
                })
                .collect(),
            most_visits,
        };
        self.world.run(&self.console(), &week).await.unwrap();
    }

    pub fn console(&self) -> CommandContext {
        self.world.console()
    }

    /// A quarter of an hour of the morning ten days from now, counted from 09:00.
    pub fn slot(&self, quarter: i64) -> DateTime<Utc> {
        let date = Utc::now().date_naive() + Days::new(10);
        // 09:00 in India is 03:30 UTC.
        date.and_hms_opt(3, 30, 0).unwrap().and_utc() + TimeDelta::minutes(15 * quarter)
    }

    pub async fn set(&self, policy: BookingPolicy) {
        let set = hospital::SetBookingPolicy {
            hospital: self.hospital,
            policy,
        };
        self.world.run(&self.console(), &set).await.unwrap();
    }

    pub async fn visit_type(&self, length: u64, after: u64, needs: &[&str]) -> VisitTypeId {
        let define = visit_type::Define {
            hospital: self.hospital,
            terms: VisitTypeTerms {
                name: "Scan".parse().unwrap(),
                minutes: length.try_into().unwrap(),
                buffer_before: BufferMinutes::default(),
                buffer_after: after.try_into().unwrap(),
                modes: vec![VisitMode::InPerson, VisitMode::Video],
                price: Some("scan".parse().unwrap()),
                needs: needs.iter().map(|class| class.parse().unwrap()).collect(),
            },
        };
        let defined = self.world.run(&self.console(), &define).await.unwrap();
        defined.answer.visit_type
    }

    pub async fn asset(&self, class: &str, name: &str) -> AssetId {
        let add = hospital::AddAsset {
            hospital: self.hospital,
            class: class.parse().unwrap(),
            name: name.parse().unwrap(),
        };
        let added = self.world.run(&self.console(), &add).await.unwrap();
        added.answer.asset
    }

    pub async fn patient(&self) -> PatientId {
        self.world.register_patient().await
    }

    pub fn book(&self, patient: PatientId, quarter: i64) -> Book {
        Book::new(patient, self.doctor, self.slot(quarter))
    }

    /// The same as the doctor.
    pub fn as_doctor(&self) -> CommandContext {
        let doctor = vec![Role::Doctor];
        CommandContext::new(Actor {
            second_factor: true,
            ..Actor::new(self.doctor.uuid(), self.world.tenant, doctor)
        })
    }

    /// The circumstances as the clock will show them.
    pub fn at(&self, context: CommandContext, now: DateTime<Utc>) -> CommandContext {
        CommandContext { now, ..context }
    }
}
