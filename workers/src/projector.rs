//! Hosts the projections in the projector role.

use medilink_bus::Bus;
use medilink_database::Database;
use medilink_log::EventCodec;
use medilink_projections::Projector;
use tokio_util::sync::CancellationToken;

/// Keeps all read models up to date.
#[derive(Clone, Debug)]
pub struct ProjectorHost {
    projector: Projector,
}

impl ProjectorHost {
    /// `database` connects as `medilink_projector`, `bus` as `projector`; without a bus the log
    /// is read directly.
    pub fn new(database: Database, codec: EventCodec, bus: Option<Bus>) -> Self {
        Self {
            projector: Projector::new(database, codec, bus),
        }
    }

    /// The projections, to rebuild one or compare its rows.
    pub const fn projector(&self) -> &Projector {
        &self.projector
    }

    /// Runs until cancelled; what is being applied then is finished.
    pub async fn run(&self, cancel: CancellationToken) {
        self.projector.run(cancel).await;
    }
}
