//! What a run came to: lines on the screen as it goes, a table at its end, and
//! `target/bench/report.json`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::machine::Machine;
use crate::rounds::alone;
use crate::targets;

/// Under this name the report describes the machine.
const MACHINE: &str = "machine";

/// One figure beside the peer's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Our figure, the median of the rounds.
    pub ours: f64,
    /// The peer's, likewise; absent where there is none.
    pub peer: Option<f64>,
    /// Ours to the peer's, above 1 when ours is better.
    pub ratio: Option<f64>,
    /// What is counted.
    pub unit: &'static str,
}

impl Line {
    /// Where more is better.
    pub fn more_is_better(ours: f64, peer: f64, unit: &'static str) -> Self {
        Self {
            ours,
            peer: Some(peer),
            ratio: Some(ours / peer),
            unit,
        }
    }

    /// Where less is better.
    pub fn less_is_better(ours: f64, peer: f64, unit: &'static str) -> Self {
        Self {
            ratio: Some(peer / ours),
            ..Self::more_is_better(ours, peer, unit)
        }
    }

    /// Without a peer.
    pub const fn alone(ours: f64, unit: &'static str) -> Self {
        Self {
            ours,
            peer: None,
            ratio: None,
            unit,
        }
    }
}

/// Says what is being done, with the seconds since the start.
pub fn say(what: impl Display) {
    static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
    println!("[{:>5.0} s] {what}", STARTED.elapsed().as_secs_f64());
}

/// Where reports are kept: `bench/report.json` of Cargo's target folder.
pub fn path() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target")),
        PathBuf::from,
    );
    target.join("bench/report.json")
}

/// The figures of a run.
#[derive(Debug)]
pub struct Report {
    machine: Machine,
    lines: BTreeMap<String, Line>,
    path: PathBuf,
}

impl Report {
    /// An empty one, kept at [`path`].
    pub fn new(machine: Machine) -> Self {
        Self::kept_in(machine, path())
    }

    const fn kept_in(machine: Machine, path: PathBuf) -> Self {
        Self {
            machine,
            lines: BTreeMap::new(),
            path,
        }
    }

    /// Where it is kept.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes a figure, and writes the file: a run that is cut off keeps what it has. Figures
    /// of other names stay as an earlier run left them.
    ///
    /// # Panics
    /// When the file can't be written.
    pub fn record(&mut self, name: &str, line: Line) {
        if alone() {
            return;
        }
        say(format_args!("{}", row(name, &line).trim_end()));
        self.lines.insert(name.to_owned(), line);
        self.write().expect("the report can be written");
    }

    fn write(&self) -> std::io::Result<()> {
        let mut all: Map<String, Value> = std::fs::read(&self.path)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        all.insert(MACHINE.to_owned(), serde_json::to_value(&self.machine)?);
        for (name, line) in &self.lines {
            all.insert(name.clone(), serde_json::to_value(line)?);
        }
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&self.path, serde_json::to_vec_pretty(&all)?)
    }

    /// The table of this run.
    pub fn table(&self) -> String {
        let mut table = format!(
            "{:<26} {:>12} {:>12} {:>9}  {:<11} target\n",
            "", "ours", "peer", "ratio", "unit"
        );
        for (name, line) in &self.lines {
            table.push_str(row(name, line).trim_end());
            table.push('\n');
        }
        table
    }
}

fn row(name: &str, line: &Line) -> String {
    let number =
        |figure: Option<f64>| figure.map_or("–".to_owned(), |figure| format!("{figure:.1}"));
    let ratio = line
        .ratio
        .map_or("–".to_owned(), |ratio| format!("{ratio:.2}×"));
    let target = targets::of(name).map_or_else(String::new, |target| {
        let verdict = if target.is_met_by(line) {
            "met"
        } else {
            "missed"
        };
        format!("{target} {verdict}")
    });
    format!(
        "{name:<26} {:>12} {:>12} {ratio:>9}  {:<11} {target}",
        number(Some(line.ours)),
        number(line.peer),
        line.unit,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_is_above_one_whichever_way_the_figure_counts() {
        assert_eq!(Line::more_is_better(30.0, 10.0, "1/s").ratio, Some(3.0));
        assert_eq!(Line::less_is_better(10.0, 30.0, "ms").ratio, Some(3.0));
        assert_eq!(Line::alone(7.0, "MB").ratio, None);
    }

    #[test]
    fn a_run_of_a_part_keeps_the_other_figures_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bench/report.json");
        let mut first = Report::kept_in(Machine::default(), path.clone());
        first.record("append_1", Line::more_is_better(2.0, 1.0, "commands/s"));
        let mut second = Report::kept_in(Machine::default(), path.clone());
        second.record("memory_relay", Line::alone(9.5, "MB"));
        let read: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(
            read["append_1"],
            serde_json::json!({"ours": 2.0, "peer": 1.0, "ratio": 2.0, "unit": "commands/s"})
        );
        assert_eq!(
            read["memory_relay"],
            serde_json::json!({"ours": 9.5, "peer": null, "ratio": null, "unit": "MB"})
        );
        assert!(read[MACHINE].is_object());
    }

    #[test]
    fn the_table_says_what_a_figure_is_held_to() {
        let mut report = Report::kept_in(
            Machine::default(),
            tempfile::tempdir().unwrap().path().join("r.json"),
        );
        report.record("append_64", Line::more_is_better(40.0, 10.0, "commands/s"));
        assert!(
            report.table().contains("4.00×") && report.table().contains("≥ 5× missed"),
            "{}",
            report.table()
        );
    }
}
