//! `fhir.json`: what FHIR R4 has types for, as a bundle of type `collection`. Whatever is
//! referred to is in it.

use medilink_domain::appointment::AppointmentStatus;
use medilink_domain::consent::{ConsentStatus, Grantee};
use medilink_projections::access::AccessRow;
use medilink_projections::appointment::AppointmentRow;
use medilink_projections::consent::ConsentRow;
use medilink_projections::doctor::DoctorRow;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Wish;
use super::archive::Archive;
use super::dossier::{Dossier, Scope, subject};
use super::recipients;
use crate::job::{JobError, Tools};

pub(super) async fn write(
    tools: &Tools,
    wish: Wish<'_>,
    dossier: &Dossier,
    archive: &mut Archive,
) -> Result<(), JobError> {
    archive.begin("fhir.json").await?;
    let head = json!({
        "resourceType": "Bundle", "id": wish.asked.export, "type": "collection",
        "timestamp": chrono::Utc::now(),
    })
    .to_string();
    archive.put(head.strip_suffix('}').unwrap_or(&head)).await?;
    archive.put(",\"entry\":[").await?;
    let person = subject(&wish).uuid();
    let own = dossier.practice.as_ref();
    let own = own.map(|doctor| practitioner(person, doctor, dossier.profile.is_some()));
    if dossier.profile.is_some() || own.is_none() {
        archive.put(entry(&patient(wish, dossier))).await?;
    }
    if let Some(own) = &own {
        let comma = if dossier.profile.is_some() { "," } else { "" };
        archive.put(format!("{comma}{}", entry(own))).await?;
    }
    let others = dossier.doctors.iter().filter(|(id, _)| **id != person);
    for (id, doctor) in others {
        let practitioner = json!({
            "resourceType": "Practitioner", "id": id, "name": [{"text": doctor.name}],
        });
        archive.put(format!(",{}", entry(&practitioner))).await?;
    }
    for (id, hospital) in &dossier.hospitals {
        let organization = json!({
            "resourceType": "Organization", "id": id, "name": hospital.name,
        });
        archive.put(format!(",{}", entry(&organization))).await?;
    }
    for visit in &dossier.visits {
        let visit = appointment(visit, dossier);
        archive.put(format!(",{}", entry(&visit))).await?;
    }
    for given in &dossier.consents {
        let given = consent(given, dossier);
        archive.put(format!(",{}", entry(&given))).await?;
    }
    if dossier.scope == Scope::Whole {
        let mut after = None;
        loop {
            let (rows, next) = recipients::page(tools, wish, after).await?;
            for row in &rows {
                let audited = entry(&audit(row, wish, dossier));
                archive.put(format!(",{audited}")).await?;
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
    }
    archive.put("]}").await
}

fn entry(resource: &Value) -> String {
    let id = resource["id"].as_str().unwrap_or_default();
    json!({"fullUrl": format!("urn:uuid:{id}"), "resource": resource}).to_string()
}

fn reference(id: Uuid) -> Value {
    json!({"reference": format!("urn:uuid:{id}")})
}

fn coding(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

/// Only who it is by number, where nothing else was consented to.
fn patient(wish: Wish<'_>, dossier: &Dossier) -> Value {
    let mut patient = json!({"resourceType": "Patient", "id": subject(&wish)});
    let Some(known) = &dossier.profile else {
        return patient;
    };
    let mut telecom = vec![json!({"system": "phone", "value": known.phone})];
    let email = known.email.as_ref();
    telecom.extend(email.map(|email| json!({"system": "email", "value": email})));
    patient["name"] = json!([{"text": known.name}]);
    patient["telecom"] = Value::Array(telecom);
    patient["communication"] = json!([{
        "language": coding("urn:ietf:bcp:47", known.language.name()), "preferred": true,
    }]);
    if let Some(born) = &known.date_of_birth {
        patient["birthDate"] = json!(born);
    }
    let Some(said) = &known.profile else {
        return patient;
    };
    if let Some(gender) = said.gender {
        patient["gender"] = json!(gender.name());
    }
    if let Some(address) = &said.address {
        patient["address"] = json!([{
            "line": address.lines, "city": address.city, "country": address.country,
        }]);
        let rest = [
            ("state", &address.region),
            ("postalCode", &address.postal_code),
        ];
        for (name, value) in rest {
            if let Some(value) = value {
                patient["address"][0][name] = json!(value);
            }
        }
    }
    if let Some(contact) = &said.emergency_contact {
        let mut emergency = coding("http://terminology.hl7.org/CodeSystem/v2-0131", "C");
        if let Some(relation) = &contact.relation {
            emergency["text"] = json!(relation);
        }
        patient["contact"] = json!([{
            "relationship": [emergency], "name": {"text": contact.name},
            "telecom": [{"system": "phone", "value": contact.phone}],
        }]);
    }
    patient
}

/// The person as a doctor. Whoever is a patient, too, is another resource as that.
fn practitioner(person: Uuid, doctor: &DoctorRow, is_patient: bool) -> Value {
    let id = if is_patient {
        Uuid::new_v5(&person, b"practitioner")
    } else {
        person
    };
    let mut known = json!({
        "resourceType": "Practitioner", "id": id, "name": [{"text": doctor.name}],
        "identifier": [{"value": doctor.registration_number}],
    });
    let spoken = doctor.languages.iter();
    let spoken = spoken.map(|spoken| coding("urn:ietf:bcp:47", spoken.name()));
    known["communication"] = spoken.collect();
    let said = doctor.profile.iter();
    let shown = said.flat_map(|said| &said.qualifications);
    let shown: Vec<Value> = shown.map(|text| json!({"code": {"text": text}})).collect();
    if !shown.is_empty() {
        known["qualification"] = Value::Array(shown);
    }
    known
}

fn appointment(visit: &AppointmentRow, dossier: &Dossier) -> Value {
    let status = match visit.status {
        AppointmentStatus::Cancelled => "cancelled",
        AppointmentStatus::NoShow => "noshow",
        AppointmentStatus::CheckedIn => "checked-in",
        AppointmentStatus::Completed => "fulfilled",
        AppointmentStatus::InProgress => "arrived",
        AppointmentStatus::Booked => "booked",
    };
    let mut participants = vec![json!({
        "actor": reference(visit.patient.uuid()), "required": "required", "status": "accepted",
    })];
    if dossier.doctors.contains_key(&visit.doctor.uuid()) {
        participants.push(json!({
            "actor": reference(visit.doctor.uuid()), "required": "required",
            "status": "accepted",
        }));
    }
    let mut appointment = json!({
        "resourceType": "Appointment", "id": visit.appointment, "status": status,
        "start": visit.starts_at, "end": visit.ends_at,
        "minutesDuration": (visit.ends_at - visit.starts_at).num_minutes(),
        "participant": participants,
    });
    if let Some(reason) = &visit.reason {
        appointment["reasonCode"] = json!([{"text": reason}]);
    }
    if let Some(reason) = &visit.cancellation {
        appointment["cancelationReason"] = json!({"text": reason});
    }
    appointment
}

fn consent(row: &ConsentRow, dossier: &Dossier) -> Value {
    let status = match row.state_at(chrono::Utc::now()) {
        ConsentStatus::Requested => "proposed",
        ConsentStatus::Granted => "active",
        ConsentStatus::Denied => "rejected",
        ConsentStatus::Revoked | ConsentStatus::Expired => "inactive",
    };
    let grantee = row.grantee.0;
    let known = match grantee {
        Grantee::Person { id } => dossier.doctors.contains_key(&id.uuid()),
        Grantee::Hospital { id } => dossier.hospitals.contains_key(&id),
        Grantee::Department { .. } | Grantee::Integrator { .. } => false,
    };
    let who = if known {
        reference(grantee.id())
    } else {
        let value = format!("urn:uuid:{}", grantee.id());
        json!({"identifier": {"system": "urn:ietf:rfc:3986", "value": value}})
    };
    let terms = &row.terms.0;
    let types = terms.types.iter().map(|kind| {
        json!({
            "system": "https://nrces.in/ndhm/fhir/r4/CodeSystem/ndhm-hi-type", "code": kind.abdm(),
        })
    });
    json!({
        "resourceType": "Consent", "id": row.consent, "status": status,
        "scope": coding("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
        "category": [coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "INFA")],
        "patient": reference(row.patient.uuid()), "dateTime": row.created_at,
        "policyRule": coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN"),
        "provision": {
            "type": "permit",
            "period": {"start": row.created_at, "end": terms.expires_at},
            "actor": [{
                "role": coding(
                    "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"
                ),
                "reference": who,
            }],
            "purpose": [{
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
                "code": terms.purpose.name(),
            }],
            "class": types.collect::<Vec<_>>(),
            "dataPeriod": {"start": terms.from, "end": terms.to},
        },
    })
}

fn audit(row: &AccessRow, wish: Wish<'_>, dossier: &Dossier) -> Value {
    let who = match row.actor {
        Some(actor) if actor == subject(&wish).uuid() || dossier.doctors.contains_key(&actor) => {
            reference(actor)
        }
        Some(actor) => {
            let value = format!("urn:uuid:{actor}");
            let mut who = json!({"identifier": {"system": "urn:ietf:rfc:3986", "value": value}});
            if let Some(name) = dossier.person(actor) {
                who["display"] = json!(name);
            }
            who
        }
        None => json!({"display": "MediLink"}),
    };
    let mut event = json!({
        "resourceType": "AuditEvent", "id": row.access,
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest",
        },
        "action": "R", "recorded": row.at, "outcome": if row.denied { "4" } else { "0" },
        "agent": [{"who": who, "requestor": true}],
        "source": {"observer": {"display": "MediLink"}},
        "entity": [{
            "what": reference(subject(&wish).uuid()), "name": row.resource,
        }],
    });
    if let Some(purpose) = &row.purpose {
        event["purposeOfEvent"] = json!([{"text": purpose}]);
    }
    event
}
