//! What can break, and what of it can break at the same time.

use std::fmt;

use medilink_tests::{Instance, Line, Part, Wire};

/// What is killed or held still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// One process of a part.
    Part(Instance),
    /// nats-server.
    Broker,
    /// PostgreSQL with all its sessions.
    Database,
}

/// A fault, which lasts until it is healed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// `kill -9`, and started again.
    Kill(Process),
    /// SIGSTOP, and SIGCONT.
    Pause(Process),
    /// A bad line.
    Wire(Wire, Line),
    /// All lines of a process are bad alike: a partition, with it alone on one side.
    Partition(Process, Line),
    /// The broker is killed and its store deleted.
    ForgetStore,
    /// The broker is killed and its files are damaged; the number says which and where.
    DamageStore(u64),
    /// The broker's deliveries come twice, late, out of order, or not at all.
    Disorder,
    /// Every durable consumer is set back to the first event, behind its reader's back.
    Rewind,
    /// Somebody else publishes an event of the log once more.
    Intrude,
    /// No byte is left on a server's disk.
    FillDisk(Process),
    /// A part's clock is wrong by so many seconds.
    SetClock(Instance, i64),
    /// A part's processes abort the so-manyth time that they come to a place in the code.
    Abort(Part, &'static str, u64),
    /// A read model is built anew meanwhile, and perhaps aborts at a place.
    Rebuild(&'static str, Option<&'static str>),
}

/// Places to abort at, and whose they are.
pub const PLACES: [(Part, &str); 7] = [
    (Part::Gateway, "log-after-commit"),
    (Part::Worker, "worker-after-effect-before-record"),
    (Part::Projector, "projection-before-commit"),
    (Part::Projector, "projection-after-apply-before-ack"),
    (Part::Relay, "relay-before-publish"),
    (Part::Relay, "relay-after-publish"),
    (Part::Relay, "tree-before-commit"),
];

/// Places to abort a rebuild at.
pub const REBUILDING: [Option<&str>; 4] = [
    None,
    None,
    Some("rebuild-before-copy"),
    Some("rebuild-before-swap"),
];

/// Read models of every kind: many rows, long rows, personal ones, timers.
pub const MODELS: [&str; 4] = ["appointment", "calendar", "patient", "reminder"];

/// What a fault keeps to itself: two faults of one step never share it.
#[derive(Debug, PartialEq, Eq)]
enum Claim {
    Process(Process),
    /// All processes of it.
    Part(Part),
    Wire(Wire),
    /// All lines of a process, which cross those of every other one somewhere.
    Lines,
    Clock(Instance),
}

impl Claim {
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Part(part), Self::Process(Process::Part(instance)))
            | (Self::Process(Process::Part(instance)), Self::Part(part)) => instance.part == *part,
            (Self::Lines, Self::Wire(_)) | (Self::Wire(_), Self::Lines) => true,
            _ => self == other,
        }
    }
}

impl Fault {
    /// Its kind, by which faults are counted.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Kill(_) => "kill",
            Self::Pause(_) => "pause",
            Self::Wire(_, Line::Cut) => "line cut",
            Self::Wire(_, Line::Silent) => "line silent",
            Self::Wire(_, Line::Unanswered) => "answers lost",
            Self::Wire(_, Line::Slow(_) | Line::Up) => "line slow",
            Self::Partition(..) => "partition",
            Self::ForgetStore => "store deleted",
            Self::DamageStore(_) => "store damaged",
            Self::Disorder => "disorder",
            Self::Rewind => "rewind",
            Self::Intrude => "intrusion",
            Self::FillDisk(_) => "disk full",
            Self::SetClock(..) => "clock wrong",
            Self::Abort(..) => "abort",
            Self::Rebuild(..) => "rebuild",
        }
    }

    /// Whether the two can't be had together.
    pub fn excludes(&self, other: &Self) -> bool {
        self.claim().excludes(&other.claim())
    }

    fn claim(&self) -> Claim {
        match *self {
            Self::Kill(process) | Self::Pause(process) | Self::FillDisk(process) => {
                Claim::Process(process)
            }
            Self::ForgetStore
            | Self::DamageStore(_)
            | Self::Disorder
            | Self::Rewind
            | Self::Intrude => Claim::Process(Process::Broker),
            Self::Rebuild(..) => Claim::Process(Process::Database),
            Self::Abort(part, ..) => Claim::Part(part),
            Self::Wire(wire, _) => Claim::Wire(wire),
            Self::Partition(..) => Claim::Lines,
            Self::SetClock(instance, _) => Claim::Clock(instance),
        }
    }

    /// Which gateway carries out no commands while it lasts: its number, or 0 for all.
    pub fn stops_gateway(&self) -> Option<u8> {
        match *self {
            Self::Kill(process)
            | Self::Pause(process)
            | Self::Partition(process, _)
            | Self::FillDisk(process) => match process {
                Process::Database => Some(0),
                Process::Part(instance) if instance.part == Part::Gateway => Some(instance.number),
                Process::Part(_) | Process::Broker => None,
            },
            Self::Abort(Part::Gateway, ..) => Some(0),
            Self::Wire(_, Line::Slow(_)) => None,
            Self::Wire(Wire::ToGateway(number), _) => Some(number),
            Self::Wire(Wire::ToDatabase(instance), _) if instance.part == Part::Gateway => {
                Some(instance.number)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(instance) => instance.fmt(f),
            Self::Broker => f.write_str("nats"),
            Self::Database => f.write_str("postgres"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::Kill(process) | Self::Pause(process) | Self::FillDisk(process) => {
                write!(f, " {process}")
            }
            Self::Partition(process, line) => write!(f, " of {process} ({line:?})"),
            Self::Wire(Wire::ToDatabase(instance), _) => write!(f, " {instance} to postgres"),
            Self::Wire(Wire::ToBroker(instance), _) => write!(f, " {instance} to nats"),
            Self::Wire(Wire::ToGateway(number), _) => write!(f, " callers to gateway {number}"),
            Self::SetClock(instance, seconds) => write!(f, " {instance} {seconds:+} s"),
            Self::Abort(part, place, times) => write!(f, " {} at {place} ({times})", part.name()),
            Self::Rebuild(model, None) => write!(f, " {model}"),
            Self::Rebuild(model, Some(place)) => write!(f, " {model}, aborted at {place}"),
            Self::ForgetStore
            | Self::DamageStore(_)
            | Self::Disorder
            | Self::Rewind
            | Self::Intrude => Ok(()),
        }
    }
}
