//! What never happens to an agenda, whoever books for the patient.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;

use super::*;

fn visits() -> impl Strategy<Value = OpenVisit> {
    let starts = (0_i64..4 * 96).prop_map(|quarter| at(NOW) + TimeDelta::minutes(15 * quarter));
    let minutes = prop::sample::select(vec![5_i64, 15, 30, 240]);
    (0_u128..12, starts, minutes, any::<bool>()).prop_map(
        |(appointment, starts_at, minutes, abroad)| {
            let visit = OpenVisit {
                ends_at: starts_at + TimeDelta::minutes(minutes),
                starts_at,
                ..visit(appointment, NOW)
            };
            if abroad { in_new_york(visit) } else { visit }
        },
    )
}

fn commands(
    policy: impl Strategy<Value = Option<BookingPolicy>> + Clone,
) -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (visits(), policy.clone()).prop_map(|(visit, policy)| add(visit, policy)),
        2 => (visits(), policy).prop_map(|(visit, policy)| shift(visit, policy)),
        1 => (0_u128..12).prop_map(remove),
    ]
}

fn overlap(one: &OpenVisit, other: &OpenVisit) -> bool {
    one.starts_at < other.ends_at && other.starts_at < one.ends_at
}

/// The agenda after all that was not refused, and how much that was.
fn played(commands: Vec<Command>) -> (Agenda, usize) {
    let mut agenda = Agenda::default();
    let mut happened = 0;
    for command in commands {
        for event in agenda.decide(command, at(NOW)).unwrap_or_default() {
            agenda.evolve(&event);
            happened += 1;
        }
    }
    (agenda, happened)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn two_visits_under_the_rules_never_overlap_and_are_never_too_many(
        commands in prop::collection::vec(commands(Just(at_most(Some(6), Some(2)))), 1..60),
    ) {
        let (agenda, _) = played(commands);
        let mut open = BTreeMap::<HospitalId, usize>::new();
        let mut days = BTreeMap::<(HospitalId, NaiveDate), usize>::new();
        for (index, one) in agenda.visits.iter().enumerate() {
            for other in &agenda.visits[index + 1..] {
                prop_assert!(!overlap(one, other), "{one:?} and {other:?}");
                prop_assert_ne!(one.appointment, other.appointment);
            }
            let day = one.starts_at.with_timezone(&one.time_zone.tz()).date_naive();
            *days.entry((one.hospital, day)).or_default() += 1;
            *open.entry(one.hospital).or_default() += usize::from(at(NOW) < one.starts_at);
        }
        prop_assert!(days.values().all(|visits| *visits <= 2), "{days:?}");
        prop_assert!(open.values().all(|visits| *visits <= 6), "{open:?}");
    }

    /// Also among visits that were taken up beyond the rules.
    #[test]
    fn what_is_taken_up_under_the_rules_overlaps_nothing_that_is_there(
        commands in prop::collection::vec(
            commands(prop::sample::select(vec![None, no_limits()])), 1..60,
        ),
        visit in visits(),
    ) {
        let (agenda, _) = played(commands);
        let others = agenda.visits.iter().filter(|other| other.appointment != visit.appointment);
        let busy = others.into_iter().any(|other| overlap(other, &visit));
        let known = agenda.visits.iter().any(|known| known.appointment == visit.appointment);
        let command = if known { shift(visit, no_limits()) } else { add(visit, no_limits()) };
        let refused = agenda.decide(command, at(NOW)).err();
        prop_assert_eq!(refused, busy.then_some(Error::PatientBusy));
    }
}

/// Guards the properties above against becoming true of nothing.
#[test]
fn random_commands_do_fill_agendas() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec(commands(Just(at_most(Some(6), Some(2)))), 1..60);
    let happened: usize = (0..100)
        .map(|_| played(strategy.new_tree(&mut runner).unwrap().current()).1)
        .sum();
    assert!(happened > 800, "only {happened} events in 100 histories");
}
