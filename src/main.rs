//! `medilink`: the one binary that is the gateway, the projector, the relay and the workers,
//! and that runs all of them with `medilink up`.

mod abort;
mod admin;
mod audit;
mod cli;
mod config;
mod endpoints;
mod migrate;
mod outcome;
mod output;
mod parts;
mod seed;
mod signals;
mod up;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use medilink_telemetry::Telemetry;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::endpoints::Part;
use crate::outcome::Outcome;

/// Commands and projections allocate much and briefly, on several threads: glibc's allocator
/// took a quarter of the gateway's own processor time (measured by `make bench`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    abort::arm();
    match dispatch(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("medilink: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: &Cli) -> Outcome {
    if let Command::Completions { shell } = cli.command {
        // Into memory first: the generator panics when a pipe is closed early.
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "medilink", &mut script);
        return output::print(&script);
    }
    let config = config::load(cli.config.as_deref(), std::env::vars().collect())?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(command(cli, config))
}

async fn command(cli: &Cli, config: Config) -> Outcome {
    match &cli.command {
        Command::Up(options) => up::run(options, cli.config.as_deref(), config).await,
        Command::Gateway => part(Part::Gateway, config).await,
        Command::Projector => part(Part::Projector, config).await,
        Command::Worker => part(Part::Worker, config).await,
        Command::Relay => part(Part::Relay, config).await,
        Command::Audit(command) => audit::run(command, &config).await,
        Command::Admin(command) => admin::run(command, &config).await,
        // Needs neither settings nor a runtime; see `dispatch`.
        Command::Completions { .. } => Ok(()),
    }
}

async fn part(part: Part, mut config: Config) -> Outcome {
    let stop = signals::stop_signal()?;
    if config.telemetry.service == "medilink" {
        config.telemetry.service = format!("medilink-{}", part.name());
    }
    let telemetry = Telemetry::start(&config.telemetry)?;
    let outcome = parts::run(part, &config, &telemetry, stop).await;
    telemetry.shutdown();
    outcome
}
