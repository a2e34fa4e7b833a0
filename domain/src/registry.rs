//! Every event type of the platform, one alphabetical line per capability.

use crate::event::EventType;

/// All event types that this release writes or reads.
pub fn event_types() -> Vec<&'static EventType> {
    let all: &[&'static [EventType]] = &[];
    all.iter().copied().flatten().collect()
}

/// The type of this name, if the platform knows it.
pub fn event_type(name: &str) -> Option<&'static EventType> {
    event_types().into_iter().find(|kind| kind.name == name)
}
