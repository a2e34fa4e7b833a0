//! What the callers asked for and were told. Each command has a request id of its own, which
//! the events it causes carry, however often it is sent.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use medilink_tests::{Answer, Caller};
use serde_json::Value;
use uuid::Uuid;

/// How long a caller waits for one answer before it tries elsewhere.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// How long a caller who doesn't give up goes on trying.
const PERSISTENCE: Duration = Duration::from_secs(150);

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    Book,
    Reschedule,
    Cancel,
    Register,
    Admit,
    Open,
    Read,
}

impl What {
    /// What it leaves in the log, in the order of names.
    pub const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Book => &[
                "agenda.visit-added",
                "appointment.booked",
                "calendar.slot-reserved",
            ],
            Self::Reschedule => &[
                "agenda.visit-moved",
                "appointment.rescheduled",
                "calendar.slot-released",
                "calendar.slot-reserved",
            ],
            Self::Cancel => &[
                "agenda.visit-removed",
                "appointment.cancelled",
                "calendar.slot-released",
            ],
            Self::Register => &["doctor.registered"],
            Self::Admit => &["patient.registered"],
            Self::Open => &["calendar.window-opened"],
            Self::Read => &["access.recorded"],
        }
    }
}

/// What the caller was told in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is done, and the log is at least here.
    Done(u64),
    /// Nothing that the caller could rely on; it gave up.
    Nothing,
}

/// One command or read.
#[derive(Clone, Debug)]
pub struct Entry {
    pub request: Uuid,
    pub what: What,
    pub told: Told,
}

/// Everything that was asked for; shared by all callers of a run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    entries: Arc<Mutex<Vec<Entry>>>,
    done: Arc<AtomicU64>,
    closed: Arc<AtomicBool>,
}

impl Ledger {
    /// How many commands were acknowledged so far.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Tells all callers to finish what they have in hand.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().clone()
    }

    fn write(&self, request: Uuid, what: What, told: Told) {
        if what != What::Read && matches!(told, Told::Done(_)) {
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        let entry = Entry {
            request,
            what,
            told,
        };
        self.entries.lock().unwrap().push(entry);
    }

    /// Asks until it is done.
    ///
    /// # Panics
    /// When it is refused, or takes too long.
    pub async fn insist(&self, caller: &Caller, what: What, path: &str, body: &Value) -> Answer {
        let started = Instant::now();
        let (request, caller) = sign(caller);
        let mut last = None;
        while started.elapsed() < PERSISTENCE {
            match caller.try_post(path, body).await {
                Some(answer) if is_final(&answer) => {
                    assert!(answer.status < 300, "{what:?} was refused: {}", answer.text);
                    self.write(request, what, Told::Done(answer.position()));
                    return answer;
                }
                other => last = other,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{what:?} is still not done: {last:?}");
    }

    /// Asks once, and takes no answer for an answer: whether it was done is not known then.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn ask(
        &self,
        caller: &Caller,
        what: What,
        path: &str,
        body: &Value,
    ) -> Option<Answer> {
        let (request, caller) = sign(caller);
        let answer = caller.try_post(path, body).await.filter(is_final);
        let told = match &answer {
            Some(answer) => {
                assert!(answer.status < 300, "{what:?} was refused: {}", answer.text);
                Told::Done(answer.position())
            }
            None => Told::Nothing,
        };
        self.write(request, what, told);
        answer
    }

    /// Reads once; `None` when the answer is that it can't be told now.
    pub async fn read(&self, caller: &Caller, path: &str, position: u64) -> Option<Answer> {
        let (request, caller) = sign(caller);
        let caller = caller.with("medilink-min-position", &position.to_string());
        let answer = caller.get(path).await.filter(is_final)?;
        if answer.status == 200 {
            self.write(request, What::Read, Told::Done(position));
        }
        Some(answer)
    }
}

/// Whether asking again would change nothing.
fn is_final(answer: &Answer) -> bool {
    answer.status < 500 && answer.problem() != "contention"
}

/// A request of its own, which may be repeated.
fn sign(caller: &Caller) -> (Uuid, Caller) {
    let request = Uuid::now_v7();
    let signed = caller
        .clone()
        .with("x-request-id", &request.to_string())
        .with("idempotency-key", &request.to_string());
    (request, signed)
}
