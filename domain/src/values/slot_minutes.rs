//! How long one appointment lasts.

use std::borrow::Cow;

use chrono::TimeDelta;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::ValueError;

/// The length of a slot, from 5 to 240 minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct SlotMinutes(u16);

impl SlotMinutes {
    /// The shortest slot.
    pub const MIN: u16 = 5;
    /// The longest slot.
    pub const MAX: u16 = 240;

    /// The number of minutes.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// The length as a difference between instants.
    pub fn length(self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.0))
    }
}

impl TryFrom<u16> for SlotMinutes {
    type Error = ValueError;

    fn try_from(minutes: u16) -> Result<Self, ValueError> {
        if (Self::MIN..=Self::MAX).contains(&minutes) {
            Ok(Self(minutes))
        } else {
            Err(ValueError::NotSlotMinutes)
        }
    }
}

impl From<SlotMinutes> for u16 {
    fn from(value: SlotMinutes) -> Self {
        value.0
    }
}

impl JsonSchema for SlotMinutes {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SlotMinutes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": Self::MIN, "maximum": Self::MAX })
    }
}
