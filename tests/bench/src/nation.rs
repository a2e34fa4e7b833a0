//! `medilink-bench scale`: from one hospital to a nation, computed from the figures of
//! `target/bench/report.json`. What gives out first on one machine, how many logs and gateways
//! it takes, what is stored in a year, and what 99 of 100 commands stay under, by a simulation
//! of the two queues that a command passes. `docs/scale.md` reads the table.

use std::fmt::Write;

use serde_json::Value;

use crate::queue::{GroupCommit, Servers};
use crate::report;

/// The word that asks for it.
pub const ROLE: &str = "scale";

/// The steps: a hospital, a group, a city, a state, a large state, all 70 thousand of India.
const STEPS: [u64; 6] = [1, 10, 100, 1_000, 10_000, 70_000];
/// What nothing is loaded beyond at the peak, so that one of three may fail.
const LOADED: f64 = 0.6;
/// Arrivals that are simulated.
const ARRIVALS: usize = 200_000;
/// How many years are kept (HIPAA §164.316: six).
const YEARS: f64 = 6.0;
/// The largest table of PostgreSQL with its usual pages: 32 TB (PostgreSQL, appendix K).
const LARGEST: f64 = 32e12;

/// What a hospital of 500 beds asks for. Assumptions, not measurements: change them here.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    /// Outpatients a day.
    pub visits: f64,
    /// Commands for each visit: booked, moved, reminded, arrived, called, done …
    pub commands: f64,
    /// Events that a command records.
    pub events: f64,
    /// Reads of personal data for each visit: each records that it was read.
    pub audited: f64,
    /// Other reads, such as of free slots.
    pub reads: f64,
    /// The part of a day that comes in its fullest hour.
    pub fullest_hour: f64,
    /// How much more than that hour's average its fullest minute has.
    pub fullest_minute: f64,
}

impl Default for Demand {
    fn default() -> Self {
        Self {
            visits: 2_000.0,
            commands: 8.0,
            events: 1.25,
            audited: 12.0,
            reads: 10.0,
            fullest_hour: 0.15,
            fullest_minute: 2.0,
        }
    }
}

impl Demand {
    /// How often something that comes so often with each visit comes in a second of the
    /// fullest minute.
    fn peak(&self, of_visit: f64) -> f64 {
        self.visits * of_visit * self.fullest_hour * self.fullest_minute / 3_600.0
    }

    fn events_of_visit(&self) -> f64 {
        self.commands * self.events + self.audited
    }
}

/// What was measured, each a second on the machine of the report.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// Commands one by one, and with as many in flight as fill the batches.
    pub append: [f64; 2],
    /// Commands of two processes that write to one log at the same time.
    pub shared: f64,
    /// Bookings over HTTP.
    pub book: f64,
    /// Reads over HTTP that are recorded.
    pub audited: f64,
    /// Other reads over HTTP.
    pub read: f64,
    /// Events into JetStream.
    pub relay: f64,
    /// Bytes that an event takes in the log, with its indexes.
    pub event_bytes: f64,
    /// Processor cores.
    pub cores: f64,
}

impl Costs {
    /// Those of a report.
    ///
    /// # Errors
    /// The first figure that is missing.
    pub fn of(report: &Value) -> Result<Self, String> {
        let figure = |name: &str| {
            let ours = report[name]["ours"].as_f64();
            ours.ok_or_else(|| format!("`{name}` is not measured yet: run `make bench`"))
        };
        let cores = report["machine"]["cores"].as_f64();
        Ok(Self {
            append: [figure("append_1")?, figure("append_512")?],
            shared: figure("append_two_nodes_64")?,
            book: figure("http_book")?,
            audited: figure("http_read_audited")?,
            read: figure("http_read")?,
            relay: figure("relay_sync_always")?,
            event_bytes: figure("event_bytes")?,
            cores: cores.ok_or("the report doesn't know its machine")?,
        })
    }
}

/// One step on the way.
#[derive(Clone, Debug)]
pub struct Step {
    /// How many hospitals.
    pub hospitals: u64,
    /// Appends a second at the peak: commands, and reads that are recorded.
    pub appends: f64,
    /// Events a second at the peak.
    pub events: f64,
    /// Terabytes a year.
    pub terabytes: f64,
    /// What one machine for all would give out of first, and its load, 1 being all it has.
    pub first: (&'static str, f64),
    /// How many logs it takes, each with a head, a tree, a PostgreSQL and a relay of its own.
    pub logs: u64,
    /// How many machines with gateways.
    pub gateways: u64,
    /// What 99 of 100 commands stay under in that layout, in milliseconds.
    pub p99: f64,
}

impl Step {
    /// What so many hospitals take.
    pub fn of(hospitals: u64, demand: &Demand, costs: &Costs) -> Self {
        let all = hospitals as f64;
        let [commands, audited, reads] =
            [demand.commands, demand.audited, demand.reads].map(|count| all * demand.peak(count));
        let appends = commands + audited;
        let events = all * demand.peak(demand.events_of_visit());
        let bytes = all * demand.visits * demand.events_of_visit() * 365.0 * costs.event_bytes;

        let gateway = commands / costs.book + audited / costs.audited + reads / costs.read;
        let storage = bytes * YEARS / LARGEST;
        let gateways = (gateway / LOADED).ceil().max(1.0);
        // Gateways of one log take turns at its head.
        let [alone, full] = costs.append;
        let shared = gateways > storage.ceil().max(1.0);
        let commit = GroupCommit::of(alone, if shared { costs.shared } else { full });
        let (writer, relay) = (appends / commit.most(), events / costs.relay);
        let loads = [
            ("gateway", gateway),
            ("log writer", appends / full),
            ("relay", relay),
            ("storage", storage),
        ];
        let first = loads.into_iter().max_by(|one, two| one.1.total_cmp(&two.1));

        let logs = (writer.max(relay) / LOADED).max(storage).ceil().max(1.0);
        let gateways = gateways.max(logs);
        let served = appends + reads;
        let servers = Servers {
            count: costs.cores as usize,
            service: gateway * costs.cores / served,
        };
        let stays = servers
            .stays(served / gateways, ARRIVALS)
            .zip(commit.stays(appends / logs, ARRIVALS));
        let mut stays: Vec<f64> = stays
            .map(|(gateway, log)| {
                gateway
                    .iter()
                    .zip(log)
                    .map(|(one, two)| one + two)
                    .collect()
            })
            .unwrap_or_default();
        stays.sort_by(f64::total_cmp);
        let p99 = stays
            .get(stays.len() * 99 / 100)
            .map_or(f64::INFINITY, |stay| stay * 1_000.0);
        Self {
            hospitals,
            appends,
            events,
            terabytes: bytes / 1e12,
            first: first.unwrap_or_default(),
            logs: logs as u64,
            gateways: gateways as u64,
            p99,
        }
    }
}

/// All steps, as a table in Markdown.
pub fn table(demand: &Demand, costs: &Costs) -> String {
    let mut table = "| hospitals | appends/s | events/s | TB a year | on one machine, first | logs | gateways | p99, ms |\n| ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: |\n".to_owned();
    for step in STEPS.map(|hospitals| Step::of(hospitals, demand, costs)) {
        let (first, load) = step.first;
        let _ = writeln!(
            table,
            "| {} | {:.1} | {:.1} | {:.2} | {first}, {:.1} % | {} | {} | {:.1} |",
            step.hospitals,
            step.appends,
            step.events,
            step.terabytes,
            load * 100.0,
            step.logs,
            step.gateways,
            step.p99,
        );
    }
    table
}

/// Prints the table for the figures that were measured last.
///
/// # Panics
/// When there is no report, or a figure is missing in it.
pub fn run() {
    let path = report::path();
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let report = serde_json::from_slice(&text).expect("the report is JSON");
    match Costs::of(&report) {
        Ok(costs) => print!("{}", table(&Demand::default(), &costs)),
        Err(missing) => panic!("{missing}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const COSTS: Costs = Costs {
        append: [2_000.0, 20_000.0],
        shared: 8_000.0,
        book: 2_000.0,
        audited: 4_000.0,
        read: 8_000.0,
        relay: 50_000.0,
        event_bytes: 1_000.0,
        cores: 2.0,
    };

    fn step(hospitals: u64) -> Step {
        Step::of(hospitals, &Demand::default(), &COSTS)
    }

    #[test]
    fn a_hospital_asks_for_what_its_visits_make() {
        let one = step(1);
        // 2,000 visits, 20 appends each, 15 % in the fullest hour, its fullest minute double.
        assert!((one.appends - 40_000.0 * 0.3 / 3_600.0).abs() < 1e-9);
        assert!((one.events - 44_000.0 * 0.3 / 3_600.0).abs() < 1e-9);
        assert!((one.terabytes - 44_000.0 * 365.0 * 1_000.0 / 1e12).abs() < 1e-9);
        assert_eq!((one.logs, one.gateways), (1, 1));
    }

    #[test]
    fn nothing_is_loaded_beyond_its_bound_at_any_step() {
        let commit = GroupCommit::of(COSTS.append[0], COSTS.append[1]);
        let mut last = 0.0;
        for step in STEPS.map(step) {
            let logs = step.logs as f64;
            assert!(
                step.appends / logs <= commit.most() * LOADED + 1e-9,
                "{step:?}"
            );
            assert!(step.terabytes * YEARS / logs <= LARGEST / 1e12, "{step:?}");
            assert!(step.appends > last, "{step:?}");
            // A commit alone takes 0.5 ms; nobody waits for long at sixty per cent.
            assert!((0.5..60.0).contains(&step.p99), "{step:?}");
            last = step.appends;
        }
    }

    #[test]
    fn a_log_with_several_gateways_takes_less() {
        let small = Costs {
            event_bytes: 1.0,
            ..COSTS
        };
        let many = Step::of(10_000, &Demand::default(), &small);
        assert!(many.gateways > many.logs);
        assert_eq!(
            many.logs,
            (many.appends / small.shared / LOADED).ceil() as u64
        );
    }

    #[test]
    fn what_is_slowest_gives_out_first() {
        assert_eq!(step(1_000).first.0, "storage");
        let small = Costs {
            event_bytes: 1.0,
            ..COSTS
        };
        assert_eq!(
            Step::of(1_000, &Demand::default(), &small).first.0,
            "gateway"
        );
        let slow = Costs {
            relay: 10.0,
            ..small
        };
        assert_eq!(Step::of(1_000, &Demand::default(), &slow).first.0, "relay");
    }

    #[test]
    fn a_figure_that_was_not_measured_is_named() {
        let missing = Costs::of(&json!({"append_1": {"ours": 1.0}})).unwrap_err();
        assert!(missing.contains("`append_512`"), "{missing}");
    }
}
