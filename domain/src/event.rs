//! What an event is: a typed fact with a name, a schema version and a privacy rule.

use std::fmt::Debug;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// The kinds of personal data; each subject has one data key per category, so that one can
/// be erased while another must still be kept.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Who a person is and how to reach them.
    Identity,
    /// Anything about a person's health or care.
    Clinical,
    /// What people wrote or said to each other.
    Conversation,
    /// What a person owes and paid.
    Billing,
}

impl Category {
    /// All categories, in a fixed order.
    pub const ALL: [Self; 4] = [
        Self::Identity,
        Self::Clinical,
        Self::Conversation,
        Self::Billing,
    ];

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Clinical => "clinical",
            Self::Conversation => "conversation",
            Self::Billing => "billing",
        }
    }
}

/// How an event's payload is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Names no person: stored as canonical JSON.
    Operational,
    /// Personal: stored encrypted under the subject's key of this category.
    Personal(Category),
}

/// One step of an upcast: turns the data of one schema version into the next one's.
pub type Upcast = fn(Value) -> Value;

/// The description of one event type, current version.
#[derive(Clone, Copy)]
pub struct EventType {
    /// `context.event`, in the past tense; stable for ever.
    pub name: &'static str,
    /// The schema version that is written today, from 1.
    pub version: u16,
    /// How its payload is stored.
    pub privacy: Privacy,
    /// `upcasts[i]` turns version `i + 1` into `i + 2`; one for each version before today's.
    pub upcasts: &'static [Upcast],
    /// The JSON Schema of its data.
    pub schema: fn() -> Schema,
}

impl EventType {
    /// The published JSON Schema of its data, with its name and how it is stored.
    pub fn document(&self) -> Value {
        let mut document = (self.schema)();
        let privacy = match self.privacy {
            Privacy::Operational => "operational".to_owned(),
            Privacy::Personal(category) => format!("personal:{}", category.name()),
        };
        let file = format!("{}.v{}.json", self.name, self.version);
        document.insert(
            "$id".to_owned(),
            format!("https://medilink.dev/schemas/events/{file}").into(),
        );
        document.insert("title".to_owned(), self.name.into());
        document.insert("x-privacy".to_owned(), privacy.into());
        document.to_value()
    }
}

impl Debug for EventType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} v{}", self.name, self.version)
    }
}

/// Why stored bytes are not an event of this type.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// The stream holds a type that its aggregate doesn't know.
    #[error("{0} is not an event type of this aggregate")]
    UnknownType(String),
    /// Written by a newer release than this one.
    #[error("{name} has schema version {found}, but this release knows only up to {known}")]
    FromTheFuture {
        /// The event type.
        name: &'static str,
        /// The version in the log.
        found: u16,
        /// The newest version this release can read.
        known: u16,
    },
    /// Not the shape that its schema promises. The serde message is left out on purpose: it
    /// may quote personal data.
    #[error("{name} does not match its schema (line {line}, column {column})")]
    Malformed {
        /// The event type.
        name: &'static str,
        /// Line in the JSON text.
        line: usize,
        /// Column in the JSON text.
        column: usize,
    },
}

/// The events of one aggregate. Write the enum with [`events!`](crate::events).
pub trait Event:
    Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Every type of this enum.
    const TYPES: &'static [EventType];

    /// The type of this event.
    fn kind(&self) -> &'static EventType;

    /// The data as canonical JSON (RFC 8785), which is what is hashed or encrypted.
    fn to_payload(&self) -> Vec<u8>;

    /// Reads data written at the current schema version.
    ///
    /// # Errors
    /// [`DecodeError`] when the type is not of this enum or the data doesn't fit.
    fn from_payload(name: &str, payload: &[u8]) -> Result<Self, DecodeError>;

    /// Reads data written at any schema version ever shipped.
    ///
    /// # Errors
    /// [`DecodeError`] as for [`Event::from_payload`], or when the version is newer.
    fn decode(name: &str, version: u16, payload: &[u8]) -> Result<Self, DecodeError> {
        let kind = Self::TYPES
            .iter()
            .find(|kind| kind.name == name)
            .ok_or_else(|| DecodeError::UnknownType(name.to_owned()))?;
        if version == kind.version {
            return Self::from_payload(name, payload);
        }
        Self::from_payload(name, &upcast(kind, version, payload)?)
    }
}

/// Brings stored data to the current schema version, step by step.
///
/// # Errors
/// [`DecodeError::FromTheFuture`] when the version is newer than this release,
/// [`DecodeError::Malformed`] when the stored bytes are not a JSON object.
pub fn upcast(kind: &EventType, version: u16, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
    if version > kind.version || version == 0 {
        return Err(DecodeError::FromTheFuture {
            name: kind.name,
            found: version,
            known: kind.version,
        });
    }
    let mut value: Value =
        serde_json::from_slice(payload).map_err(|error| malformed(kind.name, &error))?;
    // Upcasts may rely on an object, so that none has to guard against less.
    if !value.is_object() {
        return Err(DecodeError::Malformed {
            name: kind.name,
            line: 1,
            column: 1,
        });
    }
    for step in &kind.upcasts[usize::from(version) - 1..] {
        value = step(value);
    }
    Ok(canonical(&value))
}

/// Canonical JSON (RFC 8785) of a value whose keys are strings and whose numbers are finite,
/// which holds for every type that derives `Serialize` in this workspace.
pub fn canonical<T: Serialize>(value: &T) -> Vec<u8> {
    #[allow(
        clippy::expect_used,
        reason = "see the promise above; a test encodes every event type"
    )]
    serde_json_canonicalizer::to_vec(value).expect("event data is always representable as JSON")
}

/// For [`events!`](crate::events): the JSON Schema of an event's data, without references, so
/// that each schema file stands alone and two versions compare by structure.
#[doc(hidden)]
pub fn schema_of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<T>()
}

/// For [`events!`](crate::events): an error without the text of the input.
#[doc(hidden)]
pub fn malformed(name: &'static str, error: &serde_json::Error) -> DecodeError {
    DecodeError::Malformed {
        name,
        line: error.line(),
        column: error.column(),
    }
}

/// Declares the events of an aggregate: each variant wraps the struct of the same name.
///
/// ```ignore
/// events! {
///     /// What can happen to an appointment.
///     pub enum AppointmentEvent {
///         Booked: "appointment.booked" v 1, Privacy::Personal(Category::Clinical);
///         Cancelled: "appointment.cancelled" v 2, Privacy::Operational, upcasts [cancelled_v1_to_v2];
///     }
/// }
/// ```
#[macro_export]
macro_rules! events {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($variant:ident : $type:literal v $version:literal, $privacy:expr $(, upcasts [$($upcast:expr),*])?;)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "type", content = "data")]
        pub enum $name {
            $(
                #[doc = concat!("`", $type, "`")]
                #[serde(rename = $type)]
                $variant($variant),
            )+
        }

        $(const _: () = {
            let upcasts: &[$crate::event::Upcast] = &[$($($upcast),*)?];
            assert!($version == upcasts.len() + 1, "an event type needs one upcast per older version");
        };)+

        impl $crate::event::Event for $name {
            const TYPES: &'static [$crate::event::EventType] = &[$(
                $crate::event::EventType {
                    name: $type,
                    version: $version,
                    privacy: $privacy,
                    upcasts: &[$($($upcast),*)?],
                    schema: $crate::event::schema_of::<$variant>,
                },
            )+];

            fn kind(&self) -> &'static $crate::event::EventType {
                let name = match self { $(Self::$variant(_) => $type,)+ };
                // The variants and TYPES come from the same list, so the search always ends.
                let mut index = 0;
                while Self::TYPES[index].name != name { index += 1; }
                &Self::TYPES[index]
            }

            fn to_payload(&self) -> Vec<u8> {
                match self { $(Self::$variant(data) => $crate::event::canonical(data),)+ }
            }

            fn from_payload(name: &str, payload: &[u8]) -> Result<Self, $crate::event::DecodeError> {
                match name {
                    $($type => serde_json::from_slice(payload)
                        .map(Self::$variant)
                        .map_err(|error| $crate::event::malformed($type, &error)),)+
                    other => Err($crate::event::DecodeError::UnknownType(other.to_owned())),
                }
            }
        }

        impl cqrs_es::DomainEvent for $name {
            fn event_type(&self) -> String {
                $crate::event::Event::kind(self).name.to_owned()
            }

            fn event_version(&self) -> String {
                $crate::event::Event::kind(self).version.to_string()
            }
        }

        $(impl From<$variant> for $name {
            fn from(data: $variant) -> Self {
                Self::$variant(data)
            }
        })+
    };
}
