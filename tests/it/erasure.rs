//! Being forgotten: what the law keeps stays until its time, what is erased is gone everywhere,
//! backups from before included, and the proofs still hold.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use medilink_database::{Database, DatabaseConfig};
use medilink_domain::retention::RetentionRules;
use medilink_domain::values::Role;
use medilink_log::{EventCodec, Opened, Position, open_checkpoint};
use medilink_tests::{
    CANARY, Caller, Hospital, Newcomer, Options, Part, Platform, Tokens,
    assert_read_models_equal_their_replay, eventually, id, settle,
};
use medilink_vault::Vault;
use serde_json::{Value, json};
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::canary::{files, found};
use crate::{MEDILINK, platform};

/// A hospital where the law asks for nothing, so that an erasure doesn't wait.
async fn lawless(folder: &Path) -> Platform {
    let mut rules = RetentionRules::shipped().clone();
    rules.grace_days = 0;
    for rule in &mut rules.rules {
        rule.years = 0;
    }
    let path = folder.join("rules.json");
    std::fs::write(&path, serde_json::to_string(&rules).unwrap()).unwrap();
    let options = Options::default().with("retention", format!("rules = {path:?}"));
    Platform::start(MEDILINK, options).await
}

/// The canary in every place that a patient can write to.
struct Asha {
    person: Newcomer,
    tokens: Tokens,
    appointment: Uuid,
}

async fn live(platform: &Platform, city: &Hospital, doctor: Uuid) -> Asha {
    let (email, password) = (
        format!("{CANARY}@example.org"),
        format!("four tall wooden {CANARY}"),
    );
    let person = Newcomer::register_as(platform, email, password).await;
    let tokens = person.sign_in(platform).await;
    let appointment = id(&city.book(person.person, doctor, 540).await);
    let own = tokens.caller(platform);
    let wait = json!({
        "patient": person.person, "hospital": city.hospital, "doctor": doctor,
        "preferences": [{"from": city.date, "until": city.date}],
    });
    let waits = own.post("/v1/waitlist", &wait).await;
    assert_eq!(waits.status, 201, "{}", waits.text);
    Asha {
        person,
        tokens,
        appointment,
    }
}

/// What of the whole log this vault can read about a person, as text.
async fn readable(platform: &Platform, vault: &Vault, person: Uuid) -> Vec<String> {
    let codec = EventCodec::new(vault.clone());
    let events: Vec<_> = platform
        .log()
        .all_after(Position::START)
        .try_collect()
        .await
        .unwrap();
    assert!(events.len() > 10, "an empty log proves nothing");
    let mut read = Vec::new();
    for event in events
        .iter()
        .filter(|event| event.subject.is_some_and(|one| one.uuid() == person))
    {
        if let Opened::Clear(clear) = codec.open(event).await.unwrap() {
            read.push(String::from_utf8(clear).unwrap());
        }
    }
    read
}

async fn open_vault(platform: &Platform) -> Vault {
    let keyring = medilink_vault::Keyring::open(platform.folder().join("keyring")).unwrap();
    let [_, keys] = platform.superuser_urls();
    Vault::open(Database::new(DatabaseConfig::at(keys)).unwrap(), keyring)
        .await
        .unwrap()
}

fn tool(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Real backups of both databases.
fn back_up(platform: &Platform, folder: &Path) -> [PathBuf; 2] {
    let names = ["main.dump", "keys.dump"].map(|name| folder.join(name));
    for (url, path) in platform.superuser_urls().iter().zip(&names) {
        tool(
            "pg_dump",
            &[
                "--format=custom",
                "--dbname",
                url,
                "--file",
                path.to_str().unwrap(),
            ],
        );
    }
    names
}

/// Puts a backup in the place of a database, whoever is connected to it.
async fn restore(url: &str, dump: &Path) {
    let (server, name) = url.rsplit_once('/').unwrap();
    let postgres = format!("{server}/postgres");
    let (client, connection) = tokio_postgres::connect(&postgres, NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    let drop_it = format!("DROP DATABASE {name} WITH (FORCE)");
    client.batch_execute(&drop_it).await.unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
    let dump = dump.to_str().unwrap();
    tool(
        "pg_restore",
        &["--create", "--exit-on-error", "--dbname", &postgres, dump],
    );
}

async fn stop(platform: &mut Platform) {
    for part in Part::ALL {
        assert!(platform.stop_part(part), "{}", part.name());
    }
}

async fn start(platform: &mut Platform) {
    for part in Part::ALL {
        platform.start_part(part);
    }
    platform.ready().await;
}

/// Asks until it is so.
async fn until(caller: &Caller, path: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    let limit = Duration::from_secs(60);
    eventually(what, limit, || async {
        is(&caller.get(path).await.unwrap().body)
    })
    .await;
    caller.get(path).await.unwrap().body
}

async fn officer(platform: &Platform) -> Caller {
    platform
        .person(Uuid::now_v7(), &[Role::ComplianceOfficer])
        .await
}

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

/// The person and all that they said are gone.
async fn assert_gone(platform: &Platform, asha: &Asha, vault: &Vault, city: &Hospital) {
    let person = asha.person.person;
    let left = readable(platform, vault, person).await.concat();
    assert!(!left.contains(CANARY) && !left.contains("Asha"), "{left}");
    let reception = &city.receptionist;
    for path in [
        format!("/v1/patients/{person}"),
        format!("/v1/appointments/{}", asha.appointment),
    ] {
        let answer = reception.get(&path).await.unwrap();
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
    let listed = reception
        .get(&format!("/v1/patients/{person}/appointments"))
        .await
        .unwrap();
    assert!(!listed.text.contains(CANARY), "{}", listed.text);
    let again = asha.tokens.refresh(platform).await;
    assert_eq!(again.status, 401, "{}", again.text);
}

/// Their password opens nothing.
async fn assert_not_let_in(platform: &Platform, asha: &Asha) {
    let visitor = platform.caller("");
    let old = visitor
        .post("/v1/sessions", &asha.person.credentials())
        .await;
    assert_eq!(
        (old.status, old.problem()),
        (401, "wrong-credentials"),
        "{}",
        old.text
    );
}

#[tokio::test]
async fn who_is_forgotten_is_gone_everywhere_and_no_backup_brings_them_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut platform = lawless(folder.path()).await;
    let city = Hospital::open(&platform).await;
    let doctor = city.doctor(1).await;
    city.window(doctor, "09:00", "09:30", 30).await;
    let asha = live(&platform, &city, doctor).await;
    let bina = Newcomer::register(&platform).await;
    let person = asha.person.person;
    let own = asha.tokens.caller(&platform);
    let others = bina.sign_in(&platform).await.caller(&platform);
    let officer = officer(&platform).await;
    settle(&platform, Duration::from_secs(60)).await;
    let vault = open_vault(&platform).await;
    let before = readable(&platform, &vault, person).await.concat();
    assert!(before.contains(CANARY), "it is there to be erased");
    let backups = back_up(&platform, folder.path());

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
    let done = until(&officer, &erasure, "erased and certified", |body| {
        body["state"] == json!("complete")
    })
    .await;
    for part in done["categories"].as_array().unwrap() {
        assert_eq!(part["stage"], json!("certified"), "{done}");
    }
    settle(&platform, Duration::from_secs(60)).await;
    assert_gone(&platform, &asha, &vault, &city).await;
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
        &platform,
        asha.person.email.clone(),
        "seven lazy green foxes".to_owned(),
    )
    .await;
    assert_ne!(anew.person, person);
    anew.sign_in(&platform).await;

    certificate(&platform, &officer, &erasure, &asked.body).await;
    let (whole, said) = platform.run(&["audit", "verify"]);
    assert!(whole, "{said}");
    assert_read_models_equal_their_replay(&platform).await;

    // Nowhere in the clear, whoever looks: the servers' own files, the broker's among them.
    let mut searched = Vec::new();
    files(platform.folder(), &mut searched);
    assert!(
        searched
            .iter()
            .any(|path| path.to_string_lossy().contains("/store/"))
    );
    for path in &searched {
        let leaks = std::fs::read(path)
            .map(|bytes| found(&bytes))
            .unwrap_or_default();
        assert!(leaks.is_empty(), "{}: {leaks:?}", path.display());
    }
    vault.close().await;
    restored(&mut platform, &asha, &bina, &city, &backups).await;
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

/// Backups that were taken before the erasure are put back: of the keys alone, without the journal;
/// then of both databases, when only the journal is left to tell.
async fn restored(
    platform: &mut Platform,
    asha: &Asha,
    bina: &Newcomer,
    city: &Hospital,
    [main, keys]: &[PathBuf; 2],
) {
    let [main_url, keys_url] = platform.superuser_urls();
    let journal = platform.folder().join("keyring/erasures.journal");
    let known = std::fs::read_to_string(&journal).unwrap();
    assert_eq!(known.lines().count(), 4);
    stop(platform).await;
    restore(&keys_url, keys).await;
    std::fs::rename(&journal, journal.with_extension("lost")).unwrap();
    let vault = open_vault(platform).await;
    let revived = readable(platform, &vault, asha.person.person).await;
    vault.close().await;
    assert!(revived.concat().contains(CANARY), "the backup has the keys");
    start(platform).await;
    let vault = open_vault(platform).await;
    assert_gone(platform, asha, &vault, city).await;
    vault.close().await;
    let mut told = String::new();
    for part in [Part::Gateway, Part::Projector, Part::Worker] {
        told += &platform.metrics(part).await;
    }
    assert!(told.contains("medilink_vault_revived_total"), "{told}");
    assert_eq!(
        std::fs::read_to_string(&journal).unwrap().lines().count(),
        4
    );

    stop(platform).await;
    platform.kill_nats(true).await;
    for (url, dump) in [(&main_url, main), (&keys_url, keys)] {
        restore(url, dump).await;
    }
    platform.start_nats().await;
    start(platform).await;
    settle(platform, Duration::from_secs(60)).await;
    let vault = open_vault(platform).await;
    let log = platform
        .log()
        .all_after(Position::START)
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    assert!(
        log.iter().all(|event| !event.kind.starts_with("erasure.")),
        "an older log"
    );
    assert_gone(platform, asha, &vault, city).await;
    assert_not_let_in(platform, asha).await;
    let spared = readable(platform, &vault, bina.person).await.concat();
    assert!(spared.contains(&bina.email), "{spared}");
    vault.close().await;
    bina.sign_in(platform).await;
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
