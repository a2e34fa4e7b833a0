//! Opening and closing the windows in which a doctor can be booked.

use chrono::NaiveDate;
use medilink_domain::calendar::{self, Calendar, CalendarCommand, CalendarId};
use medilink_domain::values::{LocalTime, SlotMinutes};
use medilink_domain::{DoctorId, WindowId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::practice::{Practice, resource_of};
use crate::work::Work;

/// The window that was opened or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowAnswer {
    /// The window.
    pub window: WindowId,
    /// The calendar's version.
    pub version: u64,
}

/// Opens a window on one day, on the hospital's clock.
#[derive(Clone, Debug)]
pub struct OpenWindow {
    /// Who receives.
    pub doctor: DoctorId,
    /// The day on the hospital's calendar.
    pub date: NaiveDate,
    /// From when.
    pub opens: LocalTime,
    /// Until when.
    pub closes: LocalTime,
    /// The length of each slot.
    pub slot_minutes: SlotMinutes,
}

impl Operation for OpenWindow {
    const NAME: &'static str = "open-window";
    type Answer = WindowAnswer;

    fn target(&self) -> String {
        CalendarId {
            doctor: self.doctor,
            date: self.date,
        }
        .to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<WindowAnswer, CommandError> {
        let resource = resource_of(work, self.doctor).await?;
        work.authorize(Action::OpenWindow, &resource).await?;
        let place = Practice::of(work, self.doctor).await?.place();
        let id = CalendarId {
            doctor: self.doctor,
            date: self.date,
        };
        let mut instance = work.load::<Calendar>(&id, "calendar").await?;
        work.expect_version(&instance)?;
        let window = WindowId(Uuid::now_v7());
        let open = calendar::OpenWindow {
            window,
            doctor: self.doctor,
            hospital: place.hospital,
            date: self.date,
            opens: self.opens,
            closes: self.closes,
            time_zone: place.time_zone,
            slot_minutes: self.slot_minutes,
        };
        work.decide(&mut instance, CalendarCommand::OpenWindow(open))
            .await?;
        Ok(WindowAnswer {
            window,
            version: instance.version(),
        })
    }
}

/// Closes a window that nobody has booked.
#[derive(Clone, Debug)]
pub struct CloseWindow {
    /// Whose window.
    pub doctor: DoctorId,
    /// The day it is on.
    pub date: NaiveDate,
    /// The window.
    pub window: WindowId,
}

impl Operation for CloseWindow {
    const NAME: &'static str = "close-window";
    type Answer = WindowAnswer;

    fn target(&self) -> String {
        self.window.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<WindowAnswer, CommandError> {
        let resource = resource_of(work, self.doctor).await?;
        work.authorize(Action::CloseWindow, &resource).await?;
        let id = CalendarId {
            doctor: self.doctor,
            date: self.date,
        };
        let mut instance = work.existing::<Calendar>(&id, "window").await?;
        work.expect_version(&instance)?;
        let close = calendar::CloseWindow {
            window: self.window,
        };
        work.decide(&mut instance, CalendarCommand::CloseWindow(close))
            .await?;
        Ok(WindowAnswer {
            window: self.window,
            version: instance.version(),
        })
    }
}
