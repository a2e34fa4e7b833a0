//! JetStream: the relay from the log, and durable consumers of it.
