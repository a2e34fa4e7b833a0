#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::testing::at;

fn reminder<'a>(doctor: &'a PersonName, department: &'a ShortText) -> Reminder<'a> {
    Reminder {
        doctor,
        department,
        starts_at: at("2026-08-04T05:00:00Z"),
        time_zone: "Asia/Kolkata".parse().unwrap(),
    }
}

#[test]
fn a_reminder_is_due_a_day_ahead_or_else_an_hour_ahead() {
    let starts_at = at("2026-08-04T10:00:00Z");
    for (booked_at, due) in [
        ("2026-07-01T00:00:00Z", Some("2026-08-03T10:00:00Z")),
        ("2026-08-03T10:00:00Z", Some("2026-08-03T10:00:00Z")),
        ("2026-08-03T10:00:01Z", Some("2026-08-04T09:00:00Z")),
        ("2026-08-04T09:00:00Z", Some("2026-08-04T09:00:00Z")),
        ("2026-08-04T09:00:01Z", None),
        ("2026-08-04T10:00:00Z", None),
        ("2026-08-05T10:00:00Z", None),
    ] {
        assert_eq!(
            reminder_due(at(booked_at), starts_at),
            due.map(at),
            "booked at {booked_at}"
        );
    }
}

#[test]
fn a_reminder_tells_the_time_on_the_hospitals_clock_in_the_patients_language() {
    let (doctor, department) = (
        "Dr Asha Rao".parse().unwrap(),
        "Cardiology".parse().unwrap(),
    );
    let reminder = reminder(&doctor, &department);
    let words = Language::ALL.map(|language| {
        let ReminderText {
            version,
            title,
            text,
        } = reminder.in_words(language);
        format!(
            "{version} {language}: {}\n{}",
            title.as_str(),
            text.as_str()
        )
    });
    insta::assert_snapshot!(words.join("\n\n"), @r"
    1 en: Your appointment on Tuesday, 4 August 2026
    You have an appointment with Dr Asha Rao (Cardiology) on Tuesday, 4 August 2026 at 10:30 (IST).
    If you can't come, please reschedule or cancel it in the app.

    1 hi: मंगलवार, 4 अगस्त 2026 को आपकी अपॉइंटमेंट
    Dr Asha Rao (Cardiology) के साथ आपकी अपॉइंटमेंट मंगलवार, 4 अगस्त 2026 को 10:30 बजे (IST) है।
    यदि आप नहीं आ सकते, तो कृपया ऐप में समय बदलें या अपॉइंटमेंट रद्द करें।

    1 pa: ਮੰਗਲਵਾਰ, 4 ਅਗਸਤ 2026 ਨੂੰ ਤੁਹਾਡੀ ਮੁਲਾਕਾਤ
    Dr Asha Rao (Cardiology) ਨਾਲ ਤੁਹਾਡੀ ਮੁਲਾਕਾਤ ਮੰਗਲਵਾਰ, 4 ਅਗਸਤ 2026 ਨੂੰ 10:30 ਵਜੇ (IST) ਹੈ।
    ਜੇ ਤੁਸੀਂ ਨਹੀਂ ਆ ਸਕਦੇ, ਤਾਂ ਕਿਰਪਾ ਕਰਕੇ ਐਪ ਵਿੱਚ ਸਮਾਂ ਬਦਲੋ ਜਾਂ ਮੁਲਾਕਾਤ ਰੱਦ ਕਰੋ।
    ");
}

#[test]
fn every_language_names_every_placeholder_once_and_no_other() {
    for language in Language::ALL {
        let wording = &TEXTS.languages[&language];
        for (template, wanted) in [
            (&wording.title, vec!["date"]),
            (
                &wording.text,
                vec!["date", "department", "doctor", "time", "zone"],
            ),
            (&wording.date, vec!["day", "month", "weekday", "year"]),
        ] {
            let mut named: Vec<_> = template
                .split('{')
                .skip(1)
                .map(|rest| rest.split_once('}').expect("a closed brace").0)
                .collect();
            named.sort_unstable();
            assert_eq!(named, wanted, "{language}");
        }
    }
}

#[test]
fn the_longest_names_fit_into_every_template_in_every_zone_and_month() {
    let doctor = "ਡ".repeat(PersonName::MAX_CHARS).parse().unwrap();
    let department = "ਡ".repeat(ShortText::MAX_CHARS).parse().unwrap();
    for language in Language::ALL {
        for zone in chrono_tz::TZ_VARIANTS {
            for month in 1..=12 {
                let reminder = Reminder {
                    starts_at: at(&format!("2026-{month:02}-28T10:00:00Z")),
                    time_zone: zone.into(),
                    ..reminder(&doctor, &department)
                };
                reminder.in_words(language);
            }
        }
    }
}

#[test]
fn a_name_that_looks_like_a_placeholder_stays_a_name() {
    let (doctor, department) = ("{time} {".parse().unwrap(), "{doctor}".parse().unwrap());
    let text = reminder(&doctor, &department)
        .in_words(Language::English)
        .text;
    assert!(
        text.as_str().contains("with {time} { ({doctor}) on"),
        "{}",
        text.as_str()
    );
}
