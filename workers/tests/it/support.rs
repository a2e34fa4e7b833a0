//! A hospital of a test's own, with the parts of the platform that a test asks for.

use std::time::{Duration, Instant};

use chrono::{DateTime, Days, TimeDelta, Utc};
use medilink_bus::{Bus, RelayConfig};
use medilink_commands::{
    Actor, CommandContext, Committed, Operation, appointment, calendar, doctor, hospital, patient,
    visit_type,
};
use medilink_domain::values::{BufferMinutes, Language, VisitMode};
use medilink_domain::visit_type::VisitTypeTerms;
use medilink_domain::{AppointmentId, DoctorId, HospitalId, PatientId, TenantId, VisitTypeId};
use medilink_log::{CheckpointKey, Position};
use medilink_projections::Checkpoints;
use medilink_test_support::TestStore;
use medilink_workers::{
    Jobs, ProjectorHost, RelayHost, RetryConfig, Tools, TreePace, Worker, WorkerConfig,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub struct World {
    pub tools: Tools,
    pub tenant: TenantId,
    store: TestStore,
}

impl std::ops::Deref for World {
    type Target = TestStore;

    fn deref(&self) -> &TestStore {
        &self.store
    }
}

/// Something that runs until it is stopped.
pub struct Running {
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub fn start<F: Future<Output = ()> + Send + 'static>(
        run: impl FnOnce(CancellationToken) -> F,
    ) -> Self {
        let cancel = CancellationToken::new();
        Self {
            task: tokio::spawn(run(cancel.clone())),
            cancel,
        }
    }

    /// Asks it to stop, and waits.
    pub async fn stop(self) {
        self.cancel.cancel();
        self.task.await.unwrap();
    }

    /// Killed, unless it ended by itself.
    pub fn kill(self) {
        self.task.abort();
    }
}

impl World {
    pub async fn new() -> Self {
        let store = TestStore::create().await;
        medilink_projections::migrate(&store.owner()).await.unwrap();
        medilink_workers::migrate(&store.owner()).await.unwrap();
        let tools = Tools::new(store.executor(), store.codec.clone(), store.app.clone());
        Self {
            tools,
            tenant: TenantId(Uuid::now_v7()),
            store,
        }
    }

    pub fn console(&self) -> CommandContext {
        CommandContext::new(Actor::console(self.tenant))
    }

    pub async fn run<O: Operation>(&self, operation: &O) -> Committed<O::Answer> {
        self.tools
            .executor
            .execute(&self.console(), operation)
            .await
            .unwrap()
    }

    pub async fn open_hospital(&self) -> HospitalId {
        let open = hospital::Open {
            name: "City".parse().unwrap(),
            time_zone: "Asia/Kolkata".parse().unwrap(),
            manager: None,
        };
        self.run(&open).await.answer.hospital
    }

    pub async fn add_department(
        &self,
        hospital: HospitalId,
        name: &str,
    ) -> Committed<hospital::DepartmentAnswer> {
        let add = hospital::AddDepartment {
            hospital,
            name: name.parse().unwrap(),
            specialty: "Any".parse().unwrap(),
        };
        self.run(&add).await
    }

    pub async fn patient(&self, language: Language, email: Option<&str>) -> PatientId {
        let register = patient::Register {
            name: "Asha Canary".parse().unwrap(),
            phone: format!("+9198{:08}", rand_number()).parse().unwrap(),
            email: email.map(|email| email.parse().unwrap()),
            language,
            date_of_birth: None,
        };
        self.run(&register).await.answer.patient
    }

    /// A doctor with a morning of slots ten days from now; returns the first slot.
    pub async fn doctor(&self) -> (DoctorId, DateTime<Utc>) {
        let hospital = self.open_hospital().await;
        let department = self
            .add_department(hospital, "Heart")
            .await
            .answer
            .department;
        let register = doctor::Register {
            hospital,
            department,
            name: "Dr Vikram Canary".parse().unwrap(),
            registration_number: format!("R{}", rand_number()).parse().unwrap(),
            languages: vec![Language::English],
        };
        let doctor = self.run(&register).await.answer.doctor;
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
        self.run(&window).await;
        // 09:00 in India is 03:30 UTC.
        (doctor, date.and_hms_opt(3, 30, 0).unwrap().and_utc())
    }

    pub async fn visit_type(&self, hospital: HospitalId, minutes: u64) -> VisitTypeId {
        let define = visit_type::Define {
            hospital,
            terms: VisitTypeTerms {
                name: "Check-up".parse().unwrap(),
                minutes: minutes.try_into().unwrap(),
                buffer_before: BufferMinutes::default(),
                buffer_after: BufferMinutes::default(),
                modes: vec![VisitMode::InPerson],
                price: None,
                needs: Vec::new(),
            },
        };
        self.run(&define).await.answer.visit_type
    }

    pub async fn book(
        &self,
        patient: PatientId,
        doctor: DoctorId,
        starts_at: DateTime<Utc>,
    ) -> AppointmentId {
        let book = appointment::Book::new(patient, doctor, starts_at);
        self.run(&book).await.answer.appointment
    }

    pub async fn cancel(&self, appointment: AppointmentId) {
        self.run(&appointment::Cancel::new(appointment)).await;
    }

    pub async fn head(&self) -> Position {
        self.tools.reader().head().await.unwrap()
    }

    pub async fn count(&self, kind: &str) -> i64 {
        self.number("SELECT count(*) FROM log.events WHERE type = $1", &kind)
            .await
    }

    pub async fn number(
        &self,
        sql: &str,
        parameter: &(dyn tokio_postgres::types::ToSql + Sync),
    ) -> i64 {
        self.app
            .client()
            .await
            .unwrap()
            .query_one(sql, &[parameter])
            .await
            .unwrap()
            .get(0)
    }

    /// Every read model is at the head.
    pub async fn projected(&self) {
        let checkpoints = Checkpoints::new(self.app.clone());
        let head = self.head().await;
        let names: Vec<_> = self.projector_host().projector().names().collect();
        for name in names {
            checkpoints
                .wait(name, head, Duration::from_secs(30))
                .await
                .unwrap();
        }
    }

    /// All timers are due: the days until then pass.
    pub async fn days_pass(&self) {
        self.projected().await;
        let superuser = self.databases.superuser().await;
        superuser
            .batch_execute("UPDATE read.reminder SET due_at = now() - interval '1 minute'")
            .await
            .unwrap();
    }

    fn projector_host(&self) -> ProjectorHost {
        ProjectorHost::new(
            self.databases.pool("medilink_projector"),
            self.tools.codec.clone(),
            None,
        )
    }

    /// The projections, reading PostgreSQL often.
    pub fn projector(&self) -> Running {
        let database = self.databases.pool("medilink_projector");
        let projector =
            medilink_projections::Projector::new(database, self.tools.codec.clone(), None)
                .polling_every(Duration::from_millis(50));
        Running::start(move |cancel| async move { projector.run(cancel).await })
    }

    pub fn relay(&self, bus: Bus) -> Running {
        let key =
            CheckpointKey::load_or_create(&self.folder().join("log.key"), "medilink.test/log")
                .unwrap();
        let host = RelayHost::new(
            self.app.clone(),
            bus,
            RelayConfig::default(),
            key,
            TreePace::default(),
        )
        .unwrap();
        Running::start(move |cancel| host.run(cancel))
    }

    pub fn worker(&self, jobs: Jobs) -> Running {
        self.worker_of(jobs, None, config())
    }

    pub fn worker_of(&self, jobs: Jobs, bus: Option<Bus>, config: WorkerConfig) -> Running {
        let worker = Worker::new(self.tools.clone(), bus, config, jobs);
        Running::start(move |cancel| async move { worker.run(cancel).await })
    }

    /// All jobs of the release, with this configuration.
    pub fn platform_worker(&self, config: WorkerConfig) -> Running {
        let jobs = Jobs::shipped(&config, &self.folder().join("blobs")).unwrap();
        self.worker_of(jobs, None, config)
    }

    /// Lets every job forget everything and see the whole log again: no effect is had twice.
    pub async fn nothing_happens_twice(&self) {
        let superuser = self.databases.superuser().await;
        superuser
            .batch_execute("TRUNCATE work.checkpoints, work.attempts, work.dead_letters")
            .await
            .unwrap();
        let before = self.head().await;
        let worker = self.platform_worker(config());
        eventually("all again", async || {
            self.number(
                "SELECT coalesce(min(position), 0) FROM work.checkpoints WHERE job <> $1",
                &"",
            )
            .await
                >= before.sql()
        })
        .await;
        a_while().await;
        worker.stop().await;
        assert_eq!(self.head().await, before, "an effect was had twice");
    }
}

/// Quick pauses, and claims that a killed worker leaves for a short while only.
pub fn config() -> WorkerConfig {
    WorkerConfig {
        poll_ms: 50,
        effect_ms: 3_000,
        retry: RetryConfig {
            attempts: 4,
            first_ms: 50,
            longest_ms: 200,
        },
        ..WorkerConfig::default()
    }
}

fn rand_number() -> u32 {
    Uuid::new_v4().as_u128() as u32 % 100_000_000
}

/// Waits until it holds, 30 seconds at most.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Long enough for a job to do what it must not do.
pub async fn a_while() {
    tokio::time::sleep(Duration::from_millis(600)).await;
}

/// A slot this many quarters of an hour after the first.
pub fn slot(first: DateTime<Utc>, number: i64) -> DateTime<Utc> {
    first + TimeDelta::minutes(15 * number)
}
