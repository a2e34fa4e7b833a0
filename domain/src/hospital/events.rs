//! What happens to hospitals.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::BookingPolicy;
use crate::event::Privacy;
use crate::ids::{AssetId, DepartmentId, HospitalId};
use crate::values::{Code, ShortText, TimeZone};

crate::events! {
    /// What can happen to a hospital.
    pub enum HospitalEvent {
        Opened: "hospital.opened" v 1, Privacy::Operational;
        DepartmentAdded: "hospital.department-added" v 1, Privacy::Operational;
        AssetAdded: "hospital.asset-added" v 1, Privacy::Operational;
        AssetRetired: "hospital.asset-retired" v 1, Privacy::Operational;
        HolidayDeclared: "hospital.holiday-declared" v 1, Privacy::Operational;
        HolidayWithdrawn: "hospital.holiday-withdrawn" v 1, Privacy::Operational;
        BookingPolicySet: "hospital.booking-policy-set" v 1, Privacy::Operational;
    }
}

/// A hospital joined the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Opened {
    /// The hospital.
    pub hospital: HospitalId,
    /// Its name.
    pub name: ShortText,
    /// The zone of its clock.
    pub time_zone: TimeZone,
}

/// A department was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DepartmentAdded {
    /// The hospital.
    pub hospital: HospitalId,
    /// The department.
    pub department: DepartmentId,
    /// Its name.
    pub name: ShortText,
    /// What it treats.
    pub specialty: ShortText,
}

/// A room or a device was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AssetAdded {
    /// The hospital.
    pub hospital: HospitalId,
    /// The room or device.
    pub asset: AssetId,
    /// What visits ask for.
    pub class: Code,
    /// What people call it.
    pub name: ShortText,
}

/// A room or a device was taken out of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AssetRetired {
    /// The hospital.
    pub hospital: HospitalId,
    /// The room or device.
    pub asset: AssetId,
}

/// A holiday was declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HolidayDeclared {
    /// The hospital.
    pub hospital: HospitalId,
    /// The day on the hospital's calendar.
    pub date: NaiveDate,
    /// What is celebrated.
    pub name: ShortText,
}

/// A holiday was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HolidayWithdrawn {
    /// The hospital.
    pub hospital: HospitalId,
    /// The day on the hospital's calendar.
    pub date: NaiveDate,
}

/// The rules for bookings were set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BookingPolicySet {
    /// The hospital.
    pub hospital: HospitalId,
    /// The rules.
    pub policy: BookingPolicy,
}
