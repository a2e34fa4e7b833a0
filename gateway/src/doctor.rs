//! Doctors: who they are and where they work.

mod profile;

use medilink_commands::doctor::Register;
use medilink_commands::{Action, Resource};
use medilink_domain::{DepartmentId, DoctorId, HospitalId, TenantId};
use medilink_projections::doctor::{self, DoctorRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

pub use profile::{DoctorProfileOut, DoctorProfiles};

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{Command, Read};
use crate::input::{field, page};
use crate::json::Json;
use crate::problem::Problem;
use crate::wire::LanguageCode;

/// A doctor to register.
#[derive(Object)]
pub struct DoctorIn {
    /// Where they work.
    hospital: Uuid,
    /// Where in the hospital.
    department: Uuid,
    /// Their name.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// Their number in the medical council's register.
    #[oai(validator(min_length = 1, max_length = 40))]
    registration_number: String,
    /// What they speak.
    #[oai(validator(min_items = 1, max_items = 3, unique_items))]
    languages: Vec<LanguageCode>,
}

/// A doctor.
#[derive(Object)]
pub struct DoctorOut {
    /// The doctor.
    id: Uuid,
    /// Where they work.
    hospital: Uuid,
    /// Where in the hospital.
    department: Uuid,
    /// Their name.
    name: String,
    /// Their number in the medical council's register.
    registration_number: String,
    /// What they speak.
    languages: Vec<LanguageCode>,
    /// What else they said of themselves.
    #[oai(skip_serializing_if_is_none)]
    profile: Option<DoctorProfileOut>,
    /// The version.
    version: u64,
}

/// Some doctors.
#[derive(Object)]
pub struct DoctorsOut {
    /// In the order in which they registered.
    items: Vec<DoctorOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl From<DoctorRow> for DoctorOut {
    fn from(row: DoctorRow) -> Self {
        Self {
            id: row.doctor.uuid(),
            hospital: row.hospital.uuid(),
            department: row.department.uuid(),
            name: row.name.as_str().to_owned(),
            registration_number: row.registration_number.as_str().to_owned(),
            languages: row.languages.into_iter().map(Into::into).collect(),
            profile: row.profile.map(Into::into),
            version: row.version,
        }
    }
}

/// The routes.
pub struct Doctors(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Doctors")]
impl Doctors {
    /// Register a doctor
    #[oai(path = "/doctors", method = "post", operation_id = "registerDoctor")]
    async fn register(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<DoctorIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let given = body.value;
        let register = Register {
            hospital: HospitalId(given.hospital),
            department: DepartmentId(given.department),
            name: field("/name", &given.name)?,
            registration_number: field("/registration_number", &given.registration_number)?,
            languages: given.languages.into_iter().map(Into::into).collect(),
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &register)
            .await?;
        let id = done.answer.doctor.uuid();
        let answer = ChangedOut::of(id, &done);
        Ok(answer.location(&format!("/v1/doctors/{id}")))
    }

    /// List doctors
    #[oai(path = "/doctors", method = "get", operation_id = "listDoctors")]
    #[allow(
        clippy::too_many_arguments,
        reason = "each is a query parameter with its own documentation"
    )]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        /// Only of this hospital.
        hospital: Query<Option<Uuid>>,
        /// Only of this department.
        department: Query<Option<Uuid>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<DoctorsOut>, Problem> {
        let tenant = caller.actor.tenant;
        self.0.authorize(
            &caller,
            Action::ListDirectory,
            &Resource::of_tenant("doctor", tenant),
        )?;
        let page = page::<DoctorId>(after.0, limit.0)?;
        let view = self.0.view(&["doctor"], &read).await?;
        let (hospital, department) = (hospital.0.map(HospitalId), department.0.map(DepartmentId));
        let listed = doctor::list(self.0.reads(), tenant, hospital, department, page)
            .await
            .map_err(unreadable)?;
        Ok(view.answer(DoctorsOut {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// Read a doctor
    #[oai(path = "/doctors/:id", method = "get", operation_id = "readDoctor")]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<DoctorOut>, Problem> {
        let tenant = caller.actor.tenant;
        self.0.authorize(
            &caller,
            Action::ReadDirectory,
            &Resource::of_tenant("doctor", tenant),
        )?;
        let view = self.0.view(&["doctor"], &read).await?;
        let row = known(&self.0, tenant, DoctorId(id.0)).await?;
        let version = row.version;
        Ok(view.answer(row.into()).version(version, read.known_version))
    }
}

/// A doctor at the hospital where they work, as far as that matters to the caller.
///
/// # Errors
/// 503 when that can't be found out.
pub async fn at_work(
    backend: &Backend,
    caller: &SignedIn,
    doctor: DoctorId,
) -> Result<Resource, Problem> {
    let tenant = caller.actor.tenant;
    let resource = Resource::of_tenant("doctor", tenant).with_doctor(doctor.uuid());
    if caller.actor.posts.is_empty() && caller.actor.permissions.is_empty() {
        return Ok(resource);
    }
    let row = doctor::get(backend.reads(), tenant, doctor).await;
    Ok(match row.map_err(unreadable)? {
        Some(known) => resource.at(known.hospital),
        None => resource,
    })
}

/// One doctor. Ask for the view first.
///
/// # Errors
/// 404 when there is none, 503 when that can't be found out.
pub async fn known(
    backend: &Backend,
    tenant: TenantId,
    doctor: DoctorId,
) -> Result<DoctorRow, Problem> {
    let row = doctor::get(backend.reads(), tenant, doctor).await;
    row.map_err(unreadable)?.ok_or_else(|| no_such("doctor"))
}
