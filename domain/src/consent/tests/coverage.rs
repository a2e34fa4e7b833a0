//! What a consent lets somebody see, to the instant.

use proptest::prelude::*;

use super::*;

fn need(grantees: &[Grantee]) -> Need<'_> {
    Need {
        grantees,
        information_type: TYPES[1],
        recorded_at: at("2026-01-01T00:00:00Z"),
        mode: ConsentAccessMode::View,
        purpose: ConsentPurpose::CareManagement,
    }
}

#[test]
fn a_consent_covers_what_it_says_and_nothing_beside() {
    let consent: Consent = after(&[granted(terms())]);
    let hospital = Grantee::Hospital { id: id(3) };
    let reader = [hospital, doctor()];
    let need = need(&reader);
    let now = at(NOW);
    assert!(consent.covers(&need, now));
    let others = [hospital, Grantee::Person { id: id(4) }];
    for beside in [
        // The same id is another thing.
        Need {
            grantees: &others,
            ..need
        },
        Need {
            grantees: &[],
            ..need
        },
        Need {
            information_type: HealthInformationType::DiagnosticReport,
            ..need
        },
        Need {
            mode: ConsentAccessMode::Store,
            ..need
        },
        Need {
            purpose: ConsentPurpose::DiseaseResearch,
            ..need
        },
    ] {
        assert!(!consent.covers(&beside, now), "{beside:?}");
    }
}

#[test]
fn a_department_is_one_of_its_hospital() {
    let department = |hospital| Grantee::Department {
        id: id(5),
        hospital: id(hospital),
    };
    let event = Granted {
        consent: id(1),
        subject: id(2),
        by: id(2),
        grantee: department(4),
        terms: terms(),
    };
    let consent: Consent = after(&[event.into()]);
    assert!(consent.covers(&need(&[department(4)]), at(NOW)));
    assert!(!consent.covers(&need(&[department(6)]), at(NOW)));
}

#[test]
fn the_period_includes_both_ends_and_the_end_of_the_consent_is_over() {
    let consent: Consent = after(&[granted(terms())]);
    let reader = [doctor()];
    for (recorded_at, now, covered) in [
        (FROM, NOW, true),
        ("2025-07-31T23:59:59.999999Z", NOW, false),
        (TO, "2026-08-19T23:59:59.999999Z", true),
        ("2026-08-10T00:00:00.000001Z", "2026-08-19T00:00:00Z", false),
        (FROM, EXPIRES, false),
    ] {
        let need = Need {
            recorded_at: at(recorded_at),
            ..need(&reader)
        };
        let at_instant = format!("{recorded_at} at {now}");
        assert_eq!(consent.covers(&need, at(now)), covered, "{at_instant}");
    }
    assert!(consent.may_be_used(at("2026-08-19T23:59:59.999999Z")));
    assert!(!consent.may_be_used(at(EXPIRES)));
}

#[test]
fn what_is_not_granted_or_not_any_more_covers_nothing() {
    let reader = [doctor()];
    for events in [
        vec![],
        vec![requested()],
        vec![requested(), denied()],
        vec![granted(terms()), revoked()],
        vec![granted(terms()), expired()],
    ] {
        let consent: Consent = after(&events);
        assert!(!consent.covers(&need(&reader), at(NOW)), "{events:?}");
        assert!(!consent.may_be_used(at(NOW)), "{events:?}");
    }
}

fn modes() -> impl Strategy<Value = ConsentAccessMode> {
    prop::sample::select(ConsentAccessMode::ALL)
}

fn purposes() -> impl Strategy<Value = ConsentPurpose> {
    prop::sample::select(ConsentPurpose::ALL)
}

fn minutes() -> impl Strategy<Value = DateTime<Utc>> {
    (-30_i64..30).prop_map(|minutes| at(NOW) + TimeDelta::minutes(minutes))
}

proptest! {
    /// Whatever is asked and however it is answered: what the answer covers, the request would
    /// have, and nothing is covered before it is granted or after it is over.
    #[test]
    fn nobody_sees_more_than_was_asked_for_and_given(
        (from, to, ends, mode, purpose) in (minutes(), minutes(), minutes(), modes(), purposes()),
        (types, given) in (
            prop::sample::subsequence(HealthInformationType::ALL, 0..7),
            prop::option::of(prop::sample::subsequence(HealthInformationType::ALL, 0..7)),
        ),
        (less_from, less_to, less_ends) in (
            prop::option::of(minutes()),
            prop::option::of(minutes()),
            prop::option::of(minutes()),
        ),
        (information_type, recorded_at, need_mode, need_purpose, later) in (
            prop::sample::select(HealthInformationType::ALL), minutes(), modes(), purposes(), minutes(),
        ),
        take_back in any::<bool>(),
    ) {
        let asked = ConsentTerms { purpose, types, mode, from, to, expires_at: ends, frequency: None };
        let reader = [doctor()];
        let need = Need { grantees: &reader, information_type, recorded_at, mode: need_mode, purpose: need_purpose };
        let mut consent = Consent::default();
        let carry_out = |consent: &mut Consent, command| {
            let events = consent.decide(command, at(NOW)).unwrap_or_default();
            events.iter().for_each(|event| consent.evolve(event));
            !events.is_empty()
        };
        carry_out(&mut consent, request(asked.clone()));
        prop_assert!(!consent.covers(&need, later));
        let narrowed = Narrowed { types: given.clone(), from: less_from, to: less_to, expires_at: less_ends, frequency: None };
        let answered = carry_out(&mut consent, answer(narrowed));
        let covered = consent.covers(&need, later);
        prop_assert!(answered || !covered);
        let expected = answered
            && asked.types.contains(&information_type)
            && given.is_none_or(|given| given.contains(&information_type))
            && need_mode == mode
            && need_purpose == purpose
            && purpose != ConsentPurpose::BreakTheGlass
            && less_from.unwrap_or(from) <= recorded_at
            && recorded_at <= less_to.unwrap_or(to)
            && from <= recorded_at
            && recorded_at <= to
            && later < less_ends.unwrap_or(ends)
            && later < ends;
        prop_assert_eq!(covered, expected);
        prop_assert_eq!(answered && later < less_ends.unwrap_or(ends), consent.may_be_used(later));
        if take_back {
            carry_out(&mut consent, revoke());
            prop_assert!(!consent.covers(&need, later));
            prop_assert!(!consent.may_be_used(later));
        }
    }
}
