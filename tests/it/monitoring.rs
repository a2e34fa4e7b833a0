//! Dashboards and alerts name only what a running platform tells, alerts rise when they should,
//! and each of them says what to do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use medilink_tests::{CANARY, Hospital, Part, Platform};
use promql_parser::parser::{AggregateExpr, Expr, VectorSelector, parse};
use promql_parser::util::{ExprVisitor, walk_expr};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::platform;

/// What Prometheus knows of whom it asks: no part tells it.
const OWN_FIGURES: [&str; 1] = ["up"];
const OWN_LABELS: [&str; 2] = ["instance", "job"];

/// The metrics of all parts, and the labels that each has somewhere.
type Figures = BTreeMap<String, BTreeSet<String>>;

#[derive(Deserialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Alert>,
}

#[derive(Deserialize)]
struct Alert {
    alert: String,
    expr: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

/// A question to Prometheus, and where it stands.
struct Query {
    place: String,
    expression: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn alerts() -> Vec<Alert> {
    let text = std::fs::read_to_string(root().join("infra/deploy/prometheus/alerts.yml")).unwrap();
    let rules: Rules = serde_yaml_ng::from_str(&text).unwrap();
    rules
        .groups
        .into_iter()
        .flat_map(|group| group.rules)
        .collect()
}

fn dashboards() -> Vec<(String, Value)> {
    let folder = std::fs::read_dir(root().join("infra/deploy/grafana")).unwrap();
    let files = folder.map(|file| file.unwrap().path());
    files
        .filter(|file| file.extension() == Some("json".as_ref()))
        .map(|file| {
            let name = file.file_name().unwrap().display().to_string();
            let text = std::fs::read_to_string(file).unwrap();
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

/// The panels of a dashboard that show something.
fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    let all = dashboard["panels"].as_array().unwrap();
    all.iter().filter(|panel| panel["type"] != "row")
}

/// Every question of every alert and every panel.
fn queries() -> Vec<Query> {
    let mut queries: Vec<Query> = alerts()
        .into_iter()
        .map(|alert| Query {
            place: alert.alert,
            expression: alert.expr,
        })
        .collect();
    for (file, dashboard) in dashboards() {
        for panel in panels(&dashboard) {
            for target in panel["targets"].as_array().unwrap() {
                let expression = target["expr"].as_str().unwrap();
                queries.push(Query {
                    place: format!("{file}: {}", panel["title"]),
                    // Grafana puts a time here that fits the panel.
                    expression: expression.replace("$__rate_interval", "5m"),
                });
            }
        }
    }
    queries
}

/// What a query asks for: each figure with the labels that it must have.
#[derive(Default)]
struct Wanted(Vec<(String, String)>);

impl Wanted {
    fn of(query: &Query) -> Self {
        let expression = parse(&query.expression)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", query.place, query.expression));
        let mut wanted = Self::default();
        walk_expr(&mut wanted, &expression).unwrap();
        assert!(
            !wanted.0.is_empty(),
            "{} asks for no figure: {}",
            query.place,
            query.expression
        );
        wanted
    }

    fn selector(&mut self, selector: &VectorSelector) {
        let name = selector.name.clone().expect("a figure is named");
        // Without a label it must be there all the same.
        self.0.push((name.clone(), String::new()));
        for matcher in &selector.matchers.matchers {
            self.0.push((name.clone(), matcher.name.clone()));
        }
    }

    /// What is grouped by labels has them.
    fn grouped(&mut self, aggregate: &AggregateExpr) {
        let mut within = Self::default();
        walk_expr(&mut within, &aggregate.expr).unwrap();
        let labels = aggregate.modifier.iter().flat_map(|by| &by.labels().labels);
        for label in labels {
            let names = within.0.iter().map(|(name, _)| name);
            self.0
                .extend(names.map(|name| (name.clone(), label.clone())));
        }
    }

    /// Those that nobody has.
    fn missing<'a>(&'a self, figures: &Figures) -> Vec<&'a (String, String)> {
        let has = |(name, label): &&(String, String)| {
            let own = OWN_LABELS.contains(&label.as_str()) || label.is_empty();
            match figures.get(name) {
                Some(labels) => own || labels.contains(label),
                None => OWN_FIGURES.contains(&name.as_str()) && own,
            }
        };
        self.0.iter().filter(|wanted| !has(wanted)).collect()
    }
}

impl ExprVisitor for Wanted {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expression: &Expr) -> Result<bool, Self::Error> {
        match expression {
            Expr::VectorSelector(selector) => self.selector(selector),
            Expr::MatrixSelector(matrix) => self.selector(&matrix.vs),
            Expr::Aggregate(aggregate) => self.grouped(aggregate),
            _ => {}
        }
        Ok(true)
    }
}

/// Adds what one part says.
fn read(text: &str, figures: &mut Figures) {
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name_ends = line.find(['{', ' ']).unwrap_or(line.len());
        let labels = figures.entry(line[..name_ends].to_owned()).or_default();
        let inside = line[name_ends..]
            .strip_prefix('{')
            .and_then(|rest| rest.rsplit_once('}'));
        // `a="1",b="2"`: a name stands before each `="`, behind the last comma.
        let pieces = inside.map_or("", |(inside, _)| inside).split("=\"");
        let pieces: Vec<&str> = pieces.collect();
        for piece in &pieces[..pieces.len() - 1] {
            labels.insert(piece.rsplit(',').next().unwrap().to_owned());
        }
    }
}

async fn everything(platform: &Platform) -> String {
    let mut all = String::new();
    for part in Part::ALL {
        all += &platform.metrics(part).await;
    }
    all
}

#[tokio::test]
async fn a_running_platform_has_every_figure_that_a_dashboard_or_an_alert_names() {
    let queries = queries();
    let wanted: Vec<(&Query, Wanted)> = queries
        .iter()
        .map(|query| (query, Wanted::of(query)))
        .collect();
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let doctor = city.doctor(1).await;
    city.window(doctor, "09:00", "10:00", 30).await;
    city.book(city.patient(1).await, doctor, 540).await;

    let mut figures = Figures::new();
    let missing = |figures: &Figures| -> Vec<String> {
        let of_query = |(query, wanted): &(&Query, Wanted)| {
            let missing = wanted.missing(figures);
            (!missing.is_empty()).then(|| format!("{}: {missing:?}", query.place))
        };
        wanted.iter().filter_map(of_query).collect()
    };
    // Some are measured now and then.
    for _ in 0..150 {
        read(&everything(&platform).await, &mut figures);
        if missing(&figures).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let missing = missing(&figures);
    assert!(missing.is_empty(), "nobody tells these: {missing:#?}");
}

#[tokio::test]
async fn no_figure_names_a_person_or_a_thing_of_one() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let doctor = city.doctor(1).await;
    city.window(doctor, "09:00", "10:00", 30).await;
    let booked = city.book(city.patient(1).await, doctor, 540).await;
    let path = format!("/v1/appointments/{}", booked.body["id"].as_str().unwrap());
    city.receptionist.get_at(&path, booked.position()).await;
    city.receptionist
        .get(&format!("/v1/patients/{CANARY}"))
        .await;
    let text = everything(&platform).await;
    assert!(text.contains("medilink_http_request_seconds"), "{text}");
    assert!(!text.contains(CANARY), "{text}");
    let values = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split(['"', '/']));
    for value in values {
        assert!(value.parse::<Uuid>().is_err(), "{value} is a label");
    }
}

#[test]
fn each_alert_has_its_section_in_the_runbook_and_each_section_its_alert() {
    let runbook = std::fs::read_to_string(root().join("docs/runbook.md")).unwrap();
    let sections: BTreeSet<&str> = runbook
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    let alerts = alerts();
    let names: BTreeSet<&str> = alerts.iter().map(|alert| alert.alert.as_str()).collect();
    assert_eq!(names.len(), alerts.len(), "a name is given twice");
    assert_eq!(sections, names);
    for alert in &alerts {
        let section = format!("docs/runbook.md#{}", alert.alert.to_lowercase());
        assert_eq!(alert.annotations["runbook"], section, "{}", alert.alert);
        assert!(!alert.annotations["summary"].is_empty(), "{}", alert.alert);
        assert!(
            ["critical", "warning"].contains(&alert.labels["severity"].as_str()),
            "{}",
            alert.alert
        );
    }
}

#[test]
fn dashboards_are_told_apart_and_every_panel_by_its_title() {
    let mut ids = BTreeSet::new();
    for (file, dashboard) in dashboards() {
        let id = dashboard["uid"].as_str().unwrap().to_owned();
        assert!(ids.insert(id), "{file} has the id of another one");
        let titles: Vec<&str> = panels(&dashboard)
            .map(|panel| panel["title"].as_str().unwrap())
            .collect();
        let distinct: BTreeSet<&&str> = titles.iter().collect();
        assert_eq!(distinct.len(), titles.len(), "{file}: {titles:?}");
    }
    assert!(!ids.is_empty());
}

#[test]
fn each_alert_rises_when_it_should_and_is_quiet_otherwise() {
    let folder = root().join("infra/deploy/prometheus");
    let tests = std::fs::read_to_string(folder.join("alerts.test.yml")).unwrap();
    for alert in alerts() {
        let words = tests.split_whitespace();
        let times = words.filter(|word| *word == alert.alert).count();
        // Where it is quiet, and where it rises.
        assert_eq!(times, 2, "{}", alert.alert);
    }
    for words in [
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts.test.yml"],
    ] {
        promtool(&folder, &words);
    }
}

/// Has it look, which must leave it content.
fn promtool(folder: &Path, words: &[&str]) {
    let output = Command::new("promtool")
        .args(words)
        .current_dir(folder)
        .output()
        .expect("promtool can be run: scripts/install test fetches it");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{said}");
}
