//! The outbox: each notice leaves the house once, or is recorded as lost.

use medilink_domain::PatientId;
use medilink_domain::values::Language;
use medilink_workers::{SmtpTls, WorkerConfig};

use crate::smtp::MailServer;
use crate::support::{Running, World, a_while, config, eventually, slot};

fn mailing(server: &MailServer) -> WorkerConfig {
    WorkerConfig {
        smtp: Some(server.config()),
        effect_ms: 2_000,
        ..config()
    }
}

/// A patient of each address, each with an appointment that it is time to remind of.
async fn appointments(world: &World, addresses: &[&str]) -> Vec<PatientId> {
    let (doctor, first) = world.doctor().await;
    let mut patients = Vec::new();
    for (number, address) in (0..).zip(addresses) {
        let patient = world.patient(Language::Punjabi, Some(address)).await;
        world.book(patient, doctor, slot(first, number)).await;
        patients.push(patient);
    }
    world.days_pass().await;
    patients
}

async fn world_with_reads() -> (World, Running) {
    let world = World::new().await;
    let projector = world.projector();
    (world, projector)
}

#[tokio::test]
async fn a_reminder_is_mailed_once_and_recorded_as_delivered() {
    let ((world, projector), server) = (world_with_reads().await, MailServer::start().await);
    appointments(&world, &["asha@example.com"]).await;
    let workers = [
        world.platform_worker(mailing(&server)),
        world.platform_worker(mailing(&server)),
    ];
    eventually("delivered", async || {
        world.count("notice.delivered").await == 1
    })
    .await;
    a_while().await;
    for worker in workers {
        worker.stop().await;
    }
    projector.stop().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].to, "asha@example.com");
    assert!(
        taken[0]
            .header("Message-ID")
            .ends_with("@medilink.example>")
    );
    assert_eq!(taken[0].header("Content-Language"), "pa");
    assert_eq!(taken[0].header("Auto-Submitted"), "auto-generated");
    assert!(
        !taken[0].content.contains("Canary"),
        "the body is encoded, and so is the subject"
    );
}

#[tokio::test]
async fn a_crash_after_sending_leads_to_the_same_message_again() {
    let ((world, projector), server) = (world_with_reads().await, MailServer::start().await);
    appointments(&world, &["asha@example.com"]).await;
    let writing = world.platform_worker(config());
    writing.stop().await;
    // The reminder passes the fail point first, then the delivery is killed at it.
    fail::cfg("worker-after-effect-before-record", "1*off->1*return").unwrap();
    let killed = world.platform_worker(mailing(&server));
    eventually("sent", async || server.taken().len() == 1).await;
    a_while().await;
    assert_eq!(world.count("notice.delivered").await, 0);
    killed.kill();
    fail::remove("worker-after-effect-before-record");
    let worker = world.platform_worker(mailing(&server));
    eventually("delivered", async || {
        world.count("notice.delivered").await == 1
    })
    .await;
    a_while().await;
    worker.stop().await;
    projector.stop().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].header("Message-ID"), taken[1].header("Message-ID"));
    assert_eq!(world.count("notice.delivered").await, 1);
}

#[tokio::test]
async fn a_refused_recipient_is_given_up_and_the_others_get_their_mail() {
    let ((world, projector), server) = (world_with_reads().await, MailServer::start().await);
    server.reply("gone@example.com", &["550 5.1.1 no such user"; 9]);
    appointments(
        &world,
        &["gone@example.com", "asha@example.com", "ravi@example.com"],
    )
    .await;
    let worker = world.platform_worker(mailing(&server));
    eventually("delivered", async || {
        world.count("notice.delivered").await == 2
    })
    .await;
    eventually("given up", async || {
        world.count("notice.undeliverable").await == 1
    })
    .await;
    a_while().await;
    worker.stop().await;
    projector.stop().await;
    let mut to: Vec<_> = server.taken().into_iter().map(|mail| mail.to).collect();
    to.sort();
    assert_eq!(to, ["asha@example.com", "ravi@example.com"]);
}

#[tokio::test]
async fn a_mailbox_that_is_busy_is_tried_again() {
    let ((world, projector), server) = (world_with_reads().await, MailServer::start().await);
    server.reply(
        "asha@example.com",
        &["450 4.2.1 busy", "451 4.3.0 still busy"],
    );
    appointments(&world, &["asha@example.com"]).await;
    let worker = world.platform_worker(mailing(&server));
    eventually("delivered", async || {
        world.count("notice.delivered").await == 1
    })
    .await;
    worker.stop().await;
    projector.stop().await;
    assert_eq!(server.taken().len(), 1);
    let attempts = world
        .number(
            "SELECT attempts::bigint FROM work.attempts WHERE job = $1",
            &"delivery",
        )
        .await;
    assert_eq!(attempts, 3);
}

#[tokio::test]
async fn a_mailbox_that_stays_busy_is_given_up() {
    let ((world, projector), server) = (world_with_reads().await, MailServer::start().await);
    server.reply("asha@example.com", &["452 4.2.2 full"; 9]);
    appointments(&world, &["asha@example.com"]).await;
    let worker = world.platform_worker(mailing(&server));
    eventually("given up", async || {
        world.count("notice.undeliverable").await == 1
    })
    .await;
    worker.stop().await;
    projector.stop().await;
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn while_the_mail_server_is_away_mail_waits_however_long() {
    let ((world, projector), mut server) = (world_with_reads().await, MailServer::absent().await);
    appointments(&world, &["asha@example.com"]).await;
    let worker = world.platform_worker(mailing(&server));
    eventually("written", async || world.count("notice.written").await == 1).await;
    // Longer than the four attempts that a busy mailbox would get.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(world.count("notice.undeliverable").await, 0);
    server.listen().await;
    eventually("delivered", async || {
        world.count("notice.delivered").await == 1
    })
    .await;
    worker.stop().await;
    projector.stop().await;
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear_where_tls_is_asked_for() {
    let ((world, projector), server) = (world_with_reads().await, MailServer::start().await);
    appointments(&world, &["asha@example.com"]).await;
    let mut config = mailing(&server);
    if let Some(smtp) = &mut config.smtp {
        smtp.tls = SmtpTls::Starttls;
    }
    let worker = world.platform_worker(config);
    eventually("tried", async || {
        world
            .number(
                "SELECT count(*) FROM work.attempts WHERE job = $1 AND code = 'away'",
                &"delivery",
            )
            .await
            == 1
    })
    .await;
    worker.stop().await;
    projector.stop().await;
    assert!(server.taken().is_empty());
    assert_eq!(world.count("notice.undeliverable").await, 0);
}

#[tokio::test]
async fn mail_goes_out_under_tls_to_a_server_whose_authority_is_named() {
    let ((world, projector), server) =
        (world_with_reads().await, MailServer::start_with_tls().await);
    appointments(&world, &["asha@example.com"]).await;
    let worker = world.platform_worker(mailing(&server));
    eventually("delivered", async || {
        world.count("notice.delivered").await == 1
    })
    .await;
    worker.stop().await;
    projector.stop().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert!(taken[0].protected);
}

#[tokio::test]
async fn a_server_that_no_known_authority_vouches_for_gets_no_mail() {
    let ((world, projector), server) =
        (world_with_reads().await, MailServer::start_with_tls().await);
    appointments(&world, &["asha@example.com"]).await;
    let mut config = mailing(&server);
    if let Some(smtp) = &mut config.smtp {
        smtp.ca = None;
    }
    let worker = world.platform_worker(config);
    eventually("tried", async || {
        let sql = "SELECT count(*) FROM work.attempts WHERE job = $1 AND code = 'away'";
        world.number(sql, &"delivery").await == 1
    })
    .await;
    worker.stop().await;
    projector.stop().await;
    assert!(server.taken().is_empty());
}
