//! Codes by SMS: once to the telephone, and what became of them.

use medilink_commands::CommandContext;
use medilink_commands::verification::RequestBySms;
use medilink_domain::values::Language;
use medilink_domain::verification::sms::{RequestSms, SmsFate, SmsPurpose};
use medilink_domain::verification::{Verification, VerificationEvent};
use medilink_domain::{Decider, SubjectId, VerificationId};
use medilink_test_support::SmsServer;
use medilink_workers::WorkerConfig;
use uuid::Uuid;

use crate::support::{World, a_while, config, eventually};

const ASHA: &str = "+919876543210";
const GONE: &str = "+919876543211";
const BUSY: &str = "+919876543212";
const LATE: &str = "+919876543213";

fn texting(server: &SmsServer) -> WorkerConfig {
    WorkerConfig {
        sms: Some(medilink_workers::SmsConfig {
            url: server.url(),
            account_sid: server.account_sid().to_owned(),
            auth_token: server.auth_token().to_owned(),
            from: "MEDILK".to_owned(),
            service: "MediLink".to_owned(),
            host: Some("hospital.example".to_owned()),
            timeout_ms: 2_000,
        }),
        effect_ms: 3_000,
        ..config()
    }
}

/// Asks for a code `minutes` ago.
async fn ask(world: &World, phone: &str, minutes: i64) -> VerificationId {
    let verification = VerificationId(Uuid::now_v7());
    let request = RequestBySms(RequestSms {
        verification,
        person: SubjectId(Uuid::now_v7()),
        purpose: SmsPurpose::SignIn,
        phone: phone.parse().unwrap(),
        language: Language::Hindi,
        code: "K7QM2-X9R4T".parse().unwrap(),
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

async fn fate(world: &World, verification: VerificationId) -> SmsFate {
    let stream = Verification::stream(&verification);
    let tenant = world.console().actor.tenant;
    let history = world
        .tools
        .history::<VerificationEvent>(tenant, &stream)
        .await;
    let mut known = Verification::default();
    for event in history.unwrap().unwrap() {
        known.evolve(&event);
    }
    known.fate
}

#[tokio::test]
async fn a_code_is_sent_once_and_what_became_of_it_is_recorded() {
    let (world, server) = (World::new().await, SmsServer::start().await);
    server.reply(GONE, &[(400, 21_211); 9]);
    server.reply(BUSY, &[(429, 20_429), (503, 20_503)]);
    let first = ask(&world, ASHA, 0).await;
    let gone = ask(&world, GONE, 0).await;
    let busy = ask(&world, BUSY, 0).await;
    let late = ask(&world, LATE, 11).await;
    let workers = [
        world.platform_worker(texting(&server)),
        world.platform_worker(texting(&server)),
    ];
    eventually("sent", async || server.taken().len() == 2).await;
    eventually("settled", async || {
        fate(&world, busy).await == SmsFate::Sent && fate(&world, gone).await != SmsFate::Pending
    })
    .await;
    a_while().await;
    for worker in workers {
        worker.stop().await;
    }
    let mut taken = server.taken();
    taken.sort_by(|one, other| one.to.cmp(&other.to));
    let to: Vec<_> = taken.iter().map(|sms| sms.to.as_str()).collect();
    assert_eq!(to, [ASHA, BUSY]);
    assert_eq!(taken[0].from, "MEDILK");
    let expected = "MediLink का कोड: K7QM2-X9R4T\n@hospital.example #K7QM2X9R4T";
    assert_eq!(taken[0].body, expected);
    assert_eq!(fate(&world, first).await, SmsFate::Sent);
    let refused = SmsFate::Refused("sms-21211".parse().unwrap());
    assert_eq!(fate(&world, gone).await, refused);
    assert_eq!(fate(&world, late).await, SmsFate::Pending);
    // Two that were taken, one refused, and two tries that were put off.
    assert_eq!(server.asked(), 5);
}

#[tokio::test]
async fn a_code_waits_for_a_gateway_that_is_away_or_knows_us_not() {
    let (world, mut server) = (World::new().await, SmsServer::absent());
    let asked = ask(&world, ASHA, 0).await;
    let worker = world.platform_worker(texting(&server));
    a_while().await;
    server.listen().await;
    eventually("sent", async || server.taken().len() == 1).await;
    eventually("settled", async || {
        fate(&world, asked).await == SmsFate::Sent
    })
    .await;
    worker.stop().await;
    // With a password that is wrong nothing is lost but time.
    let wrong = texting(&server);
    let wrong = WorkerConfig {
        sms: wrong.sms.map(|sms| medilink_workers::SmsConfig {
            auth_token: "wrong".to_owned(),
            ..sms
        }),
        ..wrong
    };
    let again = ask(&world, BUSY, 0).await;
    let before = server.asked();
    let worker = world.platform_worker(wrong);
    eventually("refused", async || server.asked() > before).await;
    worker.stop().await;
    assert_eq!(fate(&world, again).await, SmsFate::Pending);
    let worker = world.platform_worker(texting(&server));
    eventually("sent", async || server.taken().len() == 2).await;
    worker.stop().await;
}

#[tokio::test]
async fn whoever_dies_before_it_is_recorded_sends_it_once_more_with_the_same_code() {
    let (world, server) = (World::new().await, SmsServer::start().await);
    let asked = ask(&world, ASHA, 0).await;
    fail::cfg("worker-after-effect-before-record", "1*return").unwrap();
    let killed = world.platform_worker(texting(&server));
    eventually("sent", async || server.taken().len() == 1).await;
    a_while().await;
    killed.stop().await;
    fail::remove("worker-after-effect-before-record");
    assert_eq!(fate(&world, asked).await, SmsFate::Pending);
    let worker = world.platform_worker(texting(&server));
    eventually("settled", async || {
        fate(&world, asked).await == SmsFate::Sent
    })
    .await;
    a_while().await;
    worker.stop().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0], taken[1]);
    // And then never again, even if every job forgets what it has done.
    let superuser = world.databases.superuser().await;
    superuser
        .batch_execute("TRUNCATE work.checkpoints, work.attempts, work.dead_letters")
        .await
        .unwrap();
    let worker = world.platform_worker(texting(&server));
    a_while().await;
    worker.stop().await;
    assert_eq!(server.taken().len(), 2);
}
