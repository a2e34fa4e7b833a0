//! The command behind a reminder: what it is written on must hold until it is in.

use medilink_commands::notice::Write as WriteNotice;
use medilink_commands::{CommandContext, CommandError};
use medilink_domain::AppointmentId;
use medilink_domain::notice::{About, Channel, NoticeKind, Write};
use medilink_domain::values::Language;
use medilink_log::Position;
use medilink_projections::reminder::notice_of;

use crate::support::World;

struct Scene {
    world: World,
    appointment: AppointmentId,
    write: WriteNotice,
}

async fn scene() -> Scene {
    let world = World::new().await;
    let (doctor, first) = world.doctor().await;
    let patient = world.patient(Language::English, None).await;
    let appointment = world.book(patient, doctor, first).await;
    let write = WriteNotice(Write {
        notice: notice_of(appointment, first, None),
        recipient: patient.into(),
        kind: NoticeKind::AppointmentReminder,
        about: About::Appointment(appointment),
        language: Language::English,
        channel: Channel::InApp,
        address: None,
        title: "Your appointment".parse().unwrap(),
        text: "Tomorrow.".parse().unwrap(),
    });
    Scene {
        world,
        appointment,
        write,
    }
}

impl Scene {
    /// As a worker would that saw this version, because of some event.
    async fn write(&self, cause: u64, seen: u64) -> Result<bool, CommandError> {
        let context = CommandContext {
            expected_version: Some(seen),
            ..CommandContext::caused_by("test", self.world.tenant, Position(cause))
        };
        let executor = &self.world.tools.executor;
        let done = executor.execute(&context, &self.write).await?;
        Ok(done.replayed)
    }
}

fn slug(outcome: Result<bool, CommandError>) -> &'static str {
    match outcome {
        Err(CommandError::Refused(problem)) => problem.detail().slug,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn words_about_an_older_version_are_refused() {
    let scene = scene().await;
    let stale = scene.write(1, 2).await;
    assert!(matches!(stale, Err(CommandError::VersionMismatch { .. })));
    assert!(!scene.write(1, 1).await.unwrap());
}

#[tokio::test]
async fn nothing_is_written_about_a_cancelled_appointment() {
    let scene = scene().await;
    scene.world.cancel(scene.appointment).await;
    assert_eq!(slug(scene.write(1, 2).await), "appointment-cancelled");
    assert_eq!(scene.world.count("notice.written").await, 0);
}

#[tokio::test]
async fn the_same_cause_gets_the_first_answer_and_another_one_a_refusal() {
    let scene = scene().await;
    assert!(!scene.write(1, 1).await.unwrap());
    assert!(scene.write(1, 1).await.unwrap(), "the first answer again");
    assert_eq!(slug(scene.write(2, 1).await), "notice-already-written");
    assert_eq!(scene.world.count("notice.written").await, 1);
}

#[tokio::test]
async fn a_cancellation_and_a_reminder_at_once_leave_the_log_in_one_order() {
    let scene = scene().await;
    let (written, ()) = tokio::join!(scene.write(1, 1), scene.world.cancel(scene.appointment));
    let events = scene.world.tools.reader();
    let events = events.after(Position::START, 100).await.unwrap();
    let at = |kind: &str| events.iter().position(|event| event.kind == kind);
    match written {
        Ok(_) => assert!(at("notice.written") < at("appointment.cancelled")),
        Err(_) => assert_eq!(at("notice.written"), None),
    }
}
