//! Ports for servers that a test kills and starts again.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// A port that nobody listens on, below those that the system gives to outgoing connections:
/// a server that is killed must find its port free when it comes back, and whoever calls it
/// meanwhile must not happen to call himself.
pub fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        // Tests are processes of their own; each begins somewhere else.
        let seat = (std::process::id() % 1_200) as u16 * 10;
        let port = 20_000 + (seat + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
