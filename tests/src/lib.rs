//! Harness shared by the suites: real servers, seeded data, canary strings.
