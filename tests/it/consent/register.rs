//! The register of consents, for those who look into them.

use std::collections::BTreeSet;

use medilink_domain::values::Role;
use medilink_tests::History;
use serde_json::{Value, json};
use uuid::Uuid;

use super::clinic::{Clinic, then};

fn ids(answer: &Value) -> BTreeSet<Uuid> {
    let items = answer["items"].as_array().unwrap().iter();
    items
        .map(|item| item["id"].as_str().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_compliance_officer_finds_consents_and_their_patients_are_told() {
    let clinic = Clinic::open().await;
    let asked = clinic.ask().await;
    let given = clinic.give(&clinic.to_doctor()).await;
    let gone = clinic.give(&clinic.to_doctor()).await;
    let revoked = clinic
        .as_patient
        .post(&then(gone, "revoke"), &json!({}))
        .await;
    assert_eq!(revoked.status, 200, "{}", revoked.text);
    let officer = clinic
        .platform
        .person(Uuid::now_v7(), &[Role::ComplianceOfficer])
        .await;

    let all = BTreeSet::from([asked, given, gone]);
    let (patient, doctor, nobody) = (clinic.patient, clinic.doctor, Uuid::now_v7());
    for (query, found) in [
        (String::new(), all.clone()),
        (format!("?patient={patient}"), all.clone()),
        (format!("?grantee={doctor}"), all),
        (format!("?patient={patient}&state=granted"), [given].into()),
        ("?state=requested".to_owned(), [asked].into()),
        (format!("?grantee={doctor}&state=revoked"), [gone].into()),
        (format!("?patient={nobody}"), [].into()),
        (format!("?grantee={nobody}"), [].into()),
    ] {
        let listed = clinic.read(&officer, &format!("/v1/consents{query}")).await;
        assert_eq!(ids(&listed.body), found, "{query}: {}", listed.text);
    }
    let first = clinic.read(&officer, "/v1/consents?limit=2").await.body;
    let next = first["next"].as_str().unwrap();
    let rest = clinic
        .read(&officer, &format!("/v1/consents?after={next}"))
        .await;
    assert_eq!(ids(&first).len() + ids(&rest.body).len(), 3);
    assert!(ids(&first).is_disjoint(&ids(&rest.body)));

    // Six of the searches, and both pages, found something of the patient.
    let history = History::read(&clinic.platform).await;
    let looks = history.of("access.recorded").filter(|event| {
        event
            .subject
            .is_some_and(|subject| subject.uuid() == patient)
    });
    assert!(looks.count() >= 8);
    for caller in [&clinic.as_doctor, &clinic.as_patient] {
        let refused = caller.get("/v1/consents").await.unwrap();
        assert_eq!(refused.status, 403, "{}", refused.text);
    }
}
