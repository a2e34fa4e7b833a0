//! Private PostgreSQL and NATS servers, kept under one folder.
