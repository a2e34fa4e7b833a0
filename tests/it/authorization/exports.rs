//! Copies of the patient's data to try to get at.

use medilink_commands::export::{Cancel, Request};
use medilink_commands::{Actor, CommandContext};
use medilink_domain::export::ExportFormat;
use medilink_domain::values::Role;
use medilink_domain::{ExportId, PatientId};
use serde_json::{Value, json};

use super::world::World;

impl World {
    /// A copy that the patient has just asked for, and none besides.
    async fn copy(&self) -> ExportId {
        let actor = Actor::new(self.patient, self.tenant, vec![Role::Patient]);
        let context = CommandContext::new(actor);
        self.no_copy().await;
        let request = Request {
            patient: PatientId(self.patient),
            consent: None,
            formats: vec![ExportFormat::Json],
            language: None,
        };
        let asked = self.executor.execute(&context, &request).await.unwrap();
        let export = asked.answer.export;
        let path = format!("/v1/exports/{export}");
        // A read finds it, too.
        let seen = self.myself.get_at(&path, asked.position.0).await;
        assert_eq!(seen.status, 200, "{}", seen.text);
        export
    }

    /// Nothing is in the way of asking.
    async fn no_copy(&self) {
        let actor = Actor::new(self.patient, self.tenant, vec![Role::Patient]);
        let context = CommandContext::new(actor);
        let head = self.executor.reader().head().await.unwrap();
        let list = format!("/v1/patients/{}/exports?limit=1", self.patient);
        let listed = self.myself.get_at(&list, head.0).await;
        assert_eq!(listed.status, 200, "{}", listed.text);
        let last = listed.body["items"][0]["id"].as_str();
        if let Some(last) = last {
            let export = last.parse().unwrap();
            // Over it may be already.
            let _ = self.executor.execute(&context, &Cancel { export }).await;
        }
    }

    pub async fn of_exports(&self, operation: &str) -> Option<(String, Option<Value>)> {
        let of_patient = format!("/v1/patients/{}/exports", self.patient);
        Some(match operation {
            "cancelExport" => (format!("/v1/exports/{}/cancel", self.copy().await), None),
            // Nobody has a link.
            "downloadExport" => {
                let nobodys = format!("medilink_export_{}", "0".repeat(96));
                (format!("/v1/export-files/{nobodys}"), None)
            }
            "giveExportLink" => (format!("/v1/exports/{}/link", self.copy().await), None),
            "listExports" => (of_patient, None),
            "readExport" => (format!("/v1/exports/{}", self.copy().await), None),
            "requestExport" => {
                self.no_copy().await;
                (of_patient, Some(json!({})))
            }
            _ => return None,
        })
    }
}
