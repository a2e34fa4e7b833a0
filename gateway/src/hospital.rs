//! Hospitals and their departments.

pub mod booking_policy;
mod out;
pub mod setup;

use medilink_commands::hospital::{AddDepartment, Open};
use medilink_commands::{Action, Resource};
use medilink_domain::{HospitalId, TenantId};
use medilink_projections::hospital::{self, HospitalRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

pub use out::{HospitalOut, HospitalsOut};

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{Command, Read};
use crate::input::{field, page};
use crate::invitation::InviteeIn;
use crate::json::Json;
use crate::problem::Problem;

/// A hospital to open.
#[derive(Object)]
pub struct HospitalIn {
    /// Its name.
    #[oai(validator(min_length = 1, max_length = 200))]
    name: String,
    /// The IANA zone of its clock, such as `Asia/Kolkata`.
    #[oai(validator(max_length = 64))]
    time_zone: String,
    /// Who is invited to run it; can be invited later.
    manager: Option<InviteeIn>,
}

/// A department to add.
#[derive(Object)]
pub struct DepartmentIn {
    /// Its name, unique in the hospital.
    #[oai(validator(min_length = 1, max_length = 200))]
    name: String,
    /// What it treats.
    #[oai(validator(min_length = 1, max_length = 200))]
    specialty: String,
}

/// The routes.
pub struct Hospitals(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Hospitals")]
impl Hospitals {
    /// Open a hospital
    ///
    /// And invite whoever is to run it, who gets a code by mail.
    #[oai(path = "/hospitals", method = "post", operation_id = "openHospital")]
    async fn open(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<HospitalIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let manager = body.value.manager.map(|manager| manager.read("/manager"));
        let open = Open {
            name: field("/name", &body.value.name)?,
            time_zone: field("/time_zone", &body.value.time_zone)?,
            manager: manager.transpose()?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &open)
            .await?;
        let id = done.answer.hospital.uuid();
        let answer = ChangedOut::of(id, &done);
        Ok(answer.location(&format!("/v1/hospitals/{id}")))
    }

    /// List hospitals
    #[oai(path = "/hospitals", method = "get", operation_id = "listHospitals")]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<HospitalsOut>, Problem> {
        let tenant = caller.actor.tenant;
        self.0.authorize(
            &caller,
            Action::ListDirectory,
            &Resource::of_tenant("hospital", tenant),
        )?;
        let page = page::<HospitalId>(after.0, limit.0)?;
        let view = self.0.view(&["hospital"], &read).await?;
        let listed = hospital::list(self.0.reads(), tenant, page)
            .await
            .map_err(unreadable)?;
        Ok(view.answer(HospitalsOut {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// Read a hospital
    #[oai(path = "/hospitals/:id", method = "get", operation_id = "readHospital")]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<HospitalOut>, Problem> {
        let tenant = caller.actor.tenant;
        self.0.authorize(
            &caller,
            Action::ReadDirectory,
            &Resource::of_tenant("hospital", tenant),
        )?;
        let view = self.0.view(&["hospital"], &read).await?;
        let row = known(&self.0, tenant, HospitalId(id.0)).await?;
        let version = row.version;
        Ok(view.answer(row.into()).version(version, read.known_version))
    }

    /// Add a department to a hospital
    #[oai(
        path = "/hospitals/:id/departments",
        method = "post",
        operation_id = "addDepartment"
    )]
    async fn add_department(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<DepartmentIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let add = AddDepartment {
            hospital: HospitalId(id.0),
            name: field("/name", &body.value.name)?,
            specialty: field("/specialty", &body.value.specialty)?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &add)
            .await?;
        let department = done.answer.department.uuid();
        Ok(ChangedOut::of(department, &done).location(&format!("/v1/hospitals/{}", id.0)))
    }
}

/// One hospital. Ask for the view first.
///
/// # Errors
/// 404 when there is none, 503 when that can't be found out.
pub async fn known(
    backend: &Backend,
    tenant: TenantId,
    hospital: HospitalId,
) -> Result<HospitalRow, Problem> {
    let row = hospital::get(backend.reads(), tenant, hospital).await;
    row.map_err(unreadable)?.ok_or_else(|| no_such("hospital"))
}
