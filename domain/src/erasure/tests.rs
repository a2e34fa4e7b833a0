#![allow(clippy::unwrap_used)]

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::testing::{after, at, decides, id, refuses, text};
use crate::values::TreeRoot;

const NOW: &str = "2026-08-01T00:00:00Z";
const GRACE: &str = "2026-08-08T00:00:00Z";
const KEPT: &str = "2029-03-10T09:00:00Z";
const LATER: &str = "2029-04-01T00:00:00Z";

fn retention(until: &str) -> Retention {
    Retention {
        rule: text("medical-record"),
        rules_version: 1,
        basis: text("imc-regulations-2002"),
        until: at(until),
    }
}

fn court(until: Option<&str>) -> Basis {
    Basis {
        basis: text("litigation"),
        until: until.map(at),
    }
}

/// The clinical records are kept, the rest need not be.
fn request(legal_hold: Option<Basis>) -> ErasureCommand {
    ErasureCommand::Request(Request {
        erasure: id(1),
        person: id(2),
        reason: text("leaves-the-hospital"),
        grace: TimeDelta::days(7),
        kept: [
            (Category::Clinical, retention(KEPT)),
            // That term is over.
            (Category::Billing, retention("2026-07-31T23:59:59Z")),
        ]
        .into(),
        legal_hold,
    })
}

fn kept(until: &str) -> ErasureEvent {
    super::retained(id(1), Category::Clinical, &retention(until)).into()
}

fn stopped(until: Option<&str>) -> ErasureEvent {
    super::stopped(id(1), court(until)).into()
}

fn scheduled(category: Category, not_before: &str) -> ErasureEvent {
    Scheduled {
        erasure: id(1),
        category,
        not_before: at(not_before),
    }
    .into()
}

fn asked() -> ErasureEvent {
    Requested {
        erasure: id(1),
        person: id(2),
        reason: text("leaves-the-hospital"),
    }
    .into()
}

fn requested() -> Vec<ErasureEvent> {
    vec![
        asked(),
        scheduled(Category::Identity, GRACE),
        kept(KEPT),
        scheduled(Category::Clinical, KEPT),
        scheduled(Category::Conversation, GRACE),
        scheduled(Category::Billing, GRACE),
    ]
}

fn begin(category: Category) -> ErasureCommand {
    ErasureCommand::Begin(Begin {
        category,
        kept: None,
        legal_hold: None,
    })
}

fn begun(category: Category) -> ErasureEvent {
    Begun {
        erasure: id(1),
        person: id(2),
        category,
    }
    .into()
}

fn record(category: Category) -> ErasureCommand {
    ErasureCommand::RecordShredding(RecordShredding {
        category,
        tombstone: 7,
        at: at(GRACE),
    })
}

fn shredded(category: Category) -> ErasureEvent {
    Shredded {
        erasure: id(1),
        person: id(2),
        category,
        tombstone: 7,
        at: at(GRACE),
    }
    .into()
}

fn certify() -> ErasureCommand {
    ErasureCommand::Certify(Certify {
        certificate: id(9),
        tree_size: 12,
        root: TreeRoot::from([7; 32]),
    })
}

fn certified(categories: &[Category], complete: bool) -> ErasureEvent {
    Certified {
        erasure: id(1),
        certificate: id(9),
        categories: categories.to_vec(),
        tree_size: 12,
        root: TreeRoot::from([7; 32]),
        complete,
    }
    .into()
}

fn with(more: impl IntoIterator<Item = ErasureEvent>) -> Vec<ErasureEvent> {
    requested().into_iter().chain(more).collect()
}

/// All of it has gone through these.
fn all(step: impl Fn(Category) -> ErasureEvent) -> impl Iterator<Item = ErasureEvent> {
    Category::ALL.into_iter().map(step)
}

#[tokio::test]
async fn a_request_says_what_is_erased_when_and_what_is_kept_by_which_law() {
    decides::<Erasure>(NOW, vec![], request(None), requested()).await;
    let mut held = requested();
    held.insert(1, stopped(None));
    decides::<Erasure>(NOW, vec![], request(Some(court(None))), held).await;
    let again = ErasureError::AlreadyRequested;
    refuses::<Erasure>(NOW, requested(), request(None), again).await;
}

#[tokio::test]
async fn a_category_goes_from_its_time_on_and_not_earlier() {
    let identity = Category::Identity;
    decides::<Erasure>(GRACE, requested(), begin(identity), vec![begun(identity)]).await;
    for (now, category) in [
        ("2026-08-07T23:59:59Z", identity),
        (GRACE, Category::Clinical),
    ] {
        refuses::<Erasure>(now, requested(), begin(category), ErasureError::NotDue).await;
    }
    decides::<Erasure>(
        KEPT,
        requested(),
        begin(Category::Clinical),
        vec![begun(Category::Clinical)],
    )
    .await;
    refuses::<Erasure>(NOW, vec![], begin(identity), ErasureError::NoSuchErasure).await;
}

#[tokio::test]
async fn what_was_used_again_meanwhile_is_kept_for_longer() {
    let again = ErasureCommand::Begin(Begin {
        category: Category::Clinical,
        kept: Some(retention(LATER)),
        legal_hold: None,
    });
    let longer = vec![kept(LATER), scheduled(Category::Clinical, LATER)];
    decides::<Erasure>(KEPT, requested(), again.clone(), longer.clone()).await;
    let waits = with(longer);
    refuses::<Erasure>(
        KEPT,
        waits.clone(),
        begin(Category::Clinical),
        ErasureError::NotDue,
    )
    .await;
    // Asked again before that, it says nothing new.
    refuses::<Erasure>(KEPT, waits, again, ErasureError::NotDue).await;
}

#[tokio::test]
async fn a_legal_hold_stops_it_until_it_is_lifted_or_runs_out() {
    let hold = ErasureCommand::Hold(court(None));
    decides::<Erasure>(NOW, requested(), hold.clone(), vec![stopped(None)]).await;
    let held = with([stopped(None)]);
    refuses::<Erasure>(NOW, held.clone(), hold, ErasureError::AlreadyHeld).await;
    let lifted = ErasureEvent::from(HoldLifted { erasure: id(1) });
    decides::<Erasure>(
        NOW,
        held.clone(),
        ErasureCommand::LiftHold,
        vec![lifted.clone()],
    )
    .await;
    refuses::<Erasure>(
        NOW,
        requested(),
        ErasureCommand::LiftHold,
        ErasureError::NotHeld,
    )
    .await;
    // What the hold itself says counts, whether the erasure has heard of it or not.
    let begin_held = |until| {
        ErasureCommand::Begin(Begin {
            category: Category::Identity,
            kept: None,
            legal_hold: Some(court(until)),
        })
    };
    decides::<Erasure>(GRACE, held.clone(), begin_held(None), vec![]).await;
    decides::<Erasure>(GRACE, requested(), begin_held(None), vec![stopped(None)]).await;
    let goes_on = vec![lifted, begun(Category::Identity)];
    decides::<Erasure>(GRACE, held, begin(Category::Identity), goes_on.clone()).await;
    let ran_out = with([stopped(Some(GRACE))]);
    decides::<Erasure>(GRACE, ran_out, begin_held(Some(GRACE)), goes_on).await;
}

#[tokio::test]
async fn nothing_stops_what_has_begun() {
    let under_way = with([begun(Category::Identity)]);
    let withdraw = ErasureCommand::Withdraw;
    refuses::<Erasure>(GRACE, under_way.clone(), withdraw, ErasureError::UnderWay).await;
    // The rest can still be held.
    let hold = ErasureCommand::Hold(court(None));
    decides::<Erasure>(GRACE, under_way.clone(), hold.clone(), vec![stopped(None)]).await;
    let everything = with(all(begun));
    refuses::<Erasure>(GRACE, everything, hold, ErasureError::NothingLeft).await;
    // A repeat after a crash says nothing new.
    decides::<Erasure>(GRACE, under_way.clone(), begin(Category::Identity), vec![]).await;
    let gone = vec![shredded(Category::Identity)];
    decides::<Erasure>(GRACE, under_way, record(Category::Identity), gone.clone()).await;
    let recorded = with([begun(Category::Identity)].into_iter().chain(gone));
    decides::<Erasure>(GRACE, recorded, record(Category::Identity), vec![]).await;
    let early = record(Category::Clinical);
    refuses::<Erasure>(GRACE, requested(), early, ErasureError::NotBegun).await;
}

#[tokio::test]
async fn a_withdrawn_erasure_erases_nothing() {
    let withdrawn = ErasureEvent::from(Withdrawn { erasure: id(1) });
    decides::<Erasure>(
        NOW,
        requested(),
        ErasureCommand::Withdraw,
        vec![withdrawn.clone()],
    )
    .await;
    for asked in [
        ErasureCommand::Withdraw,
        begin(Category::Identity),
        ErasureCommand::Hold(court(None)),
        ErasureCommand::LiftHold,
    ] {
        let given_up = with([withdrawn.clone()]);
        refuses::<Erasure>(GRACE, given_up, asked, ErasureError::Closed).await;
    }
}

#[tokio::test]
async fn each_certificate_is_of_what_was_erased_since_the_last() {
    let identity = [begun(Category::Identity), shredded(Category::Identity)];
    let first = certified(&[Category::Identity], false);
    decides::<Erasure>(
        GRACE,
        with(identity.clone()),
        certify(),
        vec![first.clone()],
    )
    .await;
    refuses::<Erasure>(
        GRACE,
        requested(),
        certify(),
        ErasureError::NothingToCertify,
    )
    .await;
    let all_gone: Vec<_> = all(begun).chain(all(shredded)).collect();
    let rest = [
        Category::Clinical,
        Category::Conversation,
        Category::Billing,
    ];
    let then = with(all_gone.into_iter().chain([first]));
    let last = certified(&rest, true);
    decides::<Erasure>(LATER, then.clone(), certify(), vec![last.clone()]).await;
    let done: Vec<_> = then.into_iter().chain([last]).collect();
    assert!(after::<Erasure>(&done).is_closed());
    refuses::<Erasure>(LATER, done, ErasureCommand::Withdraw, ErasureError::Closed).await;
}

/// What somebody may try, and how many days later.
fn tries() -> impl Strategy<Value = (ErasureCommand, i64)> {
    let category = prop::sample::select(Category::ALL.to_vec());
    let retained = prop::option::of(prop::sample::select(vec![
        KEPT,
        LATER,
        "2031-01-01T00:00:00Z",
    ]));
    let hold = prop::option::of(prop::option::of(Just(KEPT)));
    let begin = (category.clone(), retained, hold).prop_map(|(category, kept, hold)| {
        ErasureCommand::Begin(Begin {
            category,
            kept: kept.map(retention),
            legal_hold: hold.map(court),
        })
    });
    let command = prop_oneof![
        4 => begin,
        2 => category.prop_map(record),
        1 => Just(ErasureCommand::Hold(court(None))),
        1 => Just(ErasureCommand::LiftHold),
        1 => Just(ErasureCommand::Withdraw),
        1 => Just(certify()),
    ];
    (command, 0_i64..300)
}

proptest! {
    /// However everything is tried in whatever order: no key is destroyed that the law or a
    /// legal hold protects, none before its time, none twice, and none of what was withdrawn.
    #[test]
    fn a_held_category_is_never_shredded(tries in prop::collection::vec(tries(), 1..40)) {
        let mut state = after::<Erasure>(&requested());
        let mut now = at(NOW);
        for (command, days) in tries {
            now += TimeDelta::days(days);
            let before = state.clone();
            let asked = match &command {
                ErasureCommand::Begin(begin) => Some(begin.clone()),
                _ => None,
            };
            let Ok(events) = state.decide(command, now) else { continue };
            for event in &events {
                if let ErasureEvent::Begun(begun) = event {
                    let plan = before.plans[&begun.category];
                    let asked = asked.clone().unwrap();
                    prop_assert!(plan.not_before <= now && plan.stage == Stage::Scheduled);
                    prop_assert!(asked.kept.is_none_or(|kept| kept.until <= now || kept.until <= plan.not_before));
                    prop_assert!(!asked.legal_hold.is_some_and(|hold| hold.holds(now)));
                    prop_assert!(!before.withdrawn);
                }
                if let ErasureEvent::Shredded(shredded) = event {
                    prop_assert_eq!(before.plans[&shredded.category].stage, Stage::Begun);
                }
                state.evolve(event);
            }
        }
    }
}
