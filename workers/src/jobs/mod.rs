//! The jobs, one a file.

pub(crate) mod consent;
pub(crate) mod delivery;
pub(crate) mod emergency;
pub(crate) mod erasure;
pub(crate) mod expiry;
pub(crate) mod export;
pub(crate) mod export_end;
pub(crate) mod export_notice;
pub(crate) mod invitation;
pub(crate) mod lapse;
pub mod mail;
pub(crate) mod offer;
mod recipient;
pub(crate) mod reminder;
pub mod sms;
pub(crate) mod vacancy;
pub(crate) mod verdict;
pub(crate) mod verification;
pub(crate) mod verification_sms;
pub(crate) mod withdrawal;
