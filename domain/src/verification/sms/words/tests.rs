//! What the messages say.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::testing::{at, id, text};
use crate::verification::sms::SmsPurpose;

fn requested(language: Language) -> SmsRequested {
    SmsRequested {
        verification: id(1),
        person: id(2),
        purpose: SmsPurpose::SignIn,
        phone: text("+919876543210"),
        language,
        code: text("K7QM2-X9R4T"),
        expires_at: at("2026-08-01T00:10:00Z"),
    }
}

#[test]
fn a_message_holds_the_code_the_service_and_where_it_is_good() {
    let sender = SmsSender::new("MediLink", Some("hospital.example")).unwrap();
    let said = |language| requested(language).words(&sender);
    let bound = "\n@hospital.example #K7QM2X9R4T";
    for (language, words) in [
        (Language::English, "Your MediLink code: K7QM2-X9R4T"),
        (Language::Hindi, "MediLink का कोड: K7QM2-X9R4T"),
        (Language::Punjabi, "MediLink ਦਾ ਕੋਡ: K7QM2-X9R4T"),
    ] {
        assert_eq!(said(language), format!("{words}{bound}"));
    }
    // What browsers fill in is the code.
    let filled: crate::values::OneTimeCode = text("K7QM2X9R4T");
    assert!(filled.is(&requested(Language::English).code));
}

#[test]
fn a_message_is_one_message() {
    let long = format!("{}.example", "a".repeat(40));
    let sender = SmsSender::new("MediLink", Some(&long)).unwrap();
    for language in Language::ALL {
        let words = requested(*language).words(&sender);
        assert!(is_one_message(&words), "{words}");
        let plain = *language == Language::English;
        assert_eq!(words.contains('@'), plain, "{words}");
    }
    assert!(is_one_message(&"a".repeat(160)) && !is_one_message(&"a".repeat(161)));
    assert!(is_one_message(&"€".repeat(80)) && !is_one_message(&"€".repeat(81)));
    assert!(is_one_message(&"क".repeat(70)) && !is_one_message(&"क".repeat(71)));
    // Outside the first plane a character takes two places.
    assert!(is_one_message(&"😀".repeat(35)) && !is_one_message(&"😀".repeat(36)));
}

#[test]
fn who_cannot_be_named_cannot_send() {
    let long = "A".repeat(60);
    for service in ["", "  ", "Medi\nLink", long.as_str()] {
        assert_eq!(
            SmsSender::new(service, None),
            Err(SmsSenderError::Service),
            "{service}"
        );
    }
    for host in ["", "https://hospital.example", "a b", "a\n", ".x", "a:1"] {
        assert_eq!(
            SmsSender::new("MediLink", Some(host)),
            Err(SmsSenderError::Host),
            "{host}"
        );
    }
}
