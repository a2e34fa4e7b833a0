//! Children that end with us.
//!
//! The kernel sends a child its parent-death signal when the *thread* that started it ends,
//! and the threads of an async runtime come and go. So one thread, which lives as long as the
//! process, starts every child.

use std::io;
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

type Job = (Command, Handle, oneshot::Sender<io::Result<Child>>);

/// Starts the command from the one thread that lasts as long as this process. Give the
/// command its parent-death signal with `setpriv --pdeathsig`.
///
/// # Errors
/// What the system says, `NotFound` when the program is missing.
pub async fn spawn_bound(command: Command) -> io::Result<Child> {
    static SPAWNER: OnceLock<mpsc::SyncSender<Job>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (jobs, waiting) = mpsc::sync_channel::<Job>(16);
        // Not joined on purpose: its end would be the end of every child.
        std::thread::spawn(move || {
            for (mut command, runtime, answer) in waiting {
                let _guard = runtime.enter();
                // Nobody waits for the answer when the caller was cancelled; the child is
                // then dropped, and with it killed.
                drop(answer.send(command.kill_on_drop(true).spawn()));
            }
        });
        jobs
    });
    let (answer, child) = oneshot::channel();
    let gone = || io::Error::other("the thread that starts children is gone");
    let (jobs, runtime) = (spawner.clone(), Handle::current());
    tokio::task::spawn_blocking(move || jobs.send((command, runtime, answer)).is_ok())
        .await
        .map_err(io::Error::other)?
        .then_some(())
        .ok_or_else(gone)?;
    child.await.map_err(|_| gone())?
}

/// How a child is asked to stop, and what follows when it doesn't.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    /// The polite signal.
    pub signal: Signal,
    /// How long it may take before it is killed.
    pub patience: Duration,
}

impl Stop {
    /// Stops the child and waits until it is gone. Says whether the polite signal sufficed.
    pub async fn stop(self, child: &mut Child) -> bool {
        let Some(pid) = child.id() else { return true };
        signal(pid, self.signal);
        if tokio::time::timeout(self.patience, child.wait())
            .await
            .is_ok()
        {
            return true;
        }
        // An error here means that it ended meanwhile.
        drop(child.kill().await);
        false
    }
}

/// Sends a signal to a process of ours; one that is gone already is none of our business.
pub(crate) fn signal(pid: u32, signal: Signal) {
    if let Ok(pid) = i32::try_from(pid) {
        let _ = kill(Pid::from_raw(pid), signal);
    }
}
