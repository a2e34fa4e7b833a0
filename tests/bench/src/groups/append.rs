//! `append_*`: load, decide and append, through our whole executor with encryption, beside
//! cqrs-es with postgres-es, with the same payload on the same streams.

use super::Bench;
use crate::ours::Ours;
use crate::peer::Peer;
use crate::report::say;
use crate::rounds::{Elsewhere, Rounds, each, load};
use crate::server::settle;

/// How many commands fill the streams at a time.
const FILLING: usize = 64;

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let scale = bench.scale.clone();
    let streams = scale.streams;
    let (ours, store) = Ours::start().await;
    let (databases, url) = Peer::tables().await;
    say(format_args!(
        "writing the first event of {streams} streams on both sides"
    ));
    each(&ours, streams, FILLING).await;
    each(&Peer::plain(&url, 16).await, streams, FILLING).await;
    settle(&[&store.databases, &databases]).await;

    for in_flight in [1, 8, 64, 512] {
        let name = format!("append_{in_flight}");
        if !bench.wants(&name) {
            continue;
        }
        let commands = scale.commands_at(in_flight);
        let peer = Peer::tuned(&url, streams, in_flight, commands).await;
        load(&Elsewhere::of(&ours), streams, in_flight, commands / 4, 0).await;
        // Other streams than those of the sizes before.
        let nth = |round: u64| (in_flight as u64) << 16 | round;
        let rounds = Rounds::alternate(
            &name,
            scale.rounds,
            async |round| load(&ours, streams, in_flight, commands, nth(round)).await,
            async |round| load(&peer, streams, in_flight, commands, nth(round)).await,
        )
        .await;
        bench.report.record(&name, rounds.rate("commands/s"));
        if in_flight == 64 {
            bench
                .report
                .record("append_64_p99", rounds.percentile(0.99));
        }
    }
}
