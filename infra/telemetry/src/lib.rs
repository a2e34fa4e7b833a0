//! Structured logs, traces and metrics without personal data.
