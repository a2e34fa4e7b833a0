//! Every capability's routes.

use poem_openapi::Tags;
use serde_json::Value;

use crate::appointment::Appointments;
use crate::backend::Backend;
use crate::calendar::Calendars;
use crate::changes::Changes;
use crate::doctor::Doctors;
use crate::document::{self, DocumentError};
use crate::hospital::Hospitals;
use crate::me::Me;
use crate::notice::Notices;
use crate::patient::Patients;
use crate::platform::Platform;

/// The chapters of the document.
#[derive(Tags)]
pub enum Tag {
    /// Booking, moving and cancelling.
    Appointments,
    /// When doctors can be booked.
    Calendars,
    /// Who gives care.
    Doctors,
    /// Where care is given.
    Hospitals,
    /// The signed-in person.
    Me,
    /// What people were told.
    Notices,
    /// Who receives care.
    Patients,
    /// The platform itself.
    Platform,
}

/// All routes: one alphabetical line each, here and in [`all`].
pub type Api = (
    Appointments,
    Calendars,
    Doctors,
    Hospitals,
    Me,
    Notices,
    Patients,
    Platform,
);

/// All routes, over this backend.
pub fn all(backend: Backend, changes: Changes) -> Api {
    (
        Appointments(backend.clone()),
        Calendars(backend.clone()),
        Doctors(backend.clone()),
        Hospitals(backend.clone()),
        Me {
            backend: backend.clone(),
            changes,
        },
        Notices(backend.clone()),
        Patients(backend),
        Platform,
    )
}

/// The OpenAPI document of this release, as `schemas/openapi.json` holds it.
///
/// # Errors
/// [`DocumentError`] when a route is open that should not be.
pub fn document() -> Result<Value, DocumentError> {
    document::of::<Api>()
}
