//! The vault's settings.

use std::time::Duration;

/// How much the vault keeps at hand and how patient it is. The defaults fit production.
#[derive(Clone, Debug)]
pub struct VaultOptions {
    /// The most data keys held in memory; each takes about a kilobyte.
    pub cached_keys: u64,
    /// How long a data key stays in memory at most.
    pub time_to_live: Duration,
    /// How often the listener shows that it is alive.
    pub heartbeat: Duration,
    /// How long cached keys are trusted after a heartbeat was answered. It is also the
    /// longest that a shredding waits for a process that is cut off.
    pub lease: Duration,
    /// How long one call to the keys database may take.
    pub patience: Duration,
    /// How many data keys a rotation rewraps at a time.
    pub rewrap_batch: u32,
}

impl Default for VaultOptions {
    fn default() -> Self {
        Self {
            cached_keys: 50_000,
            time_to_live: Duration::from_secs(300),
            heartbeat: Duration::from_millis(500),
            lease: Duration::from_secs(2),
            patience: Duration::from_secs(5),
            rewrap_batch: 500,
        }
    }
}
