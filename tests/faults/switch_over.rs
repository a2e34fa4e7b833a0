//! PostgreSQL is lost for good in the midst of the work, and its standby takes its place.

use medilink_tests::{Options, Platform};

use crate::ledger::Ledger;
use crate::nemesis::Tally;
use crate::run::{Length, MEDILINK, goes_on, people, verdict};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_switch_over_to_the_standby_loses_nothing_that_was_acknowledged() {
    let mut platform = Platform::start(MEDILINK, Options::default().standby()).await;
    let ledger = Ledger::default();
    let (callers, _) = people(&platform, &ledger, 1, Length::Steps(1)).await;
    for _ in 0..5 {
        goes_on(&ledger).await;
    }
    let before = ledger.done();
    platform.switch_over().await;
    for _ in 0..5 {
        goes_on(&ledger).await;
    }
    ledger.close();
    callers.join_all().await;
    let verdict = verdict(&mut platform, &ledger, &Tally::default()).await;
    assert!(before > 0 && verdict.acknowledged as u64 >= before + 30);
    eprintln!(
        "{before} commands acknowledged before, {} in all; lost {}, doubled {}",
        verdict.acknowledged,
        verdict.lost.len(),
        verdict.doubled.len()
    );
}
