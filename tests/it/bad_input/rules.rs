//! What is well-formed and still wrong: unknown things, the past, what is taken.

use super::*;

#[tokio::test]
async fn what_breaks_a_rule_of_the_hospital_is_refused_by_that_rule() {
    let world = world().await;
    let World {
        city,
        doctor,
        patient,
        booked,
        cancelled,
        window,
        ..
    } = &world;
    let nobody = Uuid::now_v7();
    let windows = format!("/v1/doctors/{doctor}/windows");
    let opening = |date: Value, opens: &str, closes: &str, minutes: u32| json!({"date": date, "opens": opens, "closes": closes, "slot_minutes": minutes});
    let today = Utc::now().date_naive();
    let day = json!(city.date);
    let booking = |minute| city.booking(*patient, *doctor, city.at(minute));
    let register = |hospital: Uuid, department: Uuid| json!({"hospital": hospital, "department": department, "name": "Dr X", "registration_number": "X-1", "languages": ["en"]});
    let (free_slot, book) = (json!({"starts_at": city.at(630)}), "/v1/appointments");
    let mut same_number = register(city.hospital, city.department);
    same_number["registration_number"] = json!(" ZQCANARYZQ-1 ");
    let to = |path: &str| format!("/v1/appointments/{booked}/{path}");
    let cases = vec![
        // Unknown ids.
        Case::get(
            "an unknown hospital",
            format!("/v1/hospitals/{nobody}"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown doctor",
            format!("/v1/doctors/{nobody}"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown doctor's day",
            format!("/v1/doctors/{nobody}/day?date={today}"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown doctor's slots",
            format!("/v1/doctors/{nobody}/slots?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown patient",
            format!("/v1/patients/{nobody}"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown patient's appointments",
            format!("/v1/patients/{nobody}/appointments"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown patient's notices",
            format!("/v1/patients/{nobody}/notices"),
            (404, "not-found"),
        ),
        Case::get(
            "who read an unknown patient's data",
            format!("/v1/patients/{nobody}/accesses"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown hospital's staff",
            format!("/v1/hospitals/{nobody}/staff"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown integrator",
            format!("/v1/integrators/{nobody}"),
            (404, "not-found"),
        ),
        Case::post(
            "disabling an unknown integrator",
            format!("/v1/integrators/{nobody}/disable"),
            &json!({"reason": "contract-ended"}),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown appointment",
            format!("/v1/appointments/{nobody}"),
            (404, "not-found"),
        ),
        Case::get(
            "an id that is none",
            "/v1/appointments/7",
            (404, "not-found"),
        ),
        Case::post(
            "a department of an unknown hospital",
            format!("/v1/hospitals/{nobody}/departments"),
            &json!({"name": "a", "specialty": "b"}),
            (404, "not-found"),
        ),
        Case::post(
            "a doctor of an unknown hospital",
            "/v1/doctors",
            &register(nobody, city.department),
            (404, "not-found"),
        ),
        Case::post(
            "a doctor of an unknown department",
            "/v1/doctors",
            &register(city.hospital, nobody),
            (404, "no-such-department"),
        ),
        Case::post(
            "a window of an unknown doctor",
            format!("/v1/doctors/{nobody}/windows"),
            &opening(day.clone(), "13:00", "14:00", 30),
            (404, "not-found"),
        ),
        Case::post(
            "a booking with an unknown doctor",
            book,
            &city.booking(*patient, nobody, city.at(600)),
            (404, "not-found"),
        ),
        Case::post(
            "a booking for an unknown patient",
            book,
            &city.booking(nobody, *doctor, city.at(600)),
            (404, "not-found"),
        ),
        Case::post(
            "an unknown appointment to move",
            format!("/v1/appointments/{nobody}/reschedule"),
            &free_slot,
            (404, "not-found"),
        ),
        Case::post(
            "an unknown appointment to cancel",
            format!("/v1/appointments/{nobody}/cancel"),
            &json!({}),
            (404, "not-found"),
        ),
        Case::new(
            "an unknown window to close",
            "DELETE",
            format!("{windows}/{nobody}?date={}", city.date),
            (404, "no-such-window"),
        ),
        Case::new(
            "a window to close on another day",
            "DELETE",
            format!("{windows}/{window}?date={}", city.date + Days::new(1)),
            (404, "not-found"),
        ),
        // Slots.
        Case::post(
            "a slot in the past",
            book,
            &city.booking(*patient, *doctor, Utc::now() - TimeDelta::hours(1)),
            (422, "slot-in-past"),
        ),
        Case::post(
            "a slot at the beginning of time",
            book,
            &json!({"patient": patient, "doctor": doctor, "starts_at": "0001-01-01T00:00:00Z"}),
            (422, "slot-in-past"),
        ),
        Case::post(
            "a slot at the end of time",
            book,
            &json!({"patient": patient, "doctor": doctor, "starts_at": "9999-12-31T23:59:59Z"}),
            (409, "too-far-ahead"),
        ),
        Case::post(
            "a slot of a year that no column holds",
            book,
            &json!({"patient": patient, "doctor": doctor, "starts_at": "+10000-01-03T09:00:00Z"}),
            (422, "invalid-field"),
        ),
        Case::post(
            "a time between two slots",
            book,
            &booking(601),
            (422, "not-a-slot"),
        ),
        Case::post(
            "a time outside the window",
            book,
            &booking(720),
            (422, "not-a-slot"),
        ),
        Case::post(
            "a slot that is taken",
            book,
            &booking(540),
            (409, "slot-taken"),
        ),
        Case::post(
            "a move into the past",
            to("reschedule"),
            &json!({"starts_at": Utc::now() - TimeDelta::hours(1)}),
            (422, "slot-in-past"),
        ),
        Case::post(
            "a move to where it is",
            to("reschedule"),
            &json!({"starts_at": city.at(540)}),
            (409, "same-slot"),
        ),
        Case::post(
            "a move of what is cancelled",
            format!("/v1/appointments/{cancelled}/reschedule"),
            &free_slot,
            (409, "appointment-cancelled"),
        ),
        Case::post(
            "a second cancellation",
            format!("/v1/appointments/{cancelled}/cancel"),
            &json!({}),
            (409, "appointment-cancelled"),
        ),
        // Availability.
        Case::post(
            "a window over another",
            &windows,
            &opening(day.clone(), "11:30", "12:30", 30),
            (409, "window-overlaps"),
        ),
        Case::post(
            "a window inside another",
            &windows,
            &opening(day.clone(), "10:00", "10:30", 15),
            (409, "window-overlaps"),
        ),
        Case::post(
            "a window around another",
            &windows,
            &opening(day.clone(), "08:00", "13:00", 30),
            (409, "window-overlaps"),
        ),
        Case::post(
            "a window in the past",
            &windows,
            &opening(json!(today - Days::new(3)), "09:00", "10:00", 30),
            (422, "window-in-past"),
        ),
        Case::post(
            "a window of the next generation",
            &windows,
            &opening(json!("2099-01-01"), "09:00", "10:00", 30),
            (422, "window-too-far-ahead"),
        ),
        Case::post(
            "a window at the end of the calendar",
            &windows,
            &opening(json!("9999-12-31"), "09:00", "10:00", 30),
            (422, "window-too-far-ahead"),
        ),
        Case::post(
            "a window that closes first",
            &windows,
            &opening(day.clone(), "15:00", "14:00", 30),
            (422, "window-ends-before-it-starts"),
        ),
        Case::post(
            "a window of no length",
            &windows,
            &opening(day.clone(), "15:00", "15:00", 30),
            (422, "window-ends-before-it-starts"),
        ),
        Case::post(
            "a window with a rest",
            &windows,
            &opening(day.clone(), "15:00", "15:50", 30),
            (422, "window-not-whole-slots"),
        ),
        Case::new(
            "a window that is booked",
            "DELETE",
            format!("{windows}/{window}?date={}", city.date),
            (409, "window-has-reservations"),
        ),
        // Names that are unique.
        Case::post(
            "a department's name again",
            format!("/v1/hospitals/{}/departments", city.hospital),
            &json!({"name": "Heart", "specialty": "x"}),
            (409, "department-name-taken"),
        ),
        Case::post(
            "a registration number again",
            "/v1/doctors",
            &same_number,
            (409, "registration-number-taken"),
        ),
        // Versions and positions.
        Case::post(
            "an old version",
            to("cancel"),
            &json!({}),
            (412, "version-mismatch"),
        )
        .header("if-match", "\"0\""),
        Case::post(
            "a version to come",
            to("reschedule"),
            &free_slot,
            (412, "version-mismatch"),
        )
        .header("if-match", "\"2\""),
        Case::post(
            "a version without quotes",
            to("cancel"),
            &json!({}),
            (400, "invalid-header"),
        )
        .header("if-match", "1"),
        Case::post(
            "a weak version",
            to("cancel"),
            &json!({}),
            (400, "invalid-header"),
        )
        .header("if-match", "W/\"1\""),
        Case::post(
            "a list of versions",
            to("cancel"),
            &json!({}),
            (400, "invalid-header"),
        )
        .header("if-match", "\"1\", \"2\""),
        Case::get(
            "a position to come",
            "/v1/hospitals",
            (422, "unknown-position"),
        )
        .header("medilink-min-position", "999999999"),
        Case::get(
            "a position that is none",
            "/v1/hospitals",
            (400, "invalid-header"),
        )
        .header("medilink-min-position", "soon"),
        Case::get(
            "a position beyond all numbers",
            "/v1/hospitals",
            (400, "invalid-header"),
        )
        .header("medilink-min-position", "18446744073709551615"),
    ];
    refuse_all(&world.platform, &world.everyone, cases).await;
}
