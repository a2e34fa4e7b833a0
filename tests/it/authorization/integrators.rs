//! Integrators to try to get at.

use chrono::Utc;
use medilink_commands::integrator::Disable;
use medilink_commands::{Actor, CommandContext};
use medilink_domain::IntegratorId;
use medilink_domain::values::Role;
use medilink_tests::Program;
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::World;

impl World {
    async fn program(&self) -> Uuid {
        let scopes = ["system/Slot.s"];
        let program = Program::registered(&self.executor, self.tenant, &scopes, &[]).await;
        program.client
    }

    async fn disabled(&self) -> Uuid {
        let integrator = self.program().await;
        let roles = vec![Role::PlatformAdministrator];
        let context = CommandContext::new(Actor {
            second_factor: true,
            proven_at: Some(Utc::now()),
            ..Actor::new(Uuid::now_v7(), self.tenant, roles)
        });
        let disable = Disable {
            integrator: IntegratorId(integrator),
            reason: "contract-ended".parse().unwrap(),
        };
        self.executor.execute(&context, &disable).await.unwrap();
        integrator
    }

    pub async fn of_integrators(&self, operation: &str) -> Option<(String, Option<Value>)> {
        let of = |integrator: Uuid, rest: &str| format!("/v1/integrators/{integrator}{rest}");
        let keys = json!([Program::unknown().jwk()]);
        Some(match operation {
            "disableIntegrator" => {
                let reason = json!({"reason": "contract-ended"});
                (of(self.program().await, "/disable"), Some(reason))
            }
            "enableIntegrator" => (of(self.disabled().await, "/enable"), None),
            "issueClientToken" => ("/oauth2/token".to_owned(), None),
            "listIntegratorConsents" => (of(self.program().await, "/consents"), None),
            "listIntegrators" => ("/v1/integrators".to_owned(), None),
            "readAuthorizationServer" => {
                ("/.well-known/oauth-authorization-server".to_owned(), None)
            }
            "readIntegrator" => {
                let path = of(self.program().await, "");
                self.shown(&path).await;
                (path, None)
            }
            "readSmartConfiguration" => ("/.well-known/smart-configuration".to_owned(), None),
            "registerIntegrator" => {
                let body = json!({"name": "Lab", "scopes": ["system/Slot.s"], "keys": keys});
                ("/v1/integrators".to_owned(), Some(body))
            }
            "replaceIntegratorKeys" => (
                of(self.program().await, "/keys"),
                Some(json!({"keys": keys})),
            ),
            "setIntegratorScopes" => {
                let scopes = json!({"scopes": ["system/Organization.rs"]});
                (of(self.program().await, "/scopes"), Some(scopes))
            }
            _ => return None,
        })
    }
}
