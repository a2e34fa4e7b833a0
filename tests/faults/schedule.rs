//! Which faults come, in which order and for how long. All of it follows from the seed, so
//! that a run that failed can be had again.
//!
//! Each seed draws its own mixture of kinds (swarm testing): what never happens in one run
//! leaves room for what another one needs much of.

use std::fmt;
use std::time::Duration;

use medilink_tests::{Instance, Line, Part, Wire};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

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
const PLACES: [(Part, &str); 7] = [
    (Part::Gateway, "log-after-commit"),
    (Part::Worker, "worker-after-effect-before-record"),
    (Part::Projector, "projection-before-commit"),
    (Part::Projector, "projection-after-apply-before-ack"),
    (Part::Relay, "relay-before-publish"),
    (Part::Relay, "relay-after-publish"),
    (Part::Relay, "tree-before-commit"),
];

/// Places to abort a rebuild at.
const REBUILDING: [Option<&str>; 4] = [
    None,
    None,
    Some("rebuild-before-copy"),
    Some("rebuild-before-swap"),
];

/// Read models of every kind: many rows, long rows, personal ones, timers.
const MODELS: [&str; 4] = ["appointment", "calendar", "patient", "reminder"];

/// What a fault keeps to itself: two faults of one step never share it.
#[derive(Debug, PartialEq, Eq)]
enum Claim {
    Process(Process),
    /// All processes of it.
    Part(Part),
    Wire(Wire),
    Clock(Instance),
}

impl Claim {
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Part(part), Self::Process(Process::Part(instance)))
            | (Self::Process(Process::Part(instance)), Self::Part(part)) => instance.part == *part,
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
            Self::SetClock(instance, _) => Claim::Clock(instance),
        }
    }

    /// Which gateway carries out no commands while it lasts: its number, or 0 for all.
    fn stops_gateway(&self) -> Option<u8> {
        match *self {
            Self::Kill(process) | Self::Pause(process) | Self::FillDisk(process) => match process {
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

/// Faults that come together.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// One after the other at their beginning, and healed in the same order.
    pub faults: Vec<Fault>,
    /// How long they last.
    pub hold: Duration,
    /// How long nothing happens afterwards.
    pub rest: Duration,
}

impl Step {
    /// Whether commands must go on all the while.
    pub fn leaves_commands(&self, copies: u8) -> bool {
        let stopped: Vec<u8> = self
            .faults
            .iter()
            .filter_map(Fault::stops_gateway)
            .collect();
        !stopped.contains(&0) && (1..=copies).any(|number| !stopped.contains(&number))
    }
}

/// An endless row of steps.
#[derive(Debug)]
pub struct Schedule {
    random: StdRng,
    copies: u8,
    /// How much of each kind, in the order of [`Schedule::draw`].
    mixture: [u32; KINDS.len()],
    /// The only kinds that are wanted; all when empty.
    only: Vec<String>,
}

/// How much of each kind there is before a seed's own taste; a line's four troubles count as
/// one.
const KINDS: [u32; 12] = [4, 3, 4, 1, 2, 1, 1, 1, 2, 1, 4, 2];

impl Schedule {
    /// The one of this seed. Its parity also says how many processes of each part there are.
    pub fn of(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mixture = KINDS.map(|much| much << random.random_range(0..3));
        Self {
            random,
            copies: Self::copies(seed),
            mixture,
            only: Vec::new(),
        }
    }

    /// Only faults of these kinds, to look into one: `disk full,kill`. All when it is empty.
    pub fn only(mut self, kinds: &str) -> Self {
        let kinds = kinds.split(',').map(str::trim);
        self.only = kinds
            .filter(|kind| !kind.is_empty())
            .map(str::to_owned)
            .collect();
        self
    }

    fn wants(&self, fault: &Fault) -> bool {
        self.only.is_empty() || self.only.iter().any(|kind| kind == fault.kind())
    }

    /// How many processes of each part this seed has.
    pub const fn copies(seed: u64) -> u8 {
        1 + (seed % 2) as u8
    }

    fn instance(&mut self) -> Instance {
        Instance {
            part: Part::ALL[self.random.random_range(0..Part::ALL.len())],
            number: self.random.random_range(1..=self.copies),
        }
    }

    fn process(&mut self) -> Process {
        match self.random.random_range(0..6) {
            0 => Process::Broker,
            1 => Process::Database,
            _ => Process::Part(self.instance()),
        }
    }

    fn wire(&mut self) -> Fault {
        let wire = match self.random.random_range(0..5) {
            0 | 1 => Wire::ToDatabase(self.instance()),
            2 | 3 => Wire::ToBroker(self.instance()),
            _ => Wire::ToGateway(self.random.random_range(1..=self.copies)),
        };
        let delay = Duration::from_millis(self.random.random_range(20..400));
        let lines = [Line::Cut, Line::Silent, Line::Unanswered, Line::Slow(delay)];
        Fault::Wire(wire, lines[self.random.random_range(0..lines.len())])
    }

    fn draw(&mut self) -> Fault {
        let mixture = self.mixture;
        let kinds: Vec<usize> = (0..mixture.len()).collect();
        let kind = kinds.choose_weighted(&mut self.random, |kind| mixture[*kind]);
        match kind.unwrap() {
            0 => Fault::Kill(self.process()),
            1 => Fault::Pause(self.process()),
            2 => self.wire(),
            3 => Fault::ForgetStore,
            4 => Fault::DamageStore(self.random.random()),
            5 => Fault::Disorder,
            6 => Fault::Rewind,
            7 => Fault::Intrude,
            8 => Fault::FillDisk(match self.random.random() {
                true => Process::Broker,
                false => Process::Database,
            }),
            9 => {
                let seconds = self.random.random_range(-900..=900);
                Fault::SetClock(self.instance(), seconds)
            }
            10 => {
                let (part, place) = PLACES[self.random.random_range(0..PLACES.len())];
                Fault::Abort(part, place, self.random.random_range(1..=8))
            }
            _ => {
                let model = MODELS[self.random.random_range(0..MODELS.len())];
                Fault::Rebuild(
                    model,
                    REBUILDING[self.random.random_range(0..REBUILDING.len())],
                )
            }
        }
    }
}

impl Iterator for Schedule {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let count = match self.random.random_range(0..10) {
            0..6 => 1,
            6..9 => 2,
            _ => 3,
        };
        let mut faults: Vec<Fault> = Vec::with_capacity(count);
        // One kind alone may not have so many that go together.
        for _ in 0..1_000 {
            let fault = self.draw();
            if self.wants(&fault)
                && faults
                    .iter()
                    .all(|other| !other.claim().excludes(&fault.claim()))
            {
                faults.push(fault);
            }
            if faults.len() == count {
                break;
            }
        }
        // Long enough for every time-out there is, now and then.
        let hold = match self.random.random_range(0..8) {
            0 => self.random.random_range(4_000..16_000),
            _ => self.random.random_range(200..2_500),
        };
        Some(Step {
            faults,
            hold: Duration::from_millis(hold),
            rest: Duration::from_millis(self.random.random_range(0..500)),
        })
    }
}

#[test]
fn the_same_seed_gives_the_same_faults_and_another_one_others() {
    let steps = |seed| Schedule::of(seed).take(200).collect::<Vec<_>>();
    assert_eq!(steps(7), steps(7));
    assert_ne!(steps(7), steps(8));
    // As written down with a failing run: a change here gives every seed another meaning.
    let first: Vec<String> = Schedule::of(7)
        .take(8)
        .map(|step| {
            let faults: Vec<String> = step.faults.iter().map(ToString::to_string).collect();
            format!("{} ({} ms)", faults.join(" + "), step.hold.as_millis())
        })
        .collect();
    insta::assert_snapshot!(first.join("\n"));
}

#[test]
fn the_seeds_of_every_run_of_the_suite_have_every_kind_between_them() {
    let mut kinds: Vec<&str> = crate::SEEDS
        .into_iter()
        .flat_map(|seed| Schedule::of(seed).take(crate::STEPS))
        .flat_map(|step| step.faults)
        .map(|fault| fault.kind())
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), KINDS.len() + 3, "{kinds:?}");
}
