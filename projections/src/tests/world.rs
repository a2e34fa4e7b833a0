//! A log, a vault and read models of a test's own, and a small hospital to fill them with.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use medilink_database::Database;
use medilink_domain::appointment::{Booked, Cancelled, Rescheduled};
use medilink_domain::calendar::{SlotReleased, SlotReserved, WindowOpened};
use medilink_domain::hospital::{DepartmentAdded, Opened};
use medilink_domain::notice::{Channel, Delivered, NoticeKind, Written};
use medilink_domain::{
    AppointmentId, DepartmentId, DoctorId, Event, HospitalId, NoticeId, PatientId, SubjectId,
    TenantId, WindowId, dead_letter, doctor, patient,
};
use medilink_log::{
    Append, EventCodec, LogReader, LogWriter, Metadata, NewEvent, Position, RecordedEvent,
    StreamWrite,
};
use medilink_test_support::TestDatabases;
use medilink_vault::{Keyring, Vault};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::runtime::lane::Registration;
use crate::{Checkpoints, Projector, Reads};

/// Parses a value type from its text.
pub fn text<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("the text is a value")
}

/// An id that is the same in every run.
pub fn id<I: From<Uuid>>(number: u128) -> I {
    I::from(Uuid::from_u128(number))
}

pub const TENANT: TenantId = TenantId(Uuid::from_u128(1));

pub struct World {
    pub databases: TestDatabases,
    pub projector_role: Database,
    pub app: Database,
    pub codec: EventCodec,
    pub reader: LogReader,
    pub reads: Reads,
    writer: LogWriter,
    versions: Mutex<HashMap<String, u64>>,
    _keys: TempDir,
}

impl World {
    pub async fn new() -> Self {
        let databases = TestDatabases::create().await;
        let owner = databases.pool("medilink_owner");
        medilink_log::migrate(&owner).await.unwrap();
        crate::migrate(&owner).await.unwrap();
        medilink_vault::migrate(&databases.keys_pool("medilink_owner"))
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let keyring = Keyring::open_or_create(folder.path().join("keys")).unwrap();
        let vault = Vault::open(databases.keys_pool("medilink_vault"), keyring)
            .await
            .unwrap();
        let app = databases.pool("medilink_app");
        Self {
            projector_role: databases.pool("medilink_projector"),
            codec: EventCodec::new(vault.clone()),
            reader: LogReader::new(app.clone()),
            reads: Reads::new(app.clone(), vault),
            writer: LogWriter::start(app.clone(), Vec::new()).0,
            app,
            databases,
            versions: Mutex::default(),
            _keys: folder,
        }
    }

    pub fn projector(&self) -> Projector {
        self.projector_of(crate::registry::all())
    }

    pub fn projector_of(&self, registrations: Vec<Registration>) -> Projector {
        Projector::of(
            self.projector_role.clone(),
            self.codec.clone(),
            None,
            registrations,
        )
        .polling_every(Duration::from_millis(10))
    }

    pub fn checkpoints(&self) -> Checkpoints {
        Checkpoints::new(self.app.clone())
    }

    /// Appends one event to its stream.
    pub async fn tell<E: Event>(
        &self,
        stream: &str,
        subject: Option<SubjectId>,
        event: impl Into<E>,
    ) -> Position {
        self.tell_as(TENANT, stream, subject, event.into()).await
    }

    pub async fn tell_as<E: Event>(
        &self,
        tenant: TenantId,
        stream: &str,
        subject: Option<SubjectId>,
        event: E,
    ) -> Position {
        let version = self.version(stream) + 1;
        let event = self
            .codec
            .encode(tenant, stream, version, subject, &event)
            .await
            .unwrap();
        self.append(tenant, stream, event).await
    }

    /// Appends bytes that are not what their type promises.
    pub async fn garble(&self, stream: &str, kind: &'static str, payload: &str) -> Position {
        let event = NewEvent {
            kind,
            schema_version: 1,
            subject: None,
            payload: payload.to_owned().into(),
        };
        self.append(TENANT, stream, event).await
    }

    async fn append(&self, tenant: TenantId, stream: &str, event: NewEvent) -> Position {
        let expected = self.version(stream);
        let append = Append {
            tenant,
            writes: vec![StreamWrite {
                stream: stream.into(),
                expected,
                events: vec![event],
            }],
            guards: Vec::new(),
            claims: Vec::new(),
            receipt: None,
            metadata: Metadata::default(),
        };
        self.writer.append(append).await.unwrap();
        *self
            .versions
            .lock()
            .unwrap()
            .entry(stream.to_owned())
            .or_default() += 1;
        self.reader.head().await.unwrap()
    }

    fn version(&self, stream: &str) -> u64 {
        self.versions
            .lock()
            .unwrap()
            .get(stream)
            .copied()
            .unwrap_or(0)
    }

    pub async fn log(&self) -> Vec<RecordedEvent> {
        self.reader.after(Position::START, 100_000).await.unwrap()
    }

    /// Runs a projector until the guard is stopped.
    pub fn run(&self, projector: &Projector) -> Running {
        let cancel = CancellationToken::new();
        let (projector, stop) = (projector.clone(), cancel.clone());
        Running {
            cancel,
            task: tokio::spawn(async move { projector.run(stop).await }),
        }
    }

    /// Waits until every one of the projections has everything.
    pub async fn settle(&self, projector: &Projector) {
        let head = self.reader.head().await.unwrap();
        let checkpoints = self.checkpoints();
        for name in projector.names() {
            checkpoints
                .wait(name, head, Duration::from_secs(30))
                .await
                .unwrap();
        }
    }

    /// Rows of each projection, live, then rebuilt.
    pub async fn assert_rebuilds_alike(&self, projector: &Projector) {
        for name in projector.names() {
            let (_, live) = projector.rows_clear(name).await.unwrap();
            let letters = self.letters(name).await;
            projector.rebuild(name).await.unwrap();
            let (_, rebuilt) = projector.rows_clear(name).await.unwrap();
            assert_eq!(live, rebuilt, "{name}: live and rebuilt rows differ");
            assert_eq!(
                letters,
                self.letters(name).await,
                "{name}: live and rebuilt letters differ"
            );
        }
    }

    pub async fn rows(&self, projector: &Projector, name: &str) -> Vec<Value> {
        projector.rows_clear(name).await.unwrap().1
    }

    /// Stream, position, code and attempts of what is parked.
    pub async fn letters(&self, projection: &str) -> Vec<(String, u64, String, u32)> {
        let letters = crate::dead_letter::list(&self.app, Some(projection), 1_000)
            .await
            .unwrap();
        letters
            .into_iter()
            .map(|letter| {
                (
                    letter.stream,
                    letter.position.0,
                    letter.code,
                    letter.attempts,
                )
            })
            .collect()
    }

    pub async fn retry(&self, projection: &str, stream: &str, position: Position) -> Position {
        let (consumer, parked) = (text(projection), text(stream));
        let event = dead_letter::Retried {
            consumer,
            stream: parked,
            position: position.0,
            reason: text("mended"),
        };
        self.tell::<dead_letter::DeadLetterEvent>(
            &format!("dead-letter-{projection}:{stream}"),
            None,
            event,
        )
        .await
    }

    pub async fn skip(&self, projection: &str, stream: &str, position: Position) -> Position {
        let (consumer, parked) = (text(projection), text(stream));
        let event = dead_letter::Skipped {
            consumer,
            stream: parked,
            position: position.0,
            reason: text("no use"),
        };
        self.tell::<dead_letter::DeadLetterEvent>(
            &format!("dead-letter-{projection}:{stream}"),
            None,
            event,
        )
        .await
    }

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
            starts_at,
            ends_at,
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
        };
        self.of_appointment(appointment, patient, event).await
    }

    pub async fn moved(&self, appointment: u128, patient: u128, to: DateTime<Utc>) -> Position {
        let event = Rescheduled {
            appointment: id(appointment),
            previous_starts_at: to,
            starts_at: to,
            ends_at: to + TimeDelta::minutes(30),
        };
        self.of_appointment(appointment, patient, event).await
    }

    pub async fn cancelled(&self, appointment: u128, patient: u128) -> Position {
        let event = Cancelled {
            appointment: id(appointment),
            reason: Some(text("feels better")),
        };
        self.of_appointment(appointment, patient, event).await
    }

    async fn of_appointment(
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
            about: id(appointment),
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

/// The stream of an instance.
pub fn stream(category: &str, number: u128) -> String {
    format!("{category}-{}", Uuid::from_u128(number))
}

/// The stream of a doctor's day.
pub fn calendar(doctor: u128, at: DateTime<Utc>) -> String {
    format!("calendar-{}:{}", Uuid::from_u128(doctor), at.date_naive())
}

/// Midnight after so many days.
pub fn day(days: i64) -> DateTime<Utc> {
    let date = (Utc::now() + TimeDelta::days(days)).date_naive();
    date.and_hms_opt(0, 0, 0).unwrap().and_utc()
}

/// A running projector.
pub struct Running {
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops it as SIGTERM would.
    pub async fn stop(self) {
        self.cancel.cancel();
        tokio::time::timeout(Duration::from_secs(10), self.task)
            .await
            .expect("drains in time")
            .unwrap();
    }

    /// Stops it as `kill -9` would: in the middle of whatever it does.
    pub async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// Waits until something is so.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let started = Instant::now();
    while !is_so().await {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "not in time: {what}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
