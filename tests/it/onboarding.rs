//! Hospitals and those who work there come to the platform, and nobody else does.

mod codes;
mod email;
mod invitations;

use std::time::Duration;

use medilink_tests::{
    Member, NewHospital, Newcomer, assert_read_models_equal_their_replay, id, settle,
};
use serde_json::json;
use uuid::Uuid;

use crate::platform;

/// What exists is in the read models by then.
const SOON: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_hospital_its_manager_and_its_doctor_come_to_the_platform() {
    let platform = platform().await;
    let registrar = platform.platform_administrator().await.caller;
    let me = registrar.get("/v1/me").await.unwrap();
    assert_eq!(me.body["roles"], json!(["platform-administrator"]));
    let city = NewHospital::register(&platform, &registrar).await;
    let path = city.path("invitations");
    let manager = &city.manager;
    let invitations = manager.caller.get_at(&path, manager.position).await;
    assert_eq!(
        invitations.body["items"][0]["email"],
        json!(city.manager.email)
    );
    assert!(invitations.body["items"][0]["accepted_at"].is_string());

    let issued = city.code(2).await;
    let code = issued.body["code"].as_str().unwrap();
    let (doctor, application) = Member::applied(&platform, code).await;
    let own = |rest: &str| format!("/v1/doctors/{}/{rest}", doctor.person);
    // They see what became of their application, and nothing else.
    let state = doctor
        .caller
        .get_at("/v1/me/application", doctor.position)
        .await;
    assert_eq!(state.body["status"], json!("open"), "{}", state.text);
    let week = own("schedule/weeks/2027-01-04");
    let hours = json!({"hours": [
        {"weekday": "monday", "opens": "09:00", "closes": "12:00", "slot_minutes": 30},
    ]});
    let set_week = || async {
        let request = doctor
            .caller
            .request(reqwest::Method::PUT, &week)
            .json(&hours);
        doctor.caller.send(request).await.unwrap()
    };
    for path in [
        "/v1/hospitals".to_owned(),
        city.path("applications"),
        city.path("codes"),
    ] {
        let refused = doctor.caller.get(&path).await.unwrap();
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
    }
    assert!(matches!(set_week().await.status, 403 | 404));

    let list = city.path("applications?status=open");
    let listed = city.manager.caller.get_at(&list, doctor.position).await;
    assert_eq!(
        listed.body["items"].as_array().unwrap().len(),
        1,
        "{}",
        listed.text
    );
    assert_eq!(listed.body["items"][0]["name"], json!("Gurpreet Singh"));
    assert_eq!(listed.body["items"][0]["applicant"], json!(doctor.person));
    let approved = city.approve(application).await;
    assert_eq!(approved.status, 200, "{}", approved.text);
    // From the commit on, with the session that they have.
    let set = set_week().await;
    assert_eq!(set.status, 200, "{}", set.text);
    let schedule = own("schedule");
    let schedule = doctor.caller.get_at(&schedule, set.position()).await;
    assert_eq!(schedule.status, 200, "{}", schedule.text);
    let state = doctor
        .caller
        .get_at("/v1/me/application", approved.position())
        .await;
    assert_eq!(state.body["status"], json!("approved"), "{}", state.text);
    let certificate = &state.body["certificates"][0];
    assert_eq!(certificate["verified_by"], json!(city.manager.person));
    let profile = json!({"languages": ["pa"], "qualifications": ["MD"], "about": "Sees children."});
    let path = own("profile");
    let request = doctor
        .caller
        .request(reqwest::Method::PUT, &path)
        .json(&profile);
    let set = doctor.caller.send(request).await.unwrap();
    assert_eq!(set.status, 200, "{}", set.text);
    let path = format!("/v1/doctors/{}", doctor.person);
    let shown = doctor.caller.get_at(&path, set.position()).await;
    assert_eq!(
        shown.body["profile"]["about"],
        json!("Sees children."),
        "{}",
        shown.text
    );
    assert_eq!(shown.body["languages"], json!(["pa"]));
    // Once is enough, and the number is theirs.
    let again = city.approve(application).await;
    assert_eq!(
        (again.status, again.problem()),
        (409, "application-not-open")
    );
    assert_read_models_equal_their_replay(&platform).await;
}

#[tokio::test]
async fn nobody_decides_on_their_own_application_nor_on_another_hospitals() {
    let platform = platform().await;
    let registrar = platform.platform_administrator().await.caller;
    let city = NewHospital::register(&platform, &registrar).await;
    let other = NewHospital::register(&platform, &registrar).await;
    let code = city.code(3).await;
    let code = code.body["code"].as_str().unwrap();
    let wish = json!({
        "hospital_code": code, "name": "Kiran Bedi", "languages": ["en"],
        "registration_number": "PMC-1",
    });
    let manager = &city.manager.caller;
    let applied = manager.post("/v1/me/application", &wish).await;
    assert_eq!(applied.status, 201, "{}", applied.text);
    let twice = manager.post("/v1/me/application", &wish).await;
    assert_eq!((twice.status, twice.problem()), (409, "application-open"));
    let own = applied.body["id"].as_str().unwrap().parse().unwrap();
    let refused = city.approve(own).await;
    assert_eq!(
        (refused.status, refused.problem()),
        (403, "own-application")
    );

    let (doctor, application) = Member::applied(&platform, code).await;
    settle(&platform, SOON).await;
    let stranger = &other.manager.caller;
    for (caller, who) in [(stranger, "another manager"), (&registrar, "the registrar")] {
        for action in ["approve", "reject", "withdraw"] {
            let body = match action {
                "approve" => json!({"department": other.department}),
                "reject" => json!({"reason": "no-vacancy"}),
                _ => json!({}),
            };
            let mut seen = Vec::new();
            for application in [application, Uuid::now_v7()] {
                let path = format!("/v1/applications/{application}/{action}");
                let mut answer = match action {
                    "withdraw" => {
                        let request = caller.request(reqwest::Method::POST, &path);
                        caller.send(request).await.unwrap()
                    }
                    _ => caller.post(&path, &body).await,
                };
                answer.body["instance"].take();
                seen.push((answer.status, answer.body));
            }
            assert_eq!(seen[0].0, 404, "{action} by {who}");
            assert_eq!(seen[0], seen[1], "{action} by {who}");
        }
    }
    // Not in lists, whatever is asked of them.
    let theirs = city.path("applications");
    assert_eq!(stranger.get(&theirs).await.unwrap().status, 403);
    for query in ["", "?status=open", &format!("?after={}", Uuid::nil())] {
        let list = other.path(&format!("applications{query}"));
        let list = stranger.get(&list).await.unwrap();
        assert_eq!(list.body["items"], json!([]), "{}", list.text);
    }
    let filtered = other.path(&format!("applications?hospital={}", city.hospital));
    let filtered = stranger.get(&filtered).await.unwrap();
    assert!(
        !filtered.text.contains(&application.to_string()),
        "{}",
        filtered.text
    );

    // Withdrawn by who made it, and by nobody else; then there is room for another.
    let path = format!("/v1/applications/{application}/withdraw");
    let request = doctor.caller.request(reqwest::Method::POST, &path);
    assert_eq!(doctor.caller.send(request).await.unwrap().status, 200);
    let late = city.approve(application).await;
    assert_eq!((late.status, late.problem()), (409, "application-not-open"));
    let again = doctor.caller.post("/v1/me/application", &wish).await;
    assert_eq!(again.status, 201, "{}", again.text);
    let again: Uuid = again.body["id"].as_str().unwrap().parse().unwrap();
    let reason = json!({"reason": "no-vacancy"});
    let path = format!("/v1/applications/{again}/reject");
    let rejected = manager.post(&path, &reason).await;
    assert_eq!(rejected.status, 200, "{}", rejected.text);
    let state = doctor
        .caller
        .get_at("/v1/me/application", rejected.position())
        .await;
    assert_eq!(state.body["status"], json!("rejected"), "{}", state.text);
    assert_eq!(state.body["reason"], json!("no-vacancy"));
    assert_eq!(
        doctor.caller.get("/v1/hospitals").await.unwrap().status,
        403
    );
}

#[tokio::test]
async fn who_is_taken_on_was_told_who_looked_and_needs_more_than_a_password() {
    let platform = platform().await;
    let registrar = platform.platform_administrator().await.caller;
    let city = NewHospital::register(&platform, &registrar).await;
    let bina = Newcomer::register(&platform).await;
    let caller = bina.sign_in(&platform).await.caller(&platform);
    let issued = city.code(1).await;
    let wish = json!({
        "hospital_code": issued.body["code"], "name": "Bina Devi", "languages": ["en"],
        "registration_number": "PMC-7",
    });
    let applied = caller.post("/v1/me/application", &wish).await;
    let application = id(&applied);
    let manager = &city.manager.caller;
    let path = city.path("applications");
    let listed = manager.get_at(&path, applied.position()).await;
    assert_eq!(listed.body["items"][0]["name"], json!("Bina Devi"));
    // By the name that the manager gave when they accepted.
    let head = platform.log().head().await.unwrap().0;
    let path = format!("/v1/patients/{}/accesses?language=en", bina.person);
    let told = caller.get_at(&path, head).await;
    let sentence = "Kiran Bedi, hospital manager, read your application to work at a hospital \
                    to run the hospital.";
    assert!(told.text.contains(sentence), "{}", told.text);

    let approved = city.approve(application).await;
    assert_eq!(approved.status, 200, "{}", approved.text);
    let path = city.path("staff");
    let staff = manager.get_at(&path, approved.position()).await;
    let names = staff.body["items"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|member| &member["name"]).collect();
    assert_eq!(names, [&json!("Kiran Bedi"), &json!("Bina Devi")]);
    // What became of it can be read with a password, and others' data can't.
    let mine = "/v1/me/application";
    let state = caller.get_at(mine, approved.position()).await;
    assert_eq!(state.body["status"], json!("approved"), "{}", state.text);
    let day = format!("/v1/doctors/{}/day?date=2027-01-04", bina.person);
    let refused = caller.get(&day).await.unwrap();
    assert_eq!(
        (refused.status, refused.problem()),
        (403, "second-factor-required"),
        "{}",
        refused.text
    );
    let full = bina.sign_in_fully(&platform).await.caller(&platform);
    let seen = full.get_at(&day, approved.position()).await;
    assert_eq!(seen.status, 200, "{}", seen.text);
}
