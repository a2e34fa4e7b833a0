//! Languages in which a text could be taken for a command: SQL, Cedar, HTML, shells.

use std::time::{Duration, Instant};

use medilink_domain::values::Role;
use medilink_tests::{Caller, settle};
use reqwest::Method;
use uuid::Uuid;

use crate::platform;
use crate::routes::{routes, with_query};
use crate::tally::Tally;
use crate::world::World;

const TEXTS: [&str; 16] = [
    "' OR '1'='1",
    "') OR ('1'='1",
    "\" OR \"\"=\"",
    "'; DROP TABLE log.events; --",
    "1; SELECT pg_sleep(20)",
    "' || pg_sleep(20) || '",
    "' UNION SELECT payload::text FROM log.events --",
    "%' ESCAPE '",
    "%",
    "_%_",
    "\\",
    "$1",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "$(sleep 20)",
    "\" || true || principal == principal || \"",
];

async fn found(caller: &Caller, path: &str, name: &str, text: &str) -> (u16, usize, String) {
    let answer = caller.get(&with_query(path, name, text)).await;
    let answer = answer.expect("the gateway answers");
    let items = answer.body["items"].as_array().map_or(0, Vec::len);
    (answer.status, items, answer.text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_to_search_for_is_a_text() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    let all: Vec<Role> = Role::ALL.to_vec();
    let mighty = platform.person(Uuid::now_v7(), &all).await;
    settle(&platform, Duration::from_secs(60)).await;
    let mut tally = Tally::of("injections into what is searched for");
    for route in routes(&platform).await {
        if route.is_stream() || route.method != Method::GET {
            continue;
        }
        for name in &route.texts {
            let (path, _) = route.sample(&world).await;
            // Without this parameter, if the sample has it.
            let (bare, query) = path.split_once('?').unwrap_or((&path, ""));
            let rest: Vec<&str> = query
                .split('&')
                .filter(|pair| !pair.is_empty() && !pair.starts_with(&format!("{name}=")))
                .collect();
            let path = format!("{bare}?{}", rest.join("&"));
            let (_, nothing, _) = found(&mighty, &path, name, "zqnothingzq").await;
            for text in TEXTS {
                let since = Instant::now();
                let (status, items, answer) = found(&mighty, &path, name, text).await;
                tally.take(
                    format_args!("{} with {name}={text}", route.operation),
                    status < 500 && items <= nothing && since.elapsed() < Duration::from_secs(15),
                    format_args!("{status}, {items} instead of {nothing}: {answer}"),
                );
            }
        }
    }
    for text in TEXTS {
        for path in [
            "/v1/patients/",
            "/v1/appointments/",
            "/v1/doctors/",
            "/v1/consents/",
        ] {
            let mut url = reqwest::Url::parse("http://x").unwrap();
            url.set_path(&format!("{path}{text}"));
            let answer = mighty.get(url.path()).await.unwrap();
            tally.take(
                format_args!("{path}{text}"),
                (400..500).contains(&answer.status),
                &answer.text,
            );
        }
    }
    assert!(
        platform.log().head().await.unwrap().0 > 0,
        "the log is there"
    );
    tally.end(300);
}
