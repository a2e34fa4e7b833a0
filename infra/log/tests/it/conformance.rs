//! What cqrs-es and postgres-es see of the log.

use std::collections::HashMap;

use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use cqrs_es::{Aggregate, AggregateContext, AggregateError, EventEnvelope, EventStore};
use medilink_domain::appointment::{Appointment, AppointmentEvent, Booked, Terms};
use medilink_domain::hospital::{DepartmentAdded, Hospital, HospitalEvent, Opened};
use medilink_domain::{
    AppointmentId, DepartmentId, DoctorId, Event, HospitalId, PatientId, Privacy,
};
use medilink_log::{LogEventStore, Position};
use postgres_es::PostgresEventRepository;
use uuid::Uuid;

use crate::support::{World, assert_whole};

fn hospital_events(hospital: HospitalId) -> Vec<HospitalEvent> {
    vec![
        Opened {
            hospital,
            name: "City".parse().unwrap(),
            time_zone: "Asia/Kolkata".parse().unwrap(),
        }
        .into(),
        DepartmentAdded {
            hospital,
            department: DepartmentId(Uuid::now_v7()),
            name: "Heart".parse().unwrap(),
            specialty: "Cardiology".parse().unwrap(),
        }
        .into(),
    ]
}

async fn store(world: &World) -> LogEventStore {
    LogEventStore::new(
        world.tenant,
        world.reader.clone(),
        world.writer(),
        world.codec().await,
    )
}

/// Commits as cqrs-es does: the context holds the aggregate with the new events applied.
async fn commit<A>(
    store: &LogEventStore,
    id: &str,
    events: Vec<<A as Aggregate>::Event>,
) -> Result<Vec<EventEnvelope<A>>, AggregateError<<A as Aggregate>::Error>>
where
    A: Aggregate,
    LogEventStore: EventStore<A>,
{
    let mut context = EventStore::<A>::load_aggregate(store, id).await?;
    for event in &events {
        context.aggregate().apply(event.clone());
    }
    let metadata = HashMap::from([("actor".to_owned(), "test".to_owned())]);
    EventStore::<A>::commit(store, events, context, metadata).await
}

#[tokio::test]
async fn postgres_es_reads_the_same_state_from_the_view_as_our_store_from_the_log() {
    let world = World::new().await;
    let store = store(&world).await;
    let hospital = HospitalId(Uuid::now_v7());
    let id = hospital.to_string();
    commit::<Hospital>(&store, &id, hospital_events(hospital))
        .await
        .unwrap();

    let url = world.databases.main("medilink_app").url;
    let pool = sqlx::postgres::PgPoolOptions::new()
        .max_connections(1)
        .connect(&url)
        .await
        .unwrap();
    let repository =
        PostgresEventRepository::new(pool).with_tables("log.cqrs_events", "log.snapshots");
    let serialized: Vec<SerializedEvent> = repository.get_events::<Hospital>(&id).await.unwrap();
    assert_eq!(serialized.len(), 2);
    let mut theirs = Hospital::default();
    for event in serialized {
        let envelope: EventEnvelope<Hospital> = event.try_into().unwrap();
        theirs.apply(envelope.payload);
    }
    let mut ours = EventStore::<Hospital>::load_aggregate(&store, &id)
        .await
        .unwrap();
    assert_eq!(ours.aggregate(), &theirs);
    assert_eq!(theirs.departments.len(), 1);
}

#[tokio::test]
async fn a_personal_payload_is_ciphertext_in_the_log_and_never_half_read_from_the_view() {
    let world = World::new().await;
    let store = store(&world).await;
    let appointment = AppointmentId(Uuid::now_v7());
    let booked = Booked {
        appointment,
        patient: PatientId(Uuid::now_v7()),
        doctor: DoctorId(Uuid::now_v7()),
        hospital: HospitalId(Uuid::now_v7()),
        department: DepartmentId(Uuid::now_v7()),
        starts_at: chrono::DateTime::from_timestamp(2_000_000_000, 0).unwrap(),
        ends_at: chrono::DateTime::from_timestamp(2_000_000_900, 0).unwrap(),
        time_zone: "Asia/Kolkata".parse().unwrap(),
        reason: Some("canary-chest-pain".parse().unwrap()),
        terms: Terms::default(),
    };
    assert!(matches!(
        AppointmentEvent::from(booked.clone()).kind().privacy,
        Privacy::Personal(_)
    ));
    let id = appointment.to_string();
    commit::<Appointment>(&store, &id, vec![booked.into()])
        .await
        .unwrap();
    let stored = world
        .reader
        .after(Position::START, 10)
        .await
        .unwrap()
        .remove(0);
    assert!(stored.subject.is_some());
    assert!(!String::from_utf8_lossy(&stored.payload).contains("canary"));
    let mut loaded = EventStore::<Appointment>::load_aggregate(&store, &id)
        .await
        .unwrap();
    assert!(
        loaded.aggregate().booking.is_some(),
        "whoever has the key reads it"
    );

    let pool = sqlx::postgres::PgPoolOptions::new()
        .max_connections(1)
        .connect(&world.databases.main("medilink_app").url)
        .await
        .unwrap();
    let repository =
        PostgresEventRepository::new(pool).with_tables("log.cqrs_events", "log.snapshots");
    let serialized = repository.get_events::<Appointment>(&id).await.unwrap();
    assert_eq!(serialized.len(), 1);
    let read: Result<EventEnvelope<Appointment>, _> =
        serialized.into_iter().next().unwrap().try_into();
    assert!(
        read.is_err(),
        "the view has no data for a sealed event, and says so by failing"
    );
}

#[tokio::test]
async fn cqrs_es_gets_a_conflict_when_its_context_is_stale() {
    let world = World::new().await;
    let store = store(&world).await;
    let hospital = HospitalId(Uuid::now_v7());
    let id = hospital.to_string();
    let stale = EventStore::<Hospital>::load_aggregate(&store, &id)
        .await
        .unwrap();
    commit::<Hospital>(&store, &id, hospital_events(hospital))
        .await
        .unwrap();
    let outcome =
        EventStore::<Hospital>::commit(&store, hospital_events(hospital), stale, HashMap::new())
            .await;
    assert!(matches!(outcome, Err(AggregateError::AggregateConflict)));
    assert_eq!(assert_whole(&world.reader).await, 2);
}

#[tokio::test]
async fn another_tenants_stream_looks_like_no_stream() {
    let world = World::new().await;
    let store = store(&world).await;
    let hospital = HospitalId(Uuid::now_v7());
    let id = hospital.to_string();
    commit::<Hospital>(&store, &id, hospital_events(hospital))
        .await
        .unwrap();
    let other = LogEventStore::new(
        medilink_domain::TenantId(Uuid::now_v7()),
        world.reader.clone(),
        world.writer(),
        world.codec().await,
    );
    assert!(
        EventStore::<Hospital>::load_events(&other, &id)
            .await
            .unwrap()
            .is_empty()
    );
}
