//! Hospital: a place with a clock and departments.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::{DepartmentId, HospitalId, SubjectId};
use crate::values::{ShortText, TimeZone};

/// What may be asked of a hospital.
#[derive(Clone, Debug, PartialEq)]
pub enum HospitalCommand {
    /// Founds it.
    Open(Open),
    /// Adds a department.
    AddDepartment(AddDepartment),
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

crate::events! {
    /// What can happen to a hospital.
    pub enum HospitalEvent {
        Opened: "hospital.opened" v 1, Privacy::Operational;
        DepartmentAdded: "hospital.department-added" v 1, Privacy::Operational;
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
    }
}

/// The state of a hospital.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hospital {
    /// The hospital and its clock, once open.
    pub site: Option<Site>,
    /// The names of its departments.
    pub departments: BTreeMap<DepartmentId, ShortText>,
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
        let wanted = name.as_str().to_lowercase();
        if self
            .departments
            .values()
            .any(|taken| taken.as_str().to_lowercase() == wanted)
        {
            return Err(HospitalError::DepartmentNameTaken);
        }
        Ok(DepartmentAdded {
            hospital,
            department,
            name,
            specialty,
        })
    }
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
        _: DateTime<Utc>,
    ) -> Result<Vec<HospitalEvent>, HospitalError> {
        Ok(vec![match command {
            HospitalCommand::Open(open) => self.open(open)?.into(),
            HospitalCommand::AddDepartment(add) => self.add_department(add)?.into(),
        }])
    }

    fn evolve(&mut self, event: &HospitalEvent) {
        match event {
            HospitalEvent::Opened(opened) => {
                self.site = Some(Site {
                    hospital: opened.hospital,
                    time_zone: opened.time_zone,
                });
            }
            HospitalEvent::DepartmentAdded(added) => {
                self.departments
                    .insert(added.department, added.name.clone());
            }
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(Hospital);

#[cfg(test)]
mod tests;
