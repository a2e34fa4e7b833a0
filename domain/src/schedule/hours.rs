//! From wall-clock hours to the instants at which a doctor can be booked.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ScheduleError;
use crate::ids::{VisitTypeId, WindowId};
use crate::values::{LocalTime, SlotMinutes, TimeZone, VisitMode, Weekday};

/// A stretch of a day on the wall clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hours {
    /// From when.
    pub opens: LocalTime,
    /// Until when; `00:00` is the end of the day.
    pub closes: LocalTime,
    /// From one possible start of a visit to the next.
    pub slot_minutes: SlotMinutes,
    /// How visits may take place; in any way if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modes: Vec<VisitMode>,
    /// Which kinds of visits there may be; any if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visit_types: Vec<VisitTypeId>,
}

/// Hours that come back every week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WeeklyHours {
    /// On which day.
    pub weekday: Weekday,
    /// When on that day.
    #[serde(flatten)]
    pub hours: Hours,
}

/// A stretch of time in which a doctor can be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// From when.
    pub opens: DateTime<Utc>,
    /// Until when.
    pub closes: DateTime<Utc>,
    /// From one possible start of a visit to the next, and the length of a visit that has
    /// no type.
    pub slot_minutes: SlotMinutes,
    /// How visits may take place; in any way if empty.
    pub modes: Vec<VisitMode>,
    /// Which kinds of visits there may be; any if empty.
    pub visit_types: Vec<VisitTypeId>,
    /// The window of the calendar that opens it, if it was opened by hand.
    pub window: Option<WindowId>,
}

impl Hours {
    /// The minutes of the day at which they begin and end, by the wall clock.
    fn minutes(&self) -> (u32, u32) {
        (
            self.opens.minute_of_day(),
            self.closes.minute_of_day_at_end(),
        )
    }

    /// When a doctor can be booked on this day. Where the clocks go forward over the
    /// beginning or the end, it is the moment after the jump; where they go back over it, the
    /// first of the two. `None` when nothing remains.
    pub fn on(&self, date: NaiveDate, zone: TimeZone) -> Option<Opening> {
        let opens = first_at_or_after(date, self.opens, zone)?;
        let closes = if self.closes.time() == NaiveTime::MIN {
            first_at_or_after(date.succ_opt()?, self.closes, zone)?
        } else {
            first_at_or_after(date, self.closes, zone)?
        };
        (opens < closes).then(|| Opening {
            opens,
            closes,
            slot_minutes: self.slot_minutes,
            modes: self.modes.clone(),
            visit_types: self.visit_types.clone(),
            window: None,
        })
    }
}

/// Whether hours can be those of one day.
pub(super) fn check_hours<'a>(hours: impl Iterator<Item = &'a Hours>) -> Result<(), ScheduleError> {
    let mut stretches = Vec::new();
    for hours in hours {
        let (opens, closes) = hours.minutes();
        if closes <= opens {
            return Err(ScheduleError::HoursEndBeforeTheyStart);
        }
        if closes - opens < u32::from(hours.slot_minutes.get()) {
            return Err(ScheduleError::HoursTooShort);
        }
        stretches.push((opens, closes));
    }
    stretches.sort_unstable();
    if stretches.windows(2).any(|pair| pair[1].0 < pair[0].1) {
        return Err(ScheduleError::HoursOverlap);
    }
    Ok(())
}

/// The first instant at which the clock shows this time, or has jumped over it.
pub fn first_at_or_after(
    date: NaiveDate,
    time: LocalTime,
    zone: TimeZone,
) -> Option<DateTime<Utc>> {
    // Only a jump takes more than one look, and none has ever been longer than a day.
    let local = date.and_time(time.time());
    (0..=24 * 60)
        .map_while(|minute| local.checked_add_signed(TimeDelta::minutes(minute)))
        .find_map(|shown| zone.tz().from_local_datetime(&shown).earliest())
        .map(|shown| shown.with_timezone(&Utc))
}
