//! What an answer tells besides what it says: versions, counts, lengths.

use std::time::Duration;

use medilink_domain::values::Role;
use medilink_tests::settle;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::platform;
use crate::tally::Tally;
use crate::world::World;

#[tokio::test]
async fn a_version_tells_a_stranger_nothing() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    settle(&platform, Duration::from_secs(60)).await;
    let own = platform.person(world.patient, &[Role::Patient]).await;
    let stranger = platform.person(Uuid::now_v7(), &[Role::Patient]).await;
    let mut tally = Tally::of("versions of others' records");
    let record = format!("/v1/patients/{}", world.patient);
    let visit = format!("/v1/appointments/{}", world.appointment);
    let consent = format!("/v1/consents/{}", world.consent);
    for path in [&record, &visit, &consent] {
        let right = own.get(path).await.unwrap();
        assert_eq!(right.status, 200, "{path}: {}", right.text);
        let version = right.body["version"].as_u64().unwrap_or(1);
        let tag = format!("\"{version}\"");
        for (name, value) in [
            ("if-none-match", tag.as_str()),
            ("if-none-match", "*"),
            ("if-match", tag.as_str()),
            ("if-match", "\"999\""),
            ("range", "bytes=0-10"),
        ] {
            for method in [Method::GET, Method::HEAD] {
                let request = stranger.request(method.clone(), path).header(name, value);
                let answer = stranger.send(request).await.unwrap();
                let repelled =
                    matches!(answer.status, 404 | 405) && answer.header("etag").is_empty();
                tally.take(
                    format_args!("{method} {path} {name}: {value}"),
                    repelled,
                    format_args!("{} {}", answer.status, answer.text),
                );
            }
        }
        // A wrong version of what isn't theirs is no conflict.
        for action in ["cancel", "revoke", "check-in"] {
            for version in [tag.as_str(), "\"999\""] {
                let request = stranger
                    .request(Method::POST, &format!("{path}/{action}"))
                    .header("if-match", version)
                    .json(&json!({}));
                let answer = stranger.send(request).await.unwrap();
                tally.take(
                    format_args!("{path}/{action} at {version}"),
                    matches!(answer.status, 404 | 405),
                    format_args!("{} {}", answer.status, answer.text),
                );
            }
        }
    }
    tally.end(45);
}

/// What others have changes nothing of what a stranger is answered.
#[tokio::test]
async fn a_count_tells_a_stranger_nothing() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    let stranger_id = Uuid::now_v7();
    let stranger = platform.person(stranger_id, &[Role::Patient]).await;
    let paths = [
        format!("/v1/patients/{stranger_id}/appointments"),
        format!("/v1/patients/{stranger_id}/consents"),
        format!("/v1/patients/{stranger_id}/waitlist"),
        format!("/v1/patients/{stranger_id}/notices"),
        format!("/v1/patients/{}/appointments", world.patient),
        format!("/v1/patients/{}/accesses", world.patient),
        "/v1/me/calendar-feeds".to_owned(),
        "/v1/me/sessions".to_owned(),
    ];
    let told = async || {
        let head = settle(&platform, Duration::from_secs(60)).await;
        let mut told = Vec::new();
        for path in &paths {
            let answer = stranger.get_at(path, head.0).await;
            let mut body = answer.body.clone();
            if let Some(fields) = body.as_object_mut() {
                fields.remove("instance");
            }
            told.push((
                path.clone(),
                answer.status,
                body,
                answer.header("content-length").to_owned(),
            ));
        }
        told
    };
    let before = told().await;
    for _ in 0..3 {
        world.appointment().await;
    }
    world.feed().await;
    let after = told().await;
    let mut tally = Tally::of("counts of others' records");
    for (one, two) in before.iter().zip(&after) {
        let text = format!("{one:?} / {two:?}");
        // The length of a problem's body is that of its own instance.
        tally.take(&one.0, (one.1, &one.2) == (two.1, &two.2), text);
    }
    tally.end(8);
}
