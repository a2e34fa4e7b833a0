//! The shape of every aggregate: pure `decide` and `evolve`.

use std::fmt::{Debug, Display};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::event::{Category, Event};
use crate::ids::SubjectId;
use crate::problem::Problem;

/// A consistency boundary: what must be decided together, at one version of one stream.
///
/// `Default` is the state before the first event.
pub trait Decider:
    Clone
    + Default
    + Debug
    + PartialEq
    + Serialize
    + DeserializeOwned
    + JsonSchema
    + Send
    + Sync
    + 'static
{
    /// The first part of its stream names: `appointment` in `appointment-0190…`.
    const CATEGORY: &'static str;
    /// Raise when `evolve` changes its meaning while the state keeps its shape: cached
    /// snapshots of the older meaning are then discarded.
    const REVISION: u16 = 1;
    /// The category of the key that protects a cached snapshot of a state with a subject.
    const SNAPSHOT_CATEGORY: Category = Category::Clinical;

    /// Names one instance.
    type Id: Clone + Debug + Display + Send + Sync;
    /// What may be asked of it.
    type Command: Send;
    /// What can have happened to it.
    type Event: Event;
    /// Why it may refuse.
    type Error: Problem;

    /// Whether the command may happen at the instant `now`, and what then happened.
    ///
    /// # Errors
    /// The rule that forbids it. An empty list means that nothing needs to change.
    fn decide(
        &self,
        command: Self::Command,
        now: DateTime<Utc>,
    ) -> Result<Vec<Self::Event>, Self::Error>;

    /// Takes one event into the state. Total: history can't be refused.
    fn evolve(&mut self, event: &Self::Event);

    /// The person whose data this stream holds, once known. Personal events need one.
    fn subject(&self) -> Option<SubjectId>;

    /// The name of an instance's stream.
    fn stream(id: &Self::Id) -> String {
        format!("{}-{id}", Self::CATEGORY)
    }
}

/// The instant at which a command is decided; the `Services` of every aggregate under
/// `cqrs_es`, so that its test framework can set the clock.
#[derive(Clone, Copy, Debug)]
pub struct Now(pub DateTime<Utc>);

/// Implements `cqrs_es::Aggregate` by way of [`Decider`], so that `cqrs_es`'s test framework
/// and any of its stores can drive the aggregate.
#[macro_export]
macro_rules! aggregate {
    ($name:ty) => {
        impl cqrs_es::Aggregate for $name {
            const TYPE: &'static str = <$name as $crate::Decider>::CATEGORY;
            type Command = <$name as $crate::Decider>::Command;
            type Event = <$name as $crate::Decider>::Event;
            type Error = <$name as $crate::Decider>::Error;
            type Services = $crate::Now;

            async fn handle(
                &mut self,
                command: Self::Command,
                now: &Self::Services,
                sink: &cqrs_es::event_sink::EventSink<Self>,
            ) -> Result<(), Self::Error> {
                for event in $crate::Decider::decide(self, command, now.0)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: Self::Event) {
                $crate::Decider::evolve(self, &event);
            }
        }
    };
}
