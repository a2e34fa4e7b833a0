//! A hospital of a test's own.

use chrono::{DateTime, Days, Utc};
use medilink_commands::{
    Actor, CommandContext, CommandError, Committed, Executor, Operation, calendar, doctor,
    hospital, patient,
};
use medilink_domain::values::Role;
use medilink_domain::{DepartmentId, DoctorId, HospitalId, PatientId, TenantId};
use medilink_log::RecordedEvent;
use medilink_test_support::TestStore;
use uuid::Uuid;

pub struct World {
    pub executor: Executor,
    pub tenant: TenantId,
    store: TestStore,
}

impl std::ops::Deref for World {
    type Target = TestStore;

    fn deref(&self) -> &TestStore {
        &self.store
    }
}

impl World {
    pub async fn new() -> Self {
        let store = TestStore::create().await;
        Self {
            executor: store.executor(),
            tenant: TenantId(Uuid::now_v7()),
            store,
        }
    }

    pub fn console(&self) -> CommandContext {
        CommandContext::new(Actor::console(self.tenant))
    }

    pub fn patient(&self, patient: PatientId) -> CommandContext {
        let actor = Actor::new(patient.uuid(), self.tenant, vec![Role::Patient]);
        CommandContext::new(actor)
    }

    pub async fn run<O: Operation>(
        &self,
        context: &CommandContext,
        operation: &O,
    ) -> Result<Committed<O::Answer>, CommandError> {
        self.executor.execute(context, operation).await
    }

    pub async fn register_patient(&self) -> PatientId {
        let register = patient::Register {
            name: "Asha Canary".parse().unwrap(),
            phone: "+919800000001".parse().unwrap(),
            email: None,
            language: medilink_domain::values::Language::Hindi,
            date_of_birth: None,
        };
        self.run(&self.console(), &register)
            .await
            .unwrap()
            .answer
            .patient
    }

    /// A doctor with a window from 09:00 to 13:00 in slots of 15 minutes, ten days from now;
    /// returns the instant of the first slot.
    pub async fn doctor(&self, registration: &str) -> (DoctorId, DateTime<Utc>) {
        let (doctor, _) = self.practice(registration).await;
        let date = Utc::now()
            .date_naive()
            .checked_add_days(Days::new(10))
            .unwrap();
        let window = calendar::OpenWindow {
            doctor,
            date,
            opens: "09:00".parse().unwrap(),
            closes: "13:00".parse().unwrap(),
            slot_minutes: 15.try_into().unwrap(),
        };
        self.run(&self.console(), &window).await.unwrap();
        // 09:00 in India is 03:30 UTC.
        (doctor, date.and_hms_opt(3, 30, 0).unwrap().and_utc())
    }

    /// A doctor of a new hospital in India, who receives nobody yet.
    pub async fn practice(&self, registration: &str) -> (DoctorId, HospitalId) {
        self.practice_in("Asia/Kolkata", registration).await
    }

    /// A doctor of a new hospital in a time zone, who receives nobody yet.
    pub async fn practice_in(&self, zone: &str, registration: &str) -> (DoctorId, HospitalId) {
        let open = hospital::Open {
            name: "City".parse().unwrap(),
            time_zone: zone.parse().unwrap(),
            manager: None,
        };
        let opened = self.run(&self.console(), &open).await.unwrap();
        let hospital = opened.answer.hospital;
        (self.colleague(hospital, registration).await, hospital)
    }

    /// A doctor of a new department of a hospital.
    pub async fn colleague(&self, hospital: HospitalId, registration: &str) -> DoctorId {
        let context = self.console();
        let add = hospital::AddDepartment {
            hospital,
            name: format!("Heart of {registration}").parse().unwrap(),
            specialty: "Cardiology".parse().unwrap(),
        };
        let department = self.run(&context, &add).await.unwrap().answer.department;
        let register = self.registration(hospital, department, registration);
        self.run(&context, &register).await.unwrap().answer.doctor
    }

    pub fn registration(
        &self,
        hospital: HospitalId,
        department: DepartmentId,
        number: &str,
    ) -> doctor::Register {
        doctor::Register {
            hospital,
            department,
            name: "Dr Vikram Canary".parse().unwrap(),
            registration_number: number.parse().unwrap(),
            languages: vec![medilink_domain::values::Language::English],
        }
    }

    /// The events of a stream.
    pub async fn events(&self, stream: &str) -> Vec<RecordedEvent> {
        self.executor.reader().stream(stream, 0, 500).await.unwrap()
    }

    pub async fn count(&self, kind: &str) -> i64 {
        let client = self.app.client().await.unwrap();
        client
            .query_one("SELECT count(*) FROM log.events WHERE type = $1", &[&kind])
            .await
            .unwrap()
            .get(0)
    }
}

/// The stable name of a domain's refusal.
pub fn slug<T: std::fmt::Debug>(outcome: Result<T, CommandError>) -> &'static str {
    match outcome {
        Err(CommandError::Refused(problem)) => problem.detail().slug,
        other => panic!("not a refusal: {other:?}"),
    }
}
