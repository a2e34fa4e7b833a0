//! Links and copies end by themselves.

use chrono::{TimeDelta, Utc};
use medilink_commands::export::{Complete, GiveLink, Start, new_link};
use medilink_commands::{Actor, CommandContext};
use medilink_domain::ExportId;
use medilink_domain::export::File;
use medilink_domain::values::Role;
use medilink_tests::{Newcomer, eventually};
use serde_json::{Value, json};
use uuid::Uuid;

use super::revoked::{go_on, stop_work};
use super::{SOON, ask, deleted, download, history, is_missing, kept, link, prove, until};
use crate::platform;

fn number(export: &str) -> ExportId {
    export.replace("/v1/exports/", "").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_works_for_ten_minutes() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let own = asha.sign_in(&platform).await.caller(&platform);
    let path = ask(&own, asha.person, &json!({"formats": ["json"]})).await;
    until(&own, &path, "ready").await;
    for (minutes, works) in [(9, true), (11, false)] {
        let then = Utc::now() - TimeDelta::minutes(minutes);
        let actor = Actor {
            proven_at: Some(Utc::now()),
            ..Actor::new(asha.person, platform.tenant, vec![Role::Patient])
        };
        let context = CommandContext {
            now: then,
            ..CommandContext::new(actor)
        };
        let export = number(&path);
        let (secret, secret_hash) = new_link(export);
        let give = GiveLink {
            export,
            secret_hash,
        };
        let executor = platform.executor().await;
        executor.execute(&context, &give).await.unwrap();
        let link = format!("/v1/export-files/{secret}");
        if works {
            download(&own, &link).await;
        } else {
            is_missing(&own.get(&link).await.unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_kept_for_seven_days_and_then_deleted() {
    let mut platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let own = asha.sign_in(&platform).await.caller(&platform);
    let workers = stop_work(&mut platform);
    let path = ask(&own, asha.person, &json!({"formats": ["json"]})).await;
    // Another worker made it, eight days ago.
    let export = number(&path);
    let worker = CommandContext::new(Actor::worker(platform.tenant));
    let then = CommandContext {
        now: Utc::now() - TimeDelta::days(8),
        ..worker.clone()
    };
    let file = File {
        file: Uuid::now_v7(),
        size: 7,
        digest: [3; 32].into(),
    };
    let folder = kept(&platform, &path);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(file.file.to_string()), "not in the clear").unwrap();
    let executor = platform.executor().await;
    executor.execute(&worker, &Start { export }).await.unwrap();
    let complete = Complete { export, file };
    let made = executor.execute(&then, &complete).await.unwrap();
    assert!(made.answer.ready);

    let shown = own.get_at(&path, made.position.0).await;
    assert_eq!(shown.body["state"], "expired", "{}", shown.text);
    prove(&own, &asha).await;
    let late = own.post(&format!("{path}/link"), &Value::Null).await;
    assert_eq!((late.status, late.problem()), (409, "export-closed"));
    go_on(&mut platform, workers);
    deleted(&platform, &path).await;
    let last = || async {
        let happened = history(&platform, &path).await;
        happened.ends_with(&["export.expired".to_owned(), "export.deleted".to_owned()])
    };
    eventually("told", SOON, last).await;
    // Another may be asked for.
    let again = ask(&own, asha.person, &json!({"formats": ["json"]})).await;
    until(&own, &again, "ready").await;
    let given = link(&own, &again).await;
    download(&own, &given).await;
}
