//! Ports for servers that a test kills and starts again.

use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, PoisonError};

/// A port that nobody listens on, below those that the system gives to outgoing connections:
/// a server that is killed must find its port free when it comes back, and whoever calls it
/// meanwhile must not happen to call himself.
pub fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        // Tests are processes of their own; each begins somewhere else.
        let seat = (std::process::id() % 1_200) as u16 * 10;
        let port = 20_000 + (seat + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if claim(port) && TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Keeps a port from other tests for as long as this process lives, whether or not its server
/// does: a name among the machine's abstract sockets has one owner and goes with it.
fn claim(port: u16) -> bool {
    static CLAIMED: Mutex<Vec<UnixListener>> = Mutex::new(Vec::new());
    let name = format!("medilink-test-port-{port}");
    let address = SocketAddr::from_abstract_name(name).expect("the name is short");
    let Ok(claimed) = UnixListener::bind_addr(&address) else {
        return false;
    };
    CLAIMED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(claimed);
    true
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_port_is_given_twice_though_nobody_listens_on_it() {
        let ports: BTreeSet<u16> = (0..300).map(|_| port()).collect();
        assert_eq!(ports.len(), 300);
        for port in ports {
            assert!(!claim(port), "{port} could be claimed again");
        }
    }
}
