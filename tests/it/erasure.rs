//! Being forgotten: what the law keeps stays until its time, what is erased is gone everywhere,
//! and the proofs still hold.

mod backups;
mod scene;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use medilink_log::{Position, open_checkpoint};
use medilink_tests::{
    Caller, Newcomer, Platform, assert_read_models_equal_their_replay, eventually, id,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::canary::{files, found};
use crate::platform;
use scene::{Scene, assert_not_let_in, lawless, officer, until};

/// What the signature of a certificate covers, if a published key made it.
async fn checked(platform: &Platform, jws: &str) -> (Value, Value) {
    let keys = platform
        .caller("")
        .get("/.well-known/jwks.json")
        .await
        .unwrap()
        .body;
    let parts: Vec<&str> = jws.split('.').collect();
    let part = |at: usize| URL_SAFE_NO_PAD.decode(parts[at]).unwrap();
    let header: Value = serde_json::from_slice(&part(0)).unwrap();
    let all = keys["keys"].as_array().unwrap();
    let key = all
        .iter()
        .find(|key| key["kid"] == header["kid"])
        .expect("a published key");
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let signed = jws.rsplit_once('.').unwrap().0;
    aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ED25519, public)
        .verify(signed.as_bytes(), &part(2))
        .expect("the certificate's signature");
    (header, serde_json::from_slice(&part(1)).unwrap())
}

fn verifier(platform: &Platform) -> String {
    let (success, said) = platform.run(&["audit", "head"]);
    assert!(success, "{said}");
    said.lines()
        .find_map(|line| line.strip_prefix("Verifier key: "))
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn who_is_forgotten_is_gone_everywhere_and_nobody_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::open(folder.path()).await;
    let Scene {
        platform,
        city,
        asha,
        bina,
        officer,
        ..
    } = &scene;
    let (person, doctor) = (asha.person.person, scene.doctor);
    let own = asha.tokens.caller(platform);
    let others = bina.sign_in(platform).await.caller(platform);

    // Whose business it is, and whose not.
    let path = format!("/v1/patients/{person}/erasures");
    let reason = json!({"reason": "leaves-the-hospital"});
    for stranger in [&others, &city.receptionist] {
        let refused = stranger.post(&path, &reason).await;
        assert_eq!(refused.status, 404, "{}", refused.text);
    }
    // A hold from before the request makes it wait.
    let held = officer
        .send(
            officer
                .request(
                    reqwest::Method::PUT,
                    &format!("/v1/patients/{person}/legal-hold"),
                )
                .json(&json!({"basis": "litigation"})),
        )
        .await
        .unwrap();
    assert_eq!(held.status, 200, "{}", held.text);
    let asked = own.post(&path, &reason).await;
    let erasure = format!("/v1/erasures/{}", id(&asked));
    let second = officer.post(&path, &reason).await;
    assert_eq!(
        (second.status, second.problem()),
        (409, "erasure-already-requested")
    );
    let shown = own.get_at(&erasure, asked.position()).await;
    assert_eq!(
        (shown.status, &shown.body["state"]),
        (200, &json!("held")),
        "{}",
        shown.text
    );
    assert_eq!(shown.body["legal_hold"]["basis"], json!("litigation"));
    for path in [erasure.clone(), format!("{erasure}/certificate")] {
        let hidden = others.get_at(&path, asked.position()).await;
        assert_eq!(hidden.status, 404, "{}", hidden.text);
    }
    let early = officer
        .get_at(&format!("{erasure}/certificate"), asked.position())
        .await;
    assert_eq!(
        (early.status, early.problem()),
        (409, "erasure-not-certified")
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    let waits = own.get(&erasure).await.unwrap();
    assert_eq!(waits.body["state"], json!("held"), "the hold prevents it");

    let released = officer
        .post(
            &format!("{erasure}/release"),
            &json!({"reason": "case-closed"}),
        )
        .await;
    assert_eq!(released.status, 200, "{}", released.text);
    let done = scene.erased(&erasure).await;
    for part in done["categories"].as_array().unwrap() {
        assert_eq!(part["stage"], json!("certified"), "{done}");
    }
    scene.assert_gone().await;
    let copies = platform.folder().join("blobs/exports");
    let copy = copies.join(asha.copy.to_string());
    eventually("the copy is deleted", Duration::from_secs(60), || async {
        !copy.exists()
    })
    .await;
    assert!(copies.exists(), "there was a copy");
    assert_not_let_in(platform, asha).await;
    assert_eq!(
        own.get("/v1/me").await.unwrap().status,
        401,
        "the session is over"
    );
    let never = officer.post(&path, &reason).await;
    assert_eq!(
        (never.status, never.problem()),
        (404, "not-found"),
        "erased twice is erased once"
    );

    // The slot is free, and so is the address; nobody else has lost anything.
    let rebooked = city.book(bina.person, doctor, 540).await;
    assert_eq!(rebooked.status, 201);
    assert_eq!(
        others
            .get(&format!("/v1/patients/{}", bina.person))
            .await
            .unwrap()
            .status,
        200
    );
    let anew = Newcomer::register_as(
        platform,
        asha.person.email.clone(),
        "seven lazy green foxes".to_owned(),
    )
    .await;
    assert_ne!(anew.person, person);
    anew.sign_in(platform).await;

    certificate(platform, officer, &erasure, &asked.body).await;
    let (whole, said) = platform.run(&["audit", "verify"]);
    assert!(whole, "{said}");
    assert_read_models_equal_their_replay(platform).await;

    // The broker keeps what it was sent, and that was never in the clear. (The test of canaries
    // looks everywhere else, too.)
    let mut kept = Vec::new();
    files(platform.folder(), &mut kept);
    kept.retain(|path| path.to_string_lossy().contains("/store/"));
    assert!(!kept.is_empty(), "nothing was searched");
    for path in &kept {
        let leaks = std::fs::read(path).map(|bytes| found(&bytes));
        let leaks = leaks.unwrap_or_default();
        assert!(leaks.is_empty(), "{}: {leaks:?}", path.display());
    }
}

/// What the certificate says is signed by us, and what it points to is so.
async fn certificate(platform: &Platform, officer: &Caller, erasure: &str, asked: &Value) {
    let path = format!("{erasure}/certificate");
    let shown = officer.get(&path).await.unwrap();
    assert_eq!(shown.status, 200, "{}", shown.text);
    let (header, said) = checked(platform, shown.body["signed"].as_str().unwrap()).await;
    assert_eq!(header["typ"], json!("erasure-certificate+jwt"));
    for (name, value) in shown.body["document"].as_object().unwrap() {
        assert_eq!(&said[name], value, "{name}");
    }
    let note = said["log"]["checkpoint"].as_str().unwrap();
    let (size, root) = open_checkpoint(note.as_bytes(), &verifier(platform)).unwrap();
    assert_eq!(said["log"]["root"], json!(hex::encode(root)));
    assert_eq!(said["erased"].as_array().unwrap().len(), 4, "{said}");
    assert_eq!(said["kept"], json!([]));
    let mut tombstones = Vec::new();
    for part in said["erased"].as_array().unwrap() {
        let position = part["position"].as_u64().unwrap();
        assert!(position <= size, "the checkpoint covers it");
        let event = platform
            .log()
            .after(Position(position - 1), 1)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(event.kind, "erasure.shredded");
        tombstones.push(part["tombstone"].as_u64().unwrap());
    }
    tombstones.dedup();
    assert_eq!(tombstones.len(), 4);
    // A certificate is no key to anything.
    let forged = platform.caller(shown.body["signed"].as_str().unwrap());
    assert_eq!(forged.get("/v1/me").await.unwrap().status, 401);
    // Whoever was erased has the code, and nobody else.
    let visitor = platform.caller("");
    let code = json!({"code": asked["certificate_code"]});
    let fetched = visitor.post(&path, &code).await;
    assert_eq!(
        (fetched.status, &fetched.body),
        (200, &shown.body),
        "{}",
        fetched.text
    );
    let wrong = visitor.post(&path, &json!({"code": "00"})).await;
    let nothing = format!("/v1/erasures/{}/certificate", Uuid::now_v7());
    let missing = visitor.post(&nothing, &code).await;
    assert_eq!((wrong.status, missing.status), (404, 404), "{}", wrong.text);
}

#[tokio::test]
async fn what_the_law_keeps_is_told_with_its_reason_and_can_be_left_alone() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let own = asha.sign_in(&platform).await.caller(&platform);
    let officer = officer(&platform).await;
    let path = format!("/v1/patients/{}/erasures", asha.person);
    let asked = own
        .post(&path, &json!({"reason": "leaves-the-hospital"}))
        .await;
    let erasure = format!("/v1/erasures/{}", id(&asked));
    let shown = own.get_at(&erasure, asked.position()).await;
    assert_eq!(shown.body["state"], json!("scheduled"), "{}", shown.text);
    let part = |category: &str| {
        let parts = shown.body["categories"].as_array().unwrap();
        parts
            .iter()
            .find(|part| part["category"] == category)
            .unwrap()
            .clone()
    };
    let at = |part: &Value| {
        part["not_before"]
            .as_str()
            .unwrap()
            .parse::<DateTime<Utc>>()
            .unwrap()
    };
    let identity = part("identity");
    assert_eq!(identity["kept"]["rule"], json!("processing-year"));
    assert!(
        identity["kept"]["source"]
            .as_str()
            .unwrap()
            .contains("rule 8(3)")
    );
    assert!(
        identity["kept"]["reason"]
            .as_str()
            .unwrap()
            .contains("one year")
    );
    assert!(at(&identity) > Utc::now() + TimeDelta::days(360));
    let billing = part("billing");
    assert_eq!(billing["kept"], Value::Null, "there never was a bill");
    let grace = at(&billing) - Utc::now();
    assert!(
        grace > TimeDelta::days(6) && grace <= TimeDelta::days(7),
        "{grace}"
    );
    assert_eq!(shown.body["stays"][0]["rule"], json!("access-log"));

    // The list of the officers, and of the person alone.
    for (caller, list) in [(&officer, "/v1/erasures"), (&own, path.as_str())] {
        let listed = caller.get_at(list, asked.position()).await;
        assert_eq!(
            listed.body["items"][0]["id"], asked.body["id"],
            "{}",
            listed.text
        );
    }
    assert_eq!(own.get("/v1/erasures").await.unwrap().status, 403);

    let stale = own.clone().with("if-match", "\"1\"");
    let stale = stale
        .post(&format!("{erasure}/withdraw"), &Value::Null)
        .await;
    assert_eq!((stale.status, stale.problem()), (412, "version-mismatch"));
    let hold = json!({"basis": "investigation", "until": "2020-01-01T00:00:00Z"});
    let past = officer.post(&format!("{erasure}/hold"), &hold).await;
    assert_eq!(
        (past.status, past.problem()),
        (422, "legal-hold-ends-in-past")
    );
    let theirs = own
        .post(&format!("{erasure}/hold"), &json!({"basis": "mine"}))
        .await;
    assert_eq!(theirs.status, 403);
    let withdrawn = own.post(&format!("{erasure}/withdraw"), &Value::Null).await;
    assert_eq!(withdrawn.status, 200, "{}", withdrawn.text);
    let twice = own.post(&format!("{erasure}/withdraw"), &Value::Null).await;
    assert_eq!((twice.status, twice.problem()), (409, "erasure-closed"));
    let again = own
        .post(&path, &json!({"reason": "leaves-the-hospital"}))
        .await;
    assert_eq!(again.status, 201, "{}", again.text);
    assert_eq!(
        own.get("/v1/me").await.unwrap().status,
        200,
        "nothing has happened to them"
    );
    assert_read_models_equal_their_replay(&platform).await;
}

#[tokio::test]
async fn what_was_erased_leaves_newer_backups_and_later_the_older_ones() {
    let folder = tempfile::tempdir().unwrap();
    let platform = lawless(folder.path()).await;
    let asha = Newcomer::register(&platform).await;
    let officer = officer(&platform).await;
    let (done, said) = platform.run(&["admin", "keys", "rotate", "--if-erased"]);
    assert!(done && said.contains("Nothing was erased"), "{said}");
    let path = format!("/v1/patients/{}/erasures", asha.person);
    let asked = officer
        .post(&path, &json!({"reason": "asked-in-writing"}))
        .await;
    let erasure = format!("/v1/erasures/{}", id(&asked));
    until(&officer, &erasure, "erased", |body| {
        body["state"] == json!("complete")
    })
    .await;
    let (_, said) = platform.run(&["admin", "keys", "list"]);
    assert!(said.contains("rotate"), "{said}");
    let (done, said) = platform.run(&["admin", "keys", "rotate", "--if-erased"]);
    assert!(done && said.contains("Epoch 2"), "{said}");
    let (done, said) = platform.run(&["admin", "keys", "retire"]);
    assert!(
        done && said.contains("35 days"),
        "backups are still needed: {said}"
    );
    assert!(platform.folder().join("keyring/kek-000001.key").exists());
    let (done, said) = platform.run(&["admin", "keys", "retire", "--days", "0"]);
    assert!(done && said.contains("epoch 1 is destroyed"), "{said}");
    assert!(!platform.folder().join("keyring/kek-000001.key").exists());
    let bina = Newcomer::register(&platform).await;
    bina.sign_in(&platform).await;
}
