//! Texts that would forge a line of a log, or hide one from whoever reads it.

use medilink_domain::values::Role;
use medilink_tests::Part;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;
use crate::tally::Tally;
use crate::world::World;

const FORGED: &str = "zqforgedzq";

#[tokio::test]
async fn nobody_writes_a_line_of_the_log() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    let own = platform.person(world.patient, &[Role::Patient]).await;
    let texts = [
        format!("a\r\n{{\"level\":\"ERROR\",\"message\":\"{FORGED}\"}}"),
        format!("a\n{FORGED}"),
        format!("a\u{1b}[2K\u{1b}[1A{FORGED}"),
        format!("a\u{9b}31m{FORGED}"),
        format!("a\u{202e}{FORGED}"),
        format!("a\u{2066}{FORGED}\u{2069}"),
        format!("a\u{2028}{FORGED}"),
        format!("a\u{0008}\u{0008}{FORGED}"),
        format!("a\u{feff}{FORGED}"),
        format!("%0d%0a{FORGED}"),
        format!("${{jndi:ldap://{FORGED}/a}}"),
    ];
    let mut tally = Tally::of("forged lines of the log");
    for text in &texts {
        let mut booking =
            world
                .city
                .booking(world.patient, world.doctor, world.city.at(world.slot()));
        booking["reason"] = json!(text);
        let bodies = [
            ("/v1/appointments".to_owned(), booking),
            (
                "/v1/sessions".to_owned(),
                json!({"email": text, "password": text, "device": text}),
            ),
            (
                format!("/v1/appointments/{}/cancel", Uuid::now_v7()),
                json!({"reason": text}),
            ),
        ];
        for (path, body) in bodies {
            let answer = own.post(&path, &body).await;
            tally.take(
                format_args!("{text:?} in {path}"),
                answer.status < 500,
                &answer.text,
            );
        }
        // What no header may have, the client itself refuses.
        let seen: String = text.chars().filter(|c| !c.is_control()).collect();
        for name in [
            "user-agent",
            "x-request-id",
            "traceparent",
            "idempotency-key",
            "accept-language",
        ] {
            let request = own
                .request(Method::GET, "/v1/me")
                .header(name, seen.as_bytes());
            let answer = own.send(request).await.unwrap();
            let echoed = answer
                .headers
                .values()
                .any(|value| String::from_utf8_lossy(value.as_bytes()).contains(FORGED));
            tally.take(
                format_args!("{text:?} as {name}"),
                answer.status < 500 && !echoed,
                &answer.text,
            );
        }
        let mut url = reqwest::Url::parse("http://x").unwrap();
        url.set_path(&format!("/v1/{text}"));
        url.set_query(Some(text));
        let path = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        let answer = own.get(&path).await.unwrap();
        tally.take(
            format_args!("{text:?} in a path"),
            (400..500).contains(&answer.status),
            &answer.text,
        );
    }
    for part in Part::ALL {
        for line in platform.log_of(part).lines() {
            let whole = serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object());
            let hidden = line.chars().any(|c| {
                c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
            });
            tally.take(
                format_args!("a line of {}", part.name()),
                whole && !hidden && !line.contains(FORGED),
                line,
            );
        }
    }
    tally.end(100);
}
