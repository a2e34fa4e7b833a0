//! Accounts are shut and opened again by whoever answers for everything that their person is.

use chrono::Utc;
use medilink_domain::values::Role;
use medilink_tests::{Answer, Caller, Hospital, Newcomer, Platform};
use serde_json::json;

use crate::platform;

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.problem())
}

async fn disable(manager: &Caller, whom: &Newcomer) -> Answer {
    let path = format!("/v1/accounts/{}/disable", whom.person);
    manager.post(&path, &json!({"reason": "left"})).await
}

async fn enable(manager: &Caller, whom: &Newcomer) -> Answer {
    let path = format!("/v1/accounts/{}/enable", whom.person);
    manager.post(&path, &json!({})).await
}

async fn working(platform: &Platform, role: Role, at: &[&Hospital]) -> Newcomer {
    let somebody = Newcomer::register(platform).await;
    for hospital in at {
        let there = Some(hospital.hospital);
        somebody.be_at(platform, role, there).await;
    }
    somebody
}

#[tokio::test]
async fn managers_shut_the_accounts_of_those_who_work_for_them_alone() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let lake = city.another_for(Utc::now()).await;
    let chief = working(&platform, Role::Administrator, &[&city]).await;
    let manager = chief.turn_on_totp(&platform).await.tokens;
    let manager = manager.caller(&platform);
    let nurse = working(&platform, Role::Nurse, &[&city]).await;
    let elsewhere = working(&platform, Role::Nurse, &[&lake]).await;
    let both = working(&platform, Role::Nurse, &[&city, &lake]).await;
    let officer = working(&platform, Role::ComplianceOfficer, &[&city]).await;
    let patient = Newcomer::register(&platform).await;

    for (who, whom) in [
        ("of another hospital", &elsewhere),
        ("of another hospital, too", &both),
        ("who looks into what managers do", &officer),
    ] {
        let refused = disable(&manager, whom).await;
        assert_eq!(
            told(&refused),
            (404, "not-found"),
            "{who}: {}",
            refused.text
        );
        whom.sign_in(&platform).await;
    }
    for (who, whom) in [("of theirs", &nurse), ("a patient", &patient)] {
        let shut = disable(&manager, whom).await;
        assert_eq!(shut.status, 200, "{who}: {}", shut.text);
        let visitor = platform.caller("");
        let refused = visitor.post("/v1/sessions", &whom.credentials()).await;
        assert_eq!(told(&refused), (403, "account-disabled"), "{who}");
        assert_eq!(enable(&manager, whom).await.status, 200, "{who}");
        whom.sign_in(&platform).await;
    }

    // Whoever runs the platform answers for all.
    let registrar = Newcomer::register(&platform).await;
    registrar.be(&platform, Role::PlatformAdministrator).await;
    let registrar = registrar.turn_on_totp(&platform).await.tokens;
    let registrar = registrar.caller(&platform);
    for whom in [&both, &officer, &chief] {
        let shut = disable(&registrar, whom).await;
        assert_eq!(shut.status, 200, "{}", shut.text);
    }
    let over = manager.get("/v1/me").await.unwrap();
    assert_eq!(told(&over), (401, "invalid-token"));
}
