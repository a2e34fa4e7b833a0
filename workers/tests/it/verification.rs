//! Codes by mail: once to the mailbox, and nowhere else.

use medilink_commands::CommandContext;
use medilink_commands::verification::Request;
use medilink_domain::values::Language;
use medilink_domain::verification::{self, Letter};
use medilink_domain::{SubjectId, VerificationId};
use medilink_workers::WorkerConfig;
use uuid::Uuid;

use crate::smtp::MailServer;
use crate::support::{World, a_while, config, eventually};

fn mailing(server: &MailServer) -> WorkerConfig {
    WorkerConfig {
        smtp: Some(server.config()),
        effect_ms: 2_000,
        ..config()
    }
}

/// Asks for a code `minutes` ago.
async fn ask(world: &World, email: &str, letter: Letter, minutes: i64) -> VerificationId {
    let verification = VerificationId(Uuid::now_v7());
    let request = Request(verification::Request {
        verification,
        person: SubjectId(Uuid::now_v7()),
        letter,
        email: email.parse().unwrap(),
        language: Language::English,
        code: "K7QM2-X9R4T".parse().unwrap(),
        passwords: None,
    });
    let console = world.console();
    let context = CommandContext {
        now: console.now - chrono::TimeDelta::minutes(minutes),
        ..console
    };
    let executor = &world.tools.executor;
    executor.execute(&context, &request).await.unwrap();
    verification
}

#[tokio::test]
async fn a_code_is_mailed_once_and_what_nobody_may_know_not_at_all() {
    let (world, server) = (World::new().await, MailServer::start().await);
    server.reply("gone@example.com", &["550 5.1.1 no such user"; 9]);
    server.reply("busy@example.com", &["451 4.3.0 later"; 2]);
    let first = ask(&world, "asha@example.com", Letter::Registration, 0).await;
    ask(&world, "gone@example.com", Letter::Registration, 0).await;
    // The server takes no address like this one.
    ask(&world, "ü@example.com", Letter::Registration, 0).await;
    ask(&world, "nobody@example.com", Letter::None, 0).await;
    ask(&world, "late@example.com", Letter::Registration, 31).await;
    ask(&world, "busy@example.com", Letter::Recovery, 0).await;
    ask(&world, "known@example.com", Letter::AlreadyRegistered, 0).await;
    let workers = [
        world.platform_worker(mailing(&server)),
        world.platform_worker(mailing(&server)),
    ];
    eventually("mailed", async || server.taken().len() == 3).await;
    a_while().await;
    for worker in workers {
        worker.stop().await;
    }
    let mut mails = server.taken();
    mails.sort_by(|one, other| one.to.cmp(&other.to));
    let to: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    let expected = ["asha@example.com", "busy@example.com", "known@example.com"];
    assert_eq!(to, expected);
    let id = format!("<{first}@medilink.example>");
    assert_eq!(mails[0].header("Message-ID"), id);
    let has_code: Vec<_> = mails
        .iter()
        .map(|mail| mail.content.contains("K7QM2-X9R4T"))
        .collect();
    assert_eq!(has_code, [true, true, false]);
    assert!(!mails[0].header("Subject").contains("K7QM2"));
}

#[tokio::test]
async fn a_code_waits_for_a_mail_server_that_is_away() {
    let (world, mut server) = (World::new().await, MailServer::absent().await);
    ask(&world, "asha@example.com", Letter::Registration, 0).await;
    let worker = world.platform_worker(mailing(&server));
    a_while().await;
    server.listen().await;
    eventually("mailed", async || server.taken().len() == 1).await;
    worker.stop().await;
}
