//! Reminders: each once, for appointments that stand, whoever else is in trouble.

use medilink_domain::SubjectId;
use medilink_domain::event::Category;
use medilink_domain::notice::{Channel, NoticeEvent, Written};
use medilink_domain::values::Language;
use medilink_log::Position;
use medilink_workers::{DeadLetters, WorkerConfig};

use crate::smtp::MailServer;
use crate::support::{World, a_while, config, eventually, slot};

async fn written(world: &World) -> Vec<Written> {
    let mut written = Vec::new();
    for event in world
        .tools
        .reader()
        .after(Position::START, 1_000)
        .await
        .unwrap()
    {
        if event.kind != "notice.written" {
            continue;
        }
        if let Some(NoticeEvent::Written(notice)) = world.tools.codec.decode(&event).await.unwrap()
        {
            written.push(notice);
        }
    }
    written
}

async fn settled(world: &World) -> i64 {
    world
        .number(
            "SELECT count(*) FROM work.attempts WHERE job = $1 AND settled_at IS NOT NULL",
            &"reminder",
        )
        .await
}

#[tokio::test]
async fn a_patient_is_reminded_once_in_their_own_language() {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    let patient = world
        .patient(Language::Hindi, Some("asha@example.com"))
        .await;
    let appointment = world.book(patient, doctor, first).await;
    let worker = world.platform_worker(config());
    world.projected().await;
    a_while().await;
    assert_eq!(written(&world).await, [], "not before its time");
    world.days_pass().await;
    eventually("reminded", async || {
        world.count("notice.written").await == 1
    })
    .await;
    a_while().await;
    worker.stop().await;
    projector.stop().await;
    let written = written(&world).await;
    assert_eq!(written.len(), 1);
    let notice = &written[0];
    assert_eq!(
        (notice.about, notice.recipient.uuid()),
        (Some(appointment), patient.uuid())
    );
    assert_eq!(
        (notice.language, notice.channel),
        (Language::Hindi, Channel::InApp)
    );
    assert!(
        notice.text.as_str().contains("मुलाक़ात") && notice.text.as_str().contains("09:00"),
        "{notice:?}"
    );
    assert_eq!(notice.address, None, "no mail server is configured");
}

#[tokio::test]
async fn with_a_mail_server_those_who_have_an_address_get_e_mail() {
    let world = World::new().await;
    let (projector, server) = (world.projector(), MailServer::start().await);
    let (doctor, first) = world.doctor().await;
    let with = world
        .patient(Language::English, Some("asha@example.com"))
        .await;
    let without = world.patient(Language::Punjabi, None).await;
    world.book(with, doctor, first).await;
    world.book(without, doctor, slot(first, 1)).await;
    world.days_pass().await;
    let worker = world.platform_worker(WorkerConfig {
        smtp: Some(server.config()),
        ..config()
    });
    eventually("reminded", async || {
        world.count("notice.written").await == 2
    })
    .await;
    worker.stop().await;
    projector.stop().await;
    for notice in written(&world).await {
        let mailed = notice.recipient.uuid() == with.uuid();
        assert_eq!(
            notice.channel,
            if mailed {
                Channel::Email
            } else {
                Channel::InApp
            }
        );
        assert_eq!(notice.address.is_some(), mailed);
    }
}

#[tokio::test]
async fn two_workers_and_a_lost_memory_write_one_reminder_each() {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    for number in 0..12 {
        let patient = world.patient(Language::English, None).await;
        world.book(patient, doctor, slot(first, number)).await;
    }
    world.days_pass().await;
    // The read model does not hear of the notices, so that everything stays due.
    projector.stop().await;
    let workers = [
        world.platform_worker(config()),
        world.platform_worker(config()),
    ];
    eventually("reminded", async || settled(&world).await == 12).await;
    let superuser = world.databases.superuser().await;
    superuser
        .batch_execute("DELETE FROM work.attempts")
        .await
        .unwrap();
    eventually("tried again", async || settled(&world).await == 12).await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(world.count("notice.written").await, 12);
}

#[tokio::test]
async fn a_worker_killed_after_writing_leaves_one_reminder() {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    world
        .book(world.patient(Language::English, None).await, doctor, first)
        .await;
    world.days_pass().await;
    projector.stop().await;
    fail::cfg("worker-after-effect-before-record", "1*return").unwrap();
    let config = WorkerConfig {
        effect_ms: 500,
        ..config()
    };
    let killed = world.platform_worker(config.clone());
    eventually("written", async || world.count("notice.written").await == 1).await;
    a_while().await;
    assert_eq!(settled(&world).await, 0, "killed before it was recorded");
    killed.kill();
    let worker = world.platform_worker(config);
    eventually("taken over", async || settled(&world).await == 1).await;
    worker.stop().await;
    assert_eq!(world.count("notice.written").await, 1);
}

#[tokio::test]
async fn what_was_cancelled_or_moved_a_moment_ago_gets_no_reminder() {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    let cancelled = world
        .book(world.patient(Language::English, None).await, doctor, first)
        .await;
    let moved = world
        .book(
            world.patient(Language::English, None).await,
            doctor,
            slot(first, 1),
        )
        .await;
    world.days_pass().await;
    // The read model still believes in both.
    projector.stop().await;
    world.cancel(cancelled).await;
    let reschedule = medilink_commands::appointment::Reschedule::new(moved, slot(first, 2));
    world.run(&reschedule).await;
    let worker = world.platform_worker(config());
    eventually("looked at", async || settled(&world).await == 2).await;
    assert_eq!(world.count("notice.written").await, 0);
    // What was moved is reminded of at its new time.
    let projector = world.projector();
    world.days_pass().await;
    eventually("reminded", async || {
        world.count("notice.written").await == 1
    })
    .await;
    a_while().await;
    worker.stop().await;
    projector.stop().await;
    let written = written(&world).await;
    assert_eq!(
        written
            .iter()
            .map(|notice| notice.about)
            .collect::<Vec<_>>(),
        [Some(moved)]
    );
}

#[tokio::test]
async fn moved_away_and_back_before_the_reminder_is_one_reminder() {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    let appointment = world
        .book(world.patient(Language::English, None).await, doctor, first)
        .await;
    for starts_at in [slot(first, 3), first] {
        world
            .run(&medilink_commands::appointment::Reschedule::new(
                appointment,
                starts_at,
            ))
            .await;
    }
    world.days_pass().await;
    let worker = world.platform_worker(config());
    eventually("reminded", async || {
        world.count("notice.written").await == 1
    })
    .await;
    a_while().await;
    worker.stop().await;
    projector.stop().await;
    assert_eq!(world.count("notice.written").await, 1);
}

#[tokio::test]
async fn one_reminder_that_can_not_be_written_does_not_hold_up_the_others() {
    let world = World::new().await;
    let projector = world.projector();
    let ((gone, first), (doctor, other)) = (world.doctor().await, world.doctor().await);
    let poisoned = world
        .book(world.patient(Language::English, None).await, gone, first)
        .await;
    let erased = world.patient(Language::English, None).await;
    world.book(erased, doctor, other).await;
    let fine = world.patient(Language::English, None).await;
    world.book(fine, doctor, slot(other, 1)).await;
    world.days_pass().await;
    // A doctor's name is gone while the appointment stands: no words can be found for it.
    world
        .vault
        .shred(
            world.tenant,
            SubjectId(gone.uuid()),
            Category::Identity,
            uuid::Uuid::now_v7(),
        )
        .await
        .unwrap();
    for category in [Category::Identity, Category::Clinical] {
        world
            .vault
            .shred(
                world.tenant,
                SubjectId(erased.uuid()),
                category,
                uuid::Uuid::now_v7(),
            )
            .await
            .unwrap();
    }
    let worker = world.platform_worker(config());
    let letters = DeadLetters::new(world.app.clone());
    eventually("parked", async || {
        !letters
            .list(Some("job-reminder"), 10)
            .await
            .unwrap()
            .is_empty()
    })
    .await;
    eventually("reminded", async || {
        world.count("notice.written").await == 1
    })
    .await;
    assert_eq!(written(&world).await[0].recipient.uuid(), fine.uuid());
    let parked = letters.list(Some("job-reminder"), 10).await.unwrap();
    assert_eq!(parked.len(), 1, "an erased patient is nobody's trouble");
    assert_eq!(parked[0].code, "doctor-unknown");
    assert_eq!(parked[0].stream, format!("appointment-{poisoned}"));

    let executor = &world.tools.executor;
    letters
        .retry(
            executor,
            "job-reminder",
            &parked[0].stream,
            "hope".parse().unwrap(),
        )
        .await
        .unwrap();
    eventually("parked again", async || {
        let list = letters.list(Some("job-reminder"), 10).await.unwrap();
        list.first()
            .is_some_and(|letter| letter.parked_at > parked[0].parked_at)
    })
    .await;
    letters
        .skip(
            executor,
            "job-reminder",
            &parked[0].stream,
            "the doctor left".parse().unwrap(),
        )
        .await
        .unwrap();
    eventually("skipped", async || {
        letters
            .list(Some("job-reminder"), 10)
            .await
            .unwrap()
            .is_empty()
    })
    .await;
    a_while().await;
    assert!(
        letters
            .list(Some("job-reminder"), 10)
            .await
            .unwrap()
            .is_empty(),
        "and stays so"
    );
    worker.stop().await;
    projector.stop().await;
}
