//! Does what the schedule says, and heals it. What it can't heal by itself, an operator would:
//! that is counted, and allowed only after the faults that the runbook knows.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use medilink_tests::{Line, Part, Platform, Rebuilding, Wire, within};

use crate::fault::{Fault, Process};
use crate::schedule::Step;

/// How long anything may take to come back by itself on a busy machine.
const BACK: Duration = Duration::from_secs(60);
/// How long a broker that was hurt may take before its operator helps.
const BROKER_BACK: Duration = Duration::from_secs(6);

/// How long a part may take to come to the place where it is to abort.
const REACHED: Duration = Duration::from_secs(5);
/// The variable that `src/abort.rs` reads.
const ABORT: &str = "MEDILINK_TEST_ABORT";

/// How often what was done.
#[derive(Debug, Default)]
pub struct Tally {
    pub done: BTreeMap<&'static str, u32>,
    /// Because this machine can't.
    pub skipped: BTreeMap<&'static str, u32>,
    /// An operator deleted the stream, or restarted a server whose disk had been full.
    pub operator: BTreeMap<&'static str, u32>,
}

impl Tally {
    fn count(counts: &mut BTreeMap<&'static str, u32>, kind: &'static str) {
        *counts.entry(kind).or_default() += 1;
    }
}

/// One platform's nemesis.
pub struct Nemesis {
    pub platform: Platform,
    pub tally: Tally,
    rebuilding: Option<Rebuilding>,
}

impl Nemesis {
    pub fn new(platform: Platform) -> Self {
        Self {
            platform,
            tally: Tally::default(),
            rebuilding: None,
        }
    }

    /// Begins all faults of a step.
    pub async fn inject(&mut self, step: &Step) {
        for fault in &step.faults {
            let counts = if self.begin(*fault).await {
                &mut self.tally.done
            } else {
                &mut self.tally.skipped
            };
            Tally::count(counts, fault.kind());
        }
    }

    /// Ends them; afterwards everything runs.
    pub async fn heal(&mut self, step: &Step) {
        // Lines first: a part may need them to bring to an end what it began.
        let (lines, others): (Vec<Fault>, Vec<Fault>) =
            step.faults.iter().partition(|fault| is_of_lines(fault));
        for fault in lines.into_iter().chain(others) {
            self.end(fault, step.faults.len() == 1).await;
        }
        // The broker last: to see whether it works, the database and the relay must.
        if step.faults.iter().any(hurts_broker) {
            self.mend_broker().await;
        }
        if let Some(ended) = self.platform.ended() {
            panic!(
                "{ended} has ended by itself:\n{}",
                self.platform.log_of(ended)
            );
        }
    }

    /// Whether this machine can do it.
    async fn begin(&mut self, fault: Fault) -> bool {
        let platform = &mut self.platform;
        match fault {
            Fault::Kill(Process::Part(instance)) => platform.kill_part(instance),
            Fault::Kill(Process::Broker) => platform.kill_nats(false).await,
            Fault::Kill(Process::Database) => platform.kill_postgres().await,
            Fault::Pause(Process::Part(instance)) => platform.pause_part(instance),
            Fault::Pause(Process::Broker) => platform.pause_nats(),
            Fault::Pause(Process::Database) => platform.pause_postgres(),
            Fault::Wire(wire, line) => platform.set_line(wire, line),
            Fault::Partition(process, line) => self.partition(process, line),
            Fault::ForgetStore => platform.kill_nats(true).await,
            Fault::DamageStore(how) => {
                platform.kill_nats(false).await;
                platform.damage_store(how);
            }
            Fault::Disorder => platform.set_disorder(true),
            Fault::Rewind => platform.rewind_durables().await,
            Fault::Intrude => platform.intrude().await,
            Fault::FillDisk(Process::Database) => return platform.set_postgres_disk_full(true),
            Fault::FillDisk(_) => return platform.set_nats_disk_full(true),
            Fault::SetClock(instance, seconds) => return platform.set_clock(instance, seconds),
            Fault::Abort(part, place, times) => {
                let abort = format!("{place}:{times}");
                for instance in platform.instances_of(part) {
                    platform.kill_part(instance);
                    platform.start_with(instance, &[(ABORT, &abort)]);
                }
            }
            Fault::Rebuild(model, place) => {
                let abort = place.map(|place| format!("{place}:1"));
                let environment = abort.as_ref().map(|abort| (ABORT, abort.as_str()));
                self.rebuilding = Some(platform.begin_rebuild(model, environment));
            }
        }
        true
    }

    async fn end(&mut self, fault: Fault, alone: bool) {
        let platform = &mut self.platform;
        match fault {
            Fault::Kill(Process::Part(instance)) => platform.start_part(instance),
            Fault::Kill(Process::Database) => platform.start_postgres().await,
            Fault::Kill(Process::Broker) | Fault::ForgetStore => platform.start_nats().await,
            Fault::DamageStore(_) => {
                if platform.try_start_nats().await.is_err() {
                    // The runbook: what the broker has can be lost.
                    platform.forget_store();
                    platform.start_nats().await;
                    Tally::count(&mut self.tally.operator, "deleted the broker's store");
                }
            }
            Fault::Pause(Process::Part(instance)) => platform.resume_part(instance),
            Fault::Pause(Process::Broker) => platform.resume_nats(),
            Fault::Pause(Process::Database) => platform.resume_postgres(),
            Fault::Wire(wire, _) => platform.set_line(wire, Line::Up),
            Fault::Partition(process, _) => self.partition(process, Line::Up),
            Fault::Disorder => platform.set_disorder(false),
            Fault::Rewind | Fault::Intrude => {}
            Fault::FillDisk(Process::Database) => self.mend_database().await,
            Fault::FillDisk(_) => drop(platform.set_nats_disk_full(false)),
            Fault::SetClock(instance, _) => drop(platform.set_clock(instance, 0)),
            Fault::Abort(part, place, _) => self.end_abort(part, place).await,
            Fault::Rebuild(_, place) => {
                let Some(rebuilding) = self.rebuilding.take() else {
                    return;
                };
                // What happened meanwhile may have ended it; the projector then takes it up.
                let succeeded = rebuilding.succeeds().await;
                assert!(
                    succeeded == place.is_none() || !alone,
                    "a rebuild that was to abort at {place:?} succeeded: {succeeded}"
                );
            }
        }
    }

    /// Makes all lines of a process be like this.
    fn partition(&self, process: Process, line: Line) {
        for instance in self.platform.instances() {
            let wires = [
                Wire::ToDatabase(instance),
                Wire::ToBroker(instance),
                Wire::ToGateway(instance.number),
            ];
            let concerned = match process {
                Process::Database => &wires[..1],
                Process::Broker => &wires[1..2],
                Process::Part(part) if part != instance => &[],
                Process::Part(part) if part.part == Part::Gateway => &wires[..],
                Process::Part(_) => &wires[..2],
            };
            for wire in concerned {
                self.platform.set_line(*wire, line);
            }
        }
    }

    /// Gives the part some more time to come to the place, and starts it as it was.
    async fn end_abort(&mut self, part: Part, place: &'static str) {
        let instances = self.platform.instances_of(part);
        let aborted = within(REACHED, || {
            let ended = instances
                .iter()
                .any(|instance| !self.platform.is_running(*instance));
            std::future::ready(ended)
        })
        .await;
        if !aborted {
            *self.tally.done.entry("abort").or_default() -= 1;
            Tally::count(&mut self.tally.skipped, "abort (place not reached)");
            eprintln!("      {place} was not reached");
        }
        for instance in instances {
            self.platform.kill_part(instance);
            self.platform.start_part(instance);
        }
    }

    /// PostgreSQL ends when it can't write its log, and doesn't come back by itself.
    async fn mend_database(&mut self) {
        if !self.platform.set_postgres_disk_full(false) {
            return;
        }
        for _ in 0..50 {
            if self.platform.postgres_is_healthy().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.platform.kill_postgres().await;
        self.platform.start_postgres().await;
        Tally::count(&mut self.tally.operator, "restarted postgres");
    }

    /// Waits until the relay has brought the stream up to the log. It refuses to when the
    /// stream holds something else, and says so; nats-server gives JetStream up on a full disk.
    async fn mend_broker(&mut self) {
        let log = self.platform.log();
        let head = loop {
            match log.head().await {
                Ok(head) => break head,
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        if self.relayed(head.0, BROKER_BACK).await {
            return;
        }
        if self.platform.delete_stream().await {
            Tally::count(&mut self.tally.operator, "deleted the stream");
        } else {
            self.platform.kill_nats(false).await;
            self.platform.start_nats().await;
            Tally::count(&mut self.tally.operator, "restarted nats");
        }
        assert!(
            self.relayed(head.0, BACK).await,
            "the relay doesn't go on: {:?} of {head}",
            self.platform.broker().await
        );
    }

    /// Whether the broker comes to have the log up to here, without standing still for longer
    /// than this: how long filling it takes depends on the log and on the machine.
    async fn relayed(&self, head: u64, limit: Duration) -> bool {
        let (mut last, mut moved) = (None, Instant::now());
        while moved.elapsed() < limit {
            let held = self.platform.broker().await.map(|held| held.last.0);
            if held.is_some_and(|held| held >= head) {
                return true;
            }
            if held.is_some() && held != last {
                (last, moved) = (held, Instant::now());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }
}

/// After these the relay may refuse to go on, or JetStream be given up.
fn hurts_broker(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::DamageStore(_) | Fault::Intrude | Fault::FillDisk(Process::Broker)
    )
}

const fn is_of_lines(fault: &Fault) -> bool {
    matches!(fault, Fault::Wire(..) | Fault::Partition(..))
}
