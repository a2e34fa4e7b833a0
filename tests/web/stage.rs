//! A platform with a hospital on it, and the flows that are played there.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use chrono::{Days, Utc};
use medilink_tests::{Member, NewHospital, Options, PASSWORD, Platform};
use serde_json::{Value, json};
use tokio::process::Command;

/// How long a flow may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// A platform, and who is there.
pub struct Stage {
    platform: Platform,
    people: Value,
}

impl Stage {
    /// Sets it: a hospital with a manager, and a doctor who receives every day for a month.
    pub async fn open() -> Self {
        let options = Options::default().web(built());
        let platform = Platform::start(env!("CARGO_BIN_EXE_medilink"), options).await;
        let registrar = platform.platform_administrator().await;
        let hospital = NewHospital::register(&platform, &registrar.caller).await;
        let doctor = hospital.doctor(&platform).await;
        let today = Utc::now().date_naive();
        for day in 1..=28 {
            let window = json!({
                "date": today + Days::new(day), "opens": "09:00", "closes": "12:00",
                "slot_minutes": 30,
            });
            let path = format!("/v1/doctors/{}/windows", doctor.person);
            let opened = hospital.manager.caller.post(&path, &window).await;
            assert_eq!(opened.status, 201, "{}", opened.text);
        }
        let people = json!({
            "registrar": person(&registrar),
            "manager": person(&hospital.manager),
            "doctor": person(&doctor),
            "hospital": hospital.hospital,
        });
        Self { platform, people }
    }

    /// Plays a flow.
    ///
    /// # Panics
    /// With what it said when it fails.
    pub async fn play(self, flow: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web");
        let stage = json!({
            "url": format!("http://localhost:{}", self.platform.address().port()),
            "mail": self.platform.folder().join("mail"),
            "pids": {"gateway": self.platform.pid(medilink_tests::Part::Gateway)},
            "people": self.people,
        });
        let mut node = Command::new("node");
        node.arg(folder.join(format!("{flow}.js")))
            .env("MEDILINK_STAGE", stage.to_string())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let output = tokio::time::timeout(PATIENCE, node.output());
        let output = output.await.expect("the flow ends in time").unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        print!("{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "{flow}: {said}");
    }
}

/// Where `scripts/web build` puts the application.
fn built() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("gateway/web/dist");
    assert!(
        folder.join("index.html").is_file(),
        "build the web application first: scripts/web build"
    );
    folder
}

fn person(member: &Member) -> Value {
    json!({
        "person": member.person, "email": member.email, "password": PASSWORD,
        "codes": member.backup_codes,
    })
}
