//! A platform with a hospital on it, and the flows that are played there.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use chrono::{Days, TimeDelta, Timelike, Utc};
use medilink_domain::retention::RetentionRules;
use medilink_domain::values::Role;
use medilink_tests::{
    Member, NewHospital, Newcomer, Options, PASSWORD, Part, Platform, id, new_address,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// A time zone, and how many minutes its clock is ahead all year round.
type Zone = (&'static str, i64);

/// How long a flow is waited for, which gives up by itself before and says where it was.
const PATIENCE: Duration = Duration::from_secs(450);

/// A platform, and who is there.
pub struct Stage {
    platform: Platform,
    hospital: NewHospital,
    doctor: Member,
    zone: Zone,
    people: Value,
    // Read as long as the platform runs.
    settings: TempDir,
    // After the platform, which tells what its parts said last when it goes.
    last: LastWords,
}

/// What a flow that failed said, told where whoever looks into it reads first: at the very end.
#[derive(Default)]
struct LastWords(String);

impl Drop for LastWords {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            eprintln!("--- the flow\n{}", self.0);
        }
    }
}

impl Stage {
    /// Sets it: a hospital with a manager, a front desk and a doctor who receives every day for a
    /// month, and an officer who looks into the whole network.
    pub async fn open() -> Self {
        Self::of(RetentionRules::shipped(), |options| options).await
    }

    /// The same where staff who do nothing are signed out after three minutes.
    pub async fn impatient() -> Self {
        let staff = "sign_in.staff = { idle_minutes = 3, life_hours = 12 }";
        Self::of(RetentionRules::shipped(), |options| {
            options.with("gateway", staff)
        })
        .await
    }

    /// The same where the law asks for nothing, so that an erasure doesn't wait.
    pub async fn lawless() -> Self {
        let mut rules = RetentionRules::shipped().clone();
        rules.grace_days = 0;
        for rule in &mut rules.rules {
            rule.years = 0;
        }
        Self::of(&rules, |options| options).await
    }

    async fn of(retention: &RetentionRules, and: impl FnOnce(Options) -> Options) -> Self {
        let settings = tempfile::tempdir().unwrap();
        // A copy, of which a flow may have another release made.
        let web = settings.path().join("web");
        let mut copy = std::process::Command::new("cp");
        let copied = copy.arg("-r").arg(built()).arg(&web).status().unwrap();
        assert!(copied.success());
        let rules = settings.path().join("rules.json");
        std::fs::write(&rules, serde_json::to_string(retention).unwrap()).unwrap();
        let options = Options::default()
            .web(web)
            .with("retention", format!("rules = {rules:?}"));
        let platform = Platform::start(env!("CARGO_BIN_EXE_medilink"), and(options)).await;
        let registrar = platform.platform_administrator().await;
        let zone = not_nearly_midnight();
        let hospital = hospital(&platform, &registrar, zone).await;
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
        let desk = invited(&platform, &hospital, &hospital.manager, "receptionist").await;
        let officer = invited(&platform, &hospital, &registrar, "compliance-officer").await;
        everywhere(&platform, &officer, Role::ComplianceOfficer).await;
        let people = json!({
            "registrar": person(&registrar),
            "manager": person(&hospital.manager),
            "doctor": person(&doctor),
            "desk": person(&desk),
            "officer": person(&officer),
            "hospital": hospital.hospital,
        });
        Self {
            platform,
            hospital,
            doctor,
            zone,
            people,
            settings,
            last: LastWords::default(),
        }
    }

    /// Has the doctor receive from the third minute on, every ten minutes for three hours.
    pub async fn receiving_now(self) -> Self {
        let now = Utc::now() + TimeDelta::minutes(self.zone.1);
        let clock = |minutes| {
            (now + TimeDelta::minutes(minutes))
                .format("%H:%M")
                .to_string()
        };
        let window = json!({
            "date": now.date_naive(), "opens": clock(3), "closes": clock(183), "slot_minutes": 10,
        });
        let path = format!("/v1/doctors/{}/windows", self.doctor.person);
        let opened = self.hospital.manager.caller.post(&path, &window).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        self
    }

    /// Plays a flow. When it says `release`, another release of the application takes the place of
    /// the one that it began with.
    ///
    /// # Panics
    /// With what it said when it fails.
    pub async fn play(mut self, flow: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web");
        let stage = json!({
            "url": format!("http://localhost:{}", self.platform.address().port()),
            "mail": self.platform.folder().join("mail"),
            "pids": {"gateway": self.platform.pid(Part::Gateway)},
            "people": self.people,
        });
        let mut node = Command::new("node")
            .arg(folder.join(format!("{flow}.js")))
            .env("MEDILINK_STAGE", stage.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
        let played = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                println!("{line}");
                if line == "release" {
                    self.release();
                }
            }
            node.wait_with_output().await.unwrap()
        };
        let output = tokio::time::timeout(PATIENCE, played);
        let output = output.await.expect("the flow ends in time");
        if !output.status.success() {
            self.last.0 = String::from_utf8_lossy(&output.stderr).into_owned();
            panic!("{flow} fails");
        }
    }

    /// Puts a release into the folder that differs by a mark, and starts the gateway with it.
    fn release(&mut self) {
        let web = self.settings.path().join("web");
        for (file, old, new) in [
            (
                "index.html",
                "<head>",
                "<head><meta name=\"release\" content=\"next\">",
            ),
            (
                "sw.js",
                "url:\"index.html\",revision:\"",
                "url:\"index.html\",revision:\"next-",
            ),
        ] {
            let text = std::fs::read_to_string(web.join(file)).unwrap();
            assert!(text.contains(old), "{file} has {old}");
            std::fs::write(web.join(file), text.replacen(old, new, 1)).unwrap();
            for compressed in ["br", "gz"] {
                let _: std::io::Result<()> =
                    std::fs::remove_file(web.join(format!("{file}.{compressed}")));
            }
        }
        assert!(self.platform.stop_part(Part::Gateway));
        self.platform.start_part(Part::Gateway);
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

/// Where a day that has begun goes on for some hours.
fn not_nearly_midnight() -> Zone {
    let kolkata = ("Asia/Kolkata", 330);
    let local = Utc::now() + TimeDelta::minutes(kolkata.1);
    if local.hour() < 20 {
        kolkata
    } else {
        ("Etc/UTC", 0)
    }
}

/// A hospital there, with its manager and a department.
async fn hospital(platform: &Platform, registrar: &Member, zone: Zone) -> NewHospital {
    let email = new_address();
    let body = json!({
        "name": "City Hospital", "time_zone": zone.0,
        "manager": {"email": email, "language": "en"},
    });
    let hospital = id(&registrar.caller.post("/v1/hospitals", &body).await);
    let manager = Member::invited(platform, platform.last_invitation().await, email).await;
    let path = format!("/v1/hospitals/{hospital}/departments");
    let heart = json!({"name": "Heart", "specialty": "Cardiology"});
    let department = id(&manager.caller.post(&path, &heart).await);
    NewHospital {
        hospital,
        department,
        manager,
    }
}

/// Somebody whom `by` invites to the hospital.
async fn invited(platform: &Platform, to: &NewHospital, by: &Member, role: &str) -> Member {
    let email = new_address();
    let body = json!({"email": email, "language": "en", "role": role});
    let invited = by.caller.post(&to.path("invitations"), &body).await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    Member::invited(platform, platform.last_invitation().await, email).await
}

/// Makes somebody something in the whole network.
async fn everywhere(platform: &Platform, member: &Member, role: Role) {
    let somebody = Newcomer {
        email: member.email.clone(),
        password: PASSWORD.to_owned(),
        person: member.person,
        position: member.position,
    };
    somebody.be(platform, role).await;
}

fn person(member: &Member) -> Value {
    json!({
        "person": member.person, "email": member.email, "password": PASSWORD,
        "codes": member.backup_codes,
    })
}
