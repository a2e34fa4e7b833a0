//! What is not well-formed: bodies, headers, parameters, methods.

use super::*;

#[tokio::test]
async fn what_is_not_well_formed_is_refused_before_anything_looks_at_it() {
    let world = world().await;
    let World {
        city,
        doctor,
        patient,
        booked,
        ..
    } = &world;
    let book = "/v1/appointments";
    let slots = |query: &str| format!("/v1/doctors/{doctor}/slots?{query}");
    let good = city.booking(*patient, *doctor, city.at(600)).to_string();
    let with = |field: &str, value: Value| {
        let mut body = city.booking(*patient, *doctor, city.at(600));
        body[field] = value;
        body
    };
    let person = |field: &str, value: Value| {
        let mut body = json!({"name": "A", "phone": "+919876543210", "language": "en"});
        body[field] = value;
        body
    };
    let windows = format!("/v1/doctors/{doctor}/windows");
    let opening = |field: &str, value: Value| {
        let mut body =
            json!({"date": city.date, "opens": "13:00", "closes": "14:00", "slot_minutes": 30});
        body[field] = value;
        body
    };
    let deep = |open: &str, close: &str| {
        format!(
            "{{\"reason\":{}1{}}}",
            open.repeat(10_000),
            close.repeat(10_000)
        )
    };
    let in_reason = |text: &str| {
        format!(
            "{{\"patient\":\"{patient}\",\"doctor\":\"{doctor}\",\"starts_at\":\"{}\",\"reason\":\"{text}\"}}",
            city.at(600).to_rfc3339()
        )
    };
    let (invalid, malformed) = ((422, "invalid-field"), (400, "malformed-json"));
    let mut cases = vec![
        // JSON.
        Case::raw("nothing", book, "", malformed),
        Case::raw(
            "half a body",
            book,
            &good.as_bytes()[..good.len() / 2],
            malformed,
        ),
        Case::raw("two bodies", book, format!("{good}{good}"), malformed),
        Case::raw(
            "bytes that are no text",
            book,
            b"{\"reason\":\"\xff\xfe\"}".to_vec(),
            malformed,
        ),
        Case::raw("a raw NUL", book, in_reason("a\0b"), malformed),
        Case::raw(
            "an escaped NUL",
            book,
            in_reason("a\\u0000b"),
            (400, "forbidden-character"),
        ),
        Case::raw(
            "half a surrogate pair",
            book,
            in_reason("\\ud83d"),
            (400, "forbidden-character"),
        ),
        Case::raw(
            "the other half",
            book,
            in_reason("\\ude00"),
            (400, "forbidden-character"),
        ),
        Case::raw(
            "surrogates the wrong way round",
            book,
            in_reason("\\ude00\\ud83d"),
            (400, "forbidden-character"),
        ),
        Case::raw(
            "NUL in a name",
            book,
            "{\"a\\u0000\":1}",
            (400, "forbidden-character"),
        ),
        Case::raw(
            "arrays 10,000 deep",
            book,
            deep("[", "]"),
            (400, "json-too-deep"),
        ),
        Case::raw(
            "objects 10,000 deep",
            book,
            deep("{\"a\":", "}"),
            (400, "json-too-deep"),
        ),
        Case::raw(
            "an open end 10,000 deep",
            book,
            "[".repeat(10_000),
            (400, "json-too-deep"),
        ),
        Case::raw(
            "a field twice",
            book,
            format!("{},\"reason\":\"b\"}}", good.trim_end_matches('}')),
            (400, "duplicate-field"),
        ),
        Case::raw(
            "a field twice, escaped",
            book,
            "{\"reason\":\"a\",\"\\u0072eason\":\"b\"}",
            (400, "duplicate-field"),
        ),
        Case::raw(
            "a number beyond all numbers",
            book,
            "{\"reason\":1e400}",
            (400, "number-out-of-range"),
        ),
        Case::raw(
            "a number that can't be exact",
            book,
            "{\"reason\":9007199254740993}",
            (400, "number-out-of-range"),
        ),
        Case::raw("a list", book, format!("[{good}]"), invalid),
        Case::raw("null", book, "null", invalid),
        // Fields.
        Case::post("no field", book, &json!({}), (422, "missing-field")),
        Case::post(
            "an unknown field",
            book,
            &with("colour", json!(SECRET)),
            (422, "unknown-field"),
        ),
        Case::post(
            "a field that only we set",
            book,
            &with("id", json!(Uuid::now_v7())),
            (422, "unknown-field"),
        ),
        Case::post(
            "a field of somebody else's",
            book,
            &with("tenant", json!(Uuid::now_v7())),
            (422, "unknown-field"),
        ),
        Case::post(
            "a number for a text",
            book,
            &with("reason", json!(7)),
            invalid,
        ),
        Case::post(
            "a text for an id",
            book,
            &with("patient", json!(SECRET)),
            invalid,
        ),
        Case::post(
            "a date for an instant",
            book,
            &with("starts_at", json!("2026-12-01")),
            invalid,
        ),
        Case::post(
            "an instant without a zone",
            book,
            &with("starts_at", json!("2026-12-01T10:00:00")),
            invalid,
        ),
        Case::post(
            "an instant that is none",
            book,
            &with("starts_at", json!("2026-02-30T10:00:00Z")),
            invalid,
        ),
        Case::post(
            "too long a text",
            book,
            &with("reason", json!("x".repeat(2001))),
            invalid,
        ),
        Case::post("an empty text", book, &with("reason", json!("")), invalid),
        Case::post(
            "a text of blanks",
            book,
            &with("reason", json!("   ")),
            invalid,
        ),
        Case::post(
            "a control character",
            book,
            &with("reason", json!("a\u{7}b")),
            invalid,
        ),
        Case::post(
            "a direction override in a name",
            "/v1/patients",
            &person("name", json!("a\u{202e}b")),
            invalid,
        ),
        Case::post(
            "a phone number that is none",
            "/v1/patients",
            &person("phone", json!(SECRET)),
            invalid,
        ),
        Case::post(
            "an address that is none",
            "/v1/patients",
            &person("email", json!(format!("{SECRET}@"))),
            invalid,
        ),
        Case::post(
            "an address with a line break",
            "/v1/patients",
            &person("email", json!("a@example.org\r\nBcc: b@example.org")),
            invalid,
        ),
        Case::post(
            "a language that we don't speak",
            "/v1/patients",
            &person("language", json!("xx")),
            invalid,
        ),
        Case::post(
            "a birth in the future",
            "/v1/patients",
            &person(
                "date_of_birth",
                json!(Utc::now().date_naive() + Days::new(2)),
            ),
            (422, "born-in-future"),
        ),
        Case::post(
            "a birth that nobody survived",
            "/v1/patients",
            &person("date_of_birth", json!("1066-10-14")),
            invalid,
        ),
        Case::post(
            "a day that is none",
            &windows,
            &opening("date", json!("2026-02-30")),
            invalid,
        ),
        Case::post(
            "a time that is none",
            &windows,
            &opening("opens", json!("24:00")),
            invalid,
        ),
        Case::post(
            "slots of no length",
            &windows,
            &opening("slot_minutes", json!(0)),
            invalid,
        ),
        Case::post(
            "slots of half a minute",
            &windows,
            &opening("slot_minutes", json!(7.5)),
            invalid,
        ),
        Case::post(
            "slots of negative length",
            &windows,
            &opening("slot_minutes", json!(-30)),
            invalid,
        ),
        Case::post(
            "slots of a day",
            &windows,
            &opening("slot_minutes", json!(1440)),
            invalid,
        ),
        Case::post(
            "a zone that is none",
            "/v1/hospitals",
            &json!({"name": "A", "time_zone": "Mars/Olympus"}),
            invalid,
        ),
        // Types, methods, addresses.
        Case::raw(
            "a form",
            book,
            good.clone(),
            (415, "unsupported-media-type"),
        )
        .header("content-type", "application/x-www-form-urlencoded"),
        Case::raw("text", book, good.clone(), (415, "unsupported-media-type"))
            .header("content-type", "text/plain"),
        Case::raw(
            "no type",
            book,
            good.clone(),
            (415, "unsupported-media-type"),
        )
        .header("content-type", ""),
        Case::raw(
            "another alphabet",
            book,
            good.clone(),
            (415, "unsupported-media-type"),
        )
        .header("content-type", "application/json; charset=utf-16"),
        Case::raw(
            "a compressed body",
            book,
            good.clone(),
            (415, "unsupported-media-type"),
        )
        .header("content-encoding", "gzip"),
        Case::new(
            "a method that is not for this",
            "DELETE",
            format!("/v1/appointments/{booked}"),
            (405, "method-not-allowed"),
        ),
        Case::new(
            "a method that nobody knows",
            "BREW",
            book,
            (405, "method-not-allowed"),
        ),
        Case::new(
            "a method for tunnels",
            "TRACE",
            book,
            (405, "method-not-allowed"),
        ),
        Case::get("an unknown address", "/v1/appointment", (404, "not-found")),
        Case::get(
            "an address above the root",
            "/v1/../../etc/passwd",
            (404, "not-found"),
        ),
        Case::get("an address with NUL", "/v1/doctors/%00", (404, "not-found")),
        Case::get(
            "a format that we don't write",
            "/v1/hospitals",
            (406, "not-acceptable"),
        )
        .header("accept", "application/xml"),
        // Parameters and headers.
        Case::get(
            "an unknown parameter",
            "/v1/hospitals?color=red",
            (400, "unknown-parameter"),
        ),
        Case::get(
            "a parameter twice",
            "/v1/hospitals?limit=1&limit=2",
            (400, "unknown-parameter"),
        ),
        Case::get(
            "no limit",
            "/v1/hospitals?limit=0",
            (400, "invalid-parameter"),
        ),
        Case::get(
            "too high a limit",
            "/v1/hospitals?limit=201",
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a limit that is none",
            "/v1/hospitals?limit=zqsecretzq",
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a page that is none",
            "/v1/hospitals?after=zqsecretzq",
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a missing parameter",
            slots("from=2026-12-01T00:00:00Z"),
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a span that runs back",
            slots("from=2026-12-02T00:00:00Z&to=2026-12-01T00:00:00Z"),
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a span of a year",
            slots("from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z"),
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a span of all time",
            slots("from=-262143-01-01T00:00:00Z&to=2027-01-01T00:00:00Z"),
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a day of another era",
            format!("/v1/doctors/{doctor}/day?date=-0044-03-15"),
            (400, "invalid-parameter"),
        ),
        Case::post(
            "a key with blanks",
            book,
            &with("reason", json!("a")),
            (400, "invalid-header"),
        )
        .header("idempotency-key", "a b"),
        Case::post(
            "a key without end",
            book,
            &with("reason", json!("a")),
            (400, "invalid-header"),
        )
        .header("idempotency-key", "k".repeat(201)),
        // A long body, and one that is longer than it says.
        Case::raw(
            "a body of 10 MB",
            book,
            format!("{{\"reason\":\"{}\"}}", "x".repeat(10 << 20)),
            (413, "body-too-large"),
        ),
    ];
    for (name, header) in [
        ("no token", ""),
        ("half a token", "Bearer"),
        ("a password", "Basic YTpi"),
    ] {
        cases.push(
            Case::get(name, "/v1/me", (401, "sign-in-required")).header("authorization", header),
        );
    }
    let (signed_out, cases): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| {
        case.headers
            .iter()
            .any(|(name, _)| *name == "authorization")
    });
    refuse_all(&world.platform, &world.everyone, cases).await;
    refuse_all(&world.platform, &world.platform.caller(""), signed_out).await;
    let unknown = vec![Case::get(
        "an unknown token",
        "/v1/me",
        (401, "invalid-token"),
    )];
    refuse_all(
        &world.platform,
        &world
            .platform
            .caller(&format!("medilink_{}", "0".repeat(64))),
        unknown,
    )
    .await;
}
