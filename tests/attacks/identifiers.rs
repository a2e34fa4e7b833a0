//! Ids of others, wherever an id can be said: what is somebody else's answers as what is not
//! there at all.

use std::time::Duration;

use medilink_domain::TenantId;
use medilink_domain::values::Role;
use medilink_tests::{Answer, CANARY, Caller, Hospital, Platform, id, settle};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;
use crate::routes::{ids_in, routes, with_query};
use crate::tally::Tally;
use crate::world::World;

const SOON: Duration = Duration::from_secs(60);

/// Those who have nothing to do with the patient.
async fn strangers(platform: &Platform) -> Vec<(&'static str, Caller)> {
    let new = Uuid::now_v7;
    let elsewhere = TenantId(new());
    let staff = [
        Role::Receptionist,
        Role::Administrator,
        Role::ComplianceOfficer,
        Role::Operator,
    ];
    let there = platform.token_in(elsewhere, new(), &staff).await;
    vec![
        (
            "another patient",
            platform.person(new(), &[Role::Patient]).await,
        ),
        (
            "another doctor",
            platform.person(new(), &[Role::Doctor]).await,
        ),
        ("another tenant's staff", platform.caller(&there)),
    ]
}

/// What of an answer can tell one record from another.
fn shown(answer: &Answer, id: &str) -> (u16, Value, Vec<String>) {
    let mut body = answer.body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("instance");
        fields.remove("position");
    }
    let body = body.to_string().replace(id, "<id>");
    let names = [
        "etag",
        "last-modified",
        "location",
        "medilink-position",
        "vary",
    ];
    let headers = names.map(|name| answer.header(name).replace(id, "<id>"));
    (
        answer.status,
        serde_json::from_str(&body).unwrap_or_default(),
        headers[..3].to_vec(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_somebody_elses_answers_as_what_is_not_there() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    let strangers = strangers(&platform).await;
    settle(&platform, SOON).await;
    let mut tally = Tally::of("ids of others in paths");
    for route in routes(&platform).await {
        if route.is_stream() {
            continue;
        }
        for (who, caller) in &strangers {
            let (path, body) = route.sample(&world).await;
            for theirs in ids_in(&path) {
                let nobodys = Uuid::now_v7().to_string();
                let real = route.send(caller, &path, body.as_ref()).await;
                let elsewhere = path.replace(theirs, &nobodys);
                let nothing = route.send(caller, &elsewhere, body.as_ref()).await;
                // What is for everyone to read is no secret; it names no patient.
                let open = real.status < 300 && !real.text.contains("Asha");
                let alike = shown(&real, theirs) == shown(&nothing, &nobodys);
                let foreign = *who == "another tenant's staff";
                let ours = !foreign && real.status != 404;
                let ids = world.ids();
                let mut others = ids.iter().filter(|id| !path.contains(*id));
                let shows = foreign && others.any(|id| real.text.contains(id));
                tally.take(
                    format_args!("{who}, {} {path}", route.operation),
                    !shows && (alike || open || (ours && real.status >= 400)),
                    format_args!("{} / {}", real.text, nothing.text),
                );
            }
        }
    }
    tally.end(150);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_others_in_bodies_and_filters_get_nothing() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    let strangers = strangers(&platform).await;
    let other = Hospital::open(&platform).await;
    let other_doctor = other.doctor(7).await;
    settle(&platform, SOON).await;
    let mut tally = Tally::of("ids of others in bodies, filters, cursors and under other parents");
    let World {
        city,
        doctor,
        patient,
        appointment,
        visit_type,
        consent,
        ..
    } = &world;
    for (who, caller) in &strangers {
        let bodies = [
            (
                "/v1/appointments",
                city.booking(*patient, *doctor, city.at(world.slot())),
            ),
            ("/v1/series", world.series()),
            ("/v1/waitlist", world.wish(world.fresh_date())),
            ("/v1/walk-ins", world.walk_in()),
            (
                "/v1/policies/test",
                json!({
                    "person": patient, "action": "read-patient",
                    "resource": {"kind": "patient", "subject": patient},
                }),
            ),
        ];
        for (path, body) in bodies {
            let answer = caller.post(path, &body).await;
            let repelled = (400..500).contains(&answer.status) && !answer.text.contains(CANARY);
            tally.take(format_args!("{who}, POST {path}"), repelled, &answer.text);
        }
        let own = Uuid::now_v7();
        for path in [
            format!("/v1/accesses?subject={patient}"),
            format!("/v1/accesses?actor={doctor}"),
            format!("/v1/patients/{own}/appointments?patient={patient}"),
            format!("/v1/patients/{own}/appointments?after={appointment}"),
            format!("/v1/patients/{own}/consents?after={consent}"),
            format!("/v1/patients/{own}/notices?after={appointment}"),
            format!("/v1/patients/{own},{patient}/appointments"),
            format!("/v1/patients/{own}/../{patient}"),
            format!("/v1/patients/{own}%2F..%2F{patient}"),
            format!("/v1/patients/{own}/..%2f{patient}"),
            format!("/v1/patients/{own}?id={patient}"),
            format!("/v1//patients/{patient}"),
            format!("/v1/patients/{patient}/"),
            format!("/V1/PATIENTS/{patient}"),
            format!("/v1/patients/{}", patient.to_string().to_uppercase()),
            format!("/v1/patients/{{{patient}}}"),
            format!("/v1/patients/urn:uuid:{patient}"),
            format!("/v1/patients/{}", patient.simple()),
            format!("/v1/patients/{patient}%00"),
            format!("/v1/patients/{patient};{own}"),
        ] {
            let answer = caller.get(&path).await.unwrap();
            let found = answer.body["items"]
                .as_array()
                .is_some_and(|items| !items.is_empty());
            let told = answer.text.contains(CANARY)
                || (answer.status == 200 && answer.text.contains(&patient.to_string()));
            let repelled = !told && !found && answer.status < 500;
            tally.take(format_args!("{who}, GET {path}"), repelled, &answer.text);
        }
    }
    // A child under the parent of another.
    let manager = &other.administrator;
    let there = other.hospital;
    for (method, path, body) in [
        (
            "PUT",
            format!("/v1/visit-types/{visit_type}?hospital={there}"),
            Some(World::visit_type()),
        ),
        (
            "DELETE",
            format!("/v1/hospitals/{there}/assets/{visit_type}"),
            None,
        ),
        (
            "GET",
            format!(
                "/v1/hospitals/{there}/board?date={}&doctor={doctor}",
                city.date
            ),
            None,
        ),
        (
            "DELETE",
            format!(
                "/v1/doctors/{other_doctor}/windows/{appointment}?date={}",
                city.date
            ),
            None,
        ),
        (
            "DELETE",
            format!("/v1/doctors/{other_doctor}/leaves/{appointment}"),
            None,
        ),
        (
            "DELETE",
            format!("/v1/hospitals/{there}/departments/{}", city.department),
            None,
        ),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = manager.request(method, &path);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let answer = manager.send(request).await.unwrap();
        let changed = answer.status < 300 && answer.body["position"].is_u64();
        let repelled =
            !changed && !answer.text.contains(&format!("Asha {CANARY}")) && answer.status < 500;
        tally.take(
            format_args!("a child of another, {path}"),
            repelled,
            &answer.text,
        );
    }
    // Whose record it is was not touched.
    let head = platform.log().head().await.unwrap();
    let own = platform.person(*patient, &[Role::Patient]).await;
    let mine = own
        .get_at(&format!("/v1/appointments/{appointment}"), head.0)
        .await;
    assert_eq!(mine.body["status"], "booked", "{}", mine.text);
    tally.end(60);
}

/// A list of one's own, gone on with where somebody else's was left.
#[tokio::test]
async fn a_cursor_of_another_list_shows_nothing_of_it() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    for _ in 0..3 {
        world.appointment().await;
    }
    let mine = world.city.patient(9).await;
    let booked = world.city.book(mine, world.doctor, world.slot()).await;
    let own = platform.person(mine, &[Role::Patient]).await;
    let theirs = platform.person(world.patient, &[Role::Patient]).await;
    let list = |person: Uuid| format!("/v1/patients/{person}/appointments?limit=1");
    let page = theirs.get_at(&list(world.patient), booked.position()).await;
    let cursor = page.body["next"]
        .as_str()
        .expect("there is more")
        .to_owned();
    let mut tally = Tally::of("cursors of others");
    let mine_at = own.get_at(&list(mine), booked.position()).await;
    assert_eq!(
        mine_at.body["items"][0]["id"],
        json!(id(&booked)),
        "{}",
        mine_at.text
    );
    let mut flipped = cursor.clone().into_bytes();
    flipped[0] ^= 1;
    for after in [
        cursor.clone(),
        cursor.to_uppercase(),
        cursor.chars().rev().collect(),
        String::from_utf8_lossy(&flipped).into_owned(),
        format!("{cursor}{cursor}"),
        String::new(),
        "-1".to_owned(),
        "9".repeat(40),
        Uuid::nil().to_string(),
        Uuid::max().to_string(),
    ] {
        let path = with_query(&list(mine), "after", &after);
        let answer = own.get(&path).await.unwrap();
        let items = answer.body["items"].as_array().cloned().unwrap_or_default();
        let only_own = items.iter().all(|item| item["id"] == json!(id(&booked)));
        tally.take(&after, only_own && answer.status < 500, &answer.text);
    }
    tally.end(10);
}
