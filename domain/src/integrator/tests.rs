use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::testing::{after, at, decides, id, refuses, text};
use crate::values::ValueError;

const NOW: &str = "2026-08-01T00:00:00Z";

fn key(kid: &str) -> ClientKey {
    ClientKey::Es384 {
        kid: text(kid),
        x: text(&"x".repeat(64)),
        y: text(&"y".repeat(64)),
    }
}

fn scopes(texts: &[&str]) -> Vec<SmartScope> {
    texts.iter().map(|scope| text(scope)).collect()
}

fn register() -> Register {
    Register {
        integrator: id(1),
        name: text("Lab of the North"),
        scopes: scopes(&[
            "system/Slot.s",
            "system/Appointment.s",
            "system/Appointment.r",
        ]),
        keys: vec![key("2026")],
        hospitals: vec![id(8), id(7), id(8)],
        expires_at: Some(at("2027-08-01T00:00:00Z")),
    }
}

fn registered() -> IntegratorEvent {
    Registered {
        integrator: id(1),
        name: text("Lab of the North"),
        scopes: scopes(&["system/Appointment.rs", "system/Slot.s"]),
        keys: vec![key("2026")],
        hospitals: vec![id(7), id(8)],
        expires_at: Some(at("2027-08-01T00:00:00Z")),
    }
    .into()
}

fn disable() -> IntegratorCommand {
    IntegratorCommand::Disable(Disable {
        reason: text("contract-ended"),
    })
}

fn disabled() -> IntegratorEvent {
    Disabled {
        integrator: id(1),
        reason: text("contract-ended"),
    }
    .into()
}

fn enabled() -> IntegratorEvent {
    Enabled { integrator: id(1) }.into()
}

fn replace(keys: Vec<ClientKey>) -> IntegratorCommand {
    IntegratorCommand::ReplaceKeys(ReplaceKeys { keys })
}

fn replaced(kid: &str) -> IntegratorEvent {
    KeysReplaced {
        integrator: id(1),
        keys: vec![key(kid)],
    }
    .into()
}

fn set(texts: &[&str]) -> IntegratorCommand {
    IntegratorCommand::SetScopes(SetScopes {
        scopes: scopes(texts),
    })
}

fn changed(texts: &[&str]) -> IntegratorEvent {
    ScopesChanged {
        integrator: id(1),
        scopes: scopes(texts),
    }
    .into()
}

#[tokio::test]
async fn an_integrator_is_registered_changed_disabled_and_enabled() {
    let cases = [
        (
            vec![],
            IntegratorCommand::Register(register()),
            registered(),
        ),
        (
            vec![registered()],
            replace(vec![key("next")]),
            replaced("next"),
        ),
        (
            vec![registered()],
            set(&["system/Slot.s"]),
            changed(&["system/Slot.s"]),
        ),
        (vec![registered()], disable(), disabled()),
        (
            vec![registered(), disabled()],
            IntegratorCommand::Enable,
            enabled(),
        ),
        // Whoever is disabled can be mended first.
        (
            vec![registered(), disabled()],
            replace(vec![key("next")]),
            replaced("next"),
        ),
    ];
    for (known, command, happens) in cases {
        decides::<Integrator>(NOW, known, command, vec![happens]).await;
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    use IntegratorError as Error;
    let with = |change: fn(&mut Register)| {
        let mut register = register();
        change(&mut register);
        IntegratorCommand::Register(register)
    };
    let short = |known: &str| ClientKey::Rs384 {
        kid: text(known),
        n: text(&"n".repeat(341)),
        e: text("AQAB"),
    };
    let many = || (0..11).map(|number| key(&format!("k{number}"))).collect();
    let cases = [
        (vec![registered()], with(|_| {}), Error::AlreadyRegistered),
        (vec![], with(|it| it.scopes.clear()), Error::NoScope),
        (
            vec![],
            with(|it| it.scopes = scopes(&["system/Patient.r"])),
            Error::ScopeNotServed,
        ),
        (
            vec![],
            with(|it| it.scopes = scopes(&["system/Appointment.cr"])),
            Error::ScopeNotServed,
        ),
        (vec![], with(|it| it.keys.clear()), Error::NoKey),
        (
            vec![],
            with(|it| it.keys = vec![key("one"), key("one")]),
            Error::KeyIdTwice,
        ),
        (
            vec![],
            with(|it| it.expires_at = Some(at(NOW))),
            Error::ExpiresInPast,
        ),
        (vec![registered()], replace(many()), Error::TooManyKeys),
        (
            vec![registered()],
            replace(vec![short("rsa")]),
            Error::NotAKey,
        ),
        (
            vec![registered()],
            replace(vec![ClientKey::Ed25519 {
                kid: text("ed"),
                x: text("AA"),
            }]),
            Error::NotAKey,
        ),
        (
            vec![registered()],
            replace(vec![key("2026")]),
            Error::NothingChanged,
        ),
        (
            vec![registered()],
            set(&["system/Slot.s", "system/Appointment.rs"]),
            Error::NothingChanged,
        ),
        (
            vec![registered(), disabled()],
            disable(),
            Error::AlreadyDisabled,
        ),
        (
            vec![registered()],
            IntegratorCommand::Enable,
            Error::NotDisabled,
        ),
        (vec![], disable(), Error::NoSuchIntegrator),
        (vec![], set(&["system/Slot.s"]), Error::NoSuchIntegrator),
        (vec![], replace(vec![key("one")]), Error::NoSuchIntegrator),
        (vec![], IntegratorCommand::Enable, Error::NoSuchIntegrator),
    ];
    for (known, command, error) in cases {
        refuses::<Integrator>(NOW, known, command, error).await;
    }
}

#[test]
fn tokens_are_taken_from_whoever_is_disabled_or_gets_other_keys() {
    let state: Integrator = after(&[registered(), changed(&["system/Slot.s"])]);
    assert_eq!(state.era, 0);
    let state: Integrator = after(&[registered(), disabled(), enabled(), replaced("next")]);
    assert_eq!((state.era, state.disabled), (2, false));
}

#[test]
fn it_is_let_in_until_it_expires_or_is_disabled() {
    let last = at("2027-07-31T23:59:59Z");
    let state: Integrator = after(&[registered()]);
    assert!(state.is_let_in(last));
    assert!(!state.is_let_in(at("2027-08-01T00:00:00Z")));
    assert!(!after::<Integrator>(&[registered(), disabled()]).is_let_in(last));
    assert!(!Integrator::default().is_let_in(last));
}

#[test]
fn scopes_are_written_as_smart_writes_them() {
    for good in ["system/Appointment.rs", "system/Slot.s", "system/X.cruds"] {
        assert_eq!(text::<SmartScope>(good).to_string(), good);
    }
    for bad in [
        "",
        "openid",
        "patient/Appointment.rs",
        "user/Appointment.rs",
        "system/*.rs",
        "system/Appointment.read",
        "system/Appointment.*",
        "system/Appointment.sr",
        "system/Appointment.rr",
        "system/Appointment.",
        "system/Appointment",
        "system/appointment.r",
        "system/Appointment.r?category=x",
        " system/Appointment.r",
        "system/Appointment.r system/Slot.s",
        "system/A1.r",
    ] {
        assert_eq!(
            bad.parse::<SmartScope>(),
            Err(ValueError::NotASmartScope),
            "{bad}"
        );
    }
}

#[test]
fn a_scope_is_cut_down_to_what_is_allowed() {
    let allowed = scopes(&["system/Appointment.rs", "system/Slot.s"]);
    let cut = |wanted: &str| text::<SmartScope>(wanted).within(&allowed);
    assert_eq!(
        cut("system/Appointment.s"),
        Some(text("system/Appointment.s"))
    );
    assert_eq!(
        cut("system/Appointment.crs"),
        Some(text("system/Appointment.rs"))
    );
    assert_eq!(cut("system/Slot.r"), None);
    assert_eq!(cut("system/Patient.r"), None);
}

#[test]
fn the_list_of_scopes_names_each_thing_once_and_only_reading() {
    let mut meant = BTreeSet::new();
    for served in scopes::served() {
        assert!(
            meant.insert((&served.action, &served.kind)),
            "{served:?} is there twice"
        );
        assert!("rs".contains(served.interaction), "{served:?} would write");
    }
    let widest = scopes::widest();
    assert!(widest.iter().all(scopes::is_served));
    for served in scopes::served() {
        assert!(scopes::name(&widest, &served.action, &served.kind));
    }
    assert!(!scopes::name(&widest, "read-patient", "patient"));
    assert!(!scopes::name(&[], "list-directory", "hospital"));
    let slots = [text("system/Slot.s")];
    assert!(!scopes::name(&slots, "list-directory", "hospital"));
}

proptest! {
    #[test]
    fn merging_scopes_changes_nothing_of_what_they_name(
        picked in prop::collection::vec((0..3_usize, 1..32_u8), 0..12)
    ) {
        let names = ["Appointment", "Slot", "Patient"];
        let all: Vec<SmartScope> = picked
            .iter()
            .map(|(name, bits)| {
                let letters: String = "cruds"
                    .chars()
                    .enumerate()
                    .filter(|(place, _)| bits & (1 << place) != 0)
                    .map(|(_, letter)| letter)
                    .collect();
                text(&format!("system/{}.{letters}", names[*name]))
            })
            .collect();
        let merged = SmartScope::merged(all.clone());
        for name in names {
            prop_assert!(merged.iter().filter(|scope| scope.resource() == name).count() <= 1);
            for letter in "cruds".chars() {
                let named = |scopes: &[SmartScope]| {
                    scopes.iter().any(|scope| scope.names(name, letter))
                };
                prop_assert_eq!(named(&all), named(&merged));
            }
        }
    }
}
