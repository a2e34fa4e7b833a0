//! What was tried, and what of it got anywhere.

use std::fmt::Display;

/// The attacks of one kind.
pub struct Tally {
    kind: &'static str,
    tried: usize,
    succeeded: Vec<String>,
}

impl Tally {
    pub const fn of(kind: &'static str) -> Self {
        Self {
            kind,
            tried: 0,
            succeeded: Vec::new(),
        }
    }

    /// Takes an attack down.
    pub fn take(&mut self, attack: impl Display, repelled: bool, answer: impl Display) {
        self.tried += 1;
        if !repelled {
            self.succeeded.push(format!("{attack}: {answer:.300}"));
        }
    }

    /// Says how many there were. At least so many are expected: fewer would mean that the suite
    /// has lost sight of the gateway.
    pub fn end(self, at_least: usize) {
        let Self {
            kind,
            tried,
            succeeded,
        } = self;
        println!(
            "attacks: {kind}: {tried} tried, {} succeeded",
            succeeded.len()
        );
        assert!(succeeded.is_empty(), "{kind}: {succeeded:#?}");
        assert!(tried >= at_least, "{kind}: only {tried} were tried");
    }
}
