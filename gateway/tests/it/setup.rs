//! What administrators set up, and how it is shown.

use medilink_domain::values::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::clinic::{Clinic, done, slug};
use crate::site::{answer, id};

#[tokio::test]
async fn a_hospital_shows_its_assets_holidays_and_rules() {
    let clinic = Clinic::open().await;
    let (site, administrator) = (&clinic.site, &clinic.administrator);
    let hospital = format!("/v1/hospitals/{}", clinic.hospital);
    let (_, bare) = site
        .get_after(
            &json!({"position": clinic.head().await}),
            &hospital,
            administrator,
        )
        .await;
    assert_eq!(
        (&bare["assets"], &bare["holidays"]),
        (&json!([]), &json!([]))
    );
    let no_rules = json!({
        "minimum_notice_minutes": 0, "check_in_opens_minutes": 0, "offer_hold_minutes": 30,
        "cancellation": {"notice_minutes": 0, "waived_by": []},
    });
    assert_eq!(bare["booking_policy"], no_rules);

    let assets = clinic.path("assets");
    let add = |name: &str| json!({"class": "procedure-room", "name": name});
    let (room, gone) = (
        done(site.post(&assets, administrator, add("Room 1")).await),
        done(site.post(&assets, administrator, add("Room 2")).await),
    );
    let (status, taken) = site.post(&assets, administrator, add("rOOM 1")).await;
    assert_eq!(
        (status, slug(&taken), &taken["field"]),
        (409, "asset-name-taken", &json!("/name"))
    );
    let gone = format!("{assets}/{gone}");
    assert_eq!(site.delete(&gone, administrator).await.0, 200);
    assert_eq!(site.delete(&gone, administrator).await.0, 404);
    let tomorrow = clinic.today.succ_opt().unwrap();
    let holidays = clinic.path("holidays");
    for (date, name) in [(tomorrow, "Second"), (clinic.today, "First")] {
        let body = json!({"date": date, "name": name});
        assert_eq!(site.post(&holidays, administrator, body).await.0, 201);
    }
    let rules = json!({
        "minimum_notice_minutes": 60, "most_days_ahead": 90, "most_open_visits": 3,
        "most_visits_a_day": 2, "check_in_opens_minutes": 45, "offer_hold_minutes": 20,
        "no_show_fee": {"minor": 20_000, "currency": "INR"},
        "cancellation": {
            "notice_minutes": 1440, "late_fee": {"minor": 10_000, "currency": "INR"},
            "waived_by": ["doctor", "receptionist"],
        },
    });
    let path = clinic.path("booking-policy");
    let stale = site
        .request(Method::PUT, &path, administrator)
        .header("if-match", "\"1\"");
    let (status, mismatch) = answer(stale.json(&rules)).await;
    assert_eq!((status, slug(&mismatch)), (412, "version-mismatch"));
    let (status, set) = site.put(&path, administrator, rules.clone()).await;
    assert_eq!(status, 200, "{set}");

    let (_, shown) = site.get_after(&set, &hospital, administrator).await;
    assert_eq!(
        shown["assets"],
        json!([{"id": room, "class": "procedure-room", "name": "Room 1"}])
    );
    assert_eq!(
        shown["holidays"],
        json!([{"date": clinic.today, "name": "First"}, {"date": tomorrow, "name": "Second"}])
    );
    assert_eq!(shown["booking_policy"], rules);
    assert_eq!(shown["version"], set["version"]);
    for (path, body) in [(&assets, add("X")), (&path, rules)] {
        let method = if path == &assets {
            Method::POST
        } else {
            Method::PUT
        };
        let request = site.request(method, path, &clinic.reception).json(&body);
        assert_eq!(answer(request).await.0, 403, "{path}");
    }
    clinic.site.close().await;
}

#[tokio::test]
async fn a_visit_type_is_defined_changed_and_retired() {
    let clinic = Clinic::open().await;
    let (site, administrator) = (&clinic.site, &clinic.administrator);
    let list = clinic.path("visit-types");
    let mut terms = json!({
        "name": "First consultation", "minutes": 30, "buffer_before": 5, "buffer_after": 10,
        "modes": ["in_person", "video"], "price": "consult-1", "needs": ["room", "room"],
    });
    let (status, defined) = site.post(&list, administrator, terms.clone()).await;
    assert_eq!(status, 201, "{defined}");
    let path = format!("/v1/visit-types/{}", id(&defined));
    let with = |terms: &Value, version: u64, retired: bool| {
        let mut shown = terms.clone();
        shown["id"] = defined["id"].clone();
        shown["hospital"] = json!(clinic.hospital);
        shown["version"] = json!(version);
        shown["retired"] = json!(retired);
        shown
    };
    let (_, shown) = site.get_after(&defined, &path, &clinic.reception).await;
    assert_eq!(shown, with(&terms, 1, false));
    terms["minutes"] = json!(45);
    terms.as_object_mut().unwrap().remove("price");
    let fresh = site
        .request(Method::PUT, &path, administrator)
        .header("if-match", "\"1\"");
    let (status, changed) = answer(fresh.json(&terms)).await;
    assert_eq!((status, &changed["version"]), (200, &json!(2)), "{changed}");
    let (_, all) = site.get_after(&changed, &list, &clinic.reception).await;
    assert_eq!(all["items"], json!([with(&terms, 2, false)]));
    let (status, retired) = site.delete(&path, administrator).await;
    assert_eq!(status, 200, "{retired}");
    let (_, all) = site.get_after(&retired, &list, &clinic.reception).await;
    assert_eq!(all["items"], json!([]));
    let (_, shown) = site.get_after(&retired, &path, &clinic.reception).await;
    assert_eq!(shown, with(&terms, 3, true));
    let (status, gone) = site.put(&path, administrator, terms).await;
    assert_eq!((status, slug(&gone)), (409, "visit-type-retired"));
    clinic.site.close().await;
}

#[tokio::test]
async fn a_schedule_shows_weeks_dates_and_leave_and_a_doctor_keeps_their_own() {
    let clinic = Clinic::open().await;
    let site = &clinic.site;
    let doctor = clinic.doctor_in(clinic.department, &["en"]).await;
    let own = site.token(doctor, Role::Doctor).await;
    let other = site.token(uuid::Uuid::now_v7(), Role::Doctor).await;
    let schedule = format!("/v1/doctors/{doctor}/schedule");
    let registered = json!({"position": clinic.head().await});
    let (status, none) = site.get_after(&registered, &schedule, &own).await;
    assert_eq!((status, slug(&none)), (404, "not-found"), "{none}");

    let hours = json!({"opens": "09:00", "closes": "12:30", "slot_minutes": 15});
    let mut monday = hours.clone();
    monday["weekday"] = json!("monday");
    monday["modes"] = json!(["video"]);
    let week = format!("{schedule}/weeks/{}", clinic.today);
    let body = json!({"hours": [monday], "most_visits": 12});
    assert_eq!(site.put(&week, &other, body.clone()).await.0, 403);
    let (status, set) = site.put(&week, &own, body).await;
    assert_eq!(status, 200, "{set}");
    let day = format!("{schedule}/dates/{}", clinic.today);
    assert_eq!(site.put(&day, &own, json!({"hours": [hours]})).await.0, 200);
    let leave = json!({"from": clinic.today, "until": clinic.today});
    let (status, granted) = site
        .post(&format!("/v1/doctors/{doctor}/leaves"), &own, leave)
        .await;
    assert_eq!(status, 201, "{granted}");
    let (_, shown) = site.get_after(&granted, &schedule, &clinic.reception).await;
    let (mut monday, mut hours) = (monday, hours);
    monday["visit_types"] = json!([]);
    hours["modes"] = json!([]);
    hours["visit_types"] = json!([]);
    let expected = json!({
        "doctor": doctor, "hospital": clinic.hospital, "version": 3,
        "weeks": [{"from": clinic.today, "hours": [monday], "most_visits": 12}],
        "dates": [{"date": clinic.today, "hours": [hours]}],
        "leaves": [{"id": granted["id"], "from": clinic.today, "until": clinic.today}],
    });
    assert_eq!(shown, expected);
    clinic.site.close().await;
}

#[tokio::test]
async fn a_patient_chooses_when_to_be_reminded() {
    let clinic = Clinic::open().await;
    let site = &clinic.site;
    let (patient, token) = clinic.patient().await;
    let path = format!("/v1/patients/{patient}");
    let choose = format!("{path}/reminders");
    for (leads, shown) in [
        (json!([60, 2880, 60]), json!([2880, 60])),
        (json!([]), json!([])),
        (Value::Null, Value::Null),
    ] {
        let (status, chosen) = site.put(&choose, &token, json!({"leads": leads})).await;
        assert_eq!(status, 200, "{chosen}");
        let (_, read) = site.get_after(&chosen, &path, &token).await;
        assert_eq!(read["reminders"], shown, "{read}");
        assert_eq!(read["version"], chosen["version"]);
    }
    let stale = site
        .request(Method::PUT, &choose, &token)
        .header("if-match", "\"1\"");
    assert_eq!(answer(stale.json(&json!({"leads": [5]}))).await.0, 412);
    let (_, stranger) = clinic.patient().await;
    assert_eq!(site.put(&choose, &stranger, json!({})).await.0, 404);
    clinic.site.close().await;
}
