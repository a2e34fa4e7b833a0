//! Applications: how providers come to work at a hospital.

mod decision;
mod out;

use std::collections::BTreeSet;

use medilink_commands::application::Details;
use medilink_commands::sign_in::{ProviderRegistration, SignInDesk};
use medilink_commands::{Action, Resource};
use medilink_domain::{ApplicationId, DepartmentId, HospitalId, SubjectId, VerificationId};
use medilink_projections::application;
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

pub use decision::Decisions;
pub use out::{ApplicationOut, ApplicationsOut};

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{Command, Read};
use crate::input::{each, field, optional, page};
use crate::json::Json;
use crate::problem::Problem;
use crate::session::{password, refused};
use crate::visitor::Visitor;
use crate::wire::{ApplicationStatusCode, LanguageCode};

/// Somebody who wants to work at a hospital, and has no account.
#[derive(Object)]
pub struct ProviderIn {
    /// The `id` of the registration that their e-mail address was asked for with.
    registration: Uuid,
    /// The code that was mailed, such as `K7QM2-X9R4T`.
    #[oai(validator(min_length = 10, max_length = 40))]
    code: String,
    /// The code of the hospital, such as `K7QD-9M2X-4T6H`.
    #[oai(validator(min_length = 12, max_length = 40))]
    hospital_code: String,
    /// The password to sign in with: at least 12 characters that can't be guessed.
    #[oai(validator(min_length = 1, max_length = 512))]
    password: String,
    /// Their name.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// Their number in the council's register; doctors need one.
    #[oai(validator(min_length = 1, max_length = 40))]
    registration_number: Option<String>,
    /// What they know about.
    #[oai(default, validator(max_items = 10))]
    specialties: Vec<String>,
    /// What they speak.
    #[oai(validator(min_items = 1, max_items = 3, unique_items))]
    languages: Vec<LanguageCode>,
    /// Where in the hospital they would like to work.
    department: Option<Uuid>,
}

/// Somebody who wants to work at a hospital, with the account that they have.
#[derive(Object)]
pub struct ApplicationIn {
    /// The code of the hospital, such as `K7QD-9M2X-4T6H`.
    #[oai(validator(min_length = 12, max_length = 40))]
    hospital_code: String,
    /// Their name.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// Their number in the council's register; doctors need one.
    #[oai(validator(min_length = 1, max_length = 40))]
    registration_number: Option<String>,
    /// What they know about.
    #[oai(default, validator(max_items = 10))]
    specialties: Vec<String>,
    /// What they speak.
    #[oai(validator(min_items = 1, max_items = 3, unique_items))]
    languages: Vec<LanguageCode>,
    /// Where in the hospital they would like to work.
    department: Option<Uuid>,
}

impl ApplicationIn {
    fn details(self) -> Result<Details, Problem> {
        Ok(Details {
            name: field("/name", &self.name)?,
            registration_number: optional(
                "/registration_number",
                self.registration_number.as_deref(),
            )?,
            specialties: each("/specialties", self.specialties, |place, specialty| {
                field(place, &specialty)
            })?,
            languages: self.languages.into_iter().map(Into::into).collect(),
            department: self.department.map(DepartmentId),
        })
    }
}

/// The routes.
pub struct Applications {
    /// Carries out commands.
    pub backend: Backend,
    /// Lets people in.
    pub desk: SignInDesk,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Staff")]
impl Applications {
    /// Register as a provider
    ///
    /// With the code that `POST /v1/registrations` mailed, and the code of a hospital. Opens an
    /// account that sees nothing but its application until a manager of the hospital approves
    /// it.
    #[oai(
        path = "/providers",
        method = "post",
        operation_id = "registerProvider"
    )]
    async fn register(
        &self,
        visitor: Visitor,
        body: Json<ProviderIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let given = body.value;
        let application = ApplicationIn {
            hospital_code: given.hospital_code,
            name: given.name,
            registration_number: given.registration_number,
            specialties: given.specialties,
            languages: given.languages,
            department: given.department,
        };
        let registration = ProviderRegistration {
            verification: VerificationId(given.registration),
            code: field("/code", &given.code)?,
            hospital_code: field("/hospital_code", &application.hospital_code)?,
            password: password("/password", &given.password)?,
            details: application.details()?,
        };
        let context = visitor.context(self.desk.tenant());
        let done = self.desk.register_provider(&context, registration).await;
        let done = done.map_err(refused)?;
        let answer = ChangedOut::of(done.answer.application.uuid(), &done);
        Ok(answer.location("/v1/me/application"))
    }

    /// Apply at a hospital
    ///
    /// With the account that is signed in. One application at a time.
    #[oai(path = "/me/application", method = "post", operation_id = "apply")]
    async fn apply(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<ApplicationIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let code = field("/hospital_code", &body.value.hospital_code)?;
        let context = call.with_body(&caller, &body.hash);
        let details = body.value.details()?;
        let done = self.desk.apply(&context, &code, details).await;
        let done = done.map_err(refused)?;
        let answer = ChangedOut::of(done.answer.application.uuid(), &done);
        Ok(answer.location("/v1/me/application"))
    }

    /// Read one's last application
    #[oai(
        path = "/me/application",
        method = "get",
        operation_id = "readMyApplication"
    )]
    async fn own(&self, caller: SignedIn, read: Read) -> Result<Found<ApplicationOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, SubjectId(caller.actor.id));
        let own = Resource::of_tenant("application", tenant).about(person.uuid());
        let permitted = self
            .backend
            .permit(&caller, Action::ReadApplication, own)
            .await?;
        let view = self.backend.view(&["application"], &read).await?;
        let row = application::last_of(self.backend.reads(), tenant, person).await;
        let row = row.map_err(unreadable)?;
        let row = row.ok_or_else(|| no_such("application"))?;
        let subjects = BTreeSet::from([person]);
        self.backend
            .disclose(permitted, subjects, "application")
            .await?;
        let version = row.version;
        Ok(view.answer(row.into()).version(version, read.known_version))
    }

    /// List who applies at a hospital
    #[oai(
        path = "/hospitals/:id/applications",
        method = "get",
        operation_id = "listApplications"
    )]
    #[allow(
        clippy::too_many_arguments,
        reason = "each is a query parameter with its own documentation"
    )]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// Only those that stand so.
        status: Query<Option<ApplicationStatusCode>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<ApplicationsOut>, Problem> {
        let (tenant, hospital) = (caller.actor.tenant, HospitalId(id.0));
        let there = Resource::of_tenant("hospital", tenant).at(hospital);
        let permitted = self
            .backend
            .permit(&caller, Action::ListApplications, there)
            .await?;
        let page = page::<ApplicationId>(after.0, limit.0)?;
        let view = self.backend.view(&["application"], &read).await?;
        let status = status.0.map(Into::into);
        let reads = self.backend.reads();
        let listed = application::of_hospital(reads, tenant, hospital, status, page).await;
        let listed = listed.map_err(unreadable)?;
        let subjects = listed.rows.iter().map(|row| row.applicant).collect();
        self.backend
            .disclose(permitted, subjects, "application")
            .await?;
        Ok(view.answer(ApplicationsOut {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }
}
