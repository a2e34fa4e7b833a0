//! `report.pdf`: what matters most of it, for people, in their language.

use chrono::{DateTime, Utc};
use medilink_domain::export::words::Report;
use medilink_domain::patient::Profile;
use medilink_domain::values::{Code, FreeText, ShortText};
use medilink_pdf::Document;

use super::Wish;
use super::dossier::{Dossier, Scope};
use super::recipients::Recipient;
use crate::job::JobError;

/// The most entries of a chapter; all of them are in `data.json`.
const MOST: usize = 500;

pub(super) fn of(
    wish: Wish<'_>,
    dossier: &Dossier,
    recipients: &[Recipient],
) -> Result<Vec<u8>, JobError> {
    let words = Report::in_language(wish.asked.language);
    let mut page = Document::new(words.text("title"), words.language().name());
    let whole = dossier.scope == Scope::Whole;
    page.paragraph(words.text(if whole { "about" } else { "part" }));
    page.remark(&dated(words, "made", Utc::now()));
    if whole {
        profile(&mut page, words, dossier);
        work(&mut page, words, dossier);
    }
    visits(&mut page, words, dossier);
    if whole {
        waits(&mut page, words, dossier);
        notices(&mut page, words, dossier);
        consents(&mut page, words, dossier);
        emergencies(&mut page, words, dossier);
        seen_by(&mut page, words, recipients);
        requests(&mut page, words, dossier);
    }
    let foot = |number: usize, of: usize| {
        words.filled("page", |name| match name {
            "page" => Some(number.to_string()),
            "pages" => Some(of.to_string()),
            _ => None,
        })
    };
    page.finish(foot).map_err(|error| {
        tracing::error!(%error, "a report can't be made");
        JobError::permanent("report-refused")
    })
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

fn dated(words: Report, name: &'static str, at: DateTime<Utc>) -> String {
    words.filled(name, |place| (place == "date").then(|| day(at)))
}

fn listed<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    items.into_iter().collect::<Vec<_>>().join(", ")
}

/// A chapter, or that there is nothing in it.
fn chapter(page: &mut Document, words: Report, name: &'static str, empty: bool) {
    page.heading(words.text(name));
    if empty {
        page.paragraph(words.text("none"));
    }
}

fn profile(page: &mut Document, words: Report, dossier: &Dossier) {
    chapter(page, words, "profile", dossier.profile.is_none());
    let Some(known) = &dossier.profile else {
        return;
    };
    page.fact(words.text("name"), known.name.as_str());
    page.fact(words.text("phone"), known.phone.as_str());
    let account = dossier.account.as_ref();
    if let Some(email) = account.and_then(|account| account.email.as_ref()) {
        page.fact(words.text("account"), email.as_str());
    }
    if let Some(email) = &known.email {
        page.fact(words.text("email"), email.as_str());
    }
    if let Some(born) = &known.date_of_birth {
        page.fact(words.text("born"), &born.date().to_string());
    }
    page.fact(words.text("language"), words.word(known.language.name()));
    if let Some(guardian) = known.guardian {
        let id = guardian.to_string();
        let name = dossier.guardian.as_ref().map_or(&*id, |name| name.as_str());
        let limited = known.guardian_until.map(|until| {
            words.filled("guardian_until", |place| match place {
                "name" => Some(name.to_owned()),
                "date" => Some(until.to_string()),
                _ => None,
            })
        });
        page.fact(words.text("guardian"), limited.as_deref().unwrap_or(name));
    }
    if let Some(said) = &known.profile {
        further(page, words, said);
    }
}

/// What the patient has said of themselves.
fn further(page: &mut Document, words: Report, said: &Profile) {
    if let Some(gender) = said.gender {
        page.fact(words.text("gender"), words.word(gender.name()));
    }
    if let Some(address) = &said.address {
        let rest = [
            Some(&address.city),
            address.postal_code.as_ref(),
            address.region.as_ref(),
            Some(&address.country),
        ];
        let parts = address.lines.iter().chain(rest.into_iter().flatten());
        let parts = listed(parts.map(ShortText::as_str));
        page.fact(words.text("address"), &parts);
    }
    if let Some(contact) = &said.emergency_contact {
        let relation = contact.relation.as_ref().map(ShortText::as_str);
        let parts = [contact.name.as_str(), contact.phone.as_str()];
        let parts = listed(parts.into_iter().chain(relation));
        page.fact(words.text("contact"), &parts);
    }
    let note = said.accessibility_note.as_ref().map(ShortText::as_str);
    let needs = listed(said.accessibility.iter().map(Code::as_str).chain(note));
    if !needs.is_empty() {
        page.fact(words.text("needs"), &needs);
    }
}

/// What they are to hospitals besides a patient; for most that is nothing.
fn work(page: &mut Document, words: Report, dossier: &Dossier) {
    let given = dossier.staff.iter().flat_map(|staff| &staff.roles.0);
    let given: Vec<_> = given.collect();
    if given.is_empty() && dossier.practice.is_none() {
        return;
    }
    page.heading(words.text("work"));
    for role in given {
        let name = words.role(role.role);
        let place = role
            .hospital
            .and_then(|hospital| dossier.hospital(hospital));
        page.fact(
            words.text("roles"),
            &listed([name].into_iter().chain(place)),
        );
    }
    let Some(doctor) = &dossier.practice else {
        return;
    };
    page.fact(words.text("name"), doctor.name.as_str());
    page.fact(
        words.text("registration"),
        doctor.registration_number.as_str(),
    );
    let spoken = doctor
        .languages
        .iter()
        .map(|spoken| words.word(spoken.name()));
    page.fact(words.text("languages"), &listed(spoken));
    if let Some(said) = &doctor.profile {
        for (name, items) in [
            ("specialties", &said.specialties),
            ("qualifications", &said.qualifications),
        ] {
            if !items.is_empty() {
                let items = listed(items.iter().map(ShortText::as_str));
                page.fact(words.text(name), &items);
            }
        }
        if let Some(about) = &said.about {
            page.paragraph(about.as_str());
        }
    }
}

fn visits(page: &mut Document, words: Report, dossier: &Dossier) {
    chapter(page, words, "visits", dossier.visits.is_empty());
    for visit in dossier.visits.iter().take(MOST) {
        // As the clock of the hospital has it.
        let local = visit.starts_at.with_timezone(&visit.time_zone.tz());
        let local = local.format("%Y-%m-%d %H:%M %Z").to_string();
        let title = words.filled("appointment", |place| {
            (place == "date").then(|| local.clone())
        });
        page.entry(&title);
        if let Some(doctor) = dossier.person(visit.doctor.uuid()) {
            page.fact(words.text("doctor"), doctor);
        }
        if let Some(hospital) = dossier.hospital(visit.hospital) {
            page.fact(words.text("hospital"), hospital);
        }
        page.fact(words.text("status"), words.word(visit.status.name()));
        for (name, text) in [
            ("reason", &visit.reason),
            ("cancelled", &visit.cancellation),
        ] {
            if let Some(text) = text {
                page.fact(words.text(name), text.as_str());
            }
        }
        if let Some(given) = dossier.feedback.get(&visit.appointment) {
            let comment = given
                .comment
                .as_ref()
                .map_or("", |comment| comment.as_str());
            let said = format!("{}/5 {comment}", given.rating);
            page.fact(words.text("feedback"), said.trim());
        }
    }
}

fn waits(page: &mut Document, words: Report, dossier: &Dossier) {
    chapter(page, words, "waitlist", dossier.waits.is_empty());
    for wait in dossier.waits.iter().take(MOST) {
        let hospital = dossier.hospital(wait.hospital).unwrap_or_default();
        let said = format!(
            "{} {hospital}: {}",
            day(wait.joined_at),
            words.word(wait.state.name())
        );
        page.paragraph(&said);
    }
}

fn notices(page: &mut Document, words: Report, dossier: &Dossier) {
    chapter(page, words, "notices", dossier.notices.is_empty());
    for notice in dossier.notices.iter().take(MOST) {
        page.entry(&format!(
            "{}: {}",
            day(notice.written_at),
            notice.title.as_str()
        ));
        page.paragraph(notice.text.as_str());
    }
}

fn consents(page: &mut Document, words: Report, dossier: &Dossier) {
    chapter(page, words, "consents", dossier.consents.is_empty());
    let now = Utc::now();
    for consent in dossier.consents.iter().take(MOST) {
        page.entry(&dated(words, "consent", consent.created_at));
        let (grantee, terms) = (consent.grantee.0, &consent.terms.0);
        let id = || grantee.id().to_string();
        let name = dossier.grantee(grantee).unwrap_or_else(id);
        page.fact(words.text("who"), &name);
        let types = terms.types.iter().map(|kind| words.word(kind.name()));
        page.fact(words.text("scope"), &listed(types));
        page.fact(words.text("access"), words.word(terms.mode.name()));
        page.fact(words.text("purpose"), words.word(terms.purpose.name()));
        page.fact(
            words.text("status"),
            words.word(consent.state_at(now).name()),
        );
        page.fact(words.text("until"), &day(consent.terms.0.expires_at));
    }
}

fn emergencies(page: &mut Document, words: Report, dossier: &Dossier) {
    chapter(page, words, "emergencies", dossier.emergencies.is_empty());
    for emergency in dossier.emergencies.iter().take(MOST) {
        page.entry(&dated(words, "emergency", emergency.opened_at));
        let somebody = words.text("unnamed");
        let clinician = dossier.person(emergency.clinician.uuid());
        let place = dossier.hospital(emergency.hospital);
        let who = [clinician.unwrap_or(somebody)].into_iter().chain(place);
        page.fact(words.text("who"), &listed(who));
        page.fact(words.text("reason"), words.emergency(emergency.reason));
        let closed = emergency.closed_at.unwrap_or(emergency.until);
        page.fact(words.text("closed"), &day(closed));
        if let Some(explanation) = &emergency.explanation {
            page.fact(words.text("explanation"), explanation.as_str());
        }
        if let Some(justified) = emergency.justified {
            let found = if justified {
                "justified"
            } else {
                "unjustified"
            };
            let remark = emergency.remark.as_ref().map(FreeText::as_str);
            let found = [words.word(found)].into_iter().chain(remark);
            page.fact(words.text("remark"), &listed(found));
        }
    }
}

fn seen_by(page: &mut Document, words: Report, recipients: &[Recipient]) {
    chapter(page, words, "recipients", recipients.is_empty());
    for recipient in recipients.iter().take(MOST) {
        page.paragraph(recipient.text());
        let dates = words.filled("dates", |place| match place {
            "first" => Some(day(recipient.first)),
            "last" => Some(day(recipient.last)),
            _ => None,
        });
        page.fact(
            words.text("times"),
            &format!("{} ({dates})", recipient.times),
        );
    }
    page.remark(words.text("accesses"));
}

fn requests(page: &mut Document, words: Report, dossier: &Dossier) {
    let none = dossier.erasures.is_empty() && dossier.exports.is_empty();
    chapter(page, words, "requests", none);
    let now = Utc::now();
    let told = |name, at, state: &str| {
        words.filled(name, |place| match place {
            "date" => Some(day(at)),
            "state" => Some(words.word(state).to_owned()),
            _ => None,
        })
    };
    for erasure in dossier.erasures.iter().take(MOST) {
        let state = erasure.state.name();
        page.paragraph(&told("erasure", erasure.requested_at, state));
    }
    for export in dossier.exports.iter().take(MOST) {
        let state = export.state_at(now).name();
        page.paragraph(&told("copy", export.requested_at, state));
    }
}
