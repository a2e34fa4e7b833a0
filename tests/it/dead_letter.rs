//! What could not be processed: an operator sees it, and has it tried again or passed over.

use std::time::Duration;

use medilink_commands::dead_letter::Resolve;
use medilink_commands::{Actor, CommandContext};
use medilink_domain::dead_letter::Verdict;
use medilink_domain::values::Role;
use medilink_log::Position;
use medilink_tests::{Caller, Platform, eventually};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

const LETTERS: &str = "/v1/dead-letters";
const SOON: Duration = Duration::from_secs(30);

/// A verdict on something that nobody knows, set aside for the job `verdict` as if that had failed.
async fn parked(platform: &Platform) -> Value {
    let nothing = Resolve {
        verdict: Verdict {
            consumer: "nothing".parse().unwrap(),
            stream: format!("hospital-{}", Uuid::now_v7()).parse().unwrap(),
            position: 1,
            reason: "a test".parse().unwrap(),
        },
        skip: false,
        waits: true,
    };
    let context = CommandContext::new(Actor::console(platform.tenant));
    let executor = platform.executor().await;
    let done = executor.execute(&context, &nothing).await.unwrap();
    let client = platform.app().client().await.unwrap();
    let row = client
        .query_one(
            "INSERT INTO work.dead_letters (consumer, position, stream, tenant, code, attempts)
             SELECT 'job-verdict', position, stream, tenant, 'unavailable', 3
             FROM log.events WHERE position = $1 RETURNING stream",
            &[&done.position.sql()],
        )
        .await
        .unwrap();
    json!({
        "consumer": "job-verdict", "stream": row.get::<_, String>(0), "position": done.position.0,
        "reason": "the database is back",
    })
}

async fn operator(platform: &Platform) -> Caller {
    platform.person(Uuid::now_v7(), &[Role::Operator]).await
}

async fn streams(operator: &Caller) -> Vec<Value> {
    let listed = operator.get(LETTERS).await.unwrap();
    assert_eq!(listed.status, 200, "{}", listed.text);
    let items = listed.body["items"].as_array().unwrap();
    items.iter().map(|item| item["stream"].clone()).collect()
}

#[tokio::test]
async fn an_operator_sees_what_waits_and_has_it_processed_after_all() {
    let platform = platform().await;
    let operator = operator(&platform).await;
    assert!(streams(&operator).await.is_empty());
    for verdict in ["retry", "skip"] {
        let letter = parked(&platform).await;
        let listed = operator.get(LETTERS).await.unwrap().body;
        let found = &listed["items"][0];
        assert_eq!(found["stream"], letter["stream"]);
        assert_eq!(found["position"], letter["position"]);
        assert_eq!(found["code"], "unavailable");
        assert_eq!(found["attempts"], 3);
        let others = operator.get("/v1/dead-letters?consumer=hospital").await;
        assert_eq!(others.unwrap().body, json!({"items": []}));

        let path = format!("{LETTERS}/{verdict}");
        let once = operator
            .clone()
            .with("idempotency-key", &format!("\"{verdict}\""));
        let resolved = once.post(&path, &letter).await;
        assert_eq!(resolved.status, 200, "{}", resolved.text);
        eventually("processed", SOON, async || {
            streams(&operator).await.is_empty()
        })
        .await;
        // Who lost the answer gets it again; who asks anew is told.
        let again = once.post(&path, &letter).await;
        assert_eq!((again.status, &again.body), (200, &resolved.body));
        let late = operator.post(&path, &letter).await;
        assert_eq!((late.status, late.problem()), (404, "no-such-dead-letter"));
        let before = Position(resolved.position() - 1);
        let event = platform.log().after(before, 1).await.unwrap().remove(0);
        let kind = if verdict == "retry" {
            "retried"
        } else {
            "skipped"
        };
        assert_eq!(event.kind, format!("dead-letter.{kind}"));
    }
}

#[tokio::test]
async fn a_verdict_is_about_the_event_that_waits() {
    let platform = platform().await;
    let operator = operator(&platform).await;
    let letter = parked(&platform).await;
    for (field, wrong) in [
        ("position", json!(letter["position"].as_u64().unwrap() + 1)),
        ("consumer", json!("job-mail")),
        ("stream", json!(format!("hospital-{}", Uuid::now_v7()))),
    ] {
        let mut other = letter.clone();
        other[field] = wrong;
        let refused = operator.post("/v1/dead-letters/skip", &other).await;
        assert_eq!(
            (refused.status, refused.problem()),
            (404, "no-such-dead-letter")
        );
    }
    assert_eq!(streams(&operator).await, [letter["stream"].clone()]);
}

/// Sets an event aside for the projection `hospital`, as if it could not have been folded.
async fn unfolded(platform: &Platform) -> (String, Position) {
    let letter = parked(platform).await;
    let (stream, position) = (&letter["stream"], &letter["position"]);
    let (stream, position) = (stream.as_str().unwrap(), position.as_u64().unwrap());
    let client = platform.projector().client().await.unwrap();
    let set_aside = "INSERT INTO read.dead_letters
             (projection, generation, position, stream, kind, code, attempts)
         SELECT projection, generation, $1, $2, 'dead-letter.skipped', 'malformed', 5
         FROM read.checkpoints WHERE projection = 'hospital' AND state = 'live'";
    let rows = client
        .execute(set_aside, &[&Position(position).sql(), &stream])
        .await;
    assert_eq!(rows.unwrap(), 1);
    (stream.to_owned(), Position(position))
}

#[tokio::test]
async fn the_console_judges_the_stream_that_it_names() {
    let platform = platform().await;
    let operator = operator(&platform).await;
    let (first, _) = unfolded(&platform).await;
    let (second, position) = unfolded(&platform).await;
    let (done, said) = platform.run(&[
        "admin",
        "dead-letters",
        "skip",
        "hospital",
        &second,
        "--reason",
        "nobody misses it",
    ]);
    assert!(done, "{said}");
    assert!(
        said.contains(&format!("Skipped position {position} of {second}")),
        "{said}"
    );
    eventually("passed over", SOON, async || {
        let listed = operator.get("/v1/dead-letters?consumer=hospital").await;
        let items = listed.unwrap().body["items"].clone();
        items.as_array().unwrap().len() == 1 && items[0]["stream"] == first.as_str()
    })
    .await;
}
