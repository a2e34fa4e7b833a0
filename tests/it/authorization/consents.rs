//! Consents and guardians to try to get at.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_commands::consent::{Grant, Request};
use medilink_commands::{Actor, CommandContext, Executor};
use medilink_domain::consent::{ConsentTerms, Grantee};
use medilink_domain::values::{ConsentAccessMode, ConsentPurpose, HealthInformationType, Role};
use medilink_domain::{PatientId, SubjectId, TenantId};
use medilink_tests::{Platform, id};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::World;

fn terms(now: DateTime<Utc>) -> ConsentTerms {
    ConsentTerms {
        purpose: ConsentPurpose::CareManagement,
        types: vec![HealthInformationType::OPConsultation],
        mode: ConsentAccessMode::View,
        from: now - TimeDelta::days(365),
        to: now,
        expires_at: now + TimeDelta::days(30),
        frequency: None,
    }
}

fn acting(tenant: TenantId, id: Uuid, role: Role) -> CommandContext {
    CommandContext::new(Actor {
        second_factor: true,
        ..Actor::new(id, tenant, vec![role])
    })
}

async fn give(executor: &Executor, tenant: TenantId, patient: Uuid, doctor: Uuid) -> Uuid {
    let context = acting(tenant, patient, Role::Patient);
    let grant = Grant {
        patient: PatientId(patient),
        grantee: Grantee::Person {
            id: SubjectId(doctor),
        },
        terms: terms(context.now),
    };
    let given = executor.execute(&context, &grant).await.unwrap();
    given.answer.consent.uuid()
}

/// What a patient lets a doctor see.
pub async fn given(platform: &Platform, patient: Uuid, doctor: Uuid) -> Uuid {
    let executor = platform.executor().await;
    give(executor, platform.tenant, patient, doctor).await
}

impl World {
    /// What the doctor asks the patient for.
    async fn asked(&self) -> Uuid {
        let context = acting(self.tenant, self.doctor, Role::Doctor);
        let request = Request {
            patient: PatientId(self.patient),
            grantee: Grantee::Person {
                id: SubjectId(self.doctor),
            },
            terms: terms(context.now),
        };
        let asked = self.executor.execute(&context, &request).await.unwrap();
        asked.answer.consent.uuid()
    }

    /// A child without a guardian.
    async fn child(&self) -> Uuid {
        let mut body = self.city.patient_body(9);
        let born = Utc::now().date_naive() - TimeDelta::days(3_650);
        body["date_of_birth"] = json!(born);
        id(&self.receive("/v1/patients", &body).await)
    }

    pub async fn of_consents(&self, operation: &str) -> Option<(String, Option<Value>)> {
        let Self {
            doctor,
            patient,
            consent,
            ..
        } = self;
        let now = Utc::now();
        let body = json!({
            "grantee": {"kind": "person", "id": doctor}, "purpose": "CAREMGT",
            "types": ["op-consultation"], "mode": "view", "from": now - TimeDelta::days(365),
            "to": now, "expires_at": now + TimeDelta::days(30),
        });
        Some(match operation {
            "denyConsent" => (format!("/v1/consents/{}/deny", self.asked().await), None),
            "dismissGuardian" => {
                let path = format!("/v1/patients/{}/guardian", self.child().await);
                let name = json!({"guardian": patient});
                self.administrate("PUT", &path, &name).await;
                (path, None)
            }
            "giveConsent" => (format!("/v1/patients/{patient}/consents"), Some(body)),
            "grantConsent" => (
                format!("/v1/consents/{}/grant", self.asked().await),
                Some(json!({})),
            ),
            "searchConsents" => (format!("/v1/consents?patient={patient}"), None),
            "listConsents" => (format!("/v1/patients/{patient}/consents"), None),
            "listDependants" => ("/v1/me/dependants".to_owned(), None),
            "listGrantedConsents" => ("/v1/me/granted-consents".to_owned(), None),
            "nameGuardian" => (
                format!("/v1/patients/{}/guardian", self.child().await),
                Some(json!({"guardian": self.city.patient(77).await})),
            ),
            "readConsent" => (format!("/v1/consents/{consent}"), None),
            "readConsentReceipt" => (format!("/v1/consents/{consent}/receipt"), None),
            "registerDependant" => {
                let born = now.date_naive() - TimeDelta::days(3_650);
                let child = json!({"name": "C", "date_of_birth": born});
                ("/v1/me/dependants".to_owned(), Some(child))
            }
            "requestConsent" => {
                let mut request = body;
                request["patient"] = json!(patient);
                ("/v1/consent-requests".to_owned(), Some(request))
            }
            "revokeConsent" => {
                let given = give(&self.executor, self.tenant, *patient, *doctor).await;
                (format!("/v1/consents/{given}/revoke"), None)
            }
            _ => return None,
        })
    }
}
