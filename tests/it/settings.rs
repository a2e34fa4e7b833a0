//! What is set, and whom it holds for, is told to whoever answers for the platform.

use medilink_domain::retention::RetentionRules;
use medilink_domain::values::Role;
use medilink_tests::{Options, Platform};
use serde_json::json;
use uuid::Uuid;

use crate::MEDILINK;

#[tokio::test]
async fn an_operator_reads_the_settings_that_hold() {
    let options = Options::default()
        .with(
            "gateway",
            "sign_in.staff = { idle_minutes = 7, life_hours = 9 }",
        )
        .with(
            "gateway",
            "sign_in.sms = { countries = [\"+91\", \"+977\"] }",
        );
    let platform = Platform::start(MEDILINK, options).await;
    let operator = platform.person(Uuid::now_v7(), &[Role::Operator]).await;
    let answer = operator.get("/v1/settings").await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
    let sign_in = &answer.body["sign_in"];
    assert_eq!(
        sign_in["staff"],
        json!({"idle_minutes": 7, "life_hours": 9})
    );
    assert_eq!(sign_in["text_messages"], json!(["+91", "+977"]));
    let shipped = RetentionRules::shipped();
    let retention = &answer.body["retention"];
    assert_eq!(retention["version"], shipped.version);
    assert_eq!(retention["grace_days"], shipped.grace_days);
    let rules = retention["rules"].as_array().unwrap();
    assert_eq!(rules.len(), shipped.rules.len());
    for (told, rule) in rules.iter().zip(&shipped.rules) {
        assert_eq!(told["id"], rule.id.as_str());
        assert_eq!(told["years"], rule.years);
        assert_eq!(told["source"], rule.source.as_str());
        assert_eq!(told["keeps"], json!(rule.keeps));
        assert_eq!(told["since"], json!(rule.since));
    }
}
