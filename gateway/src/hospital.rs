//! Hospitals and their departments.

use medilink_commands::hospital::{AddDepartment, Open};
use medilink_commands::{Action, Resource};
use medilink_domain::HospitalId;
use medilink_projections::hospital::{self, HospitalRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, field, no_such, page, unreadable};
use crate::call::{Command, Read};
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

/// Some hospitals.
#[derive(Object)]
pub struct HospitalsOut {
    /// In the order in which they opened.
    items: Vec<HospitalOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

/// The hospital that was opened.
#[derive(Object)]
pub struct HospitalOpenedOut {
    /// The hospital.
    id: Uuid,
    /// For `If-Match`.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// The department that was added.
#[derive(Object)]
pub struct DepartmentAddedOut {
    /// The department.
    id: Uuid,
    /// The hospital's version, for `If-Match`.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
}

impl From<HospitalRow> for HospitalOut {
    fn from(row: HospitalRow) -> Self {
        let departments = row
            .departments
            .0
            .into_iter()
            .map(|department| DepartmentOut {
                id: department.department.uuid(),
                name: department.name.as_str().to_owned(),
                specialty: department.specialty.as_str().to_owned(),
            });
        Self {
            id: row.hospital.uuid(),
            name: row.name.as_str().to_owned(),
            time_zone: row.time_zone.name().to_owned(),
            departments: departments.collect(),
            version: row.version,
        }
    }
}

/// The routes.
pub struct Hospitals(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Hospitals")]
impl Hospitals {
    /// Open a hospital
    #[oai(path = "/hospitals", method = "post", operation_id = "openHospital")]
    async fn open(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<HospitalIn>,
    ) -> Result<Created<HospitalOpenedOut>, Problem> {
        let open = Open {
            name: field("/name", &body.value.name)?,
            time_zone: field("/time_zone", &body.value.time_zone)?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &open)
            .await?;
        let id = done.answer.hospital.uuid();
        let body = HospitalOpenedOut {
            id,
            version: done.answer.version,
            position: done.position.0,
        };
        Ok(Created::done(body, &done).location(&format!("/v1/hospitals/{id}")))
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
            Action::ListDirectory,
            &Resource::of_tenant("hospital", tenant),
        )?;
        let view = self.0.view(&["hospital"], &read).await?;
        let row = hospital::get(self.0.reads(), tenant, HospitalId(id.0))
            .await
            .map_err(unreadable)?;
        let row = row.ok_or_else(|| no_such("hospital"))?;
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
    ) -> Result<Created<DepartmentAddedOut>, Problem> {
        let add = AddDepartment {
            hospital: HospitalId(id.0),
            name: field("/name", &body.value.name)?,
            specialty: field("/specialty", &body.value.specialty)?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &add)
            .await?;
        let (version, position) = (done.answer.version, done.position.0);
        let body = DepartmentAddedOut {
            id: done.answer.department.uuid(),
            version,
            position,
        };
        Ok(Created::done(body, &done)
            .tag(version)
            .location(&format!("/v1/hospitals/{}", id.0)))
    }
}
