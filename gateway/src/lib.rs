//! The OpenAPI gateway.
