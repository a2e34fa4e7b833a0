//! The words of notices.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::testing::at;

fn visit<'a>(doctor: &'a PersonName, department: &'a ShortText) -> Visit<'a> {
    Visit {
        doctor,
        department,
        starts_at: at("2026-08-04T05:00:00Z"),
        time_zone: "Asia/Kolkata".parse().unwrap(),
    }
}

#[test]
fn a_reminder_tells_the_time_on_the_hospitals_clock_in_the_patients_language() {
    let (doctor, department) = (
        "Dr Asha Rao".parse().unwrap(),
        "Cardiology".parse().unwrap(),
    );
    let visit = visit(&doctor, &department);
    let words = Language::ALL.iter().map(|language| {
        let Words {
            version,
            title,
            text,
        } = visit.reminder(*language);
        format!(
            "{version} {language}: {}\n{}",
            title.as_str(),
            text.as_str()
        )
    });
    let words: Vec<_> = words.collect();
    insta::assert_snapshot!(words.join("\n\n"), @r"
    2 en: Your appointment on Tuesday, 4 August 2026
    You have an appointment with Dr Asha Rao (Cardiology) on Tuesday, 4 August 2026 at 10:30 (IST).
    If you can't come, please reschedule or cancel it in the app.

    2 hi: मंगलवार, 4 अगस्त 2026 को आपकी अपॉइंटमेंट
    Dr Asha Rao (Cardiology) के साथ आपकी अपॉइंटमेंट मंगलवार, 4 अगस्त 2026 को 10:30 बजे (IST) है।
    यदि आप नहीं आ सकते, तो कृपया ऐप में समय बदलें या अपॉइंटमेंट रद्द करें।

    2 pa: ਮੰਗਲਵਾਰ, 4 ਅਗਸਤ 2026 ਨੂੰ ਤੁਹਾਡੀ ਮੁਲਾਕਾਤ
    Dr Asha Rao (Cardiology) ਨਾਲ ਤੁਹਾਡੀ ਮੁਲਾਕਾਤ ਮੰਗਲਵਾਰ, 4 ਅਗਸਤ 2026 ਨੂੰ 10:30 ਵਜੇ (IST) ਹੈ।
    ਜੇ ਤੁਸੀਂ ਨਹੀਂ ਆ ਸਕਦੇ, ਤਾਂ ਕਿਰਪਾ ਕਰਕੇ ਐਪ ਵਿੱਚ ਸਮਾਂ ਬਦਲੋ ਜਾਂ ਮੁਲਾਕਾਤ ਰੱਦ ਕਰੋ।
    ");
}

#[test]
fn an_offer_says_until_when_the_slot_is_held() {
    let (doctor, department) = (
        "Dr Asha Rao".parse().unwrap(),
        "Cardiology".parse().unwrap(),
    );
    let held_until = at("2026-08-03T18:45:00Z");
    let words = visit(&doctor, &department).offer(Language::English, held_until);
    insta::assert_snapshot!(words.text.as_str(), @r"
    Dr Asha Rao (Cardiology) can see you on Tuesday, 4 August 2026 at 10:30 (IST).
    The slot is held for you until Tuesday, 4 August 2026, 00:15. Please accept it or pass it on in the app.
    ");
}

#[test]
fn every_language_names_every_placeholder_once_and_no_other() {
    for language in Language::ALL {
        let wording = &TEXTS.languages[language];
        let visit = ["date", "department", "doctor", "time", "zone"];
        for (template, wanted) in [
            (&wording.reminder.title, vec!["date"]),
            (&wording.reminder.text, visit.to_vec()),
            (&wording.offer.title, vec!["date"]),
            (
                &wording.offer.text,
                [&visit[..4], &["until_date", "until_time", "zone"]].concat(),
            ),
            (&wording.export_ready.title, vec![]),
            (&wording.export_ready.text, vec!["days"]),
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
                let visit = Visit {
                    starts_at: at(&format!("2026-{month:02}-28T10:00:00Z")),
                    time_zone: zone.into(),
                    ..visit(&doctor, &department)
                };
                visit.reminder(*language);
                visit.offer(*language, visit.starts_at);
            }
        }
    }
}

#[test]
fn a_name_that_looks_like_a_placeholder_stays_a_name() {
    let (doctor, department) = ("{time} {".parse().unwrap(), "{doctor}".parse().unwrap());
    let text = visit(&doctor, &department).reminder(Language::English).text;
    assert!(
        text.as_str().contains("with {time} { ({doctor}) on"),
        "{}",
        text.as_str()
    );
}
