//! Whoever has lost their second factors is helped by whoever answers for them; it opens nothing
//! by itself.

use std::time::Duration;

use medilink_domain::values::Role;
use medilink_tests::{
    Answer, Hospital, Newcomer, Options, PROOF, Platform, Tokens, answer_with, eventually,
};
use serde_json::json;
use uuid::Uuid;

use crate::{MEDILINK, platform};

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.problem())
}

fn path(person: Uuid) -> String {
    format!("/v1/accounts/{person}/remove-second-factors")
}

#[tokio::test]
async fn a_manager_removes_what_was_lost_and_everything_ends_that_rested_on_it() {
    let mails = tempfile::tempdir().unwrap();
    let folder = format!("mail_folder = '{}'", mails.path().display());
    let options = Options::default().with("worker", folder);
    let platform = Platform::start(MEDILINK, options).await;
    let city = Hospital::open(&platform).await;
    let (asha, chief) = (
        Newcomer::register(&platform).await,
        Newcomer::register(&platform).await,
    );
    asha.be_at(&platform, Role::Nurse, Some(city.hospital))
        .await;
    chief
        .be_at(&platform, Role::Administrator, Some(city.hospital))
        .await;
    let lost = asha.turn_on_totp(&platform).await;
    let nurse = lost.tokens.caller(&platform);
    let staff = format!("/v1/hospitals/{}/staff", city.hospital);
    let hers = nurse.get("/v1/hospitals").await.unwrap();
    assert_eq!(hers.status, 200, "{}", hers.text);
    let pending = asha.challenge(&platform).await;

    // Signing in is no fresh proof.
    let totp = chief.turn_on_totp(&platform).await;
    let manager = chief.sign_in_with(&platform, &totp.app).await;
    let manager = manager.caller(&platform);
    assert_eq!(manager.get(&staff).await.unwrap().status, 200);
    let why = json!({"reason": "telephone-lost"});
    let refused = manager.post(&path(asha.person), &why).await;
    assert_eq!(told(&refused), (403, "proof-required"), "{}", refused.text);
    let role = format!("{staff}/{}/roles/receptionist", asha.person);
    let request = manager
        .request(reqwest::Method::PUT, &role)
        .json(&json!({}));
    let refused = manager.send(request).await.unwrap();
    assert_eq!(told(&refused), (403, "proof-required"), "{}", refused.text);
    let proof = json!({"method": "totp", "code": totp.app.code().await});
    assert_eq!(manager.post(PROOF, &proof).await.status, 200);
    for (body, problem, field) in [
        (json!({}), "missing-field", "/reason"),
        (json!({"reason": "Lost it!"}), "invalid-field", "/reason"),
        (
            json!({"reason": "lost", "by": "me"}),
            "unknown-field",
            "/by",
        ),
    ] {
        let refused = manager.post(&path(asha.person), &body).await;
        assert_eq!(told(&refused), (422, problem), "{}", refused.text);
        assert_eq!(refused.body["field"], json!(field), "{}", refused.text);
    }
    let own = manager.post(&path(chief.person), &why).await;
    assert_eq!(told(&own), (403, "forbidden"), "{}", own.text);
    let nobody = manager.post(&path(Uuid::now_v7()), &why).await;
    assert_eq!(told(&nobody), (404, "not-found"), "{}", nobody.text);
    let stale = manager.clone().with("if-match", "\"99\"");
    let stale = stale.post(&path(asha.person), &why).await;
    assert_eq!(stale.status, 412, "{}", stale.text);
    assert_eq!(nurse.get("/v1/hospitals").await.unwrap().status, 200);

    let repeated = manager.clone().with("idempotency-key", "lost-1");
    let removed = repeated.post(&path(asha.person), &why).await;
    assert_eq!(removed.status, 200, "{}", removed.text);
    let replayed = repeated.post(&path(asha.person), &why).await;
    assert_eq!(replayed.position(), removed.position());
    let again = manager.post(&path(asha.person), &why).await;
    assert_eq!(told(&again), (409, "no-second-factor-to-remove"));
    let over = nurse.get("/v1/me").await.unwrap();
    assert_eq!(told(&over), (401, "invalid-token"));
    let over = lost.tokens.refresh(&platform).await;
    assert_eq!(told(&over), (401, "refresh-refused"));
    for code in [lost.app.code().await, lost.backup_codes[0].clone()] {
        let method = if code.len() == 6 {
            "totp"
        } else {
            "backup_code"
        };
        let over = answer_with(&platform, &pending, method, &code).await;
        assert_eq!(told(&over), (409, "challenge-over"), "{}", over.text);
    }
    // The password is needed still, and alone it opens nothing that is others'.
    let anew = asha.sign_in(&platform).await.caller(&platform);
    let refused = anew.get("/v1/hospitals").await.unwrap();
    assert_eq!(told(&refused), (403, "second-factor-required"));
    let fresh = asha.turn_on_totp(&platform).await.tokens.caller(&platform);
    assert_eq!(fresh.get("/v1/hospitals").await.unwrap().status, 200);

    let mails = || {
        let entries = std::fs::read_dir(mails.path()).unwrap();
        let texts = entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
        texts.collect::<Vec<_>>()
    };
    let to = format!("To: {}\r\n", asha.email);
    eventually("she is told", Duration::from_secs(60), || async {
        let subject = "Subject: Your second factors were removed";
        mails()
            .iter()
            .any(|mail| mail.contains(&to) && mail.contains(subject))
    })
    .await;
}

#[tokio::test]
async fn it_is_no_way_around_a_disabled_account_or_another_hospital() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let other = city.another_for(chrono::Utc::now()).await;
    let why = json!({"reason": "telephone-lost"});
    let chief = Newcomer::register(&platform).await;
    chief
        .be_at(&platform, Role::Administrator, Some(other.hospital))
        .await;
    let manager: Tokens = chief.turn_on_totp(&platform).await.tokens;
    let manager = manager.caller(&platform);
    let nurse = Newcomer::register(&platform).await;
    nurse
        .be_at(&platform, Role::Nurse, Some(city.hospital))
        .await;
    nurse.turn_on_totp(&platform).await;
    let hidden = manager.post(&path(nurse.person), &why).await;
    assert_eq!(told(&hidden), (404, "not-found"), "{}", hidden.text);

    let patient = Newcomer::register(&platform).await;
    let totp = patient.turn_on_totp(&platform).await;
    let disable = format!("/v1/accounts/{}/disable", patient.person);
    let enable = format!("/v1/accounts/{}/enable", patient.person);
    let chief = &city.administrator;
    let off = chief.post(&disable, &json!({"reason": "stolen"})).await;
    assert_eq!(off.status, 200, "{}", off.text);
    let refused = manager.post(&path(patient.person), &why).await;
    assert_eq!(told(&refused), (403, "account-disabled"));
    assert_eq!(chief.post(&enable, &json!({})).await.status, 200);
    // It has its factors still.
    let challenge = patient.challenge(&platform).await;
    let code = totp.app.code().await;
    let answer = answer_with(&platform, &challenge, "totp", &code).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    // An access token has nobody behind it who could show anything.
    let refused = chief.post(&path(patient.person), &why).await;
    assert_eq!(told(&refused), (403, "proof-required"));
}
