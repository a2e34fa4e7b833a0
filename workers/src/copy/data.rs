//! `data.json`: all that is held, for programs, as `schemas/export.v1.json` says. First what is
//! true now, then every event of the log about the person, then every access.

use std::collections::BTreeSet;

use chrono::Utc;
use medilink_domain::Decider;
use medilink_domain::erasure::Erasure;
use medilink_domain::export::contents::{Section, Treatment, is_of_a_visit, treatment};
use medilink_domain::patient::Profile;
use medilink_domain::registry::event_types;
use medilink_log::{Opened, Position, RecordedEvent};
use medilink_projections::patient::PatientRow;
use serde_json::{Value, json};
use uuid::Uuid;

use super::archive::Archive;
use super::dossier::{Dossier, Scope, subject};
use super::recipients::{self, Recipient};
use super::{Progress, Wish};
use crate::job::{JobError, Tools};

const SCHEMA: &str = "https://medilink.dev/schemas/export.v1.json";
const PAGE: usize = 500;

pub(super) async fn write(
    tools: &Tools,
    wish: Wish<'_>,
    dossier: &Dossier,
    recipients: &[Recipient],
    archive: &mut Archive,
    progress: &impl Progress,
) -> Result<(), JobError> {
    archive.begin("data.json").await?;
    let head = state(wish, dossier).to_string();
    // The rest is added before its closing brace.
    archive.put(head.strip_suffix('}').unwrap_or(&head)).await?;
    archive.put(",\"events\":[").await?;
    let mut list = List::default();
    events(tools, wish, dossier, archive, &mut list, progress).await?;
    archive.put("],\"accesses\":[").await?;
    if dossier.scope == Scope::Whole {
        accesses(tools, wish, archive).await?;
    }
    archive.put("],\"recipients\":[").await?;
    let mut list = List::default();
    for recipient in recipients {
        list.add(archive, &recipient.json()).await?;
    }
    archive.put("]}").await
}

/// What is true now.
fn state(wish: Wish<'_>, dossier: &Dossier) -> Value {
    let asked = wish.asked;
    let (consent, from, to) = match dossier.scope {
        Scope::Whole => (None, None, None),
        Scope::Visits { consent, from, to } => (Some(consent), Some(from), Some(to)),
    };
    let visits: Vec<Value> = dossier
        .visits
        .iter()
        .map(|visit| {
            let feedback = dossier.feedback.get(&visit.appointment);
            json!({
                "id": visit.appointment, "doctor": visit.doctor,
                "doctor_name": dossier.person(visit.doctor.uuid()),
                "hospital": visit.hospital, "hospital_name": dossier.hospital(visit.hospital),
                "department": visit.department, "starts_at": visit.starts_at,
                "ends_at": visit.ends_at, "time_zone": visit.time_zone, "status": visit.status,
                "mode": visit.mode, "visit_type": visit.visit_type, "price": visit.price,
                "series": visit.series, "walk_in": visit.walk_in,
                "checked_in_at": visit.checked_in_at, "started_at": visit.started_at,
                "completed_at": visit.completed_at, "fees": visit.fees.0,
                "reason": visit.reason, "cancellation": visit.cancellation,
                "overbooking": visit.overbooking, "waiver": visit.waiver,
                "feedback": feedback.map(|given| json!({
                    "rating": given.rating, "comment": given.comment,
                })),
            })
        })
        .collect();
    let waits = dossier.waits.iter().map(|wait| {
        json!({
            "id": wait.entry, "hospital": wait.hospital, "department": wait.department,
            "doctor": wait.doctor, "joined_at": wait.joined_at, "state": wait.state,
            "wish": wait.wish, "offer": wait.offer,
        })
    });
    let notices = dossier.notices.iter().map(|notice| {
        json!({
            "id": notice.notice, "kind": notice.kind, "written_at": notice.written_at,
            "channel": notice.channel, "status": notice.status, "address": notice.address,
            "language": notice.language, "title": notice.title, "text": notice.text,
        })
    });
    let now = Utc::now();
    let consents = dossier.consents.iter().map(|consent| {
        json!({
            "id": consent.consent, "state": consent.state_at(now), "grantee": consent.grantee.0,
            "grantee_name": dossier.grantee(consent.grantee.0),
            "requester": consent.requester, "terms": consent.terms.0,
            "created_at": consent.created_at, "decided_at": consent.decided_at,
        })
    });
    let emergencies = dossier.emergencies.iter().map(|emergency| {
        json!({
            "id": emergency.access, "clinician": emergency.clinician,
            "clinician_name": dossier.person(emergency.clinician.uuid()),
            "hospital": emergency.hospital,
            "hospital_name": dossier.hospital(emergency.hospital),
            "reason": emergency.reason, "explanation": emergency.explanation,
            "opened_at": emergency.opened_at, "until": emergency.until,
            "closed_at": emergency.closed_at, "reviewed_at": emergency.reviewed_at,
            "reviewer": emergency.reviewer, "justified": emergency.justified,
            "remark": emergency.remark,
        })
    });
    let erasures = dossier.erasures.iter().map(|erasure| {
        json!({
            "id": erasure.erasure, "state": erasure.state, "reason": erasure.reason,
            "requested_at": erasure.requested_at, "categories": erasure.parts.0,
        })
    });
    let exports = dossier.exports.iter().map(|export| {
        json!({
            "id": export.export, "by": export.by, "ground": export.ground.0,
            "formats": export.formats.0, "state": export.state_at(now),
            "requested_at": export.requested_at,
        })
    });
    json!({
        "$schema": SCHEMA,
        "export": {
            "id": asked.export, "person": asked.person, "requested_by": asked.by,
            "ground": asked.ground, "made_at": now, "language": asked.language,
            "consent": consent, "from": from, "to": to,
        },
        "profile": dossier.profile.as_ref().map(|known| json!({
            "id": known.patient, "name": known.name, "phone": known.phone,
            "email": known.email, "language": known.language,
            "date_of_birth": known.date_of_birth, "reminders": known.reminders,
            "guardian": known.guardian.map(|guardian| json!({
                "person": guardian, "until": known.guardian_until,
            })),
            "guardian_name": dossier.guardian,
            "gender": said(known).and_then(|profile| profile.gender),
            "address": said(known).and_then(|profile| profile.address.as_ref()),
            "emergency_contact": said(known)
                .and_then(|profile| profile.emergency_contact.as_ref()),
            "accessibility": said(known).map(|profile| &profile.accessibility),
            "accessibility_note": said(known)
                .and_then(|profile| profile.accessibility_note.as_ref()),
        })),
        "account": dossier.account.as_ref().map(|account| json!({
            "email": account.email, "language": account.language, "roles": account.roles,
            "disabled": account.disabled,
        })),
        "work": work(dossier),
        "visits": visits, "waitlist": waits.collect::<Vec<_>>(),
        "notices": notices.collect::<Vec<_>>(), "consents": consents.collect::<Vec<_>>(),
        "emergencies": emergencies.collect::<Vec<_>>(),
        "erasures": erasures.collect::<Vec<_>>(), "exports": exports.collect::<Vec<_>>(),
    })
}

fn said(known: &PatientRow) -> Option<&Profile> {
    known.profile.as_ref()
}

/// What they are to the hospitals besides a patient, if anything.
fn work(dossier: &Dossier) -> Option<Value> {
    if dossier.staff.is_none() && dossier.practice.is_none() {
        return None;
    }
    let doctor = dossier.practice.as_ref().map(|doctor| {
        json!({
            "name": doctor.name, "hospital": doctor.hospital, "department": doctor.department,
            "registration_number": doctor.registration_number, "languages": doctor.languages,
            "profile": doctor.profile,
        })
    });
    let staff = dossier.staff.as_ref();
    Some(json!({
        "doctor": doctor,
        "roles": staff.map(|staff| &staff.roles.0),
        "permissions": staff.map(|staff| &staff.permissions.0),
    }))
}

/// Puts the commas between what is listed.
#[derive(Default)]
struct List(bool);

impl List {
    async fn add(&mut self, archive: &mut Archive, item: &Value) -> Result<(), JobError> {
        let comma = if std::mem::replace(&mut self.0, true) {
            ","
        } else {
            ""
        };
        archive.put(format!("{comma}{item}")).await
    }
}

/// Every event about the person that is copied, page by page.
async fn events(
    tools: &Tools,
    wish: Wish<'_>,
    dossier: &Dossier,
    archive: &mut Archive,
    list: &mut List,
    progress: &impl Progress,
) -> Result<(), JobError> {
    let whole = dossier.scope == Scope::Whole;
    let copied = |kind: &str| matches!(treatment(kind), Some(Treatment::Told { .. }));
    let kinds: Vec<&str> = event_types()
        .into_iter()
        .map(|kind| kind.name)
        .filter(|kind| copied(kind) && (whole || is_of_a_visit(kind)))
        .collect();
    let (reader, head) = (tools.reader(), tools.reader().head().await?);
    let mut after = Position::START;
    loop {
        let page = reader
            .about(wish.tenant, subject(&wish), &kinds, after, PAGE)
            .await?;
        tools.codec.warm(&page).await?;
        for event in &page {
            after = event.position;
            if whole || dossier.covers_stream(&event.stream) {
                list.add(archive, &told(tools, event).await?).await?;
            }
        }
        if page.len() < PAGE {
            break;
        }
        let share = after.0.saturating_mul(40) / head.0.max(1);
        progress.reached(10 + share.min(40) as u8).await?;
    }
    if !whole {
        return Ok(());
    }
    // What outlives the person's keys is not filed under the person.
    let erasures = dossier
        .erasures
        .iter()
        .map(|row| Erasure::stream(&row.erasure));
    let tokens = tokens(tools, wish).await?;
    let tokens = tokens
        .into_iter()
        .map(|token| format!("access-token-{token}"));
    for stream in erasures.chain(tokens) {
        let mut version = 0;
        loop {
            let page = reader.stream(&stream, version, PAGE).await?;
            for event in &page {
                version = event.version;
                if event.tenant == wish.tenant {
                    list.add(archive, &told(tools, event).await?).await?;
                }
            }
            if page.len() < PAGE {
                break;
            }
        }
    }
    Ok(())
}

/// The access tokens that were issued to the person.
async fn tokens(tools: &Tools, wish: Wish<'_>) -> Result<BTreeSet<Uuid>, JobError> {
    let client = tools.database.client().await?;
    let sql = "SELECT token FROM inline.access_tokens WHERE tenant = $1 AND person = $2";
    let (tenant, person) = (wish.tenant.uuid(), subject(&wish).uuid());
    let rows = client.query(sql, &[&tenant, &person]).await;
    let rows = rows.map_err(medilink_database::DatabaseError::from)?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// An event as it is told: without what opens doors.
async fn told(tools: &Tools, event: &RecordedEvent) -> Result<Value, JobError> {
    let Some(Treatment::Told { section, without }) = treatment(&event.kind) else {
        // Only those are asked for.
        return Ok(Value::Null);
    };
    let data = match tools.codec.open(event).await? {
        Opened::Clear(clear) => {
            let mut data: Value =
                serde_json::from_slice(&clear).map_err(|_| JobError::permanent("undecodable"))?;
            if let Some(fields) = data.as_object_mut() {
                fields.retain(|name, _| !without.contains(&name.as_str()));
            }
            data
        }
        Opened::Erased => Value::Null,
    };
    let by = event.metadata();
    Ok(json!({
        "position": event.position.0, "at": event.recorded_at, "type": event.kind,
        "section": Section::name(section), "stream": event.stream, "version": event.version,
        "by": {"actor": by.actor, "roles": by.role, "purpose": by.purpose},
        "erased": data.is_null(), "data": data,
    }))
}

/// Every access, the latest first.
async fn accesses(tools: &Tools, wish: Wish<'_>, archive: &mut Archive) -> Result<(), JobError> {
    let (mut after, mut list) = (None, List::default());
    loop {
        let (rows, next) = recipients::page(tools, wish, after).await?;
        for row in &rows {
            let access = json!({
                "id": row.access, "at": row.at, "actor": row.actor, "roles": row.roles.0,
                "resource": row.resource, "purpose": row.purpose, "refused": row.action,
                "consents": row.consents.0, "emergency": row.emergency,
                "request": row.request,
            });
            list.add(archive, &access).await?;
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
