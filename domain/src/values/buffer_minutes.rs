//! Time that is kept free around a visit.

use chrono::TimeDelta;

use super::numbers::number;

number! {
    /// The time before or after a visit in which nobody else is seen, from 0 to 120 minutes.
    #[derive(Default)]
    pub struct BufferMinutes(u16) in 0..=120 or NotBufferMinutes;
}

impl BufferMinutes {
    /// The longest there is.
    pub const LONGEST: TimeDelta = TimeDelta::minutes(Self::MAX as i64);

    /// The length as a difference between instants.
    pub fn length(self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.get()))
    }

    /// Whether nothing is kept free.
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }
}
