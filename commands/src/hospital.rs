//! Setting up hospitals and their departments.

use medilink_domain::hospital::{self, Hospital, HospitalCommand};
use medilink_domain::values::{ShortText, TimeZone};
use medilink_domain::{DepartmentId, HospitalId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

/// The hospital that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HospitalAnswer {
    /// The hospital.
    pub hospital: HospitalId,
    /// Its version.
    pub version: u64,
}

/// Opens a hospital.
#[derive(Clone, Debug)]
pub struct Open {
    /// Its name.
    pub name: ShortText,
    /// The zone of its clock.
    pub time_zone: TimeZone,
}

impl Operation for Open {
    const NAME: &'static str = "open-hospital";
    type Answer = HospitalAnswer;

    fn target(&self) -> String {
        String::new()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<HospitalAnswer, CommandError> {
        work.authorize(
            Action::OpenHospital,
            &Resource::of_tenant("hospital", work.tenant()),
        )?;
        let hospital = HospitalId(Uuid::now_v7());
        let mut instance = work.create::<Hospital>(&hospital);
        let open = hospital::Open {
            hospital,
            name: self.name.clone(),
            time_zone: self.time_zone,
        };
        work.decide(&mut instance, HospitalCommand::Open(open))
            .await?;
        Ok(HospitalAnswer {
            hospital,
            version: instance.version(),
        })
    }
}

/// The department that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentAnswer {
    /// The department.
    pub department: DepartmentId,
    /// The hospital's version.
    pub version: u64,
}

/// Adds a department to a hospital.
#[derive(Clone, Debug)]
pub struct AddDepartment {
    /// The hospital.
    pub hospital: HospitalId,
    /// The department's name, unique in the hospital.
    pub name: ShortText,
    /// What it treats.
    pub specialty: ShortText,
}

impl Operation for AddDepartment {
    const NAME: &'static str = "add-department";
    type Answer = DepartmentAnswer;

    fn target(&self) -> String {
        self.hospital.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<DepartmentAnswer, CommandError> {
        work.authorize(
            Action::AddDepartment,
            &Resource::of_tenant("hospital", work.tenant()),
        )?;
        let mut instance = work
            .existing::<Hospital>(&self.hospital, "hospital")
            .await?;
        work.expect_version(&instance)?;
        let department = DepartmentId(Uuid::now_v7());
        let add = hospital::AddDepartment {
            department,
            name: self.name.clone(),
            specialty: self.specialty.clone(),
        };
        work.decide(&mut instance, HospitalCommand::AddDepartment(add))
            .await?;
        Ok(DepartmentAnswer {
            department,
            version: instance.version(),
        })
    }
}
