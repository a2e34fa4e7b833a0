//! What each value accepts and refuses, and what of it can be seen.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod names;
mod numbers;

use std::fmt::Debug;
use std::str::FromStr;

use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;

fn accepts<T: FromStr<Err = ValueError> + Debug>(texts: &[&str]) {
    for text in texts {
        assert!(text.parse::<T>().is_ok(), "refused {text:?}");
    }
}

fn refuses<T: FromStr<Err = ValueError> + Debug>(cases: &[(&str, ValueError)]) {
    for (text, why) in cases {
        assert_eq!(text.parse::<T>().expect_err(text), *why, "{text:?}");
    }
}

#[test]
fn a_name_may_be_in_any_script_but_holds_no_control_characters() {
    accepts::<PersonName>(&[
        "Asha",
        "आशा राव",
        "ਗੁਰਪ੍ਰੀਤ ਕੌਰ",
        "O’Brien-Smith",
        "क्\u{200D}ष",
        &"a".repeat(120),
    ]);
    refuses::<PersonName>(&[
        ("", ValueError::Empty),
        (" \t\n", ValueError::Empty),
        ("A\0sha", ValueError::ControlCharacter),
        ("A\nsha", ValueError::ControlCharacter),
        ("A\u{9B}sha", ValueError::ControlCharacter),
        ("A\u{202E}sha", ValueError::ControlCharacter),
        (&"a".repeat(121), ValueError::TooLong { max: 120 }),
    ]);
    assert_eq!(" Asha ".parse::<PersonName>().unwrap().as_str(), "Asha");
}

#[test]
fn a_free_text_may_have_lines_and_a_short_one_may_not() {
    accepts::<FreeText>(&["one\ntwo\tthree"]);
    refuses::<FreeText>(&[
        ("one\rtwo", ValueError::ControlCharacter),
        ("a\0", ValueError::ControlCharacter),
    ]);
    refuses::<ShortText>(&[("one\ntwo", ValueError::ControlCharacter)]);
    refuses::<FreeText>(&[(&"a".repeat(2001), ValueError::TooLong { max: 2000 })]);
}

#[test]
fn a_limit_counts_characters_and_not_bytes() {
    accepts::<PersonName>(&[&"ਡ".repeat(120)]);
}

#[test]
fn a_phone_number_has_a_country_code_and_at_most_fifteen_digits() {
    accepts::<Phone>(&["+919812345678", "+1 (415) 555-0100", "+4930123456"]);
    for text in [
        "",
        "+",
        "9812345678",
        "+0919812345678",
        "+91981234567x",
        "+1234567890123456",
        "+12345",
        "+٩١٩٨١٢٣٤٥٦٧٨",
    ] {
        refuses::<Phone>(&[(text, ValueError::NotAPhoneNumber)]);
    }
    assert_eq!(
        "+1 (415) 555-0100".parse::<Phone>().unwrap().as_str(),
        "+14155550100"
    );
}

#[test]
fn an_email_address_has_a_domain_and_nothing_that_could_split_a_header() {
    accepts::<EmailAddress>(&["asha@example.org", "a.b+c@mail.example.in"]);
    for text in [
        "",
        "asha",
        "asha@",
        "@example.org",
        "asha@localhost",
        "a@[127.0.0.1]",
        "A <a@b.org>",
        "a@b.org\r\nBcc: c@d.org",
        "a b@c.org",
        "\"a\0\"@b.org",
    ] {
        refuses::<EmailAddress>(&[(text, ValueError::NotAnEmailAddress)]);
    }
}

#[test]
fn a_code_is_a_short_lower_case_name() {
    accepts::<Code>(&["a", "own-record", "patient_day2"]);
    for text in ["", "Asha", "9a", "-a", "a b", "अ", &"a".repeat(65)] {
        refuses::<Code>(&[(text, ValueError::NotACode)]);
    }
}

#[test]
fn a_one_time_code_is_taken_however_people_type_it() {
    let code: OneTimeCode = "K7QM2-X0141".parse().unwrap();
    for typed in ["k7qm2x0141", " K7QM2 XO1-4L", "k7qm2-xoi4l"] {
        assert!(code.is(&typed.parse().unwrap()), "{typed}");
    }
    assert_eq!(code.shown(), "K7QM2-X0141");
    assert!(!code.is(&"K7QM2-X0142".parse().unwrap()));
    assert!(!format!("{code:?}").contains("K7QM2"));
    for text in [
        "",
        "K7QM2-X014",
        "K7QM2-X01411",
        "K7QM2-X014U",
        "K7QM2-X014é",
    ] {
        refuses::<OneTimeCode>(&[(text, ValueError::NotAOneTimeCode)]);
    }
}

#[test]
fn a_joining_code_is_taken_however_people_type_it() {
    let code: JoiningCode = "K7QD-9M2X-4T60".parse().unwrap();
    for typed in ["k7qd9m2x4t6o", " K7QD 9M2X 4T6O"] {
        assert!(code.is(&typed.parse().unwrap()), "{typed}");
    }
    assert_eq!(code.shown(), "K7QD-9M2X-4T60");
    assert!(!code.is(&"K7QD-9M2X-4T61".parse().unwrap()));
    assert!(!format!("{code:?}").contains("K7QD"));
    for text in ["", "K7QD-9M2X-4T6", "K7QD-9M2X-4T6UU", "K7QD-9M2X-4T6U"] {
        refuses::<JoiningCode>(&[(text, ValueError::NotAJoiningCode)]);
    }
}

proptest! {
    #[test]
    fn every_random_joining_code_can_be_typed(bytes in any::<[u8; 12]>()) {
        let code = JoiningCode::from_random(bytes);
        prop_assert!(code.is(&code.shown().to_lowercase().replace('-', "").parse().unwrap()));
    }

    #[test]
    fn every_random_code_can_be_typed(bytes in any::<[u8; 10]>()) {
        let code = OneTimeCode::from_random(bytes);
        prop_assert!(code.is(&code.shown().parse().unwrap()));
        prop_assert!(code.is(&code.shown().to_lowercase().replace('-', "").parse().unwrap()));
    }
}

#[test]
fn a_code_of_an_app_is_six_digits_and_is_not_shown() {
    for typed in ["081804", "081 804", " 081804 "] {
        let code: TotpCode = typed.parse().unwrap();
        assert_eq!(code.as_str(), "081804");
        assert!(!format!("{code:?}").contains("081"));
    }
    for text in ["", "81804", "0818045", "08180a", "-81804", "०८१८०४"] {
        assert_eq!(
            text.parse::<TotpCode>(),
            Err(ValueError::NotATotpCode),
            "{text}"
        );
    }
}

#[test]
fn what_is_kept_of_second_factors_is_not_shown() {
    let secret = "3132333435363738393031323334353637383930";
    accepts::<TotpSecret>(&[secret]);
    for text in ["", "31", &secret[2..], &secret.replace('3', "g")] {
        refuses::<TotpSecret>(&[(text, ValueError::NotATotpSecret)]);
    }
    accepts::<PasskeyRecord>(&["{\"cred\":{}}"]);
    for text in ["", "[]", &format!("{{{}", "a".repeat(8_192))] {
        refuses::<PasskeyRecord>(&[(text, ValueError::NotAPasskey)]);
    }
    let kept: TotpSecret = secret.parse().unwrap();
    let passkey: PasskeyRecord = "{\"abc\":1}".parse().unwrap();
    let shown = format!("{kept:?}{passkey:?}");
    assert!(!shown.contains("3132") && !shown.contains("abc"), "{shown}");
}

#[test]
fn a_password_hash_is_a_phc_string_and_is_not_shown() {
    accepts::<PasswordHash>(&["$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"]);
    for text in ["", "secret", "$a b", "$é", &format!("${}", "a".repeat(256))] {
        refuses::<PasswordHash>(&[(text, ValueError::NotAPasswordHash)]);
    }
    let hash: PasswordHash = "$argon2id$abc".parse().unwrap();
    assert!(!format!("{hash:?}").contains("abc"));
}

#[test]
fn two_spellings_of_one_address_fold_to_the_same() {
    let address: EmailAddress = "Asha.Rao@Example.ORG".parse().unwrap();
    assert_eq!(address.folded(), "asha.rao@example.org");
}

#[test]
fn a_stream_name_is_printable_and_has_a_category() {
    accepts::<StreamName>(&[
        "appointment-1",
        "calendar-0190a1c2-0000-7000-8000-000000000001:2026-08-04",
    ]);
    for text in ["", "appointment", "a b-c", "a-\n", "a-é"] {
        refuses::<StreamName>(&[(text, ValueError::NotAStreamName)]);
    }
}

#[test]
fn a_time_of_day_is_a_whole_minute() {
    accepts::<LocalTime>(&["00:00", "09:30", "23:59", "09:30:00"]);
    for text in ["", "24:00", "09:60", "09:30:15", "09:30:00.5", "9"] {
        refuses::<LocalTime>(&[(text, ValueError::NotALocalTime)]);
    }
}

#[test]
fn midnight_begins_a_day_or_ends_it() {
    for (time, minute, at_end) in [
        ("00:00", 0, 1440),
        ("00:01", 1, 1),
        ("09:30", 570, 570),
        ("23:59", 1439, 1439),
    ] {
        let time: LocalTime = time.parse().unwrap();
        assert_eq!(time.minute_of_day(), minute);
        assert_eq!(time.minute_of_day_at_end(), at_end);
    }
}

#[test]
fn a_time_is_cut_to_its_whole_minute() {
    for (time, minute) in [
        ("09:30:00", "09:30"),
        ("09:30:59.999", "09:30"),
        ("00:00:00", "00:00"),
        ("23:59:60", "23:59"),
    ] {
        let time: chrono::NaiveTime = time.parse().unwrap();
        assert_eq!(LocalTime::at_minute(time), minute.parse().unwrap());
    }
}

#[test]
fn a_birth_date_is_a_date_of_the_living() {
    accepts::<BirthDate>(&["1926-01-31", "2024-02-29"]);
    for text in ["", "1869-12-31", "2023-02-29", "+262000-01-01", "31.1.1926"] {
        refuses::<BirthDate>(&[(text, ValueError::NotABirthDate)]);
    }
}

#[test]
fn a_hash_has_thirty_two_bytes() {
    accepts::<SecretHash>(&[&"a1".repeat(32)]);
    for text in ["", "a1", &"a1".repeat(33), &"zz".repeat(32)] {
        refuses::<SecretHash>(&[(text, ValueError::NotAHash)]);
    }
}

#[test]
fn what_is_personal_or_secret_does_not_show_in_debug_or_in_errors() {
    let shown = format!(
        "{:?}",
        (
            "canary".parse::<PersonName>().unwrap(),
            "canary".parse::<RegistrationNumber>().unwrap(),
            "canary".parse::<ShortText>().unwrap(),
            "canary".parse::<FreeText>().unwrap(),
            "canary@example.org".parse::<EmailAddress>().unwrap(),
            "+919812345678".parse::<Phone>().unwrap(),
            "1926-01-31".parse::<BirthDate>().unwrap(),
            SecretHash::from([0xCA; 32]),
        )
    );
    for secret in ["canary", "9198", "1926", "caca", "202"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("PersonName(…)"), "{shown}");
    let error = serde_json::from_str::<Phone>("\"canary\"").unwrap_err();
    assert!(!error.to_string().contains("canary"), "{error}");
}

fn round_trip<T>(value: T, json: &str)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let written = serde_json::to_value(&value).unwrap();
    assert_eq!(written, json);
    assert_eq!(serde_json::from_value::<T>(written).unwrap(), value);
}

proptest! {
    #[test]
    fn whatever_parses_is_read_back_from_json_unchanged(given in "\\PC{0,130}|[+0-9 ()-]{0,20}|[a-z@.]{0,20}") {
        fn holds<T: FromStr + Serialize + DeserializeOwned + PartialEq + Debug>(given: &str) -> Result<(), TestCaseError> {
            if let Ok(value) = given.parse::<T>() {
                let written = serde_json::to_string(&value).unwrap();
                prop_assert_eq!(serde_json::from_str::<T>(&written).unwrap(), value);
            }
            Ok(())
        }
        holds::<PersonName>(&given)?;
        holds::<FreeText>(&given)?;
        holds::<Phone>(&given)?;
        holds::<EmailAddress>(&given)?;
        holds::<Code>(&given)?;
        holds::<LocalTime>(&given)?;
        holds::<Currency>(&given)?;
    }
}
