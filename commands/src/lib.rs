//! The executor: authorize, load, decide, append.
