//! Hospitals: their departments, rooms and devices, holidays and rules for bookings.

use chrono::NaiveDate;
use medilink_domain::hospital::{BookingPolicy, HospitalEvent};
use medilink_domain::values::{Code, ShortText, TimeZone};
use medilink_domain::{AssetId, DepartmentId, HospitalId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};
use serde::{Deserialize, Serialize};

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::field::{Json, named_fields};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

named_fields!(ShortText);

row! {
    /// One hospital.
    pub struct HospitalRow in "hospital" {
        key {
            /// The hospital.
            hospital: HospitalId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Its name.
            name: ShortText,
            /// The zone of its clock.
            time_zone: TimeZone,
            /// Its departments, in the order in which they were added.
            departments: Json<Vec<Department>>,
            /// Its rooms and devices in use, in the order in which they were added.
            assets: Json<Vec<Asset>>,
            /// Its holidays, in order.
            holidays: Json<Vec<Holiday>>,
            /// Its rules for bookings.
            policy: Json<BookingPolicy>,
            /// The version of its stream.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
    }
}

/// A department of a hospital.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// The department.
    pub department: DepartmentId,
    /// Its name.
    pub name: ShortText,
    /// What it treats.
    pub specialty: ShortText,
}

/// A room or a device of a hospital.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// The room or device.
    pub asset: AssetId,
    /// What visits ask for.
    pub class: Code,
    /// What people call it.
    pub name: ShortText,
}

/// A day on which nobody is seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holiday {
    /// The day on the hospital's calendar.
    pub date: NaiveDate,
    /// What is celebrated.
    pub name: ShortText,
}

/// The fold.
pub(crate) struct Hospitals;

impl ReadModel for Hospitals {
    const VERSION: u16 = 2;
    const INDEXES: &'static [&'static str] = &["(tenant, hospital)", "(position)"];

    type Source = HospitalEvent;
    type Row = HospitalRow;

    fn keys(fact: &Fact<HospitalEvent>) -> Result<Vec<(HospitalId,)>, FoldError> {
        Ok(vec![(fact.id("hospital")?,)])
    }

    fn fold(
        _: &(HospitalId,),
        row: Option<HospitalRow>,
        fact: &Fact<HospitalEvent>,
    ) -> Result<Option<HospitalRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(row);
        };
        if let HospitalEvent::Opened(opened) = event {
            return Ok(Some(HospitalRow {
                hospital: opened.hospital,
                tenant: fact.tenant,
                name: opened.name.clone(),
                time_zone: opened.time_zone,
                departments: Json(Vec::new()),
                assets: Json(Vec::new()),
                holidays: Json(Vec::new()),
                policy: Json(BookingPolicy::default()),
                version: fact.version,
                position: fact.position,
            }));
        }
        let mut row = HospitalRow {
            version: fact.version,
            position: fact.position,
            ..row.ok_or(FoldError("hospital-not-opened"))?
        };
        match event {
            HospitalEvent::Opened(_) => {}
            HospitalEvent::DepartmentAdded(added) => row.departments.0.push(Department {
                department: added.department,
                name: added.name.clone(),
                specialty: added.specialty.clone(),
            }),
            HospitalEvent::AssetAdded(added) => row.assets.0.push(Asset {
                asset: added.asset,
                class: added.class.clone(),
                name: added.name.clone(),
            }),
            HospitalEvent::AssetRetired(retired) => {
                row.assets.0.retain(|asset| asset.asset != retired.asset);
            }
            HospitalEvent::HolidayDeclared(declared) => {
                row.holidays.0.push(Holiday {
                    date: declared.date,
                    name: declared.name.clone(),
                });
                row.holidays.0.sort();
            }
            HospitalEvent::HolidayWithdrawn(withdrawn) => {
                row.holidays.0.retain(|day| day.date != withdrawn.date);
            }
            HospitalEvent::BookingPolicySet(set) => row.policy = Json(set.policy.clone()),
        }
        Ok(Some(row))
    }
}

/// Those of these hospitals that there are.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn among(
    reads: &Reads,
    tenant: TenantId,
    hospitals: impl IntoIterator<Item = HospitalId>,
) -> Result<Vec<HospitalRow>, ReadError> {
    let wanted = hospitals.into_iter().map(HospitalId::uuid);
    reads.among(tenant, "hospital", wanted).await
}

/// One hospital with its departments.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    hospital: HospitalId,
) -> Result<Option<HospitalRow>, ReadError> {
    let mut select = of_tenant::<HospitalRow>(tenant);
    select.and_where(Expr::col("hospital").eq(hospital.uuid()));
    reads.row(&select).await
}

/// The hospitals of a tenant, in the order in which they opened.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn list(
    reads: &Reads,
    tenant: TenantId,
    page: Page<HospitalId>,
) -> Result<Listed<HospitalRow, HospitalId>, ReadError> {
    let mut select = of_tenant::<HospitalRow>(tenant);
    if let Some(after) = page.after {
        select.and_where(Expr::col("hospital").gt(after.uuid()));
    }
    select.order_by("hospital", Order::Asc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<HospitalRow, _>(cells, "hospital")
        })
        .await
}
