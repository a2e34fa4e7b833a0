//! Hospitals as they are shown.

use chrono::NaiveDate;
use medilink_projections::hospital::{Asset, Department, Holiday, HospitalRow};
use poem_openapi::Object;
use uuid::Uuid;

use super::booking_policy::BookingPolicyOut;

/// A hospital.
#[derive(Object)]
pub struct HospitalOut {
    /// The hospital.
    id: Uuid,
    /// Its name.
    name: String,
    /// The zone of its clock.
    time_zone: String,
    /// Its departments, in the order in which they were added.
    departments: Vec<DepartmentOut>,
    /// Its rooms and devices in use, in the order in which they were added.
    assets: Vec<AssetOut>,
    /// Its holidays, in order.
    holidays: Vec<HolidayOut>,
    /// Its rules for bookings.
    booking_policy: BookingPolicyOut,
    /// For `If-Match`.
    version: u64,
}

/// A department.
#[derive(Object)]
pub struct DepartmentOut {
    /// The department.
    id: Uuid,
    /// Its name.
    name: String,
    /// What it treats.
    specialty: String,
}

/// A room or a device.
#[derive(Object)]
pub struct AssetOut {
    /// The room or device.
    id: Uuid,
    /// What visits ask for.
    class: String,
    /// What people call it.
    name: String,
}

/// A day on which nobody is seen, unless a doctor's schedule says so for that very day.
#[derive(Object)]
pub struct HolidayOut {
    /// The day on the hospital's calendar.
    date: NaiveDate,
    /// What is celebrated.
    name: String,
}

/// Some hospitals.
#[derive(Object)]
pub struct HospitalsOut {
    /// In the order in which they opened.
    pub items: Vec<HospitalOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    pub next: Option<String>,
}

impl From<HospitalRow> for HospitalOut {
    fn from(row: HospitalRow) -> Self {
        Self {
            id: row.hospital.uuid(),
            name: row.name.into(),
            time_zone: row.time_zone.name().to_owned(),
            departments: row.departments.0.into_iter().map(Into::into).collect(),
            assets: row.assets.0.into_iter().map(Into::into).collect(),
            holidays: row.holidays.0.into_iter().map(Into::into).collect(),
            booking_policy: row.policy.0.into(),
            version: row.version,
        }
    }
}

impl From<Department> for DepartmentOut {
    fn from(department: Department) -> Self {
        Self {
            id: department.department.uuid(),
            name: department.name.into(),
            specialty: department.specialty.into(),
        }
    }
}

impl From<Asset> for AssetOut {
    fn from(asset: Asset) -> Self {
        Self {
            id: asset.asset.uuid(),
            class: asset.class.as_str().to_owned(),
            name: asset.name.into(),
        }
    }
}

impl From<Holiday> for HolidayOut {
    fn from(holiday: Holiday) -> Self {
        Self {
            date: holiday.date,
            name: holiday.name.into(),
        }
    }
}
