//! The words of mails with codes.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::testing::{at, id, text};
use crate::values::Language;

fn requested(letter: Letter, language: Language) -> Requested {
    Requested {
        verification: id(1),
        person: id(2),
        letter,
        email: text("asha@example.org"),
        language,
        code: text("K7QM2-X9R4T"),
        expires_at: at("2026-08-01T00:30:00Z"),
        passwords: None,
    }
}

#[test]
fn every_letter_is_written_in_every_language() {
    for language in Language::ALL {
        for letter in [
            Letter::Registration,
            Letter::AlreadyRegistered,
            Letter::Recovery,
            Letter::EmailChange,
            Letter::EmailChanging,
            Letter::SignIn,
            Letter::SecondFactorsRemoved,
        ] {
            let words = requested(letter, *language).words().unwrap();
            let (title, text) = (words.title.as_str(), words.text.as_str());
            let has_code = letter.has_code();
            // Phones show it to whoever is near.
            assert!(!title.contains("K7QM2-X9R4T"), "{title}");
            assert_eq!(text.contains("K7QM2-X9R4T"), has_code, "{text}");
            let minutes = letter.valid().num_minutes().to_string();
            assert_eq!(text.contains(&minutes), has_code, "{text}");
            // Whoever asked, its reader can complete it.
            let request = requested(letter, *language).verification.to_string();
            assert_eq!(text.contains(&request), has_code, "{text}");
            assert!(!text.contains(['{', '}']) && !title.contains(['{', '}']));
        }
        assert_eq!(requested(Letter::None, *language).words(), None);
    }
}

#[test]
fn a_registration_reads_well() {
    let words = requested(Letter::Registration, Language::English)
        .words()
        .unwrap();
    insta::assert_snapshot!(words.text.as_str(), @r"
    Somebody, probably you, wants to open an account with this address. The code is

    K7QM2-X9R4T

    It completes request 00000000-0000-0000-0000-000000000001.
    It works for 30 minutes. Don't pass it on: nobody at the hospital will ever ask you for it.
    If it wasn't you, you need do nothing; no account is opened without the code.
    ");
}
