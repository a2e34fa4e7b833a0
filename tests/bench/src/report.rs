//! The table on the screen and `target/bench/report.json`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

/// One comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Our figure, the median of the rounds.
    pub ours: f64,
    /// The peer's, likewise.
    pub peer: f64,
    /// Ours to the peer's, above 1 when ours is better.
    pub ratio: f64,
    /// What is counted.
    pub unit: &'static str,
}

impl Line {
    /// Where more is better.
    pub fn more_is_better(ours: f64, peer: f64, unit: &'static str) -> Self {
        Self {
            ours,
            peer,
            ratio: ours / peer,
            unit,
        }
    }

    /// Where less is better.
    pub fn less_is_better(ours: f64, peer: f64, unit: &'static str) -> Self {
        Self {
            ours,
            peer,
            ratio: peer / ours,
            unit,
        }
    }
}

/// The middle one of several rounds.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// Prints the comparisons and keeps them, beside those of other benchmarks.
pub fn publish(lines: &BTreeMap<String, Line>) -> std::io::Result<PathBuf> {
    println!(
        "\n{:<24} {:>12} {:>12} {:>8}  unit",
        "", "ours", "peer", "ratio"
    );
    for (name, line) in lines {
        println!(
            "{name:<24} {:>12.1} {:>12.1} {:>7.2}×  {}",
            line.ours, line.peer, line.ratio, line.unit
        );
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target")),
        PathBuf::from,
    );
    let path = target.join("bench/report.json");
    std::fs::create_dir_all(target.join("bench"))?;
    let mut all: BTreeMap<String, serde_json::Value> = std::fs::read(&path)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    for (name, line) in lines {
        all.insert(name.clone(), serde_json::to_value(line)?);
    }
    std::fs::write(&path, serde_json::to_vec_pretty(&all)?)?;
    Ok(path)
}

/// The machine, in a line: cores, memory, processor.
pub fn machine() -> String {
    let read = |path: &str, field: &str| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with(field))
            .unwrap_or_default();
        line.split_once(':')
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{cores} cores, {}, {}",
        read("/proc/meminfo", "MemTotal"),
        read("/proc/cpuinfo", "model name")
    )
}
