//! Windows: stretches of a doctor's day that are opened for booking by hand.

use chrono::NaiveDate;
use medilink_commands::calendar::{CloseWindow, OpenWindow};
use medilink_domain::{DoctorId, WindowId};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::Command;
use crate::input::{date, field, number};
use crate::json::Json;
use crate::problem::Problem;

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
    ) -> Result<Created<ChangedOut>, Problem> {
        let given = body.value;
        let open = OpenWindow {
            doctor: DoctorId(id.0),
            date: given.date,
            opens: field("/opens", &given.opens)?,
            closes: field("/closes", &given.closes)?,
            slot_minutes: number("/slot_minutes", given.slot_minutes)?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &open)
            .await?;
        let window = done.answer.window.uuid();
        Ok(ChangedOut::of(window, &done))
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
    ) -> Result<Found<ChangedOut>, Problem> {
        let close = CloseWindow {
            doctor: DoctorId(id.0),
            date: date("date", on.0)?,
            window: WindowId(window.0),
        };
        let done = self.0.execute(&call.context(&caller), &close).await?;
        Ok(ChangedOut::of(window.0, &done))
    }
}
