//! The signed checkpoint, as compliance officers get it.

use std::time::Duration;

use medilink_domain::values::Role;
use medilink_log::open_checkpoint;
use medilink_tests::{Hospital, eventually};
use uuid::Uuid;

use crate::platform;

#[tokio::test]
async fn a_compliance_officer_takes_a_checkpoint_away_that_anyone_can_verify() {
    let platform = platform().await;
    Hospital::open(&platform).await;
    let head = platform.log().head().await.unwrap().0;
    let officer = platform
        .person(Uuid::now_v7(), &[Role::ComplianceOfficer])
        .await;
    eventually("signed", Duration::from_secs(30), async || {
        let newest = officer.get("/v1/checkpoint").await.unwrap();
        newest.status == 200 && newest.body["size"].as_u64() >= Some(head)
    })
    .await;
    let newest = officer.get("/v1/checkpoint").await.unwrap().body;
    let (told, printed) = platform.run(&["audit", "head"]);
    assert!(told, "{printed}");
    let key = printed
        .lines()
        .find_map(|line| line.strip_prefix("Verifier key: "));
    let note = newest["note"].as_str().unwrap();
    let (size, root) = open_checkpoint(note.as_bytes(), key.unwrap()).unwrap();
    assert_eq!(newest["size"], size);
    assert_eq!(newest["root"], hex::encode(root));
    assert!(newest["age_seconds"].as_u64().unwrap() < 60, "{newest}");
    let altered = note.replacen(&size.to_string(), &(size + 1).to_string(), 1);
    open_checkpoint(altered.as_bytes(), key.unwrap()).unwrap_err();
}
