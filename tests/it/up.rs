//! What a newcomer does first: `medilink up`, which brings its own servers and a demo, and what it
//! says to try.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use medilink_tests::Caller;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use crate::MEDILINK;

/// Where `up` finds programs; everything else that is set here is for other tests.
const PROGRAMS: [&str; 2] = ["MEDILINK_NATS_SERVER", "MEDILINK_POSTGRES_BIN"];

/// An `up` in a folder, and what it said when all was up.
struct Up {
    process: Child,
    welcome: String,
}

impl Up {
    fn begin(folder: &Path) -> Self {
        let mut command = Command::new(MEDILINK);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("MEDILINK_") && !PROGRAMS.contains(&name.as_str()) {
                command.env_remove(name);
            }
        }
        let mut process = command
            .arg("up")
            .env("MEDILINK_GATEWAY__LISTEN", "127.0.0.1:0")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut up = Self {
            process,
            welcome: String::new(),
        };
        for line in lines {
            let line = line.unwrap();
            up.welcome.push_str(&line);
            up.welcome.push('\n');
            if line.starts_with("Ctrl-C") {
                return up;
            }
        }
        panic!("`up` ended by itself:\n{}", up.welcome);
    }

    /// What stands behind these words.
    fn after(&self, words: &str) -> &str {
        let (_, rest) = self.welcome.split_once(words).unwrap();
        rest.split_whitespace().next().unwrap()
    }

    fn interrupt(&self) {
        let id = Pid::from_raw(self.process.id().try_into().unwrap());
        let _gone: nix::Result<()> = kill(id, Signal::SIGINT);
    }

    /// Ends it as Ctrl-C does.
    fn end(mut self) {
        self.interrupt();
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        self.interrupt();
        let _ended: std::io::Result<_> = self.process.wait();
    }
}

/// Every step of the walk, as it is answered.
fn walk(folder: &Path) -> String {
    let walked = Command::new("sh")
        .arg(folder.join(".medilink/walk.sh"))
        .output()
        .unwrap();
    assert!(walked.status.success());
    String::from_utf8(walked.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newcomer_is_told_to_try_works_each_time() {
    let folder = tempfile::tempdir().unwrap();
    // The servers may be those of another user.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    for time in ["first", "second"] {
        let up = Up::begin(folder.path());
        for _ in 0..2 {
            let said = walk(folder.path());
            assert!(!said.contains("/problems/"), "{time}: {said}");
            assert_eq!(said.lines().count(), 5, "{time}: {said}");
        }
        let url = up
            .after("The API, to browse and try")
            .trim_end_matches("/docs");
        let visitor = Caller::at(url);
        let password = up.after("Sign in with the password");
        for role in [
            "patient",
            "doctor",
            "front desk",
            "manager",
            "compliance officer",
            "administrator, operator",
        ] {
            let email = up.after(&format!("\n  {role:<24} "));
            let body = json!({"email": email, "password": password});
            let signed_in = visitor.post("/v1/sessions", &body).await;
            // Who sees others' data is asked for the code that is mailed to them.
            let expected = if role == "patient" { 201 } else { 202 };
            assert_eq!(signed_in.status, expected, "{role}: {}", signed_in.text);
        }
        up.end();
    }
}
