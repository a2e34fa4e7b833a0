//! Values that are one of a few names.

use super::*;
use crate::consent::ConsentStatus;
use crate::series::Frequency;

/// Each is the text that JSON carries, that is parsed and that is shown.
#[test]
fn names_of_roles_languages_and_zones_are_what_json_carries() {
    macro_rules! check {
        ($($name:ident: $($text:literal)+;)+) => {$(
            assert_eq!($name::ALL.iter().map(|one| one.name()).collect::<Vec<_>>(), [$($text),+]);
            for one in $name::ALL {
                round_trip(*one, one.name());
                assert_eq!(one.name().parse(), Ok(*one));
                assert_eq!(one.to_string(), one.name());
            }
        )+};
    }
    check! {
        Role: "patient" "doctor" "receptionist" "administrator" "operator" "compliance-officer"
            "worker" "calendar-feed" "guardian" "nurse" "department-head" "pharmacist" "billing"
            "analyst" "integrator" "platform-administrator";
        Language: "en" "hi" "pa";
        VisitMode: "in_person" "video" "phone";
        Weekday: "monday" "tuesday" "wednesday" "thursday" "friday" "saturday" "sunday";
        Frequency: "daily" "weekly" "monthly";
        HealthInformationType: "prescription" "diagnostic-report" "op-consultation"
            "discharge-summary" "immunization-record" "health-document-record" "wellness-record";
        ConsentPurpose: "CAREMGT" "BTG" "PUBHLTH" "HPAYMT" "DSRCH" "PATRQT";
        ConsentAccessMode: "view" "store" "query" "stream";
        ConsentStatus: "requested" "granted" "denied" "revoked" "expired";
        FrequencyUnit: "hour" "day" "week" "month";
    }
    round_trip::<TimeZone>("Asia/Kolkata".parse().unwrap(), "Asia/Kolkata");
    refuses::<TimeZone>(&[
        ("Asia/Nowhere", ValueError::UnknownTimeZone),
        ("", ValueError::UnknownTimeZone),
    ]);
    refuses::<Role>(&[("Doctor", ValueError::UnknownRole)]);
    refuses::<Language>(&[("fr", ValueError::UnknownLanguage)]);
    refuses::<VisitMode>(&[
        ("", ValueError::UnknownVisitMode),
        ("in-person", ValueError::UnknownVisitMode),
        ("Video", ValueError::UnknownVisitMode),
    ]);
    refuses::<Weekday>(&[
        ("Monday", ValueError::UnknownWeekday),
        ("mon", ValueError::UnknownWeekday),
    ]);
    refuses::<Frequency>(&[
        ("yearly", ValueError::UnknownFrequency),
        ("DAILY", ValueError::UnknownFrequency),
    ]);
}

#[test]
fn a_name_that_is_none_is_not_read_from_json() {
    assert!(serde_json::from_str::<VisitMode>("\"Video\"").is_err());
    assert!(serde_json::from_str::<Weekday>("1").is_err());
    assert!(serde_json::from_str::<Frequency>("null").is_err());
}

/// An error of a request is answered with it, so it must not list less than there is.
#[test]
fn what_is_refused_says_what_would_be_accepted() {
    fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> String {
        all.iter()
            .map(|one| name(*one))
            .collect::<Vec<_>>()
            .join(", ")
    }
    for (error, names) in [
        (
            ValueError::UnknownLanguage,
            names(Language::ALL, Language::name),
        ),
        (
            ValueError::UnknownVisitMode,
            names(VisitMode::ALL, VisitMode::name),
        ),
        (
            ValueError::UnknownFrequency,
            names(Frequency::ALL, Frequency::name),
        ),
        (
            ValueError::UnknownHealthInformationType,
            names(HealthInformationType::ALL, HealthInformationType::name),
        ),
        (
            ValueError::UnknownConsentPurpose,
            names(ConsentPurpose::ALL, ConsentPurpose::name),
        ),
        (
            ValueError::UnknownConsentAccessMode,
            names(ConsentAccessMode::ALL, ConsentAccessMode::name),
        ),
        (
            ValueError::UnknownConsentStatus,
            names(ConsentStatus::ALL, ConsentStatus::name),
        ),
        (
            ValueError::UnknownFrequencyUnit,
            names(FrequencyUnit::ALL, FrequencyUnit::name),
        ),
    ] {
        assert_eq!(error.to_string(), format!("must be one of {names}"));
    }
}

/// An artefact is read by others, who know ABDM's names only.
#[test]
fn what_abdm_calls_it_is_our_name_in_abdms_spelling() {
    for kind in HealthInformationType::ALL {
        let ours: String = kind.name().split('-').collect();
        assert_eq!(kind.abdm().to_lowercase(), ours);
    }
    for mode in ConsentAccessMode::ALL {
        assert_eq!(mode.abdm(), mode.name().to_uppercase());
    }
    for unit in FrequencyUnit::ALL {
        assert_eq!(unit.abdm(), unit.name().to_uppercase());
    }
    let texts: std::collections::BTreeSet<_> =
        ConsentPurpose::ALL.iter().map(|one| one.text()).collect();
    assert_eq!(texts.len(), ConsentPurpose::ALL.len());
}

#[test]
fn a_date_has_its_day_of_the_week() {
    for (date, weekday) in [
        ("2024-02-29", Weekday::Thursday),
        ("2026-08-03", Weekday::Monday),
        ("2026-08-04", Weekday::Tuesday),
        ("2026-08-09", Weekday::Sunday),
        ("2028-02-29", Weekday::Tuesday),
    ] {
        assert_eq!(Weekday::of(date.parse().unwrap()), weekday, "{date}");
    }
    Weekday::of(chrono::NaiveDate::MIN);
    Weekday::of(chrono::NaiveDate::MAX);
}

#[test]
fn a_visit_takes_place_in_person_unless_otherwise_agreed() {
    assert_eq!(VisitMode::default(), VisitMode::InPerson);
}

#[test]
fn a_currency_is_a_code_of_iso_4217_in_capitals() {
    accepts::<Currency>(&["INR", "USD", "EUR", "JPY", "KWD"]);
    for text in ["", "inr", "RS", "₹", "INRX", "ZZZ", " INR"] {
        refuses::<Currency>(&[(text, ValueError::UnknownCurrency)]);
    }
    round_trip::<Currency>("INR".parse().unwrap(), "INR");
    assert_eq!("INR".parse::<Currency>().unwrap().code(), "INR");
}

/// The code reaches the log as it is: all that the crate knows must fit the published pattern.
#[test]
fn every_currency_has_three_capitals() {
    let mut known = 0;
    for letters in 0..26_u32.pow(3) {
        let letter = |place: u32| char::from(b'A' + (letters / 26_u32.pow(place) % 26) as u8);
        let code: String = [letter(2), letter(1), letter(0)].iter().collect();
        if let Ok(currency) = code.parse::<Currency>() {
            assert_eq!(currency.to_string(), code);
            known += 1;
        }
    }
    assert!(known > 150, "only {known} currencies");
}
