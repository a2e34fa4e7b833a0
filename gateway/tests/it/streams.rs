//! The stream of a person's own changes.
