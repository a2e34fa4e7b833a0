//! The runtime: everything about a read model that is not its fold.

pub(crate) mod apply;
pub(crate) mod cell;
pub(crate) mod error;
pub(crate) mod field;
pub(crate) mod filling;
pub(crate) mod folding;
pub(crate) mod generation;
pub(crate) mod intake;
pub(crate) mod lane;
pub(crate) mod letters;
pub(crate) mod model;
pub(crate) mod opening;
pub(crate) mod passing;
pub(crate) mod projector;
pub(crate) mod rebuild;
pub(crate) mod row;
pub(crate) mod sealing;
pub(crate) mod table;
