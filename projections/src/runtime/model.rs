//! What a read model is: a pure fold from events to rows. Everything else (opening payloads,
//! loading, writing, rebuilding, parking what can't be folded) is the runtime's.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use medilink_domain::{DecodeError, Event, TenantId};
use medilink_log::{Metadata, Position};

use super::row::Row;

/// The events that a read model folds: those of one aggregate, or of several by way of the
/// `sources!` macro.
pub trait Source: Clone + Send + Sync + 'static {
    /// Whether events of this type are folded.
    fn handles(kind: &str) -> bool;

    /// Reads a payload at today's schema version.
    ///
    /// # Errors
    /// [`DecodeError`] when it does not fit.
    fn decode(kind: &str, payload: &[u8]) -> Result<Self, DecodeError>;
}

impl<E: Event> Source for E {
    fn handles(kind: &str) -> bool {
        E::TYPES.iter().any(|known| known.name == kind)
    }

    fn decode(kind: &str, payload: &[u8]) -> Result<Self, DecodeError> {
        E::from_payload(kind, payload)
    }
}

/// An event as a fold sees it.
#[derive(Clone, Debug)]
pub struct Fact<E> {
    /// Its place in the log.
    pub position: Position,
    /// Its stream.
    pub stream: String,
    /// Its place in the stream.
    pub version: u64,
    /// Its tenant.
    pub tenant: TenantId,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Its audit part as it is stored: few models look at it.
    pub metadata: Bytes,
    /// What happened.
    pub body: Folded<E>,
}

/// What happened, as far as it can still be known.
#[derive(Clone, Debug)]
pub enum Folded<E> {
    /// The event.
    Clear(E),
    /// The person's key was shredded: of a personal event only the envelope is left. A fold
    /// answers with the row without what the event told, which for most models is no row.
    Erased,
}

impl<E> Fact<E> {
    /// Who did it, why, and by which rule.
    pub fn metadata(&self) -> Metadata {
        Metadata::read(&self.metadata)
    }

    /// The id in the stream's name: `0190…` of `appointment-0190…`. Keys are taken from here,
    /// because it is all that is left when the payload is erased.
    ///
    /// # Errors
    /// When the stream is not of this category or its id does not parse.
    pub fn id<I: std::str::FromStr>(&self, category: &str) -> Result<I, FoldError> {
        self.stream
            .strip_prefix(category)
            .and_then(|rest| rest.strip_prefix('-'))
            .and_then(|id| id.parse().ok())
            .ok_or(FoldError("stream-name"))
    }
}

/// Why an event can't be folded: a stable code for operators, without any value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoldError(pub &'static str);

/// A read model.
pub trait ReadModel: Send + Sync + 'static {
    /// Raise it when the fold or the columns change their meaning: the projector then builds
    /// the model anew, beside the old one, and swaps.
    const VERSION: u16;
    /// What comes after `CREATE INDEX ON table`: `(patient, starts_at)`, for each index
    /// besides the key.
    const INDEXES: &'static [&'static str];

    /// What it folds.
    type Source: Source;
    /// What it builds.
    type Row: Row;

    /// The rows that an event touches.
    ///
    /// # Errors
    /// [`FoldError`] parks the event's stream.
    fn keys(fact: &Fact<Self::Source>) -> Result<Vec<KeyOf<Self>>, FoldError>;

    /// The row of `key` after the event; `None` is no row. Must be pure: live and rebuilt
    /// rows are equal because nothing but the log goes in.
    ///
    /// # Errors
    /// [`FoldError`] parks the event's stream.
    fn fold(
        key: &KeyOf<Self>,
        row: Option<Self::Row>,
        fact: &Fact<Self::Source>,
    ) -> Result<Option<Self::Row>, FoldError>;
}

/// The key of a model's rows.
pub type KeyOf<M> = <<M as ReadModel>::Row as Row>::Key;

/// The name of a model: its table's, its view's, its checkpoint's and its dead letters'.
pub const fn name_of<M: ReadModel>() -> &'static str {
    <M::Row as Row>::NAME
}

/// Joins the events of several aggregates into one [`Source`].
macro_rules! sources {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident($event:ty),)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub enum $name {
            $($(#[$doc])* $variant($event),)+
        }

        impl $crate::runtime::model::Source for $name {
            fn handles(kind: &str) -> bool {
                $(<$event as $crate::runtime::model::Source>::handles(kind))||+
            }

            fn decode(kind: &str, payload: &[u8]) -> Result<Self, medilink_domain::DecodeError> {
                $(if <$event as $crate::runtime::model::Source>::handles(kind) {
                    return <$event as $crate::runtime::model::Source>::decode(kind, payload).map(Self::$variant);
                })+
                Err(medilink_domain::DecodeError::UnknownType(kind.to_owned()))
            }
        }
    };
}
pub(crate) use sources;
