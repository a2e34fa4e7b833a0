//! Rules of the house that the compiler doesn't hold: which crate may know which, how long a
//! file may be, how streams and events are named.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use medilink_domain::registry;
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The resolved dependency graph, without development dependencies: name → names.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            (
                package["id"].as_str().unwrap(),
                package["name"].as_str().unwrap(),
            )
        })
        .collect();
    metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            let normal = node["deps"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| {
                    dependency["dep_kinds"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|kind| kind["kind"].is_null())
                });
            let needs =
                normal.map(|dependency| names[dependency["pkg"].as_str().unwrap()].to_owned());
            (
                names[node["id"].as_str().unwrap()].to_owned(),
                needs.collect(),
            )
        })
        .collect()
}

fn reaches(graph: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(name) = next.pop() {
        for needed in graph.get(&name).into_iter().flatten() {
            if seen.insert(needed.clone()) {
                next.push(needed.clone());
            }
        }
    }
    seen
}

#[test]
fn dependencies_point_left_only() {
    // domain ← infra ← commands, projections ← workers, gateway ← the binary
    let layer = |name: &str| match name {
        "medilink-domain" => Some(0),
        "medilink-database" | "medilink-vault" | "medilink-log" | "medilink-bus"
        | "medilink-telemetry" | "medilink-servers" | "medilink-blobs" | "medilink-pdf" => Some(1),
        "medilink-commands" | "medilink-projections" => Some(2),
        "medilink-workers" | "medilink-gateway" => Some(3),
        "medilink" => Some(4),
        _ => None,
    };
    let graph = dependencies();
    for (name, needs) in &graph {
        let Some(own) = layer(name) else { continue };
        for needed in needs {
            let Some(other) = layer(needed) else { continue };
            assert!(
                other < own || (own == 1 && other == 1),
                "{name} may not depend on {needed}"
            );
        }
    }
    let domain = reaches(&graph, "medilink-domain");
    for forbidden in [
        "tokio-postgres",
        "async-nats",
        "poem",
        "sqlx",
        "reqwest",
        "hyper",
    ] {
        assert!(
            !domain.contains(forbidden),
            "the domain reaches {forbidden}"
        );
    }
    for (name, needs) in &graph {
        let capability_blind = [
            "medilink-log",
            "medilink-bus",
            "medilink-vault",
            "medilink-database",
            "medilink-blobs",
            "medilink-pdf",
        ];
        assert!(
            !capability_blind.contains(&name.as_str())
                || !needs.iter().any(|needed| needed == "medilink-commands"),
            "{name} knows a capability"
        );
    }
}

#[test]
fn a_file_is_one_idea_and_under_five_hundred_lines() {
    let listed = Command::new("git")
        .args(["ls-files", "*.rs", "*.ts", "*.tsx", "*.sql"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(listed.status.success());
    let long: Vec<String> = String::from_utf8(listed.stdout)
        .unwrap()
        .lines()
        .filter_map(|file| {
            let lines = std::fs::read_to_string(root().join(file))
                .ok()?
                .lines()
                .count();
            (lines > 500).then(|| format!("{file}: {lines} lines"))
        })
        .collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn a_capability_has_the_same_file_name_in_every_layer() {
    let stems = |folder: &str| -> BTreeSet<String> {
        std::fs::read_dir(root().join(folder))
            .unwrap()
            .filter_map(|entry| {
                Path::new(&entry.ok()?.file_name())
                    .file_stem()?
                    .to_str()
                    .map(str::to_owned)
            })
            .collect()
    };
    let (commands, domain) = (stems("commands/src"), stems("domain/src"));
    for kind in registry::event_types() {
        let file = kind.name.split('.').next().unwrap().replace('-', "_");
        assert!(domain.contains(&file), "domain/src/{file}.rs");
        assert!(commands.contains(&file), "commands/src/{file}.rs");
    }
}

#[test]
fn a_release_has_no_places_to_abort_at() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--package", "medilink"])
        .args(["--edges", "normal,build,features", "--invert", "fail"])
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(tree.contains("medilink-log v"), "{tree}");
    assert!(!tree.contains("failpoints"), "{tree}");
}
