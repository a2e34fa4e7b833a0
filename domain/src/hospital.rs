//! Hospital: a place with a clock, departments, rooms and devices, holidays and rules for
//! bookings.

mod events;
mod policy;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::ids::{AssetId, DepartmentId, HospitalId, SubjectId};
use crate::values::{Code, ShortText, TimeZone};

pub use events::{
    AssetAdded, AssetRetired, BookingPolicySet, DepartmentAdded, HolidayDeclared, HolidayWithdrawn,
    HospitalEvent, Opened,
};
pub use policy::{BookingPolicy, CancellationPolicy};

/// What may be asked of a hospital.
#[derive(Clone, Debug, PartialEq)]
pub enum HospitalCommand {
    /// Founds it.
    Open(Open),
    /// Adds a department.
    AddDepartment(AddDepartment),
    /// Adds a room or device.
    AddAsset(AddAsset),
    /// Takes a room or device out of use for good.
    RetireAsset(RetireAsset),
    /// Closes the hospital's calendars on a day.
    DeclareHoliday(DeclareHoliday),
    /// Opens them again.
    WithdrawHoliday(WithdrawHoliday),
    /// Sets the rules for bookings.
    SetBookingPolicy(SetBookingPolicy),
}

/// A hospital joins the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// The new hospital.
    pub hospital: HospitalId,
    /// Its name.
    pub name: ShortText,
    /// The zone of its clock, for good.
    pub time_zone: TimeZone,
}

/// A hospital grows.
#[derive(Clone, Debug, PartialEq)]
pub struct AddDepartment {
    /// The new department.
    pub department: DepartmentId,
    /// Its name, unique in the hospital whatever its capitals.
    pub name: ShortText,
    /// What it treats, such as cardiology.
    pub specialty: ShortText,
}

/// A room or a device can be booked with a visit.
#[derive(Clone, Debug, PartialEq)]
pub struct AddAsset {
    /// The new room or device.
    pub asset: AssetId,
    /// What visits ask for, such as `ultrasound` or `procedure-room`.
    pub class: Code,
    /// What people call it.
    pub name: ShortText,
}

/// A room or a device is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetireAsset {
    /// The room or device.
    pub asset: AssetId,
}

/// Nobody is seen on a day, unless a doctor's schedule says so for that very day.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclareHoliday {
    /// The day on the hospital's calendar.
    pub date: NaiveDate,
    /// What is celebrated.
    pub name: ShortText,
}

/// A day is an ordinary one after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawHoliday {
    /// The day on the hospital's calendar.
    pub date: NaiveDate,
}

/// The rules for bookings change.
#[derive(Clone, Debug, PartialEq)]
pub struct SetBookingPolicy {
    /// All of them; they replace the ones before.
    pub policy: BookingPolicy,
}

crate::problems! {
    /// Why a hospital refuses.
    pub enum HospitalError {
        /// Its id is in use.
        AlreadyOpen: Conflict "hospital-already-open",
            "the hospital is already open", "Open the hospital under a new id.";
        /// It was never opened.
        NoSuchHospital: NotFound "no-such-hospital" at "/hospital",
            "there is no such hospital", "Check the hospital's id.";
        /// Two departments of one name could not be told apart.
        DepartmentNameTaken: Conflict "department-name-taken" at "/name",
            "the hospital already has a department of this name", "Choose another name.";
        /// The department's id is in use.
        DepartmentAlreadyAdded: Conflict "department-already-added",
            "the department is already added", "Add the department under a new id.";
        /// It is not one of this hospital's.
        NoSuchDepartment: NotFound "no-such-department" at "/department",
            "the hospital has no such department", "Check the department's id.";
        /// The room's or device's id is in use.
        AssetAlreadyAdded: Conflict "asset-already-added",
            "the room or device is already added", "Add it under a new id.";
        /// Two rooms or devices of one name could not be told apart.
        AssetNameTaken: Conflict "asset-name-taken" at "/name",
            "the hospital already has a room or device of this name", "Choose another name.";
        /// It is not one of this hospital's, or not any more.
        NoSuchAsset: NotFound "no-such-asset" at "/asset",
            "the hospital has no such room or device", "Check its id.";
        /// One holiday a day is enough.
        HolidayAlreadyDeclared: Conflict "holiday-already-declared" at "/date",
            "the day is already a holiday", "Withdraw that holiday first to rename it.";
        /// There is none on that day.
        NoSuchHoliday: NotFound "no-such-holiday" at "/date",
            "the day is not a holiday", "Check the date.";
        /// The hospital wants to know earlier.
        NoticeTooShort: Conflict "notice-too-short" at "/starts_at",
            "the hospital takes no bookings so shortly before", "Choose a later slot, or call the hospital.";
        /// The hospital doesn't plan so far.
        TooFarAhead: Conflict "too-far-ahead" at "/starts_at",
            "the hospital takes no bookings so far ahead", "Choose an earlier slot.";
        /// The hospital's rules name others.
        FeeNotWaivable: Forbidden "fee-not-waivable" at "/waive",
            "the hospital lets other roles waive this fee", "Leave it out, or ask one of them.";
        /// It is over.
        HolidayInPast: Invalid "holiday-in-past" at "/date",
            "the day is over", "Choose a day that is still to come.";
    }
}

/// The state of a hospital.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hospital {
    /// The hospital and its clock, once open.
    pub site: Option<Site>,
    /// What it is called.
    #[serde(default)]
    pub name: Option<ShortText>,
    /// The names of its departments.
    pub departments: BTreeMap<DepartmentId, ShortText>,
    /// Its rooms and devices in use.
    #[serde(default)]
    pub assets: BTreeMap<AssetId, Asset>,
    /// Its holidays.
    #[serde(default)]
    pub holidays: BTreeSet<NaiveDate>,
    /// Its rules for bookings.
    #[serde(default)]
    pub policy: BookingPolicy,
}

/// A room or a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Asset {
    /// What visits ask for.
    pub class: Code,
    /// What people call it.
    pub name: ShortText,
}

/// An open hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Site {
    /// The hospital.
    pub hospital: HospitalId,
    /// The zone of its clock.
    pub time_zone: TimeZone,
}

impl Hospital {
    /// The hospital, if it is open.
    ///
    /// # Errors
    /// [`HospitalError::NoSuchHospital`] before it is opened.
    pub fn site(&self) -> Result<Site, HospitalError> {
        self.site.ok_or(HospitalError::NoSuchHospital)
    }

    /// The name of one of its departments.
    ///
    /// # Errors
    /// Not open, or not one of its departments.
    pub fn department(&self, department: DepartmentId) -> Result<&ShortText, HospitalError> {
        self.site()?;
        self.departments
            .get(&department)
            .ok_or(HospitalError::NoSuchDepartment)
    }

    fn open(&self, open: Open) -> Result<Opened, HospitalError> {
        if self.site.is_some() {
            return Err(HospitalError::AlreadyOpen);
        }
        let Open {
            hospital,
            name,
            time_zone,
        } = open;
        Ok(Opened {
            hospital,
            name,
            time_zone,
        })
    }

    fn add_department(&self, add: AddDepartment) -> Result<DepartmentAdded, HospitalError> {
        let Site { hospital, .. } = self.site()?;
        let AddDepartment {
            department,
            name,
            specialty,
        } = add;
        if self.departments.contains_key(&department) {
            return Err(HospitalError::DepartmentAlreadyAdded);
        }
        if is_taken(&name, self.departments.values()) {
            return Err(HospitalError::DepartmentNameTaken);
        }
        Ok(DepartmentAdded {
            hospital,
            department,
            name,
            specialty,
        })
    }

    fn add_asset(&self, add: AddAsset) -> Result<AssetAdded, HospitalError> {
        let Site { hospital, .. } = self.site()?;
        let AddAsset { asset, class, name } = add;
        if self.assets.contains_key(&asset) {
            return Err(HospitalError::AssetAlreadyAdded);
        }
        if is_taken(&name, self.assets.values().map(|asset| &asset.name)) {
            return Err(HospitalError::AssetNameTaken);
        }
        Ok(AssetAdded {
            hospital,
            asset,
            class,
            name,
        })
    }

    fn retire_asset(&self, retire: RetireAsset) -> Result<AssetRetired, HospitalError> {
        let Site { hospital, .. } = self.site()?;
        if !self.assets.contains_key(&retire.asset) {
            return Err(HospitalError::NoSuchAsset);
        }
        Ok(AssetRetired {
            hospital,
            asset: retire.asset,
        })
    }

    fn declare_holiday(
        &self,
        declare: DeclareHoliday,
        now: DateTime<Utc>,
    ) -> Result<HolidayDeclared, HospitalError> {
        let Site {
            hospital,
            time_zone,
        } = self.site()?;
        let DeclareHoliday { date, name } = declare;
        if date < now.with_timezone(&time_zone.tz()).date_naive() {
            return Err(HospitalError::HolidayInPast);
        }
        if self.holidays.contains(&date) {
            return Err(HospitalError::HolidayAlreadyDeclared);
        }
        Ok(HolidayDeclared {
            hospital,
            date,
            name,
        })
    }

    fn withdraw_holiday(
        &self,
        withdraw: WithdrawHoliday,
    ) -> Result<HolidayWithdrawn, HospitalError> {
        let Site { hospital, .. } = self.site()?;
        if !self.holidays.contains(&withdraw.date) {
            return Err(HospitalError::NoSuchHoliday);
        }
        Ok(HolidayWithdrawn {
            hospital,
            date: withdraw.date,
        })
    }

    fn set_booking_policy(&self, set: SetBookingPolicy) -> Result<BookingPolicySet, HospitalError> {
        let Site { hospital, .. } = self.site()?;
        Ok(BookingPolicySet {
            hospital,
            policy: set.policy,
        })
    }
}

/// Names are the same whatever their capitals.
fn is_taken<'a>(name: &ShortText, mut taken: impl Iterator<Item = &'a ShortText>) -> bool {
    let wanted = name.as_str().to_lowercase();
    taken.any(|taken| taken.as_str().to_lowercase() == wanted)
}

impl Decider for Hospital {
    const CATEGORY: &'static str = "hospital";

    type Id = HospitalId;
    type Command = HospitalCommand;
    type Event = HospitalEvent;
    type Error = HospitalError;

    fn decide(
        &self,
        command: HospitalCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<HospitalEvent>, HospitalError> {
        Ok(vec![match command {
            HospitalCommand::Open(open) => self.open(open)?.into(),
            HospitalCommand::AddDepartment(add) => self.add_department(add)?.into(),
            HospitalCommand::AddAsset(add) => self.add_asset(add)?.into(),
            HospitalCommand::RetireAsset(retire) => self.retire_asset(retire)?.into(),
            HospitalCommand::DeclareHoliday(declare) => self.declare_holiday(declare, now)?.into(),
            HospitalCommand::WithdrawHoliday(withdraw) => self.withdraw_holiday(withdraw)?.into(),
            HospitalCommand::SetBookingPolicy(set) => self.set_booking_policy(set)?.into(),
        }])
    }

    fn evolve(&mut self, event: &HospitalEvent) {
        match event {
            HospitalEvent::Opened(opened) => {
                self.site = Some(Site {
                    hospital: opened.hospital,
                    time_zone: opened.time_zone,
                });
                self.name = Some(opened.name.clone());
            }
            HospitalEvent::DepartmentAdded(added) => {
                self.departments
                    .insert(added.department, added.name.clone());
            }
            HospitalEvent::AssetAdded(added) => {
                let asset = Asset {
                    class: added.class.clone(),
                    name: added.name.clone(),
                };
                self.assets.insert(added.asset, asset);
            }
            HospitalEvent::AssetRetired(retired) => {
                self.assets.remove(&retired.asset);
            }
            HospitalEvent::HolidayDeclared(declared) => {
                self.holidays.insert(declared.date);
            }
            HospitalEvent::HolidayWithdrawn(withdrawn) => {
                self.holidays.remove(&withdrawn.date);
            }
            HospitalEvent::BookingPolicySet(set) => self.policy = set.policy.clone(),
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(Hospital);

#[cfg(test)]
mod tests;
