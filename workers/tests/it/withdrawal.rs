//! What has not gone out yet is withdrawn when its appointment changes.

use medilink_domain::values::Language;
use medilink_workers::WorkerConfig;

use crate::smtp::MailServer;
use crate::support::{World, a_while, config, eventually};

#[tokio::test]
async fn a_mail_that_waits_does_not_go_out_after_the_cancellation() {
    let (world, mut server) = (World::new().await, MailServer::absent().await);
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    let patient = world
        .patient(Language::English, Some("asha@example.com"))
        .await;
    let appointment = world.book(patient, doctor, first).await;
    world.days_pass().await;
    let mailing = WorkerConfig {
        smtp: Some(server.config()),
        ..config()
    };
    let worker = world.platform_worker(mailing);
    eventually("written", async || world.count("notice.written").await == 1).await;
    world.cancel(appointment).await;
    eventually("withdrawn", async || {
        world.count("notice.undeliverable").await == 1
    })
    .await;
    server.listen().await;
    a_while().await;
    worker.stop().await;
    projector.stop().await;
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn events_that_come_again_withdraw_nothing_twice() {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    let appointment = world
        .book(world.patient(Language::English, None).await, doctor, first)
        .await;
    world.days_pass().await;
    let worker = world.platform_worker(config());
    eventually("written", async || world.count("notice.written").await == 1).await;
    world.cancel(appointment).await;
    eventually("withdrawn", async || {
        world.count("notice.undeliverable").await == 1
    })
    .await;
    worker.stop().await;
    world.nothing_happens_twice().await;
    projector.stop().await;
}
