//! `home_*`: how long a patient waits for their home page, with nothing of it on the device, on a
//! line of 400 kbit/s and 400 ms, and what is sent until then (`tests/web/first_load.js`). There is
//! no peer: none of the projects that we look at has such a page.

use std::path::{Path, PathBuf};

use medilink_tests::{Options, Platform};
use serde_json::{Value, json};
use tokio::process::Command;

use super::Bench;
use crate::report::{Line, say};
use crate::rounds::median;
use crate::site::binary;

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let options = Options::default().web(root.join("gateway/web/dist"));
    let platform = Platform::start(binary(), options).await;
    let mut visits = Vec::new();
    for round in 1..=bench.scale.rounds {
        let visit = visit(&root, &platform).await;
        say(format!(
            "home, round {round}: {} ms, then {} ms",
            visit["first"]["usable_ms"], visit["second"]["usable_ms"]
        ));
        visits.push(visit);
    }
    let of = |path: &str| median(visits.iter().map(|visit| number(visit, path)).collect());
    let kilobytes = |path: &str| of(path) / 1_000.0;
    for (name, line) in [
        ("home_usable", Line::alone(of("/first/usable_ms"), "ms")),
        (
            "home_usable_again",
            Line::alone(of("/second/usable_ms"), "ms"),
        ),
        (
            "home_javascript",
            Line::alone(kilobytes("/first/until_usable/javascript_bytes"), "KB"),
        ),
        (
            "home_bytes",
            Line::alone(kilobytes("/first/until_usable/bytes"), "KB"),
        ),
    ] {
        bench.report.record(name, line);
    }
}

/// A new patient's first visit, and their second.
async fn visit(root: &Path, platform: &Platform) -> Value {
    let stage = json!({
        "url": format!("http://localhost:{}", platform.address().port()),
        "mail": platform.folder().join("mail"),
    });
    let flow: PathBuf = root.join("tests/web/first_load.js");
    let output = Command::new("node")
        .arg(flow)
        .env("MEDILINK_STAGE", stage.to_string())
        .output()
        .await
        .expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_str(said.lines().last().unwrap_or_default()).expect("figures in the last line")
}

fn number(visit: &Value, path: &str) -> f64 {
    visit
        .pointer(path)
        .and_then(Value::as_f64)
        .unwrap_or_else(|| panic!("{path} in {visit}"))
}
