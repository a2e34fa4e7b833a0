//! `append_two_nodes_64`: two processes that write at the same time, 32 commands in flight in
//! each, beside two of the peer's.

use super::Bench;
use crate::node::{Place, Share, start, together};
use crate::ours::Ours;
use crate::peer::Peer;
use crate::report::say;
use crate::rounds::{Rounds, Run, each};
use crate::server::settle;

const NAME: &str = "append_two_nodes_64";

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let scale = bench.scale.clone();
    let (ours, store) = Ours::start().await;
    let (databases, url) = Peer::tables().await;
    say(format_args!(
        "writing the first event of {} streams on both sides",
        scale.streams
    ));
    each(&ours, scale.streams, 64).await;
    each(&Peer::plain(&url, 16).await, scale.streams, 64).await;
    settle(&[&store.databases, &databases]).await;
    // This process writes no more: the two nodes are alone.
    drop(ours);

    let place = Place::ours(&store);
    let mut ours = [start(&place).await, start(&place).await];
    let place = Place::Peer { url, pool: 8 };
    let mut peers = [start(&place).await, start(&place).await];
    let share = |round| Share {
        streams: scale.streams,
        in_flight: 32,
        commands: scale.commands / 2,
        round,
    };
    together(&mut ours, share(0)).await;
    together(&mut peers, share(0)).await;
    let rounds = Rounds::alternate(
        NAME,
        scale.rounds,
        async |round| Run {
            rate: together(&mut ours, share(round)).await,
            ..Run::default()
        },
        async |round| Run {
            rate: together(&mut peers, share(round)).await,
            ..Run::default()
        },
    )
    .await;
    bench.report.record(NAME, rounds.rate("commands/s"));
}
