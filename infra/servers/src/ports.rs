//! Ports on loopback.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use rand::Rng;

use crate::error::ServerError;

/// Below the range from which Linux takes the ports of outgoing connections, so that a
/// remembered port is not in somebody's use by chance the next time.
const RANGE: std::ops::Range<u16> = 15_000..32_000;

/// Whether a server could listen on this port of 127.0.0.1 now.
pub fn bindable(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// A port of 127.0.0.1 that nobody listens on. Another process may take it before its server
/// does; whoever starts one tries again then.
///
/// # Errors
/// [`ServerError::PortInUse`] when a thousand tries found none.
pub fn free_port() -> Result<u16, ServerError> {
    let mut random = rand::rng();
    (0..1_000)
        .map(|_| random.random_range(RANGE))
        .find(|port| bindable(*port))
        .ok_or(ServerError::PortInUse {
            port: RANGE.start,
            setting: "no port up to 32000 is free".to_owned(),
        })
}

/// Which port a server takes: the one it was told, else the one it had, else a free one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PortChoice {
    /// Told by the configuration: only this one will do.
    Told(u16),
    /// Ours to change when somebody else has taken it.
    Own(u16),
}

impl PortChoice {
    /// Chooses, with the port that `memory` remembers from the last start.
    pub(crate) fn make(
        told: Option<u16>,
        memory: &Path,
        setting: &str,
    ) -> Result<Self, ServerError> {
        if let Some(port) = told {
            if !bindable(port) {
                return Err(ServerError::PortInUse {
                    port,
                    setting: setting.to_owned(),
                });
            }
            return Ok(Self::Told(port));
        }
        let remembered = std::fs::read_to_string(memory)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .filter(|port| bindable(*port));
        match remembered {
            Some(port) => Ok(Self::Own(port)),
            None => Ok(Self::Own(free_port()?)),
        }
    }

    pub(crate) const fn port(self) -> u16 {
        match self {
            Self::Told(port) | Self::Own(port) => port,
        }
    }
}

/// Remembers the port for the next start.
pub(crate) fn remember(memory: &Path, port: u16) -> Result<(), ServerError> {
    std::fs::write(memory, format!("{port}\n"))
        .map_err(|error| ServerError::io("write", memory, error))
}
