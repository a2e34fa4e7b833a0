//! `medilink-bench [figures]`: measures; see the crate's documentation. With the name of one of
//! its other roles it is what the measuring process starts beside itself.

use medilink_bench::{Bench, Machine, Report, Scale, handler, nation, node, say};

/// As the binary does it, for both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some(handler::ROLE) => handler::run().await,
        Some(nation::ROLE) => nation::run(),
        Some(node::ROLE) => node::run().await,
        _ => measure(&words).await,
    }
}

async fn measure(words: &[String]) {
    let only = words
        .iter()
        .flat_map(|word| word.split(','))
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    let machine = Machine::examine().await;
    say(&machine);
    let mut bench = Bench::new(Scale::from_environment(), Report::new(machine), only);
    bench.run().await;
    println!("\n{}", bench.report.table());
    println!("kept in {}", bench.report.path().display());
}
