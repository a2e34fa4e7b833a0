//! A part that is away: what goes on without it, how callers are told, and that everything
//! comes back by itself.

use std::time::{Duration, Instant};

use medilink_domain::values::Role;
use medilink_tests::{
    Answer, Caller, History, Hospital, Part, assert_read_models_equal_their_replay, eventually, id,
    settle,
};
use serde_json::json;
use uuid::Uuid;

use crate::platform;

/// How long anything may take to come back on a busy machine.
const BACK: Duration = Duration::from_secs(60);

fn number(answer: &Answer, header: &str) -> u64 {
    answer
        .header(header)
        .parse()
        .unwrap_or_else(|_| panic!("{header} is {:?}", answer.header(header)))
}

async fn ready(caller: &Caller) -> Answer {
    caller.get("/readyz").await.unwrap()
}

#[tokio::test]
async fn without_the_broker_commands_succeed_and_reads_say_how_far_they_are() {
    let mut platform = platform().await;
    let city = Hospital::open(&platform).await;
    let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
    city.window(doctor, "09:00", "17:00", 30).await;
    let own = platform.person(patient, &[Role::Patient]).await;
    settle(&platform, BACK).await;
    platform.kill_nats(true).await;

    let mut last = 0;
    for slot in 0..10 {
        last = city.book(patient, doctor, 540 + 30 * slot).await.position();
    }
    // The read models follow the log itself meanwhile.
    let path = format!("/v1/patients/{patient}/appointments");
    eventually("the reads catch up without the broker", BACK, || async {
        let answer = own.get(&path).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
        let head = number(&answer, "medilink-position") + number(&answer, "medilink-behind");
        assert!(
            head >= last,
            "position and distance make up the head: {head}, {last}"
        );
        number(&answer, "medilink-position") >= last
    })
    .await;
    assert_eq!(
        own.get(&path).await.unwrap().body["items"]
            .as_array()
            .unwrap()
            .len(),
        10
    );
    eventually("the gateway notices", BACK, || async {
        let ready = ready(&own).await;
        assert_eq!(ready.status, 200, "it can do its work: {}", ready.text);
        ready.body["parts"]["broker"]["up"] == false
            && ready.body["parts"]["broker"]["needed"] == false
    })
    .await;

    platform.start_nats().await;
    eventually("the broker is filled again", BACK, || async {
        platform
            .broker()
            .await
            .is_some_and(|held| held.last.0 >= last && held.first.0 == 1)
    })
    .await;
    eventually("the gateway notices that too", BACK, || async {
        ready(&own).await.body["parts"]["broker"]["up"] == true
    })
    .await;
    assert_read_models_equal_their_replay(&platform).await;
}

#[tokio::test]
async fn without_the_projector_reads_say_how_many_events_are_missing_and_never_wait_for_ever() {
    let mut platform = platform().await;
    let city = Hospital::open(&platform).await;
    let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
    city.window(doctor, "09:00", "17:00", 30).await;
    let path = city.slots(doctor);
    city.book(patient, doctor, 540).await;
    settle(&platform, BACK).await;
    let seen = city.receptionist.get(&path).await.unwrap();
    let slots = seen.body["items"].as_array().unwrap().len();
    platform.kill_part(Part::Projector);

    let before = city.receptionist.get(&path).await.unwrap();
    let booked = city.book(patient, doctor, 570).await;
    let after = city.receptionist.get(&path).await.unwrap();
    assert_eq!(
        (after.status, after.body["items"].as_array().unwrap().len()),
        (200, slots),
        "{}",
        after.text
    );
    assert_eq!(
        number(&after, "medilink-position"),
        number(&before, "medilink-position")
    );
    assert_eq!(
        number(&after, "medilink-position") + number(&after, "medilink-behind"),
        booked.position()
    );
    assert_eq!(
        number(&after, "medilink-behind"),
        number(&before, "medilink-behind") + 3,
        "a slot, a visit on the agenda and an appointment"
    );

    let started = Instant::now();
    let late = city.receptionist.get_at(&path, booked.position()).await;
    assert_eq!(
        (late.status, late.problem()),
        (503, "behind"),
        "{}",
        late.text
    );
    assert!(number(&late, "retry-after") >= 1);
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "it waits some seconds, not {:?}",
        started.elapsed()
    );

    platform.start_part(Part::Projector);
    eventually("the same read succeeds", BACK, || async {
        let answer = city.receptionist.get_at(&path, booked.position()).await;
        assert!(
            answer.status == 200 || answer.problem() == "behind",
            "{}",
            answer.text
        );
        answer.status == 200 && answer.body["items"].as_array().unwrap().len() == slots - 1
    })
    .await;
}

#[tokio::test]
async fn without_the_database_every_request_is_told_when_to_return_and_all_recover_by_themselves() {
    let mut platform = platform().await;
    let city = Hospital::open(&platform).await;
    let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
    city.window(doctor, "09:00", "17:00", 30).await;
    let booked = city.book(patient, doctor, 540).await;
    let path = format!("/v1/appointments/{}", id(&booked));
    assert_eq!(
        city.receptionist
            .get_at(&path, booked.position())
            .await
            .status,
        200
    );

    platform.kill_postgres().await;
    let booking = city.booking(patient, doctor, city.at(570));
    for _ in 0..3 {
        for answer in [
            city.receptionist.get(&path).await.unwrap(),
            city.receptionist.post("/v1/appointments", &booking).await,
            city.receptionist.get("/v1/hospitals").await.unwrap(),
        ] {
            assert_eq!(
                (answer.status, answer.problem()),
                (503, "unavailable"),
                "{}",
                answer.text
            );
            assert!(number(&answer, "retry-after") >= 1);
        }
    }
    assert_eq!(city.receptionist.get("/livez").await.unwrap().status, 200);
    eventually("the gateway says that it isn't ready", BACK, || async {
        let ready = ready(&city.receptionist).await;
        ready.status == 503
            && number(&ready, "retry-after") >= 1
            && ready.body["parts"]["database"]["up"] == false
    })
    .await;

    platform.start_postgres().await;
    let booked = city
        .receptionist
        .persist("/v1/appointments", &booking)
        .await;
    assert_eq!(booked.status, 201, "{}", booked.text);
    eventually("the read models go on", BACK, || async {
        city.receptionist
            .get_at(
                &format!("/v1/appointments/{}", id(&booked)),
                booked.position(),
            )
            .await
            .status
            == 200
    })
    .await;
    eventually("the broker goes on", BACK, || async {
        platform
            .broker()
            .await
            .is_some_and(|held| held.last.0 >= booked.position())
    })
    .await;
    for part in Part::ALL {
        assert!(
            platform.is_running(part),
            "{} has ended:\n{}",
            part.name(),
            platform.log_of(part)
        );
    }
    assert_read_models_equal_their_replay(&platform).await;
}

#[tokio::test]
async fn who_is_not_yet_in_one_read_model_is_not_reported_missing_by_another() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    settle(&platform, BACK).await;
    // Two read models stand still, all others go on.
    let [url, _] = platform.superuser_urls();
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .unwrap();
    let driver = tokio::spawn(connection);
    let tables = "SELECT string_agg(format('read.%I', tablename), ', ') FROM pg_tables
                  WHERE schemaname = 'read' AND tablename ~ '^(patient|doctor)_v'";
    let tables: String = client.query_one(tables, &[]).await.unwrap().get(0);
    client
        .batch_execute(&format!("BEGIN; LOCK TABLE {tables} IN EXCLUSIVE MODE"))
        .await
        .unwrap();

    let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
    let position = city.window(doctor, "09:00", "10:00", 30).await.position();
    let day = format!("/v1/doctors/{doctor}/day?date={}", city.date);
    for path in [
        format!("/v1/patients/{patient}/appointments"),
        day.clone(),
        city.slots(doctor),
    ] {
        let answer = city.receptionist.get_at(&path, position).await;
        assert_eq!(
            (answer.status, answer.problem()),
            (503, "behind"),
            "{path}: {}",
            answer.text
        );
    }
    client.batch_execute("ROLLBACK").await.unwrap();
    for path in [
        format!("/v1/patients/{patient}/appointments"),
        day,
        city.slots(doctor),
    ] {
        eventually("it is there", BACK, || async {
            let answer = city.receptionist.get_at(&path, position).await;
            assert_ne!(answer.status, 404, "{path}: {}", answer.text);
            answer.status == 200
        })
        .await;
    }
    drop(client);
    driver.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_part_that_is_asked_to_stop_finishes_what_it_has_and_ends_well() {
    let mut platform = platform().await;
    let caller = platform.person(Uuid::now_v7(), &[Role::Receptionist]).await;
    // An open stream doesn't hold the gateway up.
    let request = caller
        .request(reqwest::Method::GET, "/v1/me/changes")
        .header("accept", "text/event-stream");
    let stream = request.send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let mut city = Hospital::open(&platform).await;
    city.receptionist = caller;
    let body = json!({"name": "A", "phone": "+919876543210", "language": "en"});
    let posting = tokio::spawn({
        let city = city.clone();
        async move {
            let mut recorded = 0;
            while let Some(answer) = city.receptionist.try_post("/v1/patients", &body).await {
                assert!(
                    answer.status == 201 || answer.status == 503,
                    "{}",
                    answer.text
                );
                recorded += u64::from(answer.status == 201);
            }
            recorded
        }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    for part in Part::ALL {
        let started = Instant::now();
        assert!(
            platform.stop_part(part),
            "{} did not end well:\n{}",
            part.name(),
            platform.log_of(part)
        );
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{} took {:?}",
            part.name(),
            started.elapsed()
        );
    }
    let recorded = posting.await.unwrap();
    let history = medilink_tests::History::read(&platform).await;
    assert!(recorded > 0);
    assert_eq!(
        history.of("patient.registered").count() as u64,
        recorded,
        "what was recorded was also answered"
    );
}

#[tokio::test]
async fn a_read_that_cannot_be_recorded_shows_nothing() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
    city.window(doctor, "09:00", "17:00", 30).await;
    city.book(patient, doctor, 540).await;
    settle(&platform, BACK).await;
    let path = format!("/v1/patients/{patient}/appointments");
    let recorded = || async {
        let history = History::read(&platform).await;
        history.of("access.recorded").count()
    };
    let before = recorded().await;

    // Nobody can append while the head is held; everything can still be read.
    let [url, _] = platform.superuser_urls();
    let (superuser, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    superuser
        .batch_execute("BEGIN; SELECT FROM log.head FOR UPDATE")
        .await
        .unwrap();
    let refused = city.receptionist.get(&path).await.unwrap();
    assert_eq!(refused.status, 503, "{}", refused.text);
    assert!(number(&refused, "retry-after") > 0);
    assert!(!refused.text.contains("starts_at"), "{}", refused.text);

    superuser.batch_execute("ROLLBACK").await.unwrap();
    eventually("the read is recorded and shown", BACK, || async {
        let shown = city.receptionist.get(&path).await.unwrap();
        shown.status == 200 && shown.text.contains("starts_at")
    })
    .await;
    assert!(recorded().await > before);
}
