//! A hospital of a test's own.

use chrono::{DateTime, Days, Utc};
use medilink_commands::{
    Actor, Authorizer, CommandContext, CommandError, Committed, Executor, Operation, calendar,
    doctor, hospital, inline_projections, patient,
};
use medilink_database::Database;
use medilink_domain::values::Role;
use medilink_domain::{DoctorId, PatientId, TenantId};
use medilink_log::{EventCodec, LogReader, LogWriter, Snapshots};
use medilink_test_support::TestDatabases;
use medilink_vault::{Keyring, Vault};
use uuid::Uuid;

pub struct World {
    pub executor: Executor,
    pub tenant: TenantId,
    pub app: Database,
    pub vault: Vault,
    pub databases: TestDatabases,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        let databases = TestDatabases::create().await;
        medilink_log::migrate(&databases.pool("medilink_owner"))
            .await
            .unwrap();
        medilink_commands::migrate(&databases.pool("medilink_owner"))
            .await
            .unwrap();
        medilink_vault::migrate(&databases.keys_pool("medilink_owner"))
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let keyring = Keyring::open_or_create(folder.path().join("keys")).unwrap();
        let vault = Vault::open(databases.keys_pool("medilink_vault"), keyring)
            .await
            .unwrap();
        let app = databases.pool("medilink_app");
        let (writer, _) = LogWriter::start(app.clone(), inline_projections());
        let executor = Executor::new(
            LogReader::new(app.clone()),
            writer,
            EventCodec::new(vault.clone()),
            Snapshots::new(app.clone(), vault.clone()),
            Authorizer::shipped().unwrap(),
        );
        Self {
            executor,
            tenant: TenantId(Uuid::now_v7()),
            app,
            vault,
            databases,
            _folder: folder,
        }
    }

    pub fn console(&self) -> CommandContext {
        CommandContext::new(Actor::console(self.tenant))
    }

    pub fn patient(&self, patient: PatientId) -> CommandContext {
        CommandContext::new(Actor {
            id: patient.uuid(),
            tenant: self.tenant,
            roles: vec![Role::Patient],
            session: None,
        })
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
        let context = self.console();
        let open = hospital::Open {
            name: "City".parse().unwrap(),
            time_zone: "Asia/Kolkata".parse().unwrap(),
        };
        let hospital = self.run(&context, &open).await.unwrap().answer.hospital;
        let add = hospital::AddDepartment {
            hospital,
            name: "Heart".parse().unwrap(),
            specialty: "Cardiology".parse().unwrap(),
        };
        let department = self.run(&context, &add).await.unwrap().answer.department;
        let register = self.registration(hospital, department, registration);
        let doctor = self.run(&context, &register).await.unwrap().answer.doctor;
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
        self.run(&context, &window).await.unwrap();
        // 09:00 in India is 03:30 UTC.
        (doctor, date.and_hms_opt(3, 30, 0).unwrap().and_utc())
    }

    pub fn registration(
        &self,
        hospital: medilink_domain::HospitalId,
        department: medilink_domain::DepartmentId,
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
