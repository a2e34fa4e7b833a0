//! Making copies, with a worker that is killed anywhere in between.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::path::PathBuf;

use chrono::{TimeDelta, Utc};
use medilink_blobs::{BlobName, Blobs, Owner};
use medilink_commands::consent::{Grant, Revoke};
use medilink_commands::emergency_access::{Open, Review};
use medilink_commands::export::{Cancel, Request};
use medilink_commands::{Actor, CommandContext, Post};
use medilink_domain::consent::{ConsentTerms, Grantee};
use medilink_domain::export::{ExportFormat, ExportState};
use medilink_domain::values::{
    ConsentAccessMode, ConsentPurpose, EmergencyReason, HealthInformationType, Language, Role,
};
use medilink_domain::{ConsentId, DoctorId, ExportId, PatientId, SubjectId};
use medilink_projections::ReadError;
use medilink_projections::export::{ExportRow, get};
use serde_json::Value;
use uuid::Uuid;
use zip::ZipArchive;

use crate::support::{World, a_while, config, eventually};

fn acting(world: &World, id: Uuid, role: Role) -> CommandContext {
    CommandContext::new(Actor {
        second_factor: true,
        ..Actor::new(id, world.tenant, vec![role])
    })
}

fn own(world: &World, patient: PatientId) -> CommandContext {
    acting(world, patient.uuid(), Role::Patient)
}

async fn ask(
    world: &World,
    by: &CommandContext,
    patient: PatientId,
    consent: Option<ConsentId>,
) -> ExportId {
    let request = Request {
        patient,
        consent,
        formats: ExportFormat::ALL.to_vec(),
        language: None,
    };
    let asked = world.tools.executor.execute(by, &request).await;
    asked.unwrap().answer.export
}

async fn row(world: &World, export: ExportId) -> Option<ExportRow> {
    match get(&world.tools.reads, world.tenant, export).await {
        // The world has only just begun.
        Err(ReadError::NotBuilt) => None,
        read => read.unwrap(),
    }
}

async fn reached(world: &World, export: ExportId, state: ExportState) -> ExportRow {
    eventually(state.name(), async || {
        row(world, export)
            .await
            .is_some_and(|row| row.state == state)
    })
    .await;
    row(world, export).await.unwrap()
}

fn folder(world: &World, export: ExportId) -> PathBuf {
    world
        .folder()
        .join("blobs/exports")
        .join(export.to_string())
}

/// The files of a copy, by name.
async fn opened(world: &World, row: &ExportRow) -> ZipArchive<Cursor<Vec<u8>>> {
    let vault = world.tools.codec.vault().clone();
    let blobs = Blobs::in_folder(&world.folder().join("blobs"), vault).unwrap();
    let owner = Owner {
        tenant: world.tenant,
        subject: row.person,
    };
    let name = BlobName {
        kind: "exports",
        of: row.export.uuid(),
        file: row.file.unwrap(),
    };
    let bytes = blobs
        .open(owner, name)
        .await
        .unwrap()
        .read_all()
        .await
        .unwrap();
    assert_eq!(Some(bytes.len() as u64), row.size);
    ZipArchive::new(Cursor::new(bytes)).unwrap()
}

fn json(archive: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> Value {
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn lets_keep(world: &World, patient: PatientId, doctor: DoctorId) -> ConsentId {
    let now = Utc::now();
    let grant = Grant {
        patient,
        grantee: Grantee::Person {
            id: SubjectId(doctor.uuid()),
        },
        terms: ConsentTerms {
            purpose: ConsentPurpose::CareManagement,
            types: vec![HealthInformationType::OPConsultation],
            mode: ConsentAccessMode::Store,
            from: now - TimeDelta::days(365),
            to: now + TimeDelta::days(20),
            expires_at: now + TimeDelta::days(30),
            frequency: None,
        },
    };
    let given = world
        .tools
        .executor
        .execute(&own(world, patient), &grant)
        .await;
    given.unwrap().answer.consent
}

/// Somebody opens the record in an emergency, which is looked into afterwards.
async fn broke_the_glass(world: &World, patient: PatientId) {
    let hospital = world.open_hospital().await;
    let by = |role| Actor {
        posts: vec![Post {
            role,
            hospital,
            department: None,
        }],
        second_factor: true,
        proven_at: Some(Utc::now()),
        ..Actor::new(Uuid::now_v7(), world.tenant, Vec::new())
    };
    let open = Open {
        patient,
        hospital,
        reason: EmergencyReason::UnableToConsent,
        explanation: "Unconscious on arrival".parse().unwrap(),
    };
    let before = CommandContext {
        now: Utc::now() - TimeDelta::hours(2),
        ..CommandContext::new(by(Role::Nurse))
    };
    let executor = &world.tools.executor;
    let opened = executor.execute(&before, &open).await.unwrap();
    let review = Review {
        access: opened.answer.access,
        justified: true,
        remark: "There was no time to ask".parse().unwrap(),
    };
    let officer = CommandContext::new(by(Role::ComplianceOfficer));
    executor.execute(&officer, &review).await.unwrap();
}

async fn killed_at(point: &str, begun: &str) {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    let patient = world.patient(Language::Punjabi, None).await;
    world.book(patient, doctor, first).await;
    let export = ask(&world, &own(&world, patient), patient, None).await;
    fail::cfg(point, "1*return->off").unwrap();
    let worker = world.platform_worker(config());
    eventually(begun, async || world.count(begun).await > 0).await;
    a_while().await;
    assert_eq!(
        world.count("export.completed").await,
        0,
        "{point}: not killed"
    );
    worker.kill();
    fail::remove(point);
    let worker = world.platform_worker(config());
    let ready = reached(&world, export, ExportState::Ready).await;
    a_while().await;
    for kind in ["started", "completed"] {
        assert_eq!(world.count(&format!("export.{kind}")).await, 1, "{kind}");
    }
    assert_eq!(opened(&world, &ready).await.len(), 3);
    eventually("told", async || world.count("notice.written").await == 1).await;
    worker.stop().await;
    world.projected().await;
    world.nothing_happens_twice().await;
    projector.stop().await;
}

#[tokio::test]
async fn a_worker_that_is_killed_when_it_has_started_starts_again() {
    killed_at("export-after-start", "export.started").await;
}

#[tokio::test]
async fn a_worker_that_is_killed_with_a_file_in_hand_makes_another_and_one_counts() {
    killed_at("export-before-complete", "export.progressed").await;
}

/// What FHIR R4 requires of the types that are in the bundle.
fn required(kind: &str) -> &'static [&'static str] {
    match kind {
        "Patient" => &["id"],
        "Practitioner" | "Organization" => &["id", "name"],
        "Appointment" => &["status", "participant", "start", "end"],
        "Consent" => &["status", "scope", "category", "policyRule"],
        "AuditEvent" => &["type", "recorded", "agent", "source"],
        other => panic!("{other} is not expected"),
    }
}

/// Each resource has what it must, and what it refers to is in the bundle.
fn assert_bundle(bundle: &Value) -> BTreeSet<String> {
    assert_eq!(bundle["resourceType"], "Bundle");
    assert_eq!(bundle["type"], "collection");
    let entries = bundle["entry"].as_array().unwrap();
    let urls: Vec<&str> = entries
        .iter()
        .map(|entry| entry["fullUrl"].as_str().unwrap())
        .collect();
    let known: BTreeSet<&str> = urls.iter().copied().collect();
    assert_eq!(known.len(), urls.len(), "an id is there twice");
    let mut kinds = BTreeSet::new();
    for entry in entries {
        let resource = &entry["resource"];
        let kind = resource["resourceType"].as_str().unwrap();
        for field in required(kind) {
            assert!(
                !resource[field].is_null(),
                "{kind} lacks {field}: {resource}"
            );
        }
        let url = format!("urn:uuid:{}", resource["id"].as_str().unwrap());
        assert_eq!(entry["fullUrl"], url.as_str());
        let mut found = Vec::new();
        references(resource, &mut found);
        for reference in found {
            assert!(
                known.contains(reference.as_str()),
                "{kind} refers to {reference}"
            );
        }
        kinds.insert(kind.to_owned());
    }
    kinds
}

fn references(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match (name.as_str(), inner) {
                    ("reference", Value::String(text)) => into.push(text.clone()),
                    _ => references(inner, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        _ => {}
    }
}

#[tokio::test]
async fn a_copy_is_as_its_schemas_say_and_part_of_it_is_no_more_than_that() {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    let patient = world
        .patient(Language::English, Some("asha@example.com"))
        .await;
    let visit = world.book(patient, doctor, first).await;
    let consent = lets_keep(&world, patient, doctor).await;
    broke_the_glass(&world, patient).await;
    let worker = world.platform_worker(config());
    let whole = ask(&world, &own(&world, patient), patient, None).await;
    let keeper = acting(&world, doctor.uuid(), Role::Doctor);
    let part = ask(&world, &keeper, patient, Some(consent)).await;

    let schema: Value =
        serde_json::from_str(include_str!("../../../schemas/export.v1.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let row = reached(&world, whole, ExportState::Ready).await;
    let mut archive = opened(&world, &row).await;
    let data = json(&mut archive, "data.json");
    schema.validate(&data).unwrap();
    assert_eq!(data["profile"]["name"], "Asha Canary");
    assert_eq!(data["visits"][0]["id"], visit.to_string());
    assert_eq!(data["consents"][0]["id"], consent.to_string());
    assert_eq!(data["consents"][0]["grantee_name"], "Dr Vikram Canary");
    let emergency = &data["emergencies"][0];
    assert_eq!(emergency["explanation"], "Unconscious on arrival");
    assert_eq!(emergency["remark"], "There was no time to ask");
    assert_eq!(emergency["hospital_name"], "City");
    let kinds = assert_bundle(&json(&mut archive, "fhir.json"));
    for kind in [
        "Patient",
        "Practitioner",
        "Organization",
        "Appointment",
        "Consent",
    ] {
        assert!(kinds.contains(kind), "{kind}");
    }

    let row = reached(&world, part, ExportState::Ready).await;
    let mut archive = opened(&world, &row).await;
    let data = json(&mut archive, "data.json");
    schema.validate(&data).unwrap();
    assert_eq!(data["visits"].as_array().unwrap().len(), 1);
    for nothing in [
        "notices",
        "consents",
        "emergencies",
        "accesses",
        "recipients",
        "waitlist",
        "exports",
    ] {
        assert_eq!(data[nothing].as_array().unwrap().len(), 0, "{nothing}");
    }
    for nothing in ["profile", "account", "work"] {
        assert_eq!(data[nothing], Value::Null, "{nothing}");
    }
    let events = data["events"].as_array().unwrap();
    assert!(
        events
            .iter()
            .all(|event| event["type"] == "appointment.booked"),
        "{data}"
    );
    let bundle = json(&mut archive, "fhir.json");
    assert_bundle(&bundle);
    for text in [data.to_string(), bundle.to_string()] {
        assert!(
            !text.contains("Asha") && !text.contains("asha@example.com"),
            "{text}"
        );
    }

    // Taken back, it goes, and so does what was kept of it.
    let revoke = Revoke { consent };
    world
        .tools
        .executor
        .execute(&own(&world, patient), &revoke)
        .await
        .unwrap();
    reached(&world, part, ExportState::Cancelled).await;
    eventually("deleted", async || !folder(&world, part).exists()).await;
    assert!(folder(&world, whole).exists());
    let cancel = Cancel { export: whole };
    world
        .tools
        .executor
        .execute(&own(&world, patient), &cancel)
        .await
        .unwrap();
    eventually("deleted", async || !folder(&world, whole).exists()).await;
    eventually("told", async || world.count("export.deleted").await == 2).await;
    worker.stop().await;
    projector.stop().await;
}

#[tokio::test]
async fn what_is_queued_when_its_consent_is_revoked_is_never_made() {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    let patient = world.patient(Language::Hindi, None).await;
    world.book(patient, doctor, first).await;
    let consent = lets_keep(&world, patient, doctor).await;
    let keeper = acting(&world, doctor.uuid(), Role::Doctor);
    let export = ask(&world, &keeper, patient, Some(consent)).await;
    let revoke = Revoke { consent };
    world
        .tools
        .executor
        .execute(&own(&world, patient), &revoke)
        .await
        .unwrap();
    let worker = world.platform_worker(config());
    reached(&world, export, ExportState::Cancelled).await;
    a_while().await;
    assert_eq!(world.count("export.started").await, 0);
    assert!(!folder(&world, export).exists());
    worker.stop().await;
    projector.stop().await;
}
