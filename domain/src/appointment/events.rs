//! What happens to appointments.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CheckedIn, Completed, NoShowRecorded, Party, Place, Started, Terms};
use crate::event::{Category, Privacy};
use crate::ids::{AppointmentId, AssetId, DepartmentId, DoctorId, HospitalId, PatientId};
use crate::values::{FreeText, Money, TimeZone, VisitMode};

crate::events! {
    /// What can happen to an appointment.
    pub enum AppointmentEvent {
        Booked: "appointment.booked" v 1, Privacy::Personal(Category::Clinical);
        Rescheduled: "appointment.rescheduled" v 1, Privacy::Personal(Category::Clinical);
        Cancelled: "appointment.cancelled" v 1, Privacy::Personal(Category::Clinical);
        CheckedIn: "appointment.checked-in" v 1, Privacy::Personal(Category::Clinical);
        Started: "appointment.started" v 1, Privacy::Personal(Category::Clinical);
        Completed: "appointment.completed" v 1, Privacy::Personal(Category::Clinical);
        NoShowRecorded: "appointment.no-show-recorded" v 1, Privacy::Personal(Category::Clinical);
    }
}

/// An appointment was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Booked {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Who comes.
    pub patient: PatientId,
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// Where in the hospital.
    pub department: DepartmentId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// What the patient comes for.
    pub reason: Option<FreeText>,
    /// What else was agreed on.
    #[serde(default)]
    pub terms: Terms,
}

/// An appointment was moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rescheduled {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When it would have begun.
    pub previous_starts_at: DateTime<Utc>,
    /// When it begins now.
    pub starts_at: DateTime<Utc>,
    /// When it ends now.
    pub ends_at: DateTime<Utc>,
    /// With whom it is now, if that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Place>,
    /// How it takes place now.
    #[serde(default)]
    pub mode: VisitMode,
    /// The rooms and devices it has now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<AssetId>,
    /// Those of them that somebody chose; the others its type needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<AssetId>,
    /// Who wanted it.
    #[serde(default)]
    pub by: Party,
    /// What giving up the other time costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// Why that was waived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<FreeText>,
}

/// An appointment was called off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cancelled {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Why, if someone said.
    pub reason: Option<FreeText>,
    /// Who wanted it.
    #[serde(default)]
    pub by: Party,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// Why that was waived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<FreeText>,
}
