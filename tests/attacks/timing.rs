//! How long an answer took, by which somebody may want to tell whether a person is known here.

use std::time::{Duration, Instant};

use medilink_tests::{Caller, Newcomer};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;
use crate::tally::Tally;

/// How many are known, and how often each is asked about in one round.
const KNOWN: usize = 8;
const ASKED: usize = 3;
/// How far apart two samples of the same are by chance once in a thousand times, in standard
/// deviations of the rank sum (Mann and Whitney, 1947).
const NOISE: f64 = 3.3;
/// A difference is one only if it is there each time: a machine may be busy once.
const ROUNDS: usize = 3;

fn nobody() -> String {
    format!("{}@example.org", Uuid::now_v7().simple())
}

async fn taken(visitor: &Caller, path: &str, body: &Value, email: &str) -> Duration {
    let mut body = body.clone();
    body["email"] = json!(email);
    let began = Instant::now();
    visitor.post(path, &body).await;
    began.elapsed()
}

/// How many standard deviations the ranks of the first are from those that chance would give
/// them; above zero, if they are the longer ones.
fn deviation(first: &[Duration], second: &[Duration]) -> f64 {
    let pairs = first
        .iter()
        .flat_map(|a| second.iter().map(move |b| (a, b)));
    let longer: f64 = pairs
        .map(|(a, b)| match a.cmp(b) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        })
        .sum();
    let (n, m) = (first.len() as f64, second.len() as f64);
    (longer - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

#[test]
fn what_differs_is_told_from_what_does_not() {
    let times =
        |from: u64| -> Vec<Duration> { (0..24).map(|n| Duration::from_millis(from + n)).collect() };
    assert!(deviation(&times(300), &times(300)).abs() < 0.1);
    assert!(deviation(&times(330), &times(300)) > NOISE);
    assert!(deviation(&times(300), &times(330)) < -NOISE);
}

#[tokio::test]
async fn time_does_not_tell_who_has_an_account() {
    let platform = platform().await;
    let visitor = platform.caller("");
    let mut tally = Tally::of("times of answers about the known and the unknown");
    for (path, body) in [
        ("/v1/registrations", json!({"language": "en"})),
        ("/v1/recoveries", json!({})),
        ("/v1/sessions", json!({"password": "not the right one"})),
    ] {
        let mut deviations = Vec::new();
        for _ in 0..ROUNDS {
            // Others each round: who is asked about too often must wait, known or not.
            let mut asked = Vec::new();
            for _ in 0..KNOWN {
                asked.push((Newcomer::register(&platform).await.email, nobody()));
            }
            let (mut known, mut unknown) = (Vec::new(), Vec::new());
            for _ in 0..ASKED {
                // In turn, so that both share whatever else the machine does.
                for (there, nowhere) in &asked {
                    known.push(taken(&visitor, path, &body, there).await);
                    unknown.push(taken(&visitor, path, &body, nowhere).await);
                }
            }
            deviations.push(deviation(&known, &unknown));
            if deviations.iter().any(|z| z.abs() < NOISE) {
                break;
            }
        }
        let told = |sign: f64| deviations.iter().all(|z| z * sign > NOISE);
        let told = told(1.0) || told(-1.0);
        tally.take(path, !told, format!("{deviations:?}"));
    }
    tally.end(3);
}
