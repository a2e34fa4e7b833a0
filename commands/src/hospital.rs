//! Setting up hospitals: departments, rooms and devices, holidays, rules for bookings.

use chrono::NaiveDate;
use medilink_domain::hospital::{self, BookingPolicy, Hospital, HospitalCommand};
use medilink_domain::invitation::Place;
use medilink_domain::values::{Code, Role, ShortText, TimeZone};
use medilink_domain::{AssetId, DepartmentId, HospitalId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::invitation::{Invitee, issue};
use crate::work::{Instance, Work};

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
    /// Who is invited to run it, unless that is settled later.
    pub manager: Option<Invitee>,
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
        )
        .await?;
        let hospital = HospitalId(Uuid::now_v7());
        let mut instance = work.create::<Hospital>(&hospital);
        let open = hospital::Open {
            hospital,
            name: self.name.clone(),
            time_zone: self.time_zone,
        };
        work.decide(&mut instance, HospitalCommand::Open(open))
            .await?;
        if let Some(manager) = &self.manager {
            let place = Place {
                hospital,
                name: self.name.clone(),
                department: None,
            };
            issue(work, Some(place), Role::Administrator, manager).await?;
        }
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
        let mut instance = set_up(work, self.hospital, Action::AddDepartment).await?;
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

/// A hospital, if the actor may do this to it.
async fn set_up(
    work: &mut Work<'_>,
    hospital: HospitalId,
    action: Action,
) -> Result<Instance<Hospital>, CommandError> {
    let resource = Resource::of_tenant("hospital", work.tenant()).at(hospital);
    work.authorize(action, &resource).await?;
    let instance = work.existing::<Hospital>(&hospital, "hospital").await?;
    work.expect_version(&instance)?;
    Ok(instance)
}

/// The room or device that was added or retired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetAnswer {
    /// The room or device.
    pub asset: AssetId,
    /// The hospital's version.
    pub version: u64,
}

/// Adds a room or device.
#[derive(Clone, Debug)]
pub struct AddAsset {
    /// The hospital.
    pub hospital: HospitalId,
    /// What visits ask for, such as `ultrasound`.
    pub class: Code,
    /// What people call it, unique in the hospital.
    pub name: ShortText,
}

impl Operation for AddAsset {
    const NAME: &'static str = "add-asset";
    type Answer = AssetAnswer;

    fn target(&self) -> String {
        self.hospital.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AssetAnswer, CommandError> {
        let mut instance = set_up(work, self.hospital, Action::AddAsset).await?;
        let asset = AssetId(Uuid::now_v7());
        let add = HospitalCommand::AddAsset(hospital::AddAsset {
            asset,
            class: self.class.clone(),
            name: self.name.clone(),
        });
        work.decide(&mut instance, add).await?;
        Ok(AssetAnswer {
            asset,
            version: instance.version(),
        })
    }
}

/// Takes a room or device out of use for good; visits that have it keep it.
#[derive(Clone, Debug)]
pub struct RetireAsset {
    /// The hospital.
    pub hospital: HospitalId,
    /// The room or device.
    pub asset: AssetId,
}

impl Operation for RetireAsset {
    const NAME: &'static str = "retire-asset";
    type Answer = AssetAnswer;

    fn target(&self) -> String {
        self.asset.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AssetAnswer, CommandError> {
        let mut instance = set_up(work, self.hospital, Action::RetireAsset).await?;
        let retire = HospitalCommand::RetireAsset(hospital::RetireAsset { asset: self.asset });
        work.decide(&mut instance, retire).await?;
        Ok(AssetAnswer {
            asset: self.asset,
            version: instance.version(),
        })
    }
}

/// Closes a hospital's calendars on a day.
#[derive(Clone, Debug)]
pub struct DeclareHoliday {
    /// The hospital.
    pub hospital: HospitalId,
    /// The day on its calendar.
    pub date: NaiveDate,
    /// What is celebrated.
    pub name: ShortText,
}

impl Operation for DeclareHoliday {
    const NAME: &'static str = "declare-holiday";
    type Answer = HospitalAnswer;

    fn target(&self) -> String {
        self.hospital.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<HospitalAnswer, CommandError> {
        let mut instance = set_up(work, self.hospital, Action::DeclareHoliday).await?;
        let declare = HospitalCommand::DeclareHoliday(hospital::DeclareHoliday {
            date: self.date,
            name: self.name.clone(),
        });
        work.decide(&mut instance, declare).await?;
        Ok(HospitalAnswer {
            hospital: self.hospital,
            version: instance.version(),
        })
    }
}

/// Opens them again.
#[derive(Clone, Debug)]
pub struct WithdrawHoliday {
    /// The hospital.
    pub hospital: HospitalId,
    /// The day on its calendar.
    pub date: NaiveDate,
}

impl Operation for WithdrawHoliday {
    const NAME: &'static str = "withdraw-holiday";
    type Answer = HospitalAnswer;

    fn target(&self) -> String {
        self.hospital.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<HospitalAnswer, CommandError> {
        let mut instance = set_up(work, self.hospital, Action::WithdrawHoliday).await?;
        let withdraw =
            HospitalCommand::WithdrawHoliday(hospital::WithdrawHoliday { date: self.date });
        work.decide(&mut instance, withdraw).await?;
        Ok(HospitalAnswer {
            hospital: self.hospital,
            version: instance.version(),
        })
    }
}

/// Sets a hospital's rules for bookings.
#[derive(Clone, Debug)]
pub struct SetBookingPolicy {
    /// The hospital.
    pub hospital: HospitalId,
    /// All the rules.
    pub policy: BookingPolicy,
}

impl Operation for SetBookingPolicy {
    const NAME: &'static str = "set-booking-policy";
    type Answer = HospitalAnswer;

    fn target(&self) -> String {
        self.hospital.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<HospitalAnswer, CommandError> {
        let mut instance = set_up(work, self.hospital, Action::SetBookingPolicy).await?;
        let set = HospitalCommand::SetBookingPolicy(hospital::SetBookingPolicy {
            policy: self.policy.clone(),
        });
        work.decide(&mut instance, set).await?;
        Ok(HospitalAnswer {
            hospital: self.hospital,
            version: instance.version(),
        })
    }
}
