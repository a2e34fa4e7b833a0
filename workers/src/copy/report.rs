//! `report.pdf`: what matters most of it, for people, in their language.

use chrono::{DateTime, Utc};
use medilink_domain::export::words::Report;
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
    }
    visits(&mut page, words, dossier);
    if whole {
        waits(&mut page, words, dossier);
        notices(&mut page, words, dossier);
        consents(&mut page, words, dossier);
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
    if let Some(email) = &known.email {
        page.fact(words.text("email"), email.as_str());
    }
    if let Some(born) = &known.date_of_birth {
        page.fact(words.text("born"), &born.date().to_string());
    }
    page.fact(words.text("language"), words.word(known.language.name()));
    if let Some(guardian) = &known.guardian {
        let said = format!(
            "{} ({} {})",
            guardian.person,
            words.text("until"),
            guardian.until
        );
        page.fact(words.text("guardian"), &said);
    }
}

fn visits(page: &mut Document, words: Report, dossier: &Dossier) {
    chapter(page, words, "visits", dossier.visits.is_empty());
    for visit in dossier.visits.iter().take(MOST) {
        page.entry(&dated(words, "appointment", visit.starts_at));
        if let Some(doctor) = dossier.doctor(visit.doctor.uuid()) {
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
        let grantee = consent.grantee.0;
        let id = grantee.id().to_string();
        let name = dossier.doctor(grantee.id()).unwrap_or(&id);
        page.fact(words.text("who"), name);
        page.fact(words.text("purpose"), consent.terms.0.purpose.text());
        page.fact(
            words.text("status"),
            words.word(consent.state_at(now).name()),
        );
        page.fact(words.text("until"), &day(consent.terms.0.expires_at));
    }
}

fn seen_by(page: &mut Document, words: Report, recipients: &[Recipient]) {
    chapter(page, words, "recipients", recipients.is_empty());
    for recipient in recipients.iter().take(MOST) {
        page.paragraph(&recipient.text);
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
    for erasure in dossier.erasures.iter().take(MOST) {
        let said = format!("{}: {}", day(erasure.requested_at), erasure.reason);
        page.paragraph(&said);
    }
    for export in dossier.exports.iter().take(MOST) {
        let state = words.word(export.state_at(now).name());
        let at = day(export.requested_at);
        page.paragraph(&format!("{at}: {} ({state})", words.text("file")));
    }
}
