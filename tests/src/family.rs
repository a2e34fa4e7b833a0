//! A process with its children, held still and let go on.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// SIGSTOP for a process and its children; the parent first, so that it starts no other.
pub(crate) fn pause(pid: u32) {
    send(pid, Signal::SIGSTOP);
    for child in children(pid) {
        send(child, Signal::SIGSTOP);
    }
}

/// SIGCONT for all of them.
pub(crate) fn resume(pid: u32) {
    for child in children(pid) {
        send(child, Signal::SIGCONT);
    }
    send(pid, Signal::SIGCONT);
}

/// One that has ended meanwhile needs no signal.
fn send(pid: u32, signal: Signal) {
    let _ = kill(Pid::from_raw(pid.cast_signed()), signal);
}

fn children(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap();
    let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| parent_of(*pid) == Some(parent)).collect()
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything; after it come the state and the parent.
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}
