//! Which faults come, in which order and for how long. All of it follows from the seed, so
//! that a run that failed can be had again.
//!
//! Each seed draws its own mixture of kinds (swarm testing): what never happens in one run
//! leaves room for what another one needs much of.

use std::collections::BTreeSet;
use std::time::Duration;

use medilink_tests::{Instance, Line, Part, Wire};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::fault::{Fault, MODELS, PLACES, Process, REBUILDING};

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
const KINDS: [u32; 13] = [4, 3, 4, 3, 1, 2, 1, 1, 1, 2, 1, 4, 2];

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
            3 => {
                let lines = [Line::Cut, Line::Silent];
                let line = lines[self.random.random_range(0..lines.len())];
                Fault::Partition(self.process(), line)
            }
            4 => Fault::ForgetStore,
            5 => Fault::DamageStore(self.random.random()),
            6 => Fault::Disorder,
            7 => Fault::Rewind,
            8 => Fault::Intrude,
            9 => Fault::FillDisk(match self.random.random() {
                true => Process::Broker,
                false => Process::Database,
            }),
            10 => {
                let seconds = self.random.random_range(-900..=900);
                Fault::SetClock(self.instance(), seconds)
            }
            11 => {
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
            if self.wants(&fault) && faults.iter().all(|other| !other.excludes(&fault)) {
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

/// What a fault is one of that the suite must have had: each kind, each process killed, held
/// still and cut off, each place in the code.
fn aims(fault: &Fault) -> Vec<String> {
    let kind = fault.kind().to_owned();
    match fault {
        Fault::Kill(process) | Fault::Pause(process) | Fault::Partition(process, _) => {
            let whom = match process {
                Process::Part(instance) => instance.part.name().to_owned(),
                server => server.to_string(),
            };
            vec![format!("{kind} {whom}"), kind]
        }
        Fault::Abort(_, place, _) => vec![format!("{kind} {place}"), kind],
        _ => vec![kind],
    }
}

#[test]
fn the_seeds_of_every_run_of_the_suite_hit_everything_between_them() {
    let hit = |schedule: Schedule, steps| -> BTreeSet<String> {
        let faults = schedule.take(steps).flat_map(|step: Step| step.faults);
        faults.flat_map(|fault| aims(&fault)).collect()
    };
    let all = hit(Schedule::of(0), 10_000);
    // Lines have four kinds; six processes, three ways.
    assert_eq!(all.len(), KINDS.len() + 3 + 6 * 3 + PLACES.len(), "{all:?}");
    let mut missing = all;
    for seed in crate::SEEDS {
        let seen = hit(Schedule::of(seed), crate::STEPS);
        missing.retain(|aim| !seen.contains(aim));
    }
    assert!(missing.is_empty(), "{missing:?}");
}
