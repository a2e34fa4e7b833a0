//! Servers that outlived the process which started them, or seem to.

use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::error::ServerError;
use crate::spawn::signal;

/// A running process that an earlier start left behind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leftover {
    pub(crate) pid: u32,
}

impl Leftover {
    /// The process that a pid file names, if it still runs *and* is what we think it is: pids
    /// are used again, and after a reboot any process may have this one. A server of ours
    /// works in its own folder, which nobody else has as working directory under this name.
    pub(crate) fn find(pid_file: &Path, program: &str, folder: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(pid_file).ok()?;
        let pid: u32 = text.lines().next()?.trim().parse().ok()?;
        let process = Path::new("/proc").join(pid.to_string());
        let name = std::fs::read_to_string(process.join("comm")).ok()?;
        let works_in = std::fs::read_link(process.join("cwd")).ok()?;
        let ours = name.trim() == program && works_in == folder.canonicalize().ok()?;
        (ours && alive(pid)).then_some(Self { pid })
    }

    /// Stops it: politely, then at once.
    pub(crate) async fn stop(
        self,
        server: &'static str,
        signals: &[(Signal, Duration)],
        log: &Path,
    ) -> Result<(), ServerError> {
        for (polite, patience) in signals {
            signal(self.pid, *polite);
            let until = Instant::now() + *patience;
            while Instant::now() < until {
                if !alive(self.pid) {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Err(ServerError::Timeout {
            server,
            what: "stop (it was left by an earlier run)",
            seconds: signals.iter().map(|(_, patience)| patience.as_secs()).sum(),
            log: log.to_owned(),
        })
    }
}

/// Whether a process runs. One that has ended and was not yet waited for does not.
fn alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .ok()
        .and_then(|stat| Some(stat.rsplit_once(") ")?.1.starts_with(['Z', 'X'])))
        .is_some_and(|ended| !ended)
}
