//! What `up` tells the person who waits: a spinner at a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::outcome::Outcome;

/// The steps of a start.
pub struct Steps {
    fancy: bool,
}

impl Steps {
    /// Looks at whether a person watches.
    pub fn new() -> Self {
        Self {
            fancy: std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        }
    }

    /// Does one step, and says that and how long it took.
    ///
    /// # Errors
    /// Those of the step.
    pub async fn step<T>(&self, what: &str, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        let began = Instant::now();
        if !self.fancy {
            let done = work.await?;
            eprintln!("==> {what} ({:.1} s)", began.elapsed().as_secs_f32());
            return Ok(done);
        }
        let bar = ProgressBar::new_spinner().with_message(what.to_owned());
        if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {msg} {elapsed:.dim}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(80));
        let done = work.await;
        bar.finish_and_clear();
        let mark = if done.is_ok() { "✓" } else { "✗" };
        eprintln!("{mark} {what} ({:.1} s)", began.elapsed().as_secs_f32());
        done
    }

    /// One line, at any time.
    pub fn note(&self, text: &str) {
        eprintln!("{} {text}", if self.fancy { "·" } else { "==>" });
    }
}
