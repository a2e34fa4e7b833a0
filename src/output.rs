//! What commands print: a reader that closes the pipe early (`| head`) is not an error.

use std::io::{ErrorKind, Write};

use crate::outcome::Outcome;

/// Writes to standard output.
///
/// # Errors
/// When standard output can't be written, unless its reader has gone.
pub fn print(text: impl AsRef<[u8]>) -> Outcome {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes one line to standard output.
///
/// # Errors
/// As [`print`].
pub fn line(text: impl std::fmt::Display) -> Outcome {
    print(format!("{text}\n"))
}
