#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;

const CONTEXT: &[&str] = &[
    "Asha Rao",
    "asha.rao_1987@mail.example.org",
    "Sunrise Hospital",
];

fn password(text: &str) -> Password {
    text.parse().unwrap()
}

fn check(text: &str) -> Result<(), WeakPassword> {
    PasswordRules::check(&password(text), CONTEXT)
}

#[test]
fn a_password_is_the_same_however_its_letters_were_composed() {
    for (one, other) in [
        ("caf\u{e9}", "cafe\u{301}"),
        ("\u{fb01}sh", "fish"),
        ("\u{915}\u{93c}", "\u{958}"),
        ("\u{a38}\u{a3c}", "\u{a36}"),
        ("\u{ac00}", "\u{1100}\u{1161}"),
        ("１２３ａ", "123a"),
    ] {
        assert_eq!(password(one).expose(), password(other).expose());
    }
    assert_ne!(password("Cafe").expose(), password("cafe").expose());
    assert_ne!(password("cafe ").expose(), password("cafe").expose());
}

#[test]
fn the_length_is_counted_in_characters_after_normalising() {
    let too_long = InvalidPassword::TooLong { max: 256 };
    for (text, expected) in [
        ("", Err(InvalidPassword::Empty)),
        ("a", Ok(1)),
        (&"a".repeat(256), Ok(256)),
        (&"a".repeat(257), Err(too_long)),
        (&"e\u{301}".repeat(256), Ok(256)),
        (&"\u{1100}\u{1161}\u{11a8}".repeat(256), Ok(256)),
        (&"🙂".repeat(256), Ok(256)),
        (&"🙂".repeat(257), Err(too_long)),
        // One that is written out as eighteen.
        (&"\u{fdfa}".repeat(15), Err(too_long)),
        (&"\u{301}".repeat(1_000_000), Err(too_long)),
        ("a\0b", Err(InvalidPassword::Nul)),
    ] {
        let parsed = text.parse::<Password>();
        assert_eq!(parsed.map(|p| p.expose().chars().count()), expected);
    }
}

#[test]
fn a_password_never_shows() {
    let hidden = format!("{:?}", password("correct horse"));
    assert_eq!(hidden, "Password(redacted)");
}

#[test]
fn short_passwords_are_refused_whatever_they_are_made_of() {
    let too_short = WeakPassword::TooShort { min: 12 };
    for text in [
        "x",
        "R7#kq!2Zp0v",
        "नदी",
        "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
    ] {
        assert_eq!(check(text), Err(too_short), "{text}");
    }
    assert!(too_short.to_string().contains("12"));
}

#[test]
fn passwords_that_are_tried_first_are_refused() {
    for text in [
        "password1234",
        "P@ssw0rd1234",
        "P@$$w0rd!!!!",
        "drowssap4321",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "123456789012",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "iloveyou1234",
        "नमस्तेनमस्ते",
        // Who knows the person would try these.
        "asha.rao_1987@mail.example.org",
        "asharao19871987",
        "AshaRaoAshaRao",
        "4sh4R40!1987",
        "oarahsa19871",
        "sunrisehospital",
        "SunriseHospital1",
        "medilink2026",
        "MediLink@2026",
        // Whatever follows the first hundred characters.
        &format!("{}{}", "a".repeat(100), "kV7 tumbler oregano"),
    ] {
        assert_eq!(check(text), Err(WeakPassword::Guessable), "{text}");
    }
}

#[test]
fn a_word_is_weak_only_for_whom_it_is_about() {
    let text = password("sunrisehospital");
    assert!(PasswordRules::check(&text, &["Sunrise Hospital"]).is_err());
    let name = password("धर्मेंद्रसिंह");
    assert!(PasswordRules::check(&name, &[]).is_ok());
    assert!(PasswordRules::check(&name, &["धर्मेंद्र सिंह"]).is_err());
    let local = password("tarunveer1993");
    assert!(PasswordRules::check(&local, &[]).is_ok());
    assert!(PasswordRules::check(&local, &["tarun.veer@example.org"]).is_err());
}

#[test]
fn strong_passphrases_pass() {
    for text in [
        "correct horse battery staple",
        "tumbler-oregano-velvet",
        "kV7#tq!2Zp0vLm",
        "@({[<!|$+%4qz8",
        "नदी किनारे पुराना पीपल",
        "सुबह की चाय और गरम समोसा",
        "ਨਹਿਰ ਕੰਢੇ ਬੁੱਢਾ ਬੋਹੜ",
        "ਸਵੇਰ ਦੀ ਲੱਸੀ ਤੇ ਪਰੌਂਠਾ",
        "صبح کی چائے اور بارش",
        "purana peepal nadi kinare",
        &"tumbler oregano velvet ".repeat(11),
    ] {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

#[test]
fn symbols_beyond_the_third_stand_for_themselves_only() {
    let seen = affordable("p@$$w0rd!+@+(", 100);
    assert_eq!(seen.as_str(), "p@$$w0rd!\u{e300}@\u{e300}\u{e400}");
    assert_eq!(affordable("नमस्ते", 2).as_str(), "नम");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_and_no_context_makes_it_panic(text in ".{0,80}", context in ".{0,40}") {
        if let Ok(password) = text.parse::<Password>() {
            let _ = PasswordRules::check(&password, &[&context]);
        }
    }

    #[test]
    fn nothing_that_is_made_of_few_characters_makes_it_panic(
        text in "[a4@8(\\{|!7$+0-9İẞ\u{301} ]{12,120}",
    ) {
        let _ = check(&text);
    }
}
