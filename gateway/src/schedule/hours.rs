//! Hours of a schedule, as they come in and as they are shown.

use medilink_domain::VisitTypeId;
use medilink_domain::schedule::{Hours, WeeklyHours};
use poem_openapi::Object;
use uuid::Uuid;

use crate::input::{field, number};
use crate::problem::Problem;
use crate::wire::{VisitModeCode, WeekdayCode};

/// A stretch of a day on the hospital's clock.
#[derive(Object)]
pub struct HoursIn {
    /// From when, as `HH:MM`.
    #[oai(validator(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    opens: String,
    /// Until when, as `HH:MM`; `00:00` is the end of the day.
    #[oai(validator(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    closes: String,
    /// From one possible start of a visit to the next, and the length of a visit that has no
    /// type.
    #[oai(validator(minimum(value = "5"), maximum(value = "240")))]
    slot_minutes: u16,
    /// How visits may take place; in any way if empty.
    #[oai(default, validator(max_items = 3, unique_items))]
    modes: Vec<VisitModeCode>,
    /// Which visit types there may be; any if empty.
    #[oai(default, validator(max_items = 20, unique_items))]
    visit_types: Vec<Uuid>,
}

/// Hours that come back every week.
#[derive(Object)]
pub struct WeeklyHoursIn {
    /// On which day.
    weekday: WeekdayCode,
    /// When on that day.
    #[oai(flatten)]
    hours: HoursIn,
}

/// A stretch of a day on the hospital's clock.
#[derive(Object)]
pub struct HoursOut {
    /// From when.
    opens: String,
    /// Until when; `00:00` is the end of the day.
    closes: String,
    /// From one possible start of a visit to the next.
    slot_minutes: u16,
    /// How visits may take place; in any way if empty.
    modes: Vec<VisitModeCode>,
    /// Which visit types there may be; any if empty.
    visit_types: Vec<Uuid>,
}

/// Hours that come back every week.
#[derive(Object)]
pub struct WeeklyHoursOut {
    /// On which day.
    weekday: WeekdayCode,
    /// When on that day.
    #[oai(flatten)]
    hours: HoursOut,
}

impl HoursIn {
    /// The hours that stand at `pointer`.
    ///
    /// # Errors
    /// 422, naming the field.
    pub fn read(pointer: String, given: Self) -> Result<Hours, Problem> {
        Ok(Hours {
            opens: field(format!("{pointer}/opens"), &given.opens)?,
            closes: field(format!("{pointer}/closes"), &given.closes)?,
            slot_minutes: number(format!("{pointer}/slot_minutes"), given.slot_minutes)?,
            modes: given.modes.into_iter().map(Into::into).collect(),
            visit_types: given.visit_types.into_iter().map(VisitTypeId).collect(),
        })
    }
}

impl WeeklyHoursIn {
    /// The hours that stand at `pointer`.
    ///
    /// # Errors
    /// 422, naming the field.
    pub fn read(pointer: String, given: Self) -> Result<WeeklyHours, Problem> {
        Ok(WeeklyHours {
            weekday: given.weekday.into(),
            hours: HoursIn::read(pointer, given.hours)?,
        })
    }
}

impl From<Hours> for HoursOut {
    fn from(hours: Hours) -> Self {
        Self {
            opens: hours.opens.to_string(),
            closes: hours.closes.to_string(),
            slot_minutes: hours.slot_minutes.get(),
            modes: hours.modes.into_iter().map(Into::into).collect(),
            visit_types: hours.visit_types.iter().map(|kind| kind.uuid()).collect(),
        }
    }
}

impl From<WeeklyHours> for WeeklyHoursOut {
    fn from(weekly: WeeklyHours) -> Self {
        Self {
            weekday: weekly.weekday.into(),
            hours: weekly.hours.into(),
        }
    }
}
