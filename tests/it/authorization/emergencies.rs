//! Records that are opened in emergencies, to try to get at.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_commands::emergency_access::{Open, open_for};
use medilink_commands::{Actor, CommandContext, Executor, Post};
use medilink_domain::values::{EmergencyReason, Role};
use medilink_domain::{HospitalId, PatientId, SubjectId, TenantId};
use medilink_tests::{Hospital, Platform};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::World;

async fn open(
    executor: &Executor,
    tenant: TenantId,
    (clinician, hospital): (Uuid, Uuid),
    patient: Uuid,
    now: DateTime<Utc>,
) -> Uuid {
    let hospital = HospitalId(hospital);
    let post = Post {
        role: Role::Doctor,
        hospital,
        department: None,
    };
    let actor = Actor {
        posts: vec![post],
        second_factor: true,
        proven_at: Some(Utc::now()),
        ..Actor::new(clinician, tenant, Vec::new())
    };
    let open = Open {
        patient: PatientId(patient),
        hospital,
        reason: EmergencyReason::DangerToLife,
        explanation: "no pulse".parse().unwrap(),
    };
    let context = CommandContext {
        now,
        ..CommandContext::new(actor)
    };
    let opened = executor.execute(&context, &open).await.unwrap();
    opened.answer.access.uuid()
}

/// What a doctor of the hospital opened, and is over.
pub async fn over(platform: &Platform, city: &Hospital, doctor: Uuid, patient: Uuid) -> Uuid {
    let executor = platform.executor().await;
    let by = (doctor, city.hospital);
    let now = Utc::now() - TimeDelta::hours(2);
    open(executor, platform.tenant, by, patient, now).await
}

impl World {
    pub async fn of_emergencies(&self, operation: &str) -> Option<(String, Option<Value>)> {
        let Self {
            city,
            doctor,
            patient,
            emergency,
            unconscious,
            ..
        } = self;
        let of = |access: Uuid, rest: &str| format!("/v1/emergency-accesses/{access}{rest}");
        let now = Utc::now();
        Some(match operation {
            "closeEmergencyAccess" => {
                // Another patient's, so that the doctor sees no more of the first one.
                let database = self.executor.reader().database();
                let (by, of_whom) = (SubjectId(*doctor), PatientId(*unconscious));
                let found = open_for(database, self.tenant, by, of_whom, now).await;
                let access = match found.unwrap() {
                    Some(access) => access.uuid(),
                    None => {
                        let by = (*doctor, city.hospital);
                        open(&self.executor, self.tenant, by, *unconscious, now).await
                    }
                };
                (of(access, "/close"), None)
            }
            "listEmergencyAccesses" => ("/v1/emergency-accesses".to_owned(), None),
            "listMyEmergencyAccesses" => ("/v1/me/emergency-accesses".to_owned(), None),
            "openEmergencyAccess" => {
                let body = json!({
                    "hospital": city.hospital, "reason": "danger-to-life",
                    "explanation": "no pulse",
                });
                let path = format!("/v1/patients/{patient}/emergency-accesses");
                (path, Some(body))
            }
            "readEmergencyAccess" => (of(*emergency, ""), None),
            "reviewEmergencyAccess" => {
                let by = (Uuid::now_v7(), city.hospital);
                let before = now - TimeDelta::hours(2);
                let over = open(&self.executor, self.tenant, by, *patient, before).await;
                let body = json!({"justified": true, "remark": "fine"});
                (of(over, "/review"), Some(body))
            }
            _ => return None,
        })
    }
}
