//! Somebody who is to be forgotten, somebody who isn't, and backups from before.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use futures::TryStreamExt;
use medilink_database::{Database, DatabaseConfig};
use medilink_domain::retention::RetentionRules;
use medilink_domain::values::Role;
use medilink_log::{EventCodec, Opened, Position};
use medilink_tests::{
    CANARY, Caller, Hospital, Newcomer, Options, Platform, Tokens, eventually, id, settle,
};
use medilink_vault::Vault;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::MEDILINK;

/// A hospital where the law asks for nothing, so that an erasure doesn't wait.
pub(super) async fn lawless(folder: &Path) -> Platform {
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
pub(super) struct Asha {
    pub(super) person: Newcomer,
    pub(super) tokens: Tokens,
    pub(super) appointment: Uuid,
    /// A copy of it all that they asked for.
    pub(super) copy: Uuid,
}

pub(super) async fn live(platform: &Platform, city: &Hospital, doctor: Uuid) -> Asha {
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
    let copy = own
        .post(
            &format!("/v1/patients/{}/exports", person.person),
            &json!({}),
        )
        .await;
    assert_eq!(copy.status, 201, "{}", copy.text);
    let path = format!("/v1/exports/{}", id(&copy));
    own.get_at(&path, copy.position()).await;
    eventually("the copy is made", Duration::from_secs(60), || async {
        own.get(&path).await.unwrap().body["state"] == "ready"
    })
    .await;
    Asha {
        person,
        tokens,
        appointment,
        copy: id(&copy),
    }
}

/// What of the whole log this vault can read about a person, as text.
pub(super) async fn readable(platform: &Platform, vault: &Vault, person: Uuid) -> Vec<String> {
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

pub(super) async fn open_vault(platform: &Platform) -> Vault {
    let keyring = medilink_vault::Keyring::open(platform.folder().join("keyring")).unwrap();
    let [_, keys] = platform.superuser_urls();
    Vault::open(Database::new(DatabaseConfig::at(keys)).unwrap(), keyring)
        .await
        .unwrap()
}

pub(super) fn tool(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Real backups of both databases.
pub(super) fn back_up(platform: &Platform, folder: &Path) -> [PathBuf; 2] {
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

/// Asks until it is so.
pub(super) async fn until(
    caller: &Caller,
    path: &str,
    what: &str,
    is: impl Fn(&Value) -> bool,
) -> Value {
    let limit = Duration::from_secs(60);
    eventually(what, limit, || async {
        is(&caller.get(path).await.unwrap().body)
    })
    .await;
    caller.get(path).await.unwrap().body
}

pub(super) async fn officer(platform: &Platform) -> Caller {
    platform
        .person(Uuid::now_v7(), &[Role::ComplianceOfficer])
        .await
}

/// The person and all that they said are gone.
pub(super) async fn assert_gone(platform: &Platform, asha: &Asha, vault: &Vault, city: &Hospital) {
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
pub(super) async fn assert_not_let_in(platform: &Platform, asha: &Asha) {
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

/// A hospital with all of it.
pub(super) struct Scene {
    pub(super) platform: Platform,
    pub(super) city: Hospital,
    pub(super) doctor: Uuid,
    pub(super) asha: Asha,
    pub(super) bina: Newcomer,
    pub(super) officer: Caller,
    pub(super) backups: [PathBuf; 2],
}

impl Scene {
    pub(super) async fn open(folder: &Path) -> Self {
        let platform = lawless(folder).await;
        let city = Hospital::open(&platform).await;
        let doctor = city.doctor(1).await;
        city.window(doctor, "09:00", "09:30", 30).await;
        let asha = live(&platform, &city, doctor).await;
        let bina = Newcomer::register(&platform).await;
        let officer = officer(&platform).await;
        settle(&platform, Duration::from_secs(60)).await;
        let vault = open_vault(&platform).await;
        let before = readable(&platform, &vault, asha.person.person).await;
        assert!(before.concat().contains(CANARY), "it is there to be erased");
        vault.close().await;
        let backups = back_up(&platform, folder);
        Self {
            platform,
            city,
            doctor,
            asha,
            bina,
            officer,
            backups,
        }
    }

    /// Erases the first of them.
    pub(super) async fn erase(&self) {
        let path = format!("/v1/patients/{}/erasures", self.asha.person.person);
        let reason = json!({"reason": "asked-in-writing"});
        let asked = self.officer.post(&path, &reason).await;
        self.erased(&format!("/v1/erasures/{}", id(&asked))).await;
    }

    /// Waits until an erasure is complete, and shows it.
    pub(super) async fn erased(&self, erasure: &str) -> Value {
        let complete = |body: &Value| body["state"] == json!("complete");
        let done = until(&self.officer, erasure, "erased and certified", complete).await;
        settle(&self.platform, Duration::from_secs(60)).await;
        done
    }

    /// What can be read of one of them, through a vault that was just opened.
    pub(super) async fn readable(&self, person: Uuid) -> String {
        let vault = open_vault(&self.platform).await;
        let read = readable(&self.platform, &vault, person).await.concat();
        vault.close().await;
        read
    }

    /// The first of them and all that they said are gone.
    pub(super) async fn assert_gone(&self) {
        let vault = open_vault(&self.platform).await;
        assert_gone(&self.platform, &self.asha, &vault, &self.city).await;
        vault.close().await;
    }
}
