//! What the policies say, asked by those who answer for permissions: by the same authorizer
//! that decides.

use medilink_domain::values::Role;
use medilink_tests::{Answer, Caller, Hospital, Newcomer};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

const TEST: &str = "/v1/policies/test";

fn ids(policies: &Value) -> Vec<&str> {
    let policies = policies.as_array().unwrap().iter();
    policies
        .map(|policy| policy["id"].as_str().unwrap())
        .collect()
}

async fn say(caller: &Caller, person: Uuid, action: &str, resource: Value) -> Answer {
    let body = json!({"person": person, "action": action, "resource": resource});
    caller.post(TEST, &body).await
}

async fn ask(caller: &Caller, person: Uuid, action: &str, resource: Value) -> Value {
    let answer = say(caller, person, action, resource).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

#[tokio::test]
async fn what_the_policies_say_is_what_happens() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let other = city.another_for(chrono::Utc::now()).await;
    let chief = platform
        .person(Uuid::now_v7(), &[Role::PlatformAdministrator])
        .await;
    let person = Newcomer::register(&platform).await;
    let session = person.turn_on_totp(&platform).await.tokens;
    let session = session.caller(&platform);
    let id = person.person;
    let head = platform.log().head().await.unwrap();

    // Of their own record, and of somebody else's.
    let own = json!({"kind": "patient", "subject": id});
    let said = ask(&chief, id, "read-patient", own.clone()).await;
    assert_eq!(
        (&said["allowed"], &said["hidden"]),
        (&json!(true), &json!(false))
    );
    let decided = ids(&said["decided_by"]);
    assert_eq!(decided, ["a-patient-handles-their-own-appointments"]);
    let text = said["decided_by"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("permit") && text.contains("\"read-patient\""),
        "{text}"
    );
    assert_eq!(said["roles"], json!(["patient"]));
    assert_eq!(said["not_looked_at"], json!(["consent", "emergency"]));
    let now = platform.log().head().await.unwrap();
    let read = session.get_at(&format!("/v1/patients/{id}"), now.0).await;
    assert_eq!(read.status, 200, "{}", read.text);
    let stranger = Uuid::now_v7();
    let theirs = json!({"kind": "patient", "subject": stranger});
    let said = ask(&chief, id, "read-patient", theirs).await;
    assert_eq!(
        (&said["allowed"], &said["hidden"]),
        (&json!(false), &json!(true))
    );
    assert!(ids(&said["decided_by"]).is_empty() && ids(&said["forbidden_by"]).is_empty());
    let answer = session.get(&format!("/v1/patients/{stranger}")).await;
    assert_eq!(answer.unwrap().status, 404);

    // By a role at a hospital, from the moment on in which it is given, and there only.
    let here = json!({"kind": "hospital", "hospital": city.hospital});
    let there = json!({"kind": "hospital", "hospital": other.hospital});
    assert_eq!(
        ask(&chief, id, "read-staff", here.clone()).await["allowed"],
        false
    );
    let role = format!(
        "/v1/hospitals/{}/staff/{id}/roles/administrator",
        city.hospital
    );
    let request = city
        .administrator
        .request(Method::PUT, &role)
        .json(&json!({}));
    assert_eq!(city.administrator.send(request).await.unwrap().status, 200);
    let said = ask(&chief, id, "read-staff", here.clone()).await;
    assert_eq!(said["allowed"], true, "{said}");
    assert_eq!(said["roles"], json!(["patient", "administrator"]));
    let said = ask(&chief, id, "read-staff", there).await;
    assert_eq!(
        (&said["allowed"], &said["roles"]),
        (&json!(false), &json!(["patient"]))
    );
    // Forbidden, whatever allows it.
    let give = json!({
        "kind": "member-of-staff", "subject": id, "hospital": city.hospital, "role": "nurse",
    });
    let said = ask(&chief, id, "give-role", give).await;
    assert_eq!(
        (&said["allowed"], &said["hidden"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(
        ids(&said["forbidden_by"]),
        ["nobody-chooses-for-themselves"]
    );
    // Permitted singly.
    let aide = Newcomer::register(&platform).await.person;
    let figures = json!({"kind": "hospital", "hospital": city.hospital});
    assert_eq!(
        ask(&chief, aide, "read-figures", figures.clone()).await["permitted"],
        false
    );
    let permission = format!(
        "/v1/hospitals/{}/staff/{aide}/permissions/read-figures",
        city.hospital
    );
    let request = session.request(Method::PUT, &permission).json(&json!({}));
    assert_eq!(session.send(request).await.unwrap().status, 200);
    let said = ask(&chief, aide, "read-figures", figures).await;
    assert_eq!(
        (&said["allowed"], &said["permitted"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(ids(&said["decided_by"]), ["what-was-permitted-singly"]);

    // A disabled account is told as what it is.
    let disable = format!("/v1/accounts/{aide}/disable");
    let disabled = city
        .administrator
        .post(&disable, &json!({"reason": "test"}))
        .await;
    assert_eq!(disabled.status, 200, "{}", disabled.text);
    let own = json!({"kind": "patient", "subject": aide});
    assert_eq!(
        ask(&chief, aide, "read-patient", own).await["disabled"],
        true
    );

    // The one read of a patient is the only read that there was.
    let since = platform.log().after(head, 1_000).await.unwrap();
    let reads = since.iter().filter(|event| event.kind == "access.recorded");
    assert_eq!(reads.count(), 1);

    // A hospital's manager asks about what is at the hospital.
    assert_eq!(
        ask(&session, aide, "read-staff", here.clone()).await["allowed"],
        false
    );
    let resource = json!({"kind": "patient", "subject": aide});
    let refused = say(&session, aide, "read-patient", resource).await;
    assert_eq!((refused.status, refused.problem()), (403, "forbidden"));
}

#[tokio::test]
async fn policies_are_read_and_asked_by_those_who_answer_for_them() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let person = Newcomer::register(&platform).await.person;
    let officer = platform
        .person(Uuid::now_v7(), &[Role::ComplianceOfficer])
        .await;
    let read = officer.get("/v1/policies").await.unwrap();
    assert_eq!(read.status, 200, "{}", read.text);
    let digest = read.body["policy_set"].as_str().unwrap();
    assert_eq!(digest.len(), 64);
    let found = ids(&read.body["items"]);
    assert!(
        found.is_sorted() && found.contains(&"nobody-chooses-for-themselves"),
        "{found:?}"
    );
    for policy in read.body["items"].as_array().unwrap() {
        let text = policy["text"].as_str().unwrap();
        assert!(text.contains("permit") || text.contains("forbid"), "{text}");
    }
    let actions = read.body["actions"].as_array().unwrap();
    assert!(actions.contains(&json!("test-policies")));

    let own = json!({"kind": "patient", "subject": person});
    let said = ask(&officer, person, "read-patient", own.clone()).await;
    assert_eq!(said["policy_set"], digest);
    for caller in [
        &city.receptionist,
        &platform.person(person, &[Role::Patient]).await,
    ] {
        assert_eq!(caller.get("/v1/policies").await.unwrap().status, 403);
        assert_eq!(
            say(caller, person, "read-patient", own.clone())
                .await
                .status,
            403
        );
    }
    let nobody = say(&officer, Uuid::now_v7(), "read-patient", own.clone()).await;
    assert_eq!((nobody.status, nobody.problem()), (404, "not-found"));
    for (action, resource, field) in [
        ("fly", own.clone(), "/action"),
        (
            "read-patient",
            json!({"kind": "spaceship"}),
            "/resource/kind",
        ),
        (
            "give-role",
            json!({"kind": "patient", "role": "surgeon"}),
            "/resource/role",
        ),
        (
            "read-patient",
            json!({"kind": "patient", "subject": "me"}),
            "/resource/subject",
        ),
        (
            "read-patient",
            json!({"kind": "patient", "tenant": person}),
            "/resource/tenant",
        ),
    ] {
        let refused = say(&officer, person, action, resource).await;
        assert_eq!(
            (refused.status, &refused.body["field"]),
            (422, &json!(field)),
            "{}",
            refused.text
        );
    }
}
