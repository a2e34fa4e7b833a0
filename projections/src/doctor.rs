//! Doctors: who they are and where they work.

use medilink_domain::doctor::{DoctorEvent, Profile};
use medilink_domain::values::{Language, PersonName, RegistrationNumber};
use medilink_domain::{DepartmentId, DoctorId, HospitalId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};
use uuid::Uuid;

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

row! {
    /// One doctor.
    pub struct DoctorRow in "doctor" {
        key {
            /// The doctor.
            doctor: DoctorId,
        }
        clear {
            /// Their tenant.
            tenant: TenantId,
            /// Where they work.
            hospital: HospitalId,
            /// Where in the hospital.
            department: DepartmentId,
            /// The version of their stream.
            version: u64,
            /// The event that last changed the row.
            position: Position,
        }
        sealed Identity of doctor {
            /// Their name.
            name: PersonName,
            /// Their number in the medical council's register.
            registration_number: RegistrationNumber,
            /// What they speak.
            languages: Vec<Language>,
            /// What else they said of themselves.
            profile: Option<Profile>,
        }
    }
}

/// The fold.
pub(crate) struct Doctors;

impl ReadModel for Doctors {
    const VERSION: u16 = 4;
    const INDEXES: &'static [&'static str] = &[
        "(tenant, doctor)",
        "(hospital, department, doctor)",
        "(position)",
    ];

    type Source = DoctorEvent;
    type Row = DoctorRow;

    fn keys(fact: &Fact<DoctorEvent>) -> Result<Vec<(DoctorId,)>, FoldError> {
        Ok(vec![(fact.id("doctor")?,)])
    }

    fn fold(
        _: &(DoctorId,),
        row: Option<DoctorRow>,
        fact: &Fact<DoctorEvent>,
    ) -> Result<Option<DoctorRow>, FoldError> {
        let registered = match &fact.body {
            Folded::Clear(DoctorEvent::Registered(registered)) => registered,
            Folded::Clear(DoctorEvent::ProfileSet(set)) => {
                return Ok(Some(DoctorRow {
                    version: fact.version,
                    position: fact.position,
                    languages: set.profile.languages.clone(),
                    profile: Some(set.profile.clone()),
                    ..row.ok_or(FoldError("doctor-not-registered"))?
                }));
            }
            Folded::Erased => return Ok(None),
        };
        Ok(Some(DoctorRow {
            doctor: registered.doctor,
            tenant: fact.tenant,
            hospital: registered.hospital,
            department: registered.department,
            version: fact.version,
            position: fact.position,
            name: registered.name.clone(),
            registration_number: registered.registration_number.clone(),
            languages: registered.languages.clone(),
            profile: None,
        }))
    }
}

/// One doctor.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    doctor: DoctorId,
) -> Result<Option<DoctorRow>, ReadError> {
    let mut select = of_tenant::<DoctorRow>(tenant);
    select.and_where(Expr::col("doctor").eq(doctor.uuid()));
    reads.row(&select).await
}

/// Those of these people who are doctors.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn among(
    reads: &Reads,
    tenant: TenantId,
    people: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<DoctorRow>, ReadError> {
    reads.among(tenant, "doctor", people).await
}

/// The doctors of a tenant, of one hospital or of one department, in the order in which they
/// registered.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn list(
    reads: &Reads,
    tenant: TenantId,
    hospital: Option<HospitalId>,
    department: Option<DepartmentId>,
    page: Page<DoctorId>,
) -> Result<Listed<DoctorRow, DoctorId>, ReadError> {
    let mut select = of_tenant::<DoctorRow>(tenant);
    if let Some(hospital) = hospital {
        select.and_where(Expr::col("hospital").eq(hospital.uuid()));
    }
    if let Some(department) = department {
        select.and_where(Expr::col("department").eq(department.uuid()));
    }
    if let Some(after) = page.after {
        select.and_where(Expr::col("doctor").gt(after.uuid()));
    }
    select.order_by("doctor", Order::Asc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<DoctorRow, _>(cells, "doctor")
        })
        .await
}
