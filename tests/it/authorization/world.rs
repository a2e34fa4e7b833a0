//! What the callers try to get at, and a supply of fresh things, so that one caller's success
//! doesn't spoil the next one's try.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use medilink_commands::appointment::Book;
use medilink_commands::calendar::OpenWindow;
use medilink_commands::waitlist::Offer;
use medilink_commands::{Action, Actor, CommandContext, Executor, account, staff, verification};
use medilink_domain::values::{Language, Role};
use medilink_domain::verification::Letter;
use medilink_domain::{
    AccountId, ApplicationId, DoctorId, HospitalId, PatientId, StaffId, SubjectId, TenantId,
    VerificationId, WaitlistEntryId,
};
use medilink_tests::{Answer, Caller, Hospital, Platform, id};
use medilink_vault::Vault;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

pub struct World {
    pub city: Hospital,
    pub doctor: Uuid,
    pub patient: Uuid,
    pub appointment: Uuid,
    pub visit_type: Uuid,
    /// What the patient lets the doctor see.
    pub consent: Uuid,
    /// What the doctor opened in an emergency, which is over.
    pub emergency: Uuid,
    /// Another patient.
    pub unconscious: Uuid,
    /// The patient's caller.
    pub myself: Caller,
    pub tenant: TenantId,
    pub executor: Executor,
    pub vault: Vault,
    officer: Caller,
    minute: AtomicI64,
    missed: AtomicI64,
    day: AtomicU64,
    /// How many dead letters there were.
    pub(super) letters: AtomicI64,
    /// The last entry of the waitlist.
    waits: Mutex<Option<Uuid>>,
    /// A visit of which the patient has said what they thought.
    rated: OnceCell<Uuid>,
    /// The last application of each person.
    pub(super) applications: Mutex<HashMap<Uuid, ApplicationId>>,
}

impl World {
    pub async fn new(platform: &Platform) -> Self {
        let city = Hospital::open(platform).await;
        let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
        city.window(doctor, "00:00", "23:55", 5).await;
        let appointment = id(&city.book(patient, doctor, 0).await);
        let visit_types = format!("/v1/hospitals/{}/visit-types", city.hospital);
        let visit_type = id(&city
            .administrator
            .post(&visit_types, &Self::visit_type())
            .await);
        let consent = super::consents::given(platform, patient, doctor).await;
        let emergency = super::emergencies::over(platform, &city, doctor, patient).await;
        let unconscious = city.patient(78).await;
        let world = Self {
            emergency,
            unconscious,
            city,
            doctor,
            patient,
            appointment,
            visit_type,
            consent,
            myself: platform.person(patient, &[Role::Patient]).await,
            officer: platform
                .person(Uuid::now_v7(), &[Role::ComplianceOfficer])
                .await,
            tenant: platform.tenant,
            executor: platform.executor().await.clone(),
            vault: platform.vault().await,
            minute: AtomicI64::new(5),
            missed: AtomicI64::new(0),
            day: AtomicU64::new(1),
            letters: AtomicI64::new(1_000),
            waits: Mutex::new(None),
            rated: OnceCell::new(),
            applications: Mutex::default(),
        };
        world
            .administrate("PUT", &world.week(world.city.date), &Self::hours())
            .await;
        let rules = format!("/v1/hospitals/{}/booking-policy", world.city.hospital);
        world.administrate("PUT", &rules, &Self::rules()).await;
        world.open_the_past().await;
        // Early, so that it is in the read models by the time that somebody asks for it.
        world.rated().await;
        world
    }

    /// Nothing of this may ever be seen by another tenant.
    pub fn ids(&self) -> Vec<String> {
        let ids = [
            self.city.hospital,
            self.city.department,
            self.doctor,
            self.patient,
            self.appointment,
            self.visit_type,
            self.consent,
            self.emergency,
        ];
        ids.iter().map(Uuid::to_string).collect()
    }

    /// Patients may check in long before a visit, so that one in ten days can be used.
    pub fn rules() -> Value {
        json!({"check_in_opens_minutes": 129_600})
    }

    /// Every day around the clock.
    pub fn hours() -> Value {
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
            json!({"weekday": weekday, "opens": "00:00", "closes": "00:00", "slot_minutes": 5})
        });
        json!({"hours": hours})
    }

    pub fn visit_type() -> Value {
        json!({"name": "Check-up", "minutes": 30, "modes": ["in_person"]})
    }

    pub fn week(&self, from: NaiveDate) -> String {
        format!("/v1/doctors/{}/schedule/weeks/{from}", self.doctor)
    }

    /// A slot that nobody has.
    pub fn slot(&self) -> i64 {
        self.minute.fetch_add(5, Ordering::Relaxed)
    }

    fn number(&self) -> u64 {
        self.day.fetch_add(1, Ordering::Relaxed)
    }

    /// A day on which nothing else happens.
    pub fn fresh_date(&self) -> NaiveDate {
        self.city.date + Days::new(300 + self.number())
    }

    pub fn opening(&self) -> Value {
        let date = self.city.date + Days::new(self.number());
        json!({"date": date, "opens": "09:00", "closes": "10:00", "slot_minutes": 30})
    }

    pub async fn administrate(&self, method: &str, path: &str, body: &Value) -> Answer {
        done(&self.city.administrator, method, path, body).await
    }

    pub async fn receive(&self, path: &str, body: &Value) -> Answer {
        done(&self.city.receptionist, "POST", path, body).await
    }

    /// A visit in ten days.
    pub async fn appointment(&self) -> Uuid {
        id(&self.city.book(self.patient, self.doctor, self.slot()).await)
    }

    pub fn series(&self) -> Value {
        let starts_at = self.city.at(self.slot());
        let mut series = self.city.booking(self.patient, self.doctor, starts_at);
        series["recurrence"] = json!({"frequency": "weekly", "count": 2});
        series
    }

    pub fn walk_in(&self) -> Value {
        json!({"patient": self.patient, "doctor": self.doctor})
    }

    /// A visit of which the patient has said what they thought, once and for all callers.
    pub async fn rated(&self) -> Uuid {
        let rate = async || {
            let visit = self.arrived(&["start", "complete"]).await;
            let path = format!("/v1/appointments/{visit}/feedback");
            done(&self.myself, "POST", &path, &json!({"rating": 4})).await;
            visit
        };
        *self.rated.get_or_init(rate).await
    }

    /// The visit of a patient who just came, after these steps.
    pub async fn arrived(&self, steps: &[&str]) -> Uuid {
        let visit = id(&self.receive("/v1/walk-ins", &self.walk_in()).await);
        for step in steps {
            self.receive(&format!("/v1/appointments/{visit}/{step}"), &json!({}))
                .await;
        }
        visit
    }

    /// Yesterday, and a clock that is set back so far that it can still be booked.
    fn past(&self) -> (NaiveDate, CommandContext) {
        let now = Utc::now();
        let context = CommandContext {
            now: now - TimeDelta::days(3),
            ..CommandContext::new(Actor::console(self.tenant))
        };
        (now.date_naive() - Days::new(1), context)
    }

    async fn open_the_past(&self) {
        let (date, context) = self.past();
        let open = OpenWindow {
            doctor: DoctorId(self.doctor),
            date,
            opens: "00:00".parse().unwrap(),
            closes: "23:55".parse().unwrap(),
            slot_minutes: 5_u64.try_into().unwrap(),
        };
        self.executor.execute(&context, &open).await.unwrap();
    }

    /// An instant of a day, in minutes from its beginning.
    fn at(&self, date: NaiveDate, minute: i64) -> DateTime<Utc> {
        let days = (date - self.city.date).num_days();
        self.city.at(24 * 60 * days + minute)
    }

    /// A visit to which the patient did not come.
    pub async fn missed(&self) -> Uuid {
        let (date, context) = self.past();
        let starts_at = self.at(date, self.missed.fetch_add(5, Ordering::Relaxed));
        let (patient, doctor) = (PatientId(self.patient), DoctorId(self.doctor));
        let book = Book::new(patient, doctor, starts_at);
        let booked = self.executor.execute(&context, &book).await.unwrap();
        booked.answer.appointment.uuid()
    }

    pub fn wish(&self, date: NaiveDate) -> Value {
        json!({
            "patient": self.patient, "hospital": self.city.hospital, "doctor": self.doctor,
            "preferences": [{"from": date, "until": date}],
        })
    }

    /// An open feed of the patient's, and the path of its link.
    pub async fn feed(&self) -> (Uuid, String) {
        let path = "/v1/me/calendar-feeds";
        let opened = done(&self.myself, "POST", path, &Value::Null).await;
        (
            id(&opened),
            opened.body["path"].as_str().unwrap().to_owned(),
        )
    }

    /// An entry of the waitlist, with nothing to be had.
    pub async fn waiting(&self) -> (Uuid, NaiveDate) {
        let mut waits = self.waits.lock().await;
        if let Some(last) = *waits {
            // Nobody may wait for very much. It may be over already.
            let leave = format!("/v1/waitlist/{last}");
            let reception = &self.city.receptionist;
            let left = reception
                .send(reception.request(Method::DELETE, &leave))
                .await;
            let left = left.expect("the gateway answers");
            assert!(matches!(left.status, 200 | 409), "{}", left.text);
        }
        let date = self.fresh_date();
        let entry = id(&self.receive("/v1/waitlist", &self.wish(date)).await);
        *waits = Some(entry);
        (entry, date)
    }

    /// An address that nobody has used.
    pub fn address(&self) -> String {
        format!("{}@example.org", Uuid::now_v7().simple())
    }

    /// Somebody's account.
    pub async fn account(&self, disabled: bool) -> Uuid {
        let person = Uuid::now_v7();
        let (verification, code) = (VerificationId(Uuid::now_v7()), "K7QM2-X9R4T");
        let ask = verification::Request(medilink_domain::verification::Request {
            verification,
            person: SubjectId(person),
            letter: Letter::Registration,
            email: self.address().parse().unwrap(),
            language: Language::English,
            code: code.parse().unwrap(),
            passwords: None,
        });
        let register = account::Register {
            verification,
            code: code.parse().unwrap(),
            password_hash: "$none".parse().unwrap(),
            name: "P".parse().unwrap(),
            phone: "+919876543210".parse().unwrap(),
            date_of_birth: None,
        };
        let visitor = CommandContext::new(Actor::anonymous(self.tenant));
        self.executor.execute(&visitor, &ask).await.unwrap();
        self.executor.execute(&visitor, &register).await.unwrap();
        if disabled {
            let disable = account::Disable {
                account: AccountId(person),
                reason: "test".parse().unwrap(),
            };
            let console = CommandContext::new(Actor::console(self.tenant));
            self.executor.execute(&console, &disable).await.unwrap();
        }
        person
    }

    /// Gives somebody a role and a permission at the hospital, and a role in the network.
    pub async fn appoint(&self, person: Uuid) {
        let console = CommandContext::new(Actor::console(self.tenant));
        let hospital = HospitalId(self.city.hospital);
        for (role, hospital) in [
            (Role::Receptionist, Some(hospital)),
            (Role::ComplianceOfficer, None),
        ] {
            let give = staff::GiveRole {
                staff: StaffId(person),
                role,
                hospital,
                department: None,
                until: None,
            };
            self.executor.execute(&console, &give).await.unwrap();
        }
        let give = staff::GivePermission {
            staff: StaffId(person),
            action: Action::ReadFigures,
            hospital,
            until: None,
        };
        self.executor.execute(&console, &give).await.unwrap();
    }

    /// Nothing of the patient is to be erased, and nothing is held.
    pub async fn forget_nothing(&self) {
        let of_patient = format!("/v1/patients/{}", self.patient);
        let lift = format!("{of_patient}/legal-hold/release");
        let lifted = self.officer.post(&lift, &json!({"reason": "test"})).await;
        assert!(matches!(lifted.status, 200 | 404 | 409), "{}", lifted.text);
        let head = self.executor.reader().head().await.unwrap();
        let list = format!("{of_patient}/erasures?limit=1");
        let list = self.officer.get_at(&list, head.0).await;
        if let Some(last) = list.body["items"][0]["id"].as_str() {
            let withdraw = format!("/v1/erasures/{last}/withdraw");
            let withdrawn = self.officer.post(&withdraw, &Value::Null).await;
            assert!(matches!(withdrawn.status, 200 | 409), "{}", withdrawn.text);
        }
    }

    /// The path of an erasure of the patient's data that is under way.
    pub async fn erasure(&self, held: bool) -> String {
        self.forget_nothing().await;
        let ask = format!("/v1/patients/{}/erasures", self.patient);
        let reason = json!({"reason": "leaves-the-hospital"});
        let asked = done(&self.officer, "POST", &ask, &reason).await;
        let path = format!("/v1/erasures/{}", id(&asked));
        if held {
            let basis = json!({"basis": "litigation"});
            done(&self.officer, "POST", &format!("{path}/hold"), &basis).await;
        }
        self.shown(&path).await;
        path
    }

    /// Waits until a read finds what was just made.
    pub async fn shown(&self, path: &str) {
        let head = self.executor.reader().head().await.unwrap();
        assert_eq!(self.officer.get_at(path, head.0).await.status, 200);
    }

    /// An entry of the waitlist, and the appointment that is offered.
    pub async fn offered(&self) -> (Uuid, Value) {
        let (entry, date) = self.waiting().await;
        let offer = Offer {
            entry: WaitlistEntryId(entry),
            doctor: DoctorId(self.doctor),
            starts_at: self.at(date, 600),
        };
        let context = CommandContext::new(Actor::worker(self.tenant));
        let offered = self.executor.execute(&context, &offer).await.unwrap();
        let list = format!("/v1/patients/{}/waitlist?limit=1", self.patient);
        let list = self.city.receptionist.get_at(&list, offered.position.0);
        let newest = &list.await.body["items"][0];
        assert_eq!(newest["id"], json!(entry), "{newest}");
        (entry, newest["offer"]["appointment"].clone())
    }
}

async fn done(caller: &Caller, method: &str, path: &str, body: &Value) -> Answer {
    let method: Method = method.parse().unwrap();
    let answer = caller.send(caller.request(method, path).json(body)).await;
    let answer = answer.expect("the gateway answers");
    assert!(answer.status < 300, "{path}: {}", answer.text);
    answer
}
