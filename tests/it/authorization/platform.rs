//! The same of keeping the platform well.

use std::sync::atomic::Ordering;
use std::time::Duration;

use medilink_tests::eventually;
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::World;

impl World {
    pub async fn of_platform(&self, operation: &str) -> Option<(String, Option<Value>)> {
        Some(match operation {
            "listDeadLetters" => ("/v1/dead-letters".to_owned(), None),
            "readCheckpoint" => {
                // The relay signs it, some seconds after the first event.
                eventually("a checkpoint", Duration::from_secs(30), async || {
                    let newest = self.executor.reader().checkpoint(None).await;
                    newest.unwrap().is_some()
                })
                .await;
                ("/v1/checkpoint".to_owned(), None)
            }
            "readPlatform" => ("/v1/platform".to_owned(), None),
            "readSettings" => ("/v1/settings".to_owned(), None),
            "rebuildReadModel" => (
                "/v1/read-models/visit_type/rebuild".to_owned(),
                Some(json!({"reason": "a fault in the fold is mended"})),
            ),
            "retryDeadLetter" | "skipDeadLetter" => {
                let verdict = operation.trim_end_matches("DeadLetter");
                (
                    format!("/v1/dead-letters/{verdict}"),
                    Some(self.dead_letter().await),
                )
            }
            _ => return None,
        })
    }

    /// Something that waits for an operator, for a job that nobody does.
    async fn dead_letter(&self) -> Value {
        let stream = format!("hospital-{}", Uuid::now_v7());
        let position = self.executor.reader().head().await.unwrap().sql()
            + self.letters.fetch_add(1, Ordering::Relaxed);
        let client = self.executor.reader().database().client().await.unwrap();
        client
            .execute(
                "INSERT INTO work.dead_letters (consumer, position, stream, tenant, code, attempts)
                 VALUES ('job-retired', $3, $1, $2, 'unavailable', 3)",
                &[&stream, &self.tenant.uuid(), &position],
            )
            .await
            .unwrap();
        json!({
            "consumer": "job-retired", "stream": stream, "position": position, "reason": "mended",
        })
    }
}
