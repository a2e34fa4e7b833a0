//! A consent from the request to its end.

mod coverage;

use super::*;
use crate::testing::{after, at, decides, id, number, refuses};
use crate::values::{ConsentAccessMode, FrequencyUnit, HealthInformationType};

const NOW: &str = "2026-08-01T06:30:00Z";
const FROM: &str = "2025-08-01T00:00:00Z";
const TO: &str = "2026-08-10T00:00:00Z";
const EXPIRES: &str = "2026-08-20T00:00:00Z";

const TYPES: [HealthInformationType; 2] = [
    HealthInformationType::Prescription,
    HealthInformationType::OPConsultation,
];

fn doctor() -> Grantee {
    Grantee::Person { id: id(3) }
}

fn terms() -> ConsentTerms {
    ConsentTerms {
        purpose: ConsentPurpose::CareManagement,
        types: TYPES.to_vec(),
        mode: ConsentAccessMode::View,
        from: at(FROM),
        to: at(TO),
        expires_at: at(EXPIRES),
        frequency: None,
    }
}

fn frequency(unit: FrequencyUnit, value: u64, repeats: u64) -> ConsentFrequency {
    ConsentFrequency {
        unit,
        value: number(value),
        repeats: number(repeats),
    }
}

fn request(terms: ConsentTerms) -> ConsentCommand {
    ConsentCommand::Request(Request {
        consent: id(1),
        subject: id(2),
        requester: id(3),
        grantee: doctor(),
        terms,
    })
}

fn requested() -> ConsentEvent {
    Requested {
        consent: id(1),
        subject: id(2),
        requester: id(3),
        grantee: doctor(),
        terms: terms(),
        lapses_at: at(EXPIRES),
    }
    .into()
}

fn grant(grantee: Grantee, terms: ConsentTerms) -> ConsentCommand {
    ConsentCommand::Grant(Grant {
        consent: id(1),
        subject: id(2),
        by: id(2),
        grantee,
        terms,
    })
}

fn granted(terms: ConsentTerms) -> ConsentEvent {
    Granted {
        consent: id(1),
        subject: id(2),
        by: id(2),
        grantee: doctor(),
        terms,
    }
    .into()
}

fn answer(narrowed: Narrowed) -> ConsentCommand {
    ConsentCommand::Answer(Answer {
        by: id(2),
        narrowed,
    })
}

fn deny() -> ConsentCommand {
    ConsentCommand::Deny(Deny { by: id(2) })
}

fn denied() -> ConsentEvent {
    Denied {
        consent: id(1),
        by: id(2),
    }
    .into()
}

fn revoke() -> ConsentCommand {
    ConsentCommand::Revoke(Revoke { by: id(2) })
}

fn revoked() -> ConsentEvent {
    Revoked {
        consent: id(1),
        by: id(2),
    }
    .into()
}

fn expired() -> ConsentEvent {
    Expired { consent: id(1) }.into()
}

fn used(instant: &str) -> ConsentEvent {
    Used {
        consent: id(1),
        at: at(instant),
    }
    .into()
}

#[tokio::test]
async fn a_request_is_tidied_and_lapses_with_what_it_asks_for_or_after_thirty_days() {
    let untidy = ConsentTerms {
        types: vec![TYPES[1], TYPES[0], TYPES[1]],
        from: at("2025-08-01T00:00:00.000000999Z"),
        ..terms()
    };
    decides::<Consent>(NOW, vec![], request(untidy), vec![requested()]).await;
    let long = ConsentTerms {
        expires_at: at("2027-01-01T00:00:00Z"),
        ..terms()
    };
    let lapsing = Requested {
        consent: id(1),
        subject: id(2),
        requester: id(3),
        grantee: doctor(),
        terms: long.clone(),
        lapses_at: at("2026-08-31T06:30:00Z"),
    };
    decides::<Consent>(NOW, vec![], request(long), vec![lapsing.into()]).await;
    let twice = ConsentError::AlreadyThere;
    refuses::<Consent>(NOW, vec![requested()], request(terms()), twice).await;
}

#[tokio::test]
async fn what_nobody_can_consent_to_is_neither_asked_nor_given() {
    let with = |change: &dyn Fn(&mut ConsentTerms)| {
        let mut changed = terms();
        change(&mut changed);
        changed
    };
    let wrong = [
        (
            with(&|terms| terms.purpose = ConsentPurpose::BreakTheGlass),
            ConsentError::BreakTheGlass,
        ),
        (with(&|terms| terms.types.clear()), ConsentError::NoType),
        (
            with(&|terms| terms.from = at("1869-12-31T23:59:59.999999Z")),
            ConsentError::PeriodTooEarly,
        ),
        (
            with(&|terms| terms.to = at("2025-07-31T23:59:59.999999Z")),
            ConsentError::PeriodReversed,
        ),
        (
            with(&|terms| {
                terms.to = at(FROM);
                terms.expires_at = at(NOW);
            }),
            ConsentError::ExpiresInPast,
        ),
        (
            with(&|terms| terms.expires_at = at("2027-08-01T06:30:00.000001Z")),
            ConsentError::ExpiresTooLate,
        ),
        (
            with(&|terms| terms.to = at("2026-08-20T00:00:00.000001Z")),
            ConsentError::PeriodTooLate,
        ),
    ];
    for (terms, error) in wrong {
        refuses::<Consent>(NOW, vec![], request(terms.clone()), error).await;
        refuses::<Consent>(NOW, vec![], grant(doctor(), terms), error).await;
    }
    for right in [
        with(&|terms| terms.to = at(FROM)),
        with(&|terms| terms.from = at("1870-01-01T00:00:00Z")),
        with(&|terms| terms.to = at(EXPIRES)),
        with(&|terms| terms.expires_at = at("2027-08-01T06:30:00Z")),
    ] {
        let given = granted(right.clone());
        decides::<Consent>(NOW, vec![], grant(doctor(), right), vec![given]).await;
    }
    let soon = with(&|terms| {
        terms.to = at(FROM);
        terms.expires_at = at("2026-08-01T06:30:00.000001Z");
    });
    let given = granted(soon.clone());
    decides::<Consent>(NOW, vec![], grant(doctor(), soon), vec![given]).await;
}

#[tokio::test]
async fn nobody_consents_to_themselves() {
    let oneself = Grantee::Person { id: id(2) };
    let error = ConsentError::ForOneself;
    refuses::<Consent>(NOW, vec![], grant(oneself, terms()), error).await;
    let guardian = ConsentCommand::Grant(Grant {
        consent: id(1),
        subject: id(2),
        by: id(3),
        grantee: doctor(),
        terms: terms(),
    });
    refuses::<Consent>(NOW, vec![], guardian, error).await;
    let answer = ConsentCommand::Answer(Answer {
        by: id(3),
        narrowed: Narrowed::default(),
    });
    refuses::<Consent>(NOW, vec![requested()], answer, error).await;
    let request = ConsentCommand::Request(Request {
        consent: id(1),
        subject: id(3),
        requester: id(3),
        grantee: doctor(),
        terms: terms(),
    });
    refuses::<Consent>(NOW, vec![], request, error).await;
}

#[tokio::test]
async fn what_is_given_is_what_was_asked_for_or_less() {
    let as_asked = vec![granted(terms())];
    decides::<Consent>(
        NOW,
        vec![requested()],
        answer(Narrowed::default()),
        as_asked,
    )
    .await;
    let daily = frequency(FrequencyUnit::Day, 1, 2);
    let narrowed = Narrowed {
        types: Some(vec![TYPES[1]]),
        from: Some(at("2026-01-01T00:00:00Z")),
        to: Some(at(NOW)),
        expires_at: Some(at("2026-08-02T00:00:00Z")),
        frequency: Some(daily),
    };
    let less = ConsentTerms {
        types: vec![TYPES[1]],
        from: at("2026-01-01T00:00:00Z"),
        to: at(NOW),
        expires_at: at("2026-08-02T00:00:00Z"),
        frequency: Some(daily),
        ..terms()
    };
    let given = vec![granted(less)];
    decides::<Consent>(NOW, vec![requested()], answer(narrowed), given).await;
}

#[tokio::test]
async fn nothing_is_given_that_nobody_asked_for() {
    let wider = [
        Narrowed {
            types: Some(vec![TYPES[0], HealthInformationType::DischargeSummary]),
            ..Narrowed::default()
        },
        Narrowed {
            from: Some(at("2025-07-31T23:59:59.999999Z")),
            ..Narrowed::default()
        },
        Narrowed {
            to: Some(at("2026-08-10T00:00:00.000001Z")),
            ..Narrowed::default()
        },
        Narrowed {
            expires_at: Some(at("2026-08-20T00:00:00.000001Z")),
            ..Narrowed::default()
        },
    ];
    for narrowed in wider {
        let error = ConsentError::WiderThanRequested;
        refuses::<Consent>(NOW, vec![requested()], answer(narrowed), error).await;
    }
    let limited = Requested {
        consent: id(1),
        subject: id(2),
        requester: id(3),
        grantee: doctor(),
        terms: ConsentTerms {
            frequency: Some(frequency(FrequencyUnit::Day, 1, 2)),
            ..terms()
        },
        lapses_at: at(EXPIRES),
    };
    for often in [
        frequency(FrequencyUnit::Day, 1, 3),
        frequency(FrequencyUnit::Hour, 1, 2),
        frequency(FrequencyUnit::Day, 2, 2),
    ] {
        let narrowed = Narrowed {
            frequency: Some(often),
            ..Narrowed::default()
        };
        let known = vec![limited.clone().into()];
        let error = ConsentError::WiderThanRequested;
        refuses::<Consent>(NOW, known, answer(narrowed), error).await;
    }
    let nothing = Narrowed {
        types: Some(vec![]),
        ..Narrowed::default()
    };
    let error = ConsentError::NoType;
    refuses::<Consent>(NOW, vec![requested()], answer(nothing), error).await;
}

#[tokio::test]
async fn a_request_is_answered_once_and_in_time() {
    let asked = || vec![requested()];
    decides::<Consent>(NOW, asked(), deny(), vec![denied()]).await;
    decides::<Consent>(NOW, vec![requested(), denied()], deny(), vec![]).await;
    let last = "2026-08-19T23:59:59.999999Z";
    decides::<Consent>(last, asked(), deny(), vec![denied()]).await;
    let closed = ConsentError::NotWaiting;
    refuses::<Consent>(EXPIRES, asked(), deny(), closed).await;
    refuses::<Consent>(EXPIRES, asked(), answer(Narrowed::default()), closed).await;
    for settled in [
        vec![requested(), denied()],
        vec![requested(), granted(terms())],
        vec![requested(), expired()],
        vec![granted(terms())],
        vec![granted(terms()), revoked()],
    ] {
        refuses::<Consent>(NOW, settled, answer(Narrowed::default()), closed).await;
    }
    refuses::<Consent>(NOW, vec![granted(terms())], deny(), closed).await;
    refuses::<Consent>(NOW, vec![], deny(), ConsentError::NoSuchConsent).await;
}

#[tokio::test]
async fn what_was_given_can_be_taken_back_at_any_time() {
    let given = || vec![requested(), granted(terms())];
    decides::<Consent>(NOW, given(), revoke(), vec![revoked()]).await;
    // Nobody has noted yet that it is over.
    decides::<Consent>(EXPIRES, given(), revoke(), vec![revoked()]).await;
    let again = vec![granted(terms()), revoked()];
    decides::<Consent>(NOW, again, revoke(), vec![]).await;
    for never in [
        vec![requested()],
        vec![requested(), denied()],
        vec![granted(terms()), expired()],
    ] {
        refuses::<Consent>(NOW, never, revoke(), ConsentError::NotGranted).await;
    }
}

#[tokio::test]
async fn a_consent_expires_when_its_time_is_over_and_once() {
    let last = "2026-08-19T23:59:59.999999Z";
    let expire = || ConsentCommand::Expire;
    for open in [vec![requested()], vec![granted(terms())]] {
        refuses::<Consent>(last, open.clone(), expire(), ConsentError::NotOver).await;
        decides::<Consent>(EXPIRES, open, expire(), vec![expired()]).await;
    }
    for settled in [
        vec![granted(terms()), expired()],
        vec![granted(terms()), revoked()],
        vec![requested(), denied()],
    ] {
        decides::<Consent>(EXPIRES, settled, expire(), vec![]).await;
    }
    let none = ConsentError::NoSuchConsent;
    refuses::<Consent>(EXPIRES, vec![], expire(), none).await;
}

#[tokio::test]
async fn use_is_counted_where_there_is_a_limit_to_it() {
    let make_use = || ConsentCommand::Use;
    decides::<Consent>(NOW, vec![granted(terms())], make_use(), vec![]).await;
    let twice_a_day = || {
        granted(ConsentTerms {
            frequency: Some(frequency(FrequencyUnit::Day, 1, 2)),
            ..terms()
        })
    };
    decides::<Consent>(NOW, vec![twice_a_day()], make_use(), vec![used(NOW)]).await;
    let both = || vec![twice_a_day(), used(NOW), used("2026-08-01T08:00:00Z")];
    let exceeded = ConsentError::FrequencyExceeded;
    let (late, next) = ("2026-08-02T06:29:59.999999Z", "2026-08-02T06:30:00Z");
    refuses::<Consent>(late, both(), make_use(), exceeded).await;
    decides::<Consent>(next, both(), make_use(), vec![used(next)]).await;
    let third = [both(), vec![used(next)]].concat();
    refuses::<Consent>(next, third, make_use(), exceeded).await;
    for known in [vec![requested()], vec![granted(terms()), revoked()]] {
        refuses::<Consent>(NOW, known, make_use(), ConsentError::NotGranted).await;
    }
    let over = vec![granted(terms())];
    refuses::<Consent>(EXPIRES, over, make_use(), ConsentError::NotGranted).await;
}

#[test]
fn only_the_uses_that_the_limit_looks_back_on_are_remembered() {
    let limited = granted(ConsentTerms {
        frequency: Some(frequency(FrequencyUnit::Month, 1, 3)),
        ..terms()
    });
    let mut events = vec![limited];
    for day in 2..9 {
        events.push(used(&format!("2026-08-0{day}T00:00:00Z")));
    }
    let consent: Consent = after(&events);
    assert_eq!(consent.uses.len(), 3);
    assert!(!consent.may_be_used(at("2026-08-10T00:00:00Z")));
}

#[test]
fn each_unit_is_as_long_as_it_is() {
    for (unit, last, free) in [
        (
            FrequencyUnit::Hour,
            "2026-08-01T08:29:59.999999Z",
            "2026-08-01T08:30:00Z",
        ),
        (
            FrequencyUnit::Day,
            "2026-08-03T06:29:59.999999Z",
            "2026-08-03T06:30:00Z",
        ),
        (
            FrequencyUnit::Week,
            "2026-08-15T06:29:59.999999Z",
            "2026-08-15T06:30:00Z",
        ),
        (
            FrequencyUnit::Month,
            "2026-10-01T06:29:59.999999Z",
            "2026-10-01T06:30:00Z",
        ),
    ] {
        let limited = granted(ConsentTerms {
            frequency: Some(frequency(unit, 2, 1)),
            expires_at: at("2026-12-01T00:00:00Z"),
            ..terms()
        });
        let consent: Consent = after(&[limited, used(NOW)]);
        assert!(!consent.may_be_used(at(last)), "{unit}");
        assert!(consent.may_be_used(at(free)), "{unit}");
    }
}
