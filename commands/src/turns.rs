//! Taking turns at a contended stream within one process.
//!
//! The first attempt of every command is optimistic. One that lost queues here for the stream
//! it lost on, so that a hundred commands on one busy calendar are decided one after the other
//! instead of a hundred at a time with ninety-nine losing. Other processes are held off by the
//! log's version check alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

type Gate = tokio::sync::Mutex<()>;

/// After so many streams the ended ones are swept out.
const SWEEP: usize = 1_024;

#[derive(Default)]
pub(crate) struct Turns {
    gates: Mutex<HashMap<String, Weak<Gate>>>,
}

/// The turn at one stream, until dropped.
pub(crate) struct Turn {
    stream: String,
    _guard: OwnedMutexGuard<()>,
}

impl Turn {
    pub fn stream(&self) -> &str {
        &self.stream
    }
}

impl Turns {
    /// Waits for the turn at a stream; first come, first served.
    pub async fn take(&self, stream: &str) -> Turn {
        let gate = self.gate(stream);
        Turn {
            stream: stream.to_owned(),
            _guard: gate.lock_owned().await,
        }
    }

    fn gate(&self, stream: &str) -> Arc<Gate> {
        // The map is whole even if a holder panicked: every change to it is one call.
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.get(stream).and_then(Weak::upgrade) {
            return gate;
        }
        if gates.len() >= SWEEP {
            gates.retain(|_, gate| gate.strong_count() > 0);
        }
        let gate = Arc::new(Gate::default());
        gates.insert(stream.to_owned(), Arc::downgrade(&gate));
        gate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_turn_is_had_by_one_at_a_time_and_forgotten_afterwards() {
        let turns = Turns::default();
        let first = turns.take("a").await;
        let other = turns.take("b").await;
        let second =
            tokio::time::timeout(std::time::Duration::from_millis(20), turns.take("a")).await;
        assert!(second.is_err(), "the first turn is still held");
        drop((first, other));
        let _second = turns.take("a").await;
        for number in 0..SWEEP {
            drop(turns.take(&number.to_string()).await);
        }
        let kept = turns
            .gates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len();
        assert!(kept < SWEEP, "{kept} gates are kept");
    }
}
