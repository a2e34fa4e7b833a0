//! The jobs, one a file.

pub(crate) mod delivery;
pub mod mail;
pub(crate) mod reminder;
pub(crate) mod verdict;
pub(crate) mod withdrawal;
