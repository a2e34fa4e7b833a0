//! Invitations: taken up once, by whoever reads the address.

use futures::future::join_all;
use medilink_tests::{
    History, Member, NewHospital, Newcomer, PASSWORD, assert_read_models_equal_their_replay,
    new_address,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

#[tokio::test]
async fn an_invitation_is_taken_up_once() {
    let platform = platform().await;
    let registrar = platform.platform_administrator().await.caller;
    let city = NewHospital::register(&platform, &registrar).await;
    let manager = &city.manager.caller;
    let visitor = platform.caller("");
    let invite = |email: String, role: &'static str| {
        let path = city.path("invitations");
        let body = json!({"email": email, "language": "hi", "role": role});
        async move { manager.post(&path, &body).await }
    };
    let email = new_address();
    let invited = invite(email.clone(), "receptionist").await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    assert!(!invited.text.contains(&email), "{}", invited.text);
    let invitation = platform.last_invitation().await;
    let code = platform.code_of_invitation(invitation).await;
    let path = format!("/v1/invitations/{invitation}/accept");
    let body = json!({"code": code, "name": "Asha Rao", "password": PASSWORD});
    for (field, value) in [
        ("role", json!("administrator")),
        ("tenant", json!(Uuid::now_v7())),
        ("hospital", json!(city.hospital)),
        ("email", json!(new_address())),
    ] {
        let mut more = body.clone();
        more[field] = value;
        let refused = visitor.post(&path, &more).await;
        let told = (refused.status, refused.problem());
        assert_eq!(told, (422, "unknown-field"), "{}", refused.text);
    }
    // Unknown, with a wrong code, or revoked: told the same.
    invite(new_address(), "nurse").await;
    let revoked = platform.last_invitation().await;
    let code_of_revoked = platform.code_of_invitation(revoked).await;
    let request = manager.request(
        Method::DELETE,
        &city.path(&format!("invitations/{revoked}")),
    );
    assert_eq!(manager.send(request).await.unwrap().status, 200);
    let mut told: Vec<(u16, Value)> = Vec::new();
    for (invitation, code) in [
        (invitation, "00000-00000"),
        (Uuid::now_v7(), code.as_str()),
        (revoked, code_of_revoked.as_str()),
    ] {
        let path = format!("/v1/invitations/{invitation}/accept");
        let mut wrong = body.clone();
        wrong["code"] = json!(code);
        let mut refused = visitor.post(&path, &wrong).await;
        refused.body["instance"].take();
        told.push((refused.status, refused.body));
    }
    assert_eq!(told[0].0, 422);
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");

    // Three times at once: it is taken up once.
    let tries = (0..3).map(|_| visitor.persist(&path, &body));
    let answers = join_all(tries).await;
    let taken: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .collect();
    assert_eq!(taken.len(), 1, "{answers:?}");
    let person = taken[0].body["id"].as_str().unwrap().parse().unwrap();
    let member = Member::of(&platform, person, email, taken[0].position()).await;
    let directory = member.caller.get("/v1/hospitals").await.unwrap();
    assert_eq!(directory.status, 200, "{}", directory.text);
    let history = History::read(&platform).await;
    assert_eq!(history.of("invitation.accepted").count(), 3);
    assert_read_models_equal_their_replay(&platform).await;
}

#[tokio::test]
async fn a_manager_invites_to_what_they_may_give_at_their_own_hospital() {
    let platform = platform().await;
    let registrar = platform.platform_administrator().await.caller;
    let city = NewHospital::register(&platform, &registrar).await;
    let other = NewHospital::register(&platform, &registrar).await;
    let manager = &city.manager.caller;
    let wish = |role: &str| json!({"email": new_address(), "language": "pa", "role": role});
    for (caller, path, role, status) in [
        (manager, city.path("invitations"), "administrator", 201),
        (manager, city.path("invitations"), "doctor", 422),
        (manager, city.path("invitations"), "patient", 403),
        // Who looks into what was done is not chosen by those who do it.
        (manager, city.path("invitations"), "compliance-officer", 403),
        (
            manager,
            city.path("invitations"),
            "platform-administrator",
            403,
        ),
        (manager, other.path("invitations"), "receptionist", 403),
        (
            &registrar,
            other.path("invitations"),
            "compliance-officer",
            201,
        ),
        (&registrar, other.path("invitations"), "administrator", 201),
        (&registrar, other.path("invitations"), "receptionist", 403),
    ] {
        let answer = caller.post(&path, &wish(role)).await;
        assert_eq!(answer.status, status, "{role} at {path}: {}", answer.text);
    }
    // Another hospital's invitation is not there.
    let theirs = platform.last_invitation().await;
    for hospital in [&city, &other] {
        let path = hospital.path(&format!("invitations/{theirs}"));
        let answer = manager.send(manager.request(Method::DELETE, &path)).await;
        assert_eq!(answer.unwrap().status, 404);
    }
    // A manager registers no hospitals.
    let body = json!({"name": "X", "time_zone": "Asia/Kolkata"});
    assert_eq!(manager.post("/v1/hospitals", &body).await.status, 403);
}

#[tokio::test]
async fn who_has_an_account_takes_an_invitation_up_with_it() {
    let platform = platform().await;
    let registrar = platform.platform_administrator().await.caller;
    let city = NewHospital::register(&platform, &registrar).await;
    let asha = Newcomer::register(&platform).await;
    let bina = Newcomer::register(&platform).await;
    let hers = asha.sign_in_fully(&platform).await;
    let theirs = bina.sign_in(&platform).await;
    let body = json!({"email": asha.email, "language": "en", "role": "receptionist"});
    let invited = city
        .manager
        .caller
        .post(&city.path("invitations"), &body)
        .await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    let invitation = platform.last_invitation().await;
    let code = platform.code_of_invitation(invitation).await;
    let public = json!({"code": code, "name": "Asha Rao", "password": PASSWORD});
    let path = format!("/v1/invitations/{invitation}/accept");
    let refused = platform.caller("").post(&path, &public).await;
    assert_eq!((refused.status, refused.problem()), (409, "email-taken"));
    let body = json!({"code": code, "name": "Asha Rao"});
    let path = format!("/v1/me/invitations/{invitation}/accept");
    let refused = theirs.caller(&platform).post(&path, &body).await;
    let told = (refused.status, refused.problem());
    assert_eq!(
        told,
        (403, "invitation-for-another-address"),
        "{}",
        refused.text
    );
    let caller = hers.caller(&platform);
    let accepted = caller.post(&path, &body).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text);
    assert_eq!(accepted.body["id"], json!(asha.person));
    let again = caller.post(&path, &body).await;
    assert_eq!((again.status, again.problem()), (422, "invitation-refused"));
    // She is at the front desk now, and still a patient.
    let mine = "/v1/me/application";
    assert_eq!(caller.get(mine).await.unwrap().status, 404);
    assert_eq!(caller.get("/v1/hospitals").await.unwrap().status, 200);
    let history = History::read(&platform).await;
    let given = history.of("staff.role-given").last().unwrap();
    assert_eq!(given.stream, format!("staff-{}", asha.person));
    assert_eq!(given.position.0, accepted.position() - 1);
    let own = format!("/v1/patients/{}", asha.person);
    assert_eq!(caller.get(&own).await.unwrap().status, 200);
}
