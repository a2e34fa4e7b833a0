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
    5 en: Your appointment on Tuesday, 4 August 2026
    You have an appointment with Dr Asha Rao (Cardiology) on Tuesday, 4 August 2026 at 10:30 (IST).
    If you can't come, please reschedule or cancel it in the app.

    5 hi: मंगलवार, 4 अगस्त 2026 को आपकी मुलाक़ात
    Dr Asha Rao (Cardiology) के साथ आपकी मुलाक़ात मंगलवार, 4 अगस्त 2026 को 10:30 बजे (IST) है।
    यदि आप नहीं आ सकते, तो कृपया ऐप में समय बदलें या मुलाक़ात रद्द करें।

    5 pa: ਮੰਗਲਵਾਰ, 4 ਅਗਸਤ 2026 ਨੂੰ ਤੁਹਾਡੀ ਮੁਲਾਕਾਤ
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

fn emergency<'a>(clinician: Option<&'a PersonName>, hospital: &'a ShortText) -> Emergency<'a> {
    Emergency {
        clinician,
        hospital,
        reason: EmergencyReason::UnableToConsent,
        opened_at: at("2026-08-04T05:00:00Z"),
        until: at("2026-08-04T06:00:00Z"),
        time_zone: "Asia/Kolkata".parse().unwrap(),
    }
}

#[test]
fn who_opened_a_record_in_an_emergency_is_told_to_its_patient_and_to_who_looks_into_it() {
    let (doctor, hospital) = (
        "Dr Asha Rao".parse().unwrap(),
        "City Hospital".parse().unwrap(),
    );
    let (named, unnamed) = (
        emergency(Some(&doctor), &hospital),
        emergency(None, &hospital),
    );
    let words = [
        named.to_patient(Language::English),
        unnamed.to_guardian(Language::English),
        named.to_reviewer(Language::English),
        unnamed.to_patient(Language::Hindi),
        named.to_guardian(Language::Hindi),
        named.to_patient(Language::Punjabi),
        unnamed.to_reviewer(Language::Punjabi),
    ];
    let words = words.map(|words| format!("{}\n{}", words.title.as_str(), words.text.as_str()));
    insta::assert_snapshot!(words.join("\n\n"), @r"
    Your record was opened in an emergency
    Dr Asha Rao (City Hospital) opened your record on Tuesday, 4 August 2026 at 10:30 (IST) without asking you, because of an emergency: the patient could not be asked.
    It closes by itself at 11:30. The app shows you what was read, and a compliance officer will look into it.

    A child's record was opened in an emergency
    Somebody who gives care at City Hospital opened the record of a child for whom you decide, on Tuesday, 4 August 2026 at 10:30 (IST), without asking you, because of an emergency: the patient could not be asked.
    It closes by itself at 11:30, and a compliance officer will look into it.

    A record was opened in an emergency: please review it
    Dr Asha Rao (City Hospital) opened a patient's record on Tuesday, 4 August 2026 at 10:30 (IST) without consent, because of an emergency: the patient could not be asked.
    It closes by itself at 11:30. Please look into it in the app, and say whether it was justified.

    आपात स्थिति में आपका रिकॉर्ड खोला गया
    City Hospital के किसी स्वास्थ्यकर्मी ने मंगलवार, 4 अगस्त 2026 को 10:30 बजे (IST) आपात स्थिति के कारण आपसे पूछे बिना आपका रिकॉर्ड खोला। कारण: मरीज़ से पूछा नहीं जा सकता था।
    यह 11:30 बजे अपने आप बंद हो जाएगा। क्या देखा गया, यह ऐप में दिखता है, और एक अनुपालन अधिकारी इसकी जाँच करेंगे।

    आपात स्थिति में एक बच्चे का रिकॉर्ड खोला गया
    Dr Asha Rao (City Hospital) ने मंगलवार, 4 अगस्त 2026 को 10:30 बजे (IST) आपात स्थिति के कारण आपसे पूछे बिना उस बच्चे का रिकॉर्ड खोला, जिसके लिए आप निर्णय लेते हैं। कारण: मरीज़ से पूछा नहीं जा सकता था।
    यह 11:30 बजे अपने आप बंद हो जाएगा, और एक अनुपालन अधिकारी इसकी जाँच करेंगे।

    ਐਮਰਜੈਂਸੀ ਵਿੱਚ ਤੁਹਾਡਾ ਰਿਕਾਰਡ ਖੋਲ੍ਹਿਆ ਗਿਆ
    Dr Asha Rao (City Hospital) ਨੇ ਮੰਗਲਵਾਰ, 4 ਅਗਸਤ 2026 ਨੂੰ 10:30 ਵਜੇ (IST) ਐਮਰਜੈਂਸੀ ਕਾਰਨ ਤੁਹਾਨੂੰ ਪੁੱਛੇ ਬਿਨਾਂ ਤੁਹਾਡਾ ਰਿਕਾਰਡ ਖੋਲ੍ਹਿਆ। ਕਾਰਨ: ਮਰੀਜ਼ ਨੂੰ ਪੁੱਛਿਆ ਨਹੀਂ ਜਾ ਸਕਦਾ ਸੀ।
    ਇਹ 11:30 ਵਜੇ ਆਪਣੇ ਆਪ ਬੰਦ ਹੋ ਜਾਵੇਗਾ। ਕੀ ਦੇਖਿਆ ਗਿਆ, ਇਹ ਐਪ ਵਿੱਚ ਦਿਸਦਾ ਹੈ, ਅਤੇ ਇੱਕ ਪਾਲਣਾ ਅਧਿਕਾਰੀ ਇਸਦੀ ਜਾਂਚ ਕਰੇਗਾ।

    ਐਮਰਜੈਂਸੀ ਵਿੱਚ ਇੱਕ ਰਿਕਾਰਡ ਖੋਲ੍ਹਿਆ ਗਿਆ: ਕਿਰਪਾ ਕਰਕੇ ਜਾਂਚ ਕਰੋ
    City Hospital ਦੇ ਕਿਸੇ ਸਿਹਤ ਕਰਮਚਾਰੀ ਨੇ ਮੰਗਲਵਾਰ, 4 ਅਗਸਤ 2026 ਨੂੰ 10:30 ਵਜੇ (IST) ਐਮਰਜੈਂਸੀ ਕਾਰਨ ਸਹਿਮਤੀ ਤੋਂ ਬਿਨਾਂ ਇੱਕ ਮਰੀਜ਼ ਦਾ ਰਿਕਾਰਡ ਖੋਲ੍ਹਿਆ। ਕਾਰਨ: ਮਰੀਜ਼ ਨੂੰ ਪੁੱਛਿਆ ਨਹੀਂ ਜਾ ਸਕਦਾ ਸੀ।
    ਇਹ 11:30 ਵਜੇ ਆਪਣੇ ਆਪ ਬੰਦ ਹੋ ਜਾਵੇਗਾ। ਕਿਰਪਾ ਕਰਕੇ ਐਪ ਵਿੱਚ ਜਾਂਚ ਕਰੋ ਅਤੇ ਦੱਸੋ ਕਿ ਕੀ ਇਹ ਜਾਇਜ਼ ਸੀ।
    ");
}

#[test]
fn every_language_names_every_placeholder_once_and_no_other() {
    for language in Language::ALL {
        let wording = &TEXTS.languages[language];
        let visit = ["date", "department", "doctor", "time", "zone"];
        let emergency = ["date", "reason", "time", "until_time", "who", "zone"];
        let known = EmergencyReason::ALL.iter();
        assert!(known.eq(wording.emergency_reasons.keys()), "{language}");
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
            (&wording.emergency.title, vec![]),
            (&wording.emergency.text, emergency.to_vec()),
            (&wording.emergency_of_minor.title, vec![]),
            (&wording.emergency_of_minor.text, emergency.to_vec()),
            (&wording.emergency_to_review.title, vec![]),
            (&wording.emergency_to_review.text, emergency.to_vec()),
            (&wording.emergency_by, vec!["hospital", "name"]),
            (&wording.emergency_by_somebody, vec!["hospital"]),
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
                for reason in EmergencyReason::ALL {
                    let emergency = Emergency {
                        reason: *reason,
                        opened_at: visit.starts_at,
                        until: visit.starts_at,
                        time_zone: visit.time_zone,
                        ..emergency(Some(&doctor), &department)
                    };
                    emergency.to_patient(*language);
                    emergency.to_guardian(*language);
                    emergency.to_reviewer(*language);
                }
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
