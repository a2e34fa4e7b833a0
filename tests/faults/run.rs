//! One run: start, load, faults, healing, and the questions at the end.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use medilink_tests::{
    History, Hospital, Options, Platform, assert_read_models_equal_their_replay, eventually,
};
use tokio::task::JoinSet;

use crate::fault::Fault;
use crate::ledger::{Ledger, PATIENCE};
use crate::load::{CLIENTS, Client};
use crate::nemesis::{Nemesis, Tally};
use crate::reminders::{self, Planner};
use crate::schedule::{Schedule, Step};
use crate::verdict::{Verdict, judge};

/// The binary under test.
pub const MEDILINK: &str = env!("CARGO_BIN_EXE_medilink");
/// How long commands may stand still when something is left to carry them out.
const GOES_ON: Duration = Duration::from_secs(60);

/// How long faults go on after the first reminders came due, at least.
const AFTERMATH: TimeDelta = TimeDelta::seconds(4);

/// How long a run is.
#[derive(Clone, Copy, Debug)]
pub enum Length {
    Steps(usize),
    Time(Duration),
}

/// Runs a seed.
///
/// # Panics
/// When a promise was broken.
pub async fn run(seed: u64, length: Length) {
    // Also when it fails: this is what brings it back.
    eprintln!("seed {seed}: `make faults SEED={seed}` has the same faults in the same order");
    let copies = Schedule::copies(seed);
    let options = Options::default()
        .copies(copies)
        .breakable()
        // What was left by a killed worker, or failed, is soon taken up again.
        .with("worker", "effect_ms = 2000\nretry = { longest_ms = 1000 }");
    let platform = Platform::start(MEDILINK, options).await;
    let began = Instant::now();
    let ledger = Ledger::default();
    let (mut callers, reminded_at) = people(&platform, &ledger, seed, length).await;
    let mut nemesis = Nemesis::new(platform);
    goes_on(&ledger).await;
    let only = std::env::var("MEDILINK_TEST_FAULTS").unwrap_or_default();
    for (step, number) in Schedule::of(seed).only(&only).zip(0..) {
        let over = match length {
            // Reminders come due in the midst of it, however fast this machine is.
            Length::Steps(steps) => number >= steps && Utc::now() > reminded_at + AFTERMATH,
            Length::Time(time) => began.elapsed() >= time,
        };
        if over {
            break;
        }
        let at = began.elapsed().as_secs();
        let names: Vec<String> = step.faults.iter().map(ToString::to_string).collect();
        eprintln!(
            "{:02}:{:02} {} · {} done",
            at / 60,
            at % 60,
            names.join(" + "),
            ledger.done()
        );
        take(&mut nemesis, &step, &ledger, copies).await;
        if let Some(ended) = callers.try_join_next() {
            ended.unwrap();
            panic!("a caller went home");
        }
    }
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    ledger.close();
    callers.join_all().await;
    let Nemesis {
        mut platform,
        tally,
        ..
    } = nemesis;
    let verdict = verdict(&mut platform, &ledger, &tally).await;
    eprintln!("{}", summary(seed, minutes, copies, &tally, &verdict));
}

/// One step: faults, work meanwhile if there can be any, healing, and work afterwards.
async fn take(nemesis: &mut Nemesis, step: &Step, ledger: &Ledger, copies: u8) {
    nemesis.inject(step).await;
    let held = tokio::time::sleep(step.hold);
    if step.leaves_commands(copies) {
        tokio::join!(held, goes_on(ledger));
    } else {
        held.await;
    }
    nemesis.heal(step).await;
    goes_on(ledger).await;
    tokio::time::sleep(step.rest).await;
}

/// Waits until some commands more were acknowledged.
pub async fn goes_on(ledger: &Ledger) {
    let before = ledger.done();
    eventually("commands go on", GOES_ON, || async {
        ledger.done() >= before + u64::from(CLIENTS)
    })
    .await;
}

/// Everybody who works while the faults come, and when the first reminders are due.
pub async fn people(
    platform: &Platform,
    ledger: &Ledger,
    seed: u64,
    length: Length,
) -> (JoinSet<()>, DateTime<Utc>) {
    let city = Hospital::open(platform).await;
    let mut reminded = city.clone();
    reminded.receptionist = reminded.receptionist.patient_for(PATIENCE);
    reminded.administrator = reminded.administrator.patient_for(PATIENCE);
    let mut planner = Planner::new(reminded, ledger.clone());
    let first = planner.book().await;
    let reminded_at = first.due();
    let mut people = JoinSet::new();
    people.spawn(planner.work(first));
    let city = Arc::new(city);
    for number in 1..=CLIENTS {
        let mut client = Client::new(&city, ledger, seed, number);
        if let Length::Time(_) = length {
            // A long run is to have many faults, not a log that takes an hour to read.
            client.pause = Duration::from_millis(150);
        }
        people.spawn(client.work());
    }
    (people, reminded_at)
}

/// The questions at the end.
pub async fn verdict(platform: &mut Platform, ledger: &Ledger, tally: &Tally) -> Verdict {
    let started = Instant::now();
    loop {
        let history = History::read(platform).await;
        let due = reminders::expected(&history, TimeDelta::zero());
        let missing = due
            .iter()
            .filter(|stream| history.stream(stream).is_empty())
            .count();
        if missing == 0 {
            break;
        }
        assert!(
            started.elapsed() < Duration::from_secs(90),
            "{missing} of {} reminders are missing",
            due.len()
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let compared = assert_read_models_equal_their_replay(platform).await;
    let history = History::read(platform).await;
    history.assert_whole();
    history.assert_no_overlap();
    let mut verdict = judge(&history, &ledger.entries());
    verdict.reminders = reminders::assert_each_once(&history);
    verdict.events = history.events.len();
    verdict.compared = compared;
    let all = history.events.len() as u64;
    let damaged = tally.done.contains_key(Fault::DamageStore(0).kind());
    eventually(
        "the broker has the log",
        Duration::from_secs(60),
        || async {
            let held = platform.broker().await;
            // Of a damaged store the relay mends only the end; who reads a hole asks the log.
            held.is_some_and(|held| held.last.0 == all && (damaged || held.messages == all))
        },
    )
    .await;
    let (whole, said) = platform.run(&["audit", "verify"]);
    assert!(whole, "{said}");
    let (listed, letters) = platform.run(&["admin", "dead-letters", "list"]);
    assert!(listed && letters.contains("No dead letters"), "{letters}");
    for (what, broken) in [
        ("lost", &verdict.lost),
        ("doubled", &verdict.doubled),
        ("shown without a record", &verdict.unrecorded),
    ] {
        let shown = broken
            .iter()
            .take(20)
            .map(String::as_str)
            .collect::<Vec<_>>();
        assert!(
            broken.is_empty(),
            "{} {what}:\n{}",
            broken.len(),
            shown.join("\n")
        );
    }
    verdict
}

fn summary(seed: u64, minutes: f64, copies: u8, tally: &Tally, verdict: &Verdict) -> String {
    let list = |counts: &std::collections::BTreeMap<&str, u32>| {
        let words: Vec<String> = counts
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        words.join(", ")
    };
    let mut text = format!(
        "seed {seed}, {minutes:.1} minutes, {copies} process(es) of each part\n\
         faults: {} ({})\n",
        tally.done.values().sum::<u32>(),
        list(&tally.done)
    );
    for (what, counts) in [
        ("skipped", &tally.skipped),
        ("by an operator", &tally.operator),
    ] {
        if !counts.is_empty() {
            let _ = writeln!(text, "{what}: {}", list(counts));
        }
    }
    let _ = write!(
        text,
        "events {}, reminders {}, reads {}, commands given up {} (of which done {})\n\
         commands acknowledged {}, lost {}, doubled {}\n\
         read models equal replay: {} models, {} rows",
        verdict.events,
        verdict.reminders,
        verdict.reads,
        verdict.unanswered_done + verdict.unanswered_not_done,
        verdict.unanswered_done,
        verdict.acknowledged,
        verdict.lost.len(),
        verdict.doubled.len(),
        verdict.compared.models,
        verdict.compared.rows
    );
    text
}
