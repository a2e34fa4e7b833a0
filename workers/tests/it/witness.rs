//! A job that can be told to fail.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use medilink_log::{Position, RecordedEvent};
use medilink_workers::{EventJob, JobError, Tools};

/// A job that writes down what it sees, and fails on demand.
#[derive(Clone, Default)]
pub struct Witness {
    pub seen: Arc<Mutex<Vec<(String, u64)>>>,
    pub poison: Arc<Mutex<Vec<(Position, JobError)>>>,
    pub slow: Duration,
}

impl Witness {
    pub fn fails_at(&self, position: Position, error: JobError) {
        self.poison.lock().unwrap().push((position, error));
    }

    pub fn is_well(&self) {
        self.poison.lock().unwrap().clear();
    }

    pub fn seen(&self) -> Vec<(String, u64)> {
        self.seen.lock().unwrap().clone()
    }

    pub fn versions_of(&self, stream: &str) -> Vec<u64> {
        self.seen()
            .into_iter()
            .filter(|(seen, _)| seen == stream)
            .map(|(_, version)| version)
            .collect()
    }
}

impl EventJob for Witness {
    const NAME: &'static str = "witness";
    const EVENTS: &'static [&'static str] = &["hospital.opened", "hospital.department-added"];

    async fn handle(&self, _: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        tokio::time::sleep(self.slow).await;
        let poison = self
            .poison
            .lock()
            .unwrap()
            .iter()
            .find(|(at, _)| *at == event.position)
            .cloned();
        if let Some((_, error)) = poison {
            if error == JobError::permanent("panic") {
                panic!("as the test wants it");
            }
            return Err(error);
        }
        self.seen
            .lock()
            .unwrap()
            .push((event.stream.clone(), event.version));
        Ok(())
    }
}
