//! `growth_*`: appending and reading with ten thousand events in the log, and with two
//! million. The longer log stands for ours, the shorter one for the peer. `event_bytes`: what
//! an event takes in the longer one.

use std::sync::Arc;

use medilink_domain::Decider;
use medilink_domain::appointment::Appointment;
use medilink_projections::{Checkpoints, Reads, appointment};

use super::Bench;
use super::rebuild::{MODEL, rebuild};
use crate::history::{History, people};
use crate::ours::{Ours, TENANT};
use crate::report::{Line, say};
use crate::rounds::{Elsewhere, Rounds, Side, each, load};
use crate::server::settle;

/// Events of the shorter log.
const SMALL: u64 = 10_000;
/// Journals that are appended to, in both logs.
const STREAMS: u64 = 2_000;
const IN_FLIGHT: usize = 64;

/// What an event takes on disk, with its indexes.
const EVENT_BYTES: &str = "
SELECT pg_total_relation_size('log.events') / count(*)::float8 FROM log.events";

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let scale = bench.scale.clone();
    let mut large = match bench.history.take() {
        Some(history) => history,
        None => History::create().await,
    };
    large
        .grow_to(scale.grown - STREAMS.min(scale.grown / 2))
        .await;
    let mut small = History::create().await;
    small.grow_to(SMALL - STREAMS).await;
    let (long, short) = (Log::of(&large).await, Log::of(&small).await);
    settle(&[&large.store.databases, &small.store.databases]).await;
    let superuser = large.store.databases.superuser().await;
    let row = superuser.query_one(EVENT_BYTES, &[]).await.unwrap();
    bench
        .report
        .record("event_bytes", Line::alone(row.get(0), "bytes"));

    for log in [&long, &short] {
        load(
            &log.read,
            log.appointments,
            IN_FLIGHT,
            scale.commands / 2,
            0,
        )
        .await;
        load(
            &Elsewhere::of(&log.append),
            STREAMS,
            IN_FLIGHT,
            scale.commands / 4,
            0,
        )
        .await;
    }
    let commands = scale.commands / 2;
    let rounds = Rounds::alternate(
        "growth_read",
        scale.rounds,
        async |round| {
            load(
                &long.read,
                long.appointments,
                IN_FLIGHT,
                scale.commands,
                round,
            )
            .await
        },
        async |round| {
            load(
                &short.read,
                short.appointments,
                IN_FLIGHT,
                scale.commands,
                round,
            )
            .await
        },
    )
    .await;
    bench.report.record("growth_read", rounds.rate("reads/s"));
    let rounds = Rounds::alternate(
        "growth_append",
        scale.rounds,
        async |round| load(&long.append, STREAMS, IN_FLIGHT, commands, round).await,
        async |round| load(&short.append, STREAMS, IN_FLIGHT, commands, round).await,
    )
    .await;
    bench
        .report
        .record("growth_append", rounds.rate("commands/s"));
}

/// A log with the means to append to it and to read of it.
struct Log {
    append: Arc<Ours>,
    read: Arc<Reader>,
    appointments: u64,
}

impl Log {
    async fn of(history: &History) -> Self {
        let store = &history.store;
        say(format_args!(
            "building the read model of {} events",
            history.events()
        ));
        rebuild(store, history.events()).await;
        let append = Ours::over(store.executor());
        each(&append, STREAMS, IN_FLIGHT).await;
        Self {
            append,
            read: Arc::new(Reader {
                reads: Reads::new(store.app.clone(), store.vault.clone()),
                checkpoints: Checkpoints::new(store.app.clone()),
            }),
            appointments: history.appointments(),
        }
    }
}

/// Reads an appointment as the gateway does: how far the read model is, then the row, opened.
struct Reader {
    reads: Reads,
    checkpoints: Checkpoints,
}

impl Side for Reader {
    async fn command(&self, number: u64) {
        let (id, _) = people(number);
        let view = self.checkpoints.standing(&[MODEL]).await.unwrap();
        assert!(!view.is_empty(), "{MODEL} is built");
        let row = appointment::get(&self.reads, TENANT, id).await.unwrap();
        assert!(row.is_some(), "{} is there", Appointment::stream(&id));
    }
}
