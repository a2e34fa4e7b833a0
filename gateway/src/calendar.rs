//! Doctors' calendars: when they can be booked, and what is still free.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use medilink_commands::calendar::{CloseWindow, OpenWindow};
use medilink_commands::{Action, Resource};
use medilink_domain::values::SlotMinutes;
use medilink_domain::{DoctorId, WindowId};
use medilink_projections::{calendar, doctor};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{Created, Found};
use crate::api::Tag;
use crate::backend::{
    Backend, date, field, instant, invalid_field, invalid_parameter, no_such, unreadable,
};
use crate::call::{Command, Read};
use crate::json::Json;
use crate::problem::Problem;

/// The longest span of time in which slots are looked for.
const LONGEST_SPAN: TimeDelta = TimeDelta::days(31);

/// A window to open, on the hospital's clock.
#[derive(Object)]
pub struct WindowIn {
    /// The day.
    date: NaiveDate,
    /// From when, as `HH:MM`.
    #[oai(validator(pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    opens: String,
    /// Until when, as `HH:MM`.
    #[oai(validator(pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    closes: String,
    /// The length of each slot.
    #[oai(validator(minimum(value = "5"), maximum(value = "240")))]
    slot_minutes: u16,
}

/// The window that was opened or closed.
#[derive(Object)]
pub struct WindowChangedOut {
    /// The window.
    id: Uuid,
    /// The calendar's version.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// A free slot.
#[derive(Object)]
pub struct SlotOut {
    /// When it starts.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// The window that offers it.
    window: Uuid,
}

/// Free slots.
#[derive(Object)]
pub struct SlotsOut {
    /// In order.
    items: Vec<SlotOut>,
}

/// The routes.
pub struct Calendars(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Calendars")]
impl Calendars {
    /// Open a window in which a doctor can be booked
    #[oai(
        path = "/doctors/:id/windows",
        method = "post",
        operation_id = "openWindow"
    )]
    async fn open(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<WindowIn>,
    ) -> Result<Created<WindowChangedOut>, Problem> {
        let given = body.value;
        let open = OpenWindow {
            doctor: DoctorId(id.0),
            date: given.date,
            opens: field("/opens", &given.opens)?,
            closes: field("/closes", &given.closes)?,
            slot_minutes: SlotMinutes::try_from(given.slot_minutes)
                .map_err(|error| invalid_field("/slot_minutes", error))?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &open)
            .await?;
        let body = WindowChangedOut {
            id: done.answer.window.uuid(),
            version: done.answer.version,
            position: done.position.0,
        };
        Ok(Created::done(body, &done))
    }

    /// Close a window that nobody has booked
    #[oai(
        path = "/doctors/:id/windows/:window",
        method = "delete",
        operation_id = "closeWindow"
    )]
    async fn close(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        window: Path<Uuid>,
        /// The day that the window is on, on the hospital's clock.
        #[oai(name = "date")]
        on: Query<NaiveDate>,
    ) -> Result<Found<WindowChangedOut>, Problem> {
        let close = CloseWindow {
            doctor: DoctorId(id.0),
            date: date("date", on.0)?,
            window: WindowId(window.0),
        };
        let done = self.0.execute(&call.context(&caller), &close).await?;
        let body = WindowChangedOut {
            id: window.0,
            version: done.answer.version,
            position: done.position.0,
        };
        Ok(Found::done(body, &done))
    }

    /// Find a doctor's free slots
    #[oai(
        path = "/doctors/:id/slots",
        method = "get",
        operation_id = "findSlots"
    )]
    async fn slots(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// Slots that start at or after this instant.
        from: Query<DateTime<Utc>>,
        /// Slots that start before this instant, at most 31 days later.
        to: Query<DateTime<Utc>>,
    ) -> Result<Found<SlotsOut>, Problem> {
        let tenant = caller.actor.tenant;
        self.0.authorize(
            &caller,
            Action::ListDirectory,
            &Resource::of_tenant("doctor", tenant),
        )?;
        let (from, to) = (instant("from", from.0)?, instant("to", to.0)?);
        if to < from || to - from > LONGEST_SPAN {
            return Err(invalid_parameter(
                "to",
                "It must be after `from`, and at most 31 days later.",
            ));
        }
        let view = self.0.view(&["calendar", "doctor"], &read).await?;
        let doctor = DoctorId(id.0);
        let known = doctor::get(self.0.reads(), tenant, doctor)
            .await
            .map_err(unreadable)?;
        known.ok_or_else(|| no_such("doctor"))?;
        let slots = calendar::slots(self.0.reads(), tenant, doctor, from, to, Utc::now())
            .await
            .map_err(unreadable)?;
        let items = slots.into_iter().map(|slot| SlotOut {
            starts_at: slot.starts_at,
            ends_at: slot.ends_at,
            window: slot.window.uuid(),
        });
        Ok(view.answer(SlotsOut {
            items: items.collect(),
        }))
    }
}
