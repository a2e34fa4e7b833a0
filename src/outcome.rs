//! What a command ends with: nothing, or a sentence for the person at the terminal.

use std::error::Error;

/// The result of everything in this binary. Whoever fails says in one sentence what is wrong
/// and what to do; nobody here tells errors apart any more.
pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Fails with this sentence.
///
/// # Errors
/// Always.
pub fn fail<T>(sentence: impl Into<String>) -> Outcome<T> {
    Err(sentence.into().into())
}
