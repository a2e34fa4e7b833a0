//! Erasure: a person asks to be forgotten, sees what is erased when and what the law keeps, and
//! gets a signed certificate.

mod certificate;
mod out;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use medilink_commands::erasure::{Request, Withdraw};
use medilink_commands::legal_hold::{HoldErasure, ReleaseErasure, Why};
use medilink_commands::sign_in::SignInDesk;
use medilink_commands::{Action, Resource};
use medilink_domain::{ErasureId, PatientId, SubjectId, TenantId};
use medilink_projections::erasure::{self, ErasureRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

pub use certificate::CertificateOut;
pub use out::{ErasureOut, ErasuresOut};

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, View, no_such, unreadable};
use crate::call::{self, Command, Read};
use crate::disclosure::Permitted;
use crate::input::{field, instant, page};
use crate::json::Json;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::visitor::Visitor;

const KIND: &str = "erasure";

/// Why somebody's data is to be erased.
#[derive(Object)]
pub struct ErasureIn {
    /// A code, such as `leaves-the-hospital` or `asked-in-writing`.
    #[oai(validator(min_length = 1, max_length = 64))]
    reason: String,
}

/// An erasure that was asked for.
#[derive(Object)]
pub struct ErasureRequestedOut {
    /// The erasure.
    id: Uuid,
    /// The version of it.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
    /// What its certificate can be fetched with by whoever can sign in no more. Keep it.
    certificate_code: String,
}

/// Why nothing may be erased.
#[derive(Object)]
pub struct HoldIn {
    /// A code, such as `litigation` or `investigation`.
    #[oai(validator(min_length = 1, max_length = 64))]
    basis: String,
    /// Until when; until it is released, if nothing is said.
    until: Option<DateTime<Utc>>,
}

/// Why it may be erased now.
#[derive(Object)]
pub struct ReleaseIn {
    /// A code, such as `case-closed`.
    #[oai(validator(min_length = 1, max_length = 64))]
    pub(crate) reason: String,
}

/// What a certificate is fetched with.
#[derive(Object)]
pub struct CertificateCodeIn {
    /// The `certificate_code` that the request was answered with.
    #[oai(validator(min_length = 1, max_length = 100))]
    code: String,
}

impl HoldIn {
    pub(crate) fn why(&self) -> Result<Why, Problem> {
        Ok(Why {
            basis: field("/basis", &self.basis)?,
            until: self
                .until
                .map(|until| instant("until", until))
                .transpose()?,
        })
    }
}

/// The routes.
pub struct Erasures {
    /// Carries out commands.
    pub backend: Backend,
    /// Signs certificates.
    pub desk: SignInDesk,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Erasure")]
impl Erasures {
    /// Ask that everything that is kept of a patient be erased
    ///
    /// Nothing is erased for seven days, in which this can be withdrawn, nor for as long as a law
    /// asks for the data. One request of a person is under way at a time.
    #[oai(
        path = "/patients/:id/erasures",
        method = "post",
        operation_id = "requestErasure"
    )]
    async fn request(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<ErasureIn>,
    ) -> Result<Created<ErasureRequestedOut>, Problem> {
        let request = Request {
            patient: PatientId(id.0),
            reason: field("/reason", &body.value.reason)?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.backend.execute(&context, &request).await?;
        let erasure = done.answer.erasure;
        let body = ErasureRequestedOut {
            id: erasure.uuid(),
            version: done.answer.version,
            position: done.position.0,
            certificate_code: self.desk.certificate_code(erasure),
        };
        let version = done.answer.version;
        Ok(Created::done(body, &done)
            .tag(version)
            .location(&format!("/v1/erasures/{erasure}")))
    }

    /// List the erasures of a patient
    #[oai(
        path = "/patients/:id/erasures",
        method = "get",
        operation_id = "listPatientErasures"
    )]
    async fn list_of_patient(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<ErasuresOut>, Problem> {
        let resource = Resource::of_tenant("patient", caller.actor.tenant).about(id.0);
        let permitted = self
            .backend
            .permit(&caller, Action::ReadErasure, resource)
            .await?;
        let page = page::<ErasureId>(after.0, limit.0)?;
        let person = Some(SubjectId(id.0));
        self.listed(permitted, caller.actor.tenant, &read, person, page)
            .await
    }

    /// List the erasures of the hospital network
    #[oai(path = "/erasures", method = "get", operation_id = "listErasures")]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<ErasuresOut>, Problem> {
        let resource = Resource::of_tenant(KIND, caller.actor.tenant);
        let permitted = self
            .backend
            .permit(&caller, Action::ListErasures, resource)
            .await?;
        let page = page::<ErasureId>(after.0, limit.0)?;
        self.listed(permitted, caller.actor.tenant, &read, None, page)
            .await
    }

    /// Follow an erasure
    ///
    /// Says of each category of data whether it is erased, or when it will be, and which law
    /// keeps it until then.
    #[oai(path = "/erasures/:id", method = "get", operation_id = "readErasure")]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<ErasureOut>, Problem> {
        let (view, row) = self.disclosed(&caller, &read, ErasureId(id.0)).await?;
        let version = row.version;
        let out = ErasureOut::of(row, self.backend.retention());
        Ok(view.answer(out).version(version, read.known_version))
    }

    /// Give an erasure up
    ///
    /// Possible until something is erased.
    #[oai(
        path = "/erasures/:id/withdraw",
        method = "post",
        operation_id = "withdrawErasure"
    )]
    async fn withdraw(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let withdraw = Withdraw {
            erasure: ErasureId(id.0),
        };
        let context = call.context(&caller);
        let done = self.backend.execute(&context, &withdraw).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Stop an erasure for a legal reason
    ///
    /// Holds all data of the person, as a legal hold on the patient does.
    #[oai(
        path = "/erasures/:id/hold",
        method = "post",
        operation_id = "holdErasure"
    )]
    async fn hold(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<HoldIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let hold = HoldErasure {
            erasure: ErasureId(id.0),
            why: body.value.why()?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.backend.execute(&context, &hold).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Let an erasure go on
    #[oai(
        path = "/erasures/:id/release",
        method = "post",
        operation_id = "releaseErasure"
    )]
    async fn release(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<ReleaseIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let release = ReleaseErasure {
            erasure: ErasureId(id.0),
            reason: field("/reason", &body.value.reason)?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.backend.execute(&context, &release).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Fetch the certificate of an erasure
    #[oai(
        path = "/erasures/:id/certificate",
        method = "get",
        operation_id = "readErasureCertificate"
    )]
    async fn certificate(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<CertificateOut>, Problem> {
        let (view, row) = self.disclosed(&caller, &read, ErasureId(id.0)).await?;
        Ok(view.answer(self.certified(row).await?))
    }

    /// Fetch the certificate with its code
    ///
    /// For whoever asked for the erasure and can sign in no more because of it.
    #[oai(
        path = "/erasures/:id/certificate",
        method = "post",
        operation_id = "collectErasureCertificate"
    )]
    async fn collect(
        &self,
        visitor: Visitor,
        id: Path<Uuid>,
        body: Json<CertificateCodeIn>,
    ) -> Result<Found<CertificateOut>, Problem> {
        let tenant = visitor.context(self.desk.tenant()).actor.tenant;
        let erasure = ErasureId(id.0);
        if !self.desk.is_certificate_code(erasure, &body.value.code) {
            return Err(no_such(KIND));
        }
        let row = self.known(tenant, erasure).await?;
        Ok(Found::new(self.certified(row).await?))
    }
}

impl Erasures {
    async fn known(&self, tenant: TenantId, id: ErasureId) -> Result<ErasureRow, Problem> {
        let row = erasure::get(self.backend.reads(), tenant, id).await;
        row.map_err(unreadable)?.ok_or_else(|| no_such(KIND))
    }

    /// One erasure, if the caller may see it, which is recorded.
    async fn disclosed(
        &self,
        caller: &SignedIn,
        read: &Read,
        id: ErasureId,
    ) -> Result<(View, ErasureRow), Problem> {
        let tenant = caller.actor.tenant;
        let view = self.backend.view(&["erasure"], read).await?;
        let row = self.known(tenant, id).await?;
        let resource = Resource::of_tenant(KIND, tenant).about(row.person.uuid());
        let permitted = self
            .backend
            .permit(caller, Action::ReadErasure, resource)
            .await?;
        let subjects = BTreeSet::from([row.person]);
        self.backend.disclose(permitted, subjects, KIND).await?;
        Ok((view, row))
    }

    async fn listed(
        &self,
        permitted: Permitted<'_>,
        tenant: TenantId,
        read: &Read,
        person: Option<SubjectId>,
        page: medilink_projections::Page<ErasureId>,
    ) -> Result<Found<ErasuresOut>, Problem> {
        let view = self.backend.view(&["erasure"], read).await?;
        let listed = erasure::list(self.backend.reads(), tenant, person, page).await;
        let listed = listed.map_err(unreadable)?;
        let subjects: BTreeSet<SubjectId> = listed.rows.iter().map(|row| row.person).collect();
        if !subjects.is_empty() {
            self.backend.disclose(permitted, subjects, KIND).await?;
        }
        let rules = self.backend.retention();
        let items = listed.rows.into_iter();
        Ok(view.answer(ErasuresOut {
            items: items.map(|row| ErasureOut::of(row, rules)).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    async fn certified(&self, row: ErasureRow) -> Result<CertificateOut, Problem> {
        let Some(last) = row.certificates.0.last().cloned() else {
            return Err(Problem::new(&kinds::NOT_CERTIFIED));
        };
        let checkpoint = self.backend.checkpoint(last.tree_size).await?;
        let document = certificate::document(&row, &last, &checkpoint, self.backend.retention());
        let signed = self.desk.certify(document.clone()).map_err(call::refuse)?;
        Ok(CertificateOut::new(
            last.certificate,
            document.into(),
            signed,
        ))
    }
}
