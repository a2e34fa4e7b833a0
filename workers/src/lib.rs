//! Jobs that react to the log: relay host, projector host, reminders.
