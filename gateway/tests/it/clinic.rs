//! A hospital where it is noon now, whose doctors receive around the clock: what happens on
//! the day of a visit can happen today.

use chrono::{NaiveDate, TimeDelta, Timelike, Utc};
use medilink_domain::values::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::site::{Site, id};

pub struct Clinic {
    pub site: Site,
    pub administrator: String,
    pub reception: String,
    pub hospital: Uuid,
    pub department: Uuid,
    /// The day on its clock.
    pub today: NaiveDate,
}

impl Clinic {
    pub async fn open() -> Self {
        let site = Site::open().await;
        let administrator = site.token(Uuid::now_v7(), Role::Administrator).await;
        let reception = site.token(Uuid::now_v7(), Role::Receptionist).await;
        let now = Utc::now();
        let ahead = 12 - i64::from(now.hour());
        // The names of these zones count westwards.
        let time_zone = format!("Etc/GMT{:+}", -ahead).replace("+0", "");
        let body = json!({"name": "Noon", "time_zone": time_zone});
        let platform = site.token(Uuid::now_v7(), Role::PlatformAdministrator);
        let hospital = done(site.post("/v1/hospitals", &platform.await, body).await);
        let mut clinic = Self {
            site,
            administrator,
            reception,
            hospital,
            department: hospital,
            today: (now + TimeDelta::hours(ahead)).date_naive(),
        };
        clinic.department = clinic.department("Heart", "Cardiology").await;
        clinic
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/hospitals/{}/{rest}", self.hospital)
    }

    pub async fn department(&self, name: &str, specialty: &str) -> Uuid {
        let body = json!({"name": name, "specialty": specialty});
        let path = self.path("departments");
        done(self.site.post(&path, &self.administrator, body).await)
    }

    /// A doctor of the department who receives every day, every ten minutes.
    pub async fn doctor(&self) -> Uuid {
        let doctor = self.doctor_in(self.department, &["en"]).await;
        self.receives(doctor, json!({})).await;
        doctor
    }

    pub async fn doctor_in(&self, department: Uuid, languages: &[&str]) -> Uuid {
        let body = json!({
            "hospital": self.hospital, "department": department, "name": "Dr Canary",
            "registration_number": Uuid::now_v7().simple().to_string(), "languages": languages,
        });
        done(
            self.site
                .post("/v1/doctors", &self.administrator, body)
                .await,
        )
    }

    /// Lets a doctor receive around the clock from today on, in hours that are also this.
    pub async fn receives(&self, doctor: Uuid, also: Value) -> Value {
        let days = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ];
        let hours = days.map(|weekday| {
            let mut hours =
                json!({"weekday": weekday, "opens": "00:00", "closes": "00:00", "slot_minutes": 10});
            let also = also.as_object().unwrap().clone();
            hours.as_object_mut().unwrap().extend(also);
            hours
        });
        let path = format!("/v1/doctors/{doctor}/schedule/weeks/{}", self.today);
        let body = json!({"hours": hours});
        let (status, set) = self.site.put(&path, &self.administrator, body).await;
        assert_eq!(status, 200, "{set}");
        set
    }

    /// A patient and their token.
    pub async fn patient(&self) -> (Uuid, String) {
        let body = json!({"name": "Asha Canary", "phone": "+919800000001", "language": "hi"});
        let patient = done(self.site.post("/v1/patients", &self.reception, body).await);
        (patient, self.site.token(patient, Role::Patient).await)
    }

    /// The free slots of the next hour, as of what was just written.
    pub async fn slots(&self, written: &Value, also: &str) -> Vec<Value> {
        let (from, to) = (Utc::now(), Utc::now() + TimeDelta::hours(1));
        let path = format!("/v1/slots?{}{also}", period(from, to));
        let (status, found) = self.site.get_after(written, &path, &self.reception).await;
        assert_eq!(status, 200, "{found}");
        found["items"].as_array().unwrap().clone()
    }

    /// Books the first free slot from now on.
    pub async fn book(&self, token: &str, patient: Uuid, doctor: Uuid) -> Value {
        let written = json!({"position": self.head().await});
        let slots = self.slots(&written, &format!("&doctor={doctor}")).await;
        let body =
            json!({"patient": patient, "doctor": doctor, "starts_at": slots[0]["starts_at"]});
        let (status, booked) = self.site.post("/v1/appointments", token, body).await;
        assert_eq!(status, 201, "{booked}");
        booked
    }

    /// The position of the last event.
    pub async fn head(&self) -> u64 {
        self.site.executor.reader().head().await.unwrap().0
    }
}

/// `from` and `to` of a query.
pub fn period(from: chrono::DateTime<Utc>, to: chrono::DateTime<Utc>) -> String {
    let [from, to] = [from, to].map(|at| at.format("%Y-%m-%dT%H:%M:%SZ"));
    format!("from={from}&to={to}")
}

/// The id of what was made.
pub fn done((status, body): (u16, Value)) -> Uuid {
    assert_eq!(status, 201, "{body}");
    id(&body)
}

/// The stable name of a problem.
pub fn slug(problem: &Value) -> &str {
    problem["type"]
        .as_str()
        .unwrap_or_default()
        .rsplit('/')
        .next()
        .unwrap()
}
