//! The day of a visit over a real socket, log, vault and read models: from the search of a
//! slot to what the patient thought of it.

use medilink_domain::values::Role;
use serde_json::{Value, json};

use crate::clinic::{Clinic, done, slug};
use crate::site::id;

#[tokio::test]
async fn a_visit_goes_from_check_in_to_feedback() {
    let clinic = Clinic::open().await;
    let (site, reception) = (&clinic.site, &clinic.reception);
    let doctor = clinic.doctor().await;
    let doctors = site.token(doctor, Role::Doctor).await;
    let asset = json!({"class": "ultrasound", "name": "Ultrasound 1"});
    let assets = clinic.path("assets");
    let asset = done(site.post(&assets, &clinic.administrator, asset).await);
    let kind = json!({
        "name": "Ultrasound", "minutes": 10, "modes": ["in_person"], "price": "us-1",
        "needs": ["ultrasound"],
    });
    let kinds = clinic.path("visit-types");
    let (status, kind) = site.post(&kinds, &clinic.administrator, kind).await;
    assert_eq!(status, 201, "{kind}");
    let (patient, token) = clinic.patient().await;

    let slots = clinic
        .slots(&kind, &format!("&visit_type={}", id(&kind)))
        .await;
    let book = json!({
        "patient": patient, "doctor": doctor, "starts_at": slots[0]["starts_at"],
        "visit_type": kind["id"], "mode": "in_person", "reason": "belly ache",
    });
    let (status, booked) = site.post("/v1/appointments", &token, book).await;
    assert_eq!(status, 201, "{booked}");
    assert_eq!(booked["fee"], Value::Null);
    let visit = format!("/v1/appointments/{}", id(&booked));
    let (_, read) = site.get_after(&booked, &visit, &token).await;
    for (field, expected) in [
        ("status", json!("booked")),
        ("mode", json!("in_person")),
        ("visit_type", kind["id"].clone()),
        ("price", json!("us-1")),
        ("assets", json!([asset])),
        ("walk_in", json!(false)),
        ("previous", json!([])),
        ("fees", json!([])),
        ("token", Value::Null),
    ] {
        assert_eq!(read[field], expected, "{field}: {read}");
    }
    let place = format!("{visit}/queue");
    let (_, waiting) = site.get_after(&booked, &place, &token).await;
    assert_eq!(waiting, json!({"status": "booked"}));
    let (status, early) = site
        .post(&format!("{visit}/no-show"), reception, json!({}))
        .await;
    assert_eq!((status, slug(&early)), (409, "too-early-for-no-show"));
    let (status, early) = site
        .post(&format!("{visit}/start"), &doctors, json!({}))
        .await;
    assert_eq!((status, slug(&early)), (409, "not-checked-in"));

    let (status, arrived) = site
        .post(&format!("{visit}/check-in"), reception, json!({}))
        .await;
    assert_eq!(
        (status, &arrived["token"], &arrived["ahead"]),
        (200, &json!(1), &json!(0)),
        "{arrived}"
    );
    let (other, other_token) = clinic.patient().await;
    let walk_in = json!({"patient": other, "doctor": doctor, "reason": "fever"});
    let (status, walked_in) = site.post("/v1/walk-ins", reception, walk_in.clone()).await;
    assert_eq!(
        (status, &walked_in["token"], &walked_in["ahead"]),
        (201, &json!(2), &json!(1)),
        "{walked_in}"
    );
    let (status, _) = site.post("/v1/walk-ins", &other_token, walk_in).await;
    assert_eq!(status, 403, "only the reception takes walk-ins");

    let queue = format!("/v1/doctors/{doctor}/queue?date={}", clinic.today);
    let (_, shown) = site.get_after(&walked_in, &queue, &other_token).await;
    let expected =
        json!({"date": clinic.today, "in_progress": [], "waiting": [1, 2], "last_token": 2});
    assert_eq!(shown, expected);
    let (status, started) = site
        .post(&format!("{visit}/start"), &doctors, json!({}))
        .await;
    assert_eq!(status, 200, "{started}");
    let (_, shown) = site.get_after(&started, &queue, &other_token).await;
    let expected =
        json!({"date": clinic.today, "in_progress": [1], "waiting": [2], "last_token": 2});
    assert_eq!(shown, expected);
    let next = format!("/v1/appointments/{}/queue", id(&walked_in));
    let (_, next_place) = site.get_after(&started, &next, &other_token).await;
    let expected = json!({"status": "checked_in", "token": 2, "ahead": 0});
    assert_eq!(next_place, expected);
    assert_eq!(site.get(&next, &token).await.0, 404, "it is not theirs");

    let feedback = format!("{visit}/feedback");
    let stars = json!({"rating": 4, "comment": "kind and quick"});
    let (status, early) = site.post(&feedback, &token, stars.clone()).await;
    assert_eq!((status, slug(&early)), (409, "visit-not-completed"));
    let (status, completed) = site
        .post(&format!("{visit}/complete"), &doctors, json!({}))
        .await;
    assert_eq!(status, 200, "{completed}");
    let (status, given) = site.post(&feedback, &token, stars.clone()).await;
    assert_eq!(status, 201, "{given}");
    let (status, again) = site.post(&feedback, &token, stars).await;
    assert_eq!((status, slug(&again)), (409, "feedback-already-given"));
    let ratings = format!("/v1/doctors/{doctor}/ratings");
    let (_, ratings) = site.get_after(&given, &ratings, &other_token).await;
    assert_eq!(ratings, json!({"count": 1, "mean": 4.0}));
    let (_, read) = site.get_after(&given, &visit, &token).await;
    assert_eq!(
        (&read["status"], &read["token"]),
        (&json!("completed"), &json!(1))
    );
    let times = ["checked_in_at", "started_at", "completed_at"].map(|at| read[at].as_str());
    assert!(times.is_sorted() && times[0].is_some(), "{read}");
    clinic.site.close().await;
}

#[tokio::test]
async fn a_board_names_patients_to_the_reception_and_figures_name_nobody() {
    let clinic = Clinic::open().await;
    let (site, reception) = (&clinic.site, &clinic.reception);
    let doctor = clinic.doctor().await;
    let ((patient, token), (other, _)) = (clinic.patient().await, clinic.patient().await);
    let booked = clinic.book(reception, patient, doctor).await;
    let visit = format!("/v1/appointments/{}", id(&booked));
    let (status, cancelled) = site
        .post(&format!("{visit}/cancel"), &token, json!({}))
        .await;
    assert_eq!(status, 200, "{cancelled}");
    let walk_in = json!({"patient": other, "doctor": doctor});
    let (_, walked_in) = site.post("/v1/walk-ins", reception, walk_in).await;
    let visit = format!("/v1/appointments/{}", id(&walked_in));
    for step in ["start", "complete"] {
        let (status, done) = site
            .post(&format!("{visit}/{step}"), reception, json!({}))
            .await;
        assert_eq!(status, 200, "{done}");
    }
    let written = json!({"position": clinic.head().await});

    let board = clinic.path(&format!("board?date={}", clinic.today));
    let before = site.count("access.recorded").await;
    let (status, day) = site.get_after(&written, &board, reception).await;
    assert_eq!(status, 200, "{day}");
    let patients: Vec<_> = day["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|visit| (visit["patient"].clone(), visit["status"].clone()))
        .collect();
    assert_eq!(patients.len(), 2, "{day}");
    for expected in [
        (json!(patient), json!("cancelled")),
        (json!(other), json!("completed")),
    ] {
        assert!(patients.contains(&expected), "{day}");
    }
    assert_eq!(site.count("access.recorded").await, before + 2);
    let (_, first) = site
        .get_after(&written, &format!("{board}&limit=1"), reception)
        .await;
    let rest = format!("{board}&after={}", first["next"].as_str().unwrap());
    let (_, rest) = site.get_after(&written, &rest, reception).await;
    let pages = [&first["items"], &rest["items"]].map(|items| items.as_array().unwrap().clone());
    assert_eq!(json!(pages.concat()), day["items"]);
    assert!(rest["next"].is_null(), "{rest}");
    let elsewhere = clinic.department("Lung", "Pulmonology").await;
    for (department, visits) in [(clinic.department, 2), (elsewhere, 0)] {
        let board = format!("{board}&department={department}");
        let (_, day) = site.get_after(&written, &board, reception).await;
        assert_eq!(day["items"].as_array().unwrap().len(), visits, "{day}");
    }
    for token in [&clinic.administrator, &token] {
        assert_eq!(site.get(&board, token).await.0, 403);
    }

    let figures = clinic.path(&format!("figures?from={0}&to={0}", clinic.today));
    let (status, figures) = site
        .get_after(&written, &figures, &clinic.administrator)
        .await;
    assert_eq!(status, 200, "{figures}");
    let [of_doctor] = figures["items"].as_array().unwrap().as_slice() else {
        panic!("{figures}");
    };
    for (field, expected) in [
        ("doctor", json!(doctor)),
        ("visits", json!(1)),
        ("walk_ins", json!(1)),
        ("completed", json!(1)),
        ("no_shows", json!(0)),
        ("cancelled", json!(1)),
        ("waits", json!(1)),
    ] {
        assert_eq!(of_doctor[field], expected, "{field}: {figures}");
    }
    let tomorrow = clinic.today.succ_opt().unwrap();
    let later = clinic.path(&format!("figures?from={tomorrow}&to={tomorrow}"));
    let (_, later) = site.get_after(&written, &later, reception).await;
    assert_eq!(later["items"], json!([]));
    clinic.site.close().await;
}

#[tokio::test]
async fn a_day_has_another_version_whenever_a_visit_comes_changes_or_leaves() {
    let clinic = Clinic::open().await;
    let (site, reception) = (&clinic.site, &clinic.reception);
    let doctor = clinic.doctor().await;
    let ((patient, token), (other, _)) = (clinic.patient().await, clinic.patient().await);
    let on = format!("date={}", clinic.today);
    let days = [format!("/v1/doctors/{doctor}/day"), clinic.path("board")];
    let before = site.count("access.recorded").await;
    let mut seen = days.clone().map(|_| vec![]);
    let mut versions = async || {
        let written = json!({"position": clinic.head().await});
        let mut now = vec![];
        for (day, seen) in days.iter().zip(&mut seen) {
            let path = format!("{day}/version?{on}");
            let (status, told) = site.get_after(&written, &path, reception).await;
            assert_eq!(status, 200, "{told}");
            let again = site.get_after(&written, &path, reception).await.1;
            assert_eq!(again, told);
            let version = told["version"].clone();
            assert_ne!(seen.last(), Some(&version), "{day}");
            seen.push(version.clone());
            now.push(version);
            assert_eq!(
                site.get(&path, &token).await.0,
                403,
                "it is for those who read the day"
            );
        }
        now
    };
    versions().await;
    let booked = clinic.book(reception, patient, doctor).await;
    versions().await;
    let (status, walked_in) = site
        .post(
            "/v1/walk-ins",
            reception,
            json!({"patient": other, "doctor": doctor}),
        )
        .await;
    assert_eq!(status, 201, "{walked_in}");
    versions().await;
    let visit = format!("/v1/appointments/{}", id(&booked));
    let (status, cancelled) = site
        .post(&format!("{visit}/cancel"), &token, json!({}))
        .await;
    assert_eq!(status, 200, "{cancelled}");
    versions().await;
    let (third, other_doctor) = (clinic.patient().await.0, clinic.doctor().await);
    let booked = clinic.book(reception, third, doctor).await;
    versions().await;
    let to = json!({
        "starts_at": booked["starts_at"], "doctor": other_doctor, "by": "hospital",
    });
    let path = format!("/v1/appointments/{}/reschedule", id(&booked));
    let (status, moved) = site.post(&path, reception, to).await;
    assert_eq!(status, 200, "{moved}");
    let last = versions().await;
    assert_eq!(
        site.count("access.recorded").await,
        before,
        "it tells of nobody"
    );

    let written = json!({"position": clinic.head().await});
    for (day, version) in days.iter().zip(last) {
        let (_, read) = site
            .get_after(&written, &format!("{day}?{on}"), reception)
            .await;
        assert_eq!(read["version"], version, "{read}");
    }
    clinic.site.close().await;
}
