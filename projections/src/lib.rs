//! Read models and the runtime that builds them.
