//! A small hospital to book in.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Timelike, Utc};
use medilink_domain::values::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::http::{Answer, Caller};
use crate::platform::Platform;

/// What every planted piece of personal data holds, in a form that no encoding splits.
pub const CANARY: &str = "zqcanaryzq";

/// Kolkata's clock is so many minutes ahead, all year round.
const KOLKATA: i64 = 330;

/// A hospital with one department, set up over HTTP.
#[derive(Clone, Debug)]
pub struct Hospital {
    /// An administrator's caller.
    pub administrator: Caller,
    /// A receptionist's caller.
    pub receptionist: Caller,
    /// The hospital.
    pub hospital: Uuid,
    /// The department.
    pub department: Uuid,
    /// The day on which doctors receive.
    pub date: NaiveDate,
    /// How far its clock is ahead, in minutes.
    offset: i64,
}

impl Hospital {
    /// Sets it up in India; its doctors receive in ten days.
    pub async fn open(platform: &Platform) -> Self {
        let date = Utc::now().date_naive() + Days::new(10);
        Self::of(people(platform).await, "Asia/Kolkata", KOLKATA, date).await
    }

    /// Sets it up where it is not nearly midnight, for appointments at `around`.
    pub async fn open_for(platform: &Platform, around: DateTime<Utc>) -> Self {
        Self::around(people(platform).await, around).await
    }

    /// Another one of the same people, where it is not nearly midnight at `around`.
    pub async fn another_for(&self, around: DateTime<Utc>) -> Self {
        let people = (self.administrator.clone(), self.receptionist.clone());
        Self::around(people, around).await
    }

    async fn around(people: (Caller, Caller), around: DateTime<Utc>) -> Self {
        let local = around + TimeDelta::minutes(KOLKATA);
        if local.hour() < 23 {
            Self::of(people, "Asia/Kolkata", KOLKATA, local.date_naive()).await
        } else {
            Self::of(people, "Etc/UTC", 0, around.date_naive()).await
        }
    }

    async fn of(
        (administrator, receptionist): (Caller, Caller),
        time_zone: &str,
        offset: i64,
        date: NaiveDate,
    ) -> Self {
        let body = json!({"name": "City Hospital", "time_zone": time_zone});
        let hospital = id(&administrator.persist("/v1/hospitals", &body).await);
        let path = format!("/v1/hospitals/{hospital}/departments");
        let department = id(&administrator
            .persist(&path, &json!({"name": "Heart", "specialty": "Cardiology"}))
            .await);
        Self {
            administrator,
            receptionist,
            hospital,
            department,
            date,
            offset,
        }
    }

    /// Registers a doctor whose every personal field holds the canary.
    pub async fn doctor(&self, number: u32) -> Uuid {
        let body = self.doctor_body(number);
        id(&self.administrator.persist("/v1/doctors", &body).await)
    }

    /// What that is asked with.
    pub fn doctor_body(&self, number: u32) -> Value {
        json!({
            "hospital": self.hospital,
            "department": self.department,
            "name": format!("Dr {CANARY} {number}"),
            "registration_number": format!("{CANARY}-{number}"),
            "languages": ["en", "hi"],
        })
    }

    /// Opens a window on the day; the answer to the command.
    pub async fn window(
        &self,
        doctor: Uuid,
        opens: &str,
        closes: &str,
        slot_minutes: u32,
    ) -> Answer {
        let body = self.window_body(opens, closes, slot_minutes);
        let opened = self
            .administrator
            .persist(&format!("/v1/doctors/{doctor}/windows"), &body)
            .await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        opened
    }

    /// What that is asked with.
    pub fn window_body(&self, opens: &str, closes: &str, slot_minutes: u32) -> Value {
        json!({"date": self.date, "opens": opens, "closes": closes, "slot_minutes": slot_minutes})
    }

    /// Opens a window of one slot of five minutes at this instant.
    pub async fn slot(&self, doctor: Uuid, starts_at: DateTime<Utc>) -> Answer {
        let clock = |at: DateTime<Utc>| {
            (at + TimeDelta::minutes(self.offset))
                .format("%H:%M")
                .to_string()
        };
        self.window(
            doctor,
            &clock(starts_at),
            &clock(starts_at + TimeDelta::minutes(5)),
            5,
        )
        .await
    }

    /// Registers a patient whose every personal field holds the canary.
    pub async fn patient(&self, number: u32) -> Uuid {
        let body = self.patient_body(number);
        id(&self.receptionist.persist("/v1/patients", &body).await)
    }

    /// What that is asked with.
    pub fn patient_body(&self, number: u32) -> Value {
        json!({
            "name": format!("Asha {CANARY} {number}"),
            "phone": format!("+91{}", 9_876_500_000_u64 + u64::from(number)),
            "email": format!("asha.{CANARY}.{number}@example.org"),
            "language": "hi",
            "date_of_birth": "1907-03-29",
        })
    }

    /// The instant at which a minute of the day, counted from midnight here, is.
    pub fn at(&self, minute: i64) -> DateTime<Utc> {
        let midnight =
            self.date.and_hms_opt(0, 0, 0).unwrap().and_utc() - TimeDelta::minutes(self.offset);
        midnight + TimeDelta::minutes(minute)
    }

    /// Where a doctor's free slots of the day are.
    pub fn slots(&self, doctor: Uuid) -> String {
        let [from, to] = [0, 24 * 60].map(|minute| self.at(minute).format("%Y-%m-%dT%H:%M:%SZ"));
        format!("/v1/doctors/{doctor}/slots?from={from}&to={to}")
    }

    /// The body of a booking.
    pub fn booking(&self, patient: Uuid, doctor: Uuid, starts_at: DateTime<Utc>) -> Value {
        json!({"patient": patient, "doctor": doctor, "starts_at": starts_at, "reason": format!("{CANARY} pain")})
    }

    /// Books as the reception.
    pub async fn book(&self, patient: Uuid, doctor: Uuid, minute: i64) -> Answer {
        let booked = self
            .receptionist
            .post(
                "/v1/appointments",
                &self.booking(patient, doctor, self.at(minute)),
            )
            .await;
        assert_eq!(booked.status, 201, "{}", booked.text);
        booked
    }
}

/// An administrator, who registers hospitals too, and a receptionist.
async fn people(platform: &Platform) -> (Caller, Caller) {
    let roles = [Role::Administrator, Role::PlatformAdministrator];
    let administrator = platform.person(Uuid::now_v7(), &roles);
    let receptionist = platform.person(Uuid::now_v7(), &[Role::Receptionist]);
    (administrator.await, receptionist.await)
}

/// The id of what a command made.
///
/// # Panics
/// When it made nothing.
pub fn id(answer: &Answer) -> Uuid {
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.body["id"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| panic!("no id in {}", answer.text))
}
