//! The words of the history of accesses.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use super::*;
use crate::testing::text;

fn read(who: Who<'_>, resource: &str, purpose: &str, ground: Option<Ground>) -> String {
    let (resource, purpose) = (text(resource), text(purpose));
    let what = What::Read {
        resource: &resource,
        purpose: Some(&purpose),
        ground,
    };
    Told { who, what }.sentence(Language::English)
}

fn refused(who: Who<'_>, action: &str, resource: &str) -> String {
    let (action, resource) = (text(action), text(resource));
    let what = What::Refused {
        action: &action,
        resource: &resource,
    };
    Told { who, what }.sentence(Language::English)
}

#[test]
fn a_history_reads_well() {
    let (asha, city) = (text("Dr. Asha Verma"), text("City Hospital"));
    let doctor = Who::Named(&asha, &[Role::Doctor, Role::Patient]);
    let nurse = Who::AtHospital(&city, &[Role::Nurse, Role::Receptionist]);
    let lab = text("Lab of the North");
    let program = Who::Program(&lab, &[Role::Integrator]);
    let agreed = NaiveDate::from_ymd_opt(2026, 11, 3);
    let consent = |date| Some(Ground::Consent(date));
    let emergency = |reason| Some(Ground::Emergency(reason));
    let told = [
        read(doctor, "appointments", "treatment", None),
        read(doctor, "day", "treatment", consent(agreed)),
        read(doctor, "queue", "treatment", consent(None)),
        read(nurse, "patient", "operations", emergency(None)),
        read(program, "appointments", "treatment", consent(None)),
        read(
            doctor,
            "appointments",
            "treatment",
            emergency(Some(EmergencyReason::UnableToConsent)),
        ),
        read(Who::Yourself, "appointments", "own-record", None),
        read(Who::CalendarProgram, "calendar-feed", "own-record", None),
        read(Who::Platform, "x-rays", "unheard-of", None),
        refused(doctor, "list-appointments", "patient"),
        refused(Who::InRoles(&[Role::Patient]), "read-patient", "patient"),
        refused(
            Who::InRoles(&[Role::Billing]),
            "cancel-appointment",
            "appointment",
        ),
        refused(Who::NotSignedIn, "view", "patient"),
        refused(Who::Console, "read-all", "nothing-known"),
        refused(Who::Yourself, "read-board", "hospital"),
        refused(Who::Yourself, "set-week", "doctor"),
    ];
    insta::assert_snapshot!(told.join("\n"), @r"
    Dr. Asha Verma, doctor, read your appointments for treatment.
    Dr. Asha Verma, doctor, read your appointment on a doctor's list of a day for treatment, with your consent of 3 November 2026.
    Dr. Asha Verma, doctor, read your place in the queue for treatment, with your consent.
    Somebody at City Hospital (nurse, front desk) read your name and how to reach you to run the hospital, because of an emergency.
    Lab of the North, another system, read your appointments for treatment, with your consent.
    Dr. Asha Verma, doctor, read your appointments for treatment, because of an emergency: the patient could not be asked.
    You read your appointments.
    A calendar program that has your link read your appointments for a calendar.
    The platform itself read other data about you.
    Dr. Asha Verma, doctor, wanted to see your appointments, and was refused.
    Somebody (patient) wanted to see your name and how to reach you, and was refused.
    Somebody (billing) wanted to change something about one of your appointments, and was refused.
    Somebody who was not signed in wanted to change something about your name and how to reach you, and was refused.
    Whoever runs the platform's servers wanted to see other data about you, and was refused.
    You wanted to see your appointment on the hospital's list of a day, and were refused.
    You wanted to change something about other data about you, and were refused.
    ");
}

/// The placeholders of a template, in order.
fn placeholders(template: &str) -> Vec<&str> {
    let named = template.split('{').skip(1);
    let mut named: Vec<_> = named
        .map(|rest| rest.split_once('}').expect("a closed brace").0)
        .collect();
    named.sort_unstable();
    named
}

#[test]
fn every_language_says_the_same_and_names_every_placeholder_once() {
    let english = &TEXTS.languages[&Language::English];
    for language in Language::ALL {
        let wording = &TEXTS.languages[language];
        let names = &wording.who;
        for (template, wanted) in [
            (&wording.read, &["ground", "what", "who", "why"][..]),
            (&wording.own, &["what"]),
            (&wording.refused, &["what", "who"]),
            (&wording.refused_change, &["what", "who"]),
            (&wording.own_refused, &["what"]),
            (&wording.own_refused_change, &["what"]),
            (&names.named, &["name", "roles"]),
            (&names.at_hospital, &["hospital", "roles"]),
            (&names.in_roles, &["roles"]),
            (&wording.consent_of, &["date"]),
            (&wording.emergency_for, &["reason"]),
            (&wording.date, &["day", "month", "year"]),
        ] {
            assert_eq!(placeholders(template), wanted, "{language}: {template}");
        }
        let plain = [
            &names.unknown,
            &names.not_signed_in,
            &names.calendar_program,
            &names.platform,
            &names.console,
            &wording.other,
            &wording.consent,
            &wording.emergency,
        ];
        let listed = wording.roles.values().chain(wording.what.values());
        for said in plain.into_iter().chain(listed) {
            assert!(!said.trim().is_empty() && !said.contains(['{', '}']));
        }
        assert!(
            Role::ALL
                .iter()
                .all(|role| wording.roles.contains_key(role))
        );
        assert!(wording.what.keys().eq(english.what.keys()), "{language}");
        assert!(wording.why.keys().eq(english.why.keys()), "{language}");
    }
}

#[test]
fn every_template_fills_in_every_language() {
    let (name, hospital) = (text("{what} {"), text("{who}"));
    let roles = [Role::Doctor, Role::Administrator];
    let date = NaiveDate::from_ymd_opt(2026, 11, 3);
    let whos = [
        Who::Yourself,
        Who::Named(&name, &roles),
        Who::Named(&name, &[]),
        Who::AtHospital(&hospital, &roles),
        Who::AtHospital(&hospital, &[]),
        Who::InRoles(&roles),
        Who::InRoles(&[]),
        Who::NotSignedIn,
        Who::CalendarProgram,
        Who::Platform,
        Who::Console,
    ];
    let grounds = [
        None,
        Some(Ground::Consent(None)),
        Some(Ground::Consent(date)),
        Some(Ground::Emergency(None)),
        Some(Ground::Emergency(Some(EmergencyReason::DangerToLife))),
    ];
    let (action, change) = (text("list-notices"), text("cancel-appointment"));
    for language in Language::ALL {
        let wording = &TEXTS.languages[language];
        for (resource, purpose) in wording.what.keys().flat_map(|resource| {
            let purposes = wording.why.keys().map(String::as_str).chain(["unheard-of"]);
            purposes.map(move |purpose| (text(resource), text(purpose)))
        }) {
            assert!(has_words(&resource));
            let read = grounds.map(|ground| What::Read {
                resource: &resource,
                purpose: Some(&purpose),
                ground,
            });
            let refused = [&action, &change].map(|action| What::Refused {
                action,
                resource: &resource,
            });
            for (who, what) in whos
                .iter()
                .flat_map(|who| read.iter().chain(&refused).map(move |what| (who, what)))
            {
                let said = Told {
                    who: *who,
                    what: *what,
                }
                .sentence(*language);
                let own = said.replace("{what} {", "X").replace("{who}", "X");
                assert!(!own.contains(['{', '}']), "{said}");
                assert!(!own.contains("  ") && !own.contains(" ,"), "{said}");
                assert_eq!(said.trim(), said);
            }
        }
    }
    assert!(!has_words(&text("x-rays")));
}
