//! Consents: asked for by those who give care, given and taken back by patients, each step with
//! a receipt.

mod receipt;
mod wire;

use std::collections::BTreeSet;

use chrono::Utc;
use medilink_commands::consent::{self, Answer, Deny, Grant, Request, Revoke};
use medilink_commands::sign_in::SignInDesk;
use medilink_commands::{Action, Resource, guardian};
use medilink_domain::{ConsentId, PatientId, SubjectId};
use medilink_projections::consent::{self as consents, ConsentRow, Wanted};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{self, Command, Read};
use crate::disclosure::Permitted;
use crate::input::page;
use crate::json::Json;
use crate::patient;
use crate::problem::Problem;
pub(crate) use wire::ConsentsOut;
use wire::{
    ConsentAnswerIn, ConsentIn, ConsentOut, ConsentReceiptOut, ConsentRequestIn, ConsentStateCode,
};

/// The routes.
pub struct Consents {
    /// Who may.
    pub backend: Backend,
    /// Who signs receipts.
    pub desk: SignInDesk,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Consents")]
impl Consents {
    /// Ask a patient for consent
    ///
    /// For oneself or for where one works. The request lapses after thirty days.
    #[oai(
        path = "/consent-requests",
        method = "post",
        operation_id = "requestConsent"
    )]
    async fn request(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<ConsentRequestIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let ConsentRequestIn { patient, consent } = body.value;
        let (grantee, terms) = consent.read()?;
        let request = Request {
            patient: PatientId(patient),
            grantee,
            terms,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.backend.execute(&context, &request).await?;
        let id = done.answer.consent.uuid();
        let answer = ChangedOut::of(id, &done);
        Ok(answer.location(&format!("/v1/consents/{id}")))
    }

    /// Give consent without being asked
    ///
    /// By the patient, or the guardian of a minor.
    #[oai(
        path = "/patients/:id/consents",
        method = "post",
        operation_id = "giveConsent"
    )]
    async fn give(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<ConsentIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let (grantee, terms) = body.value.read()?;
        let grant = Grant {
            patient: PatientId(id.0),
            grantee,
            terms,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.backend.execute(&context, &grant).await?;
        let id = done.answer.consent.uuid();
        let answer = ChangedOut::of(id, &done);
        Ok(answer.location(&format!("/v1/consents/{id}")))
    }

    /// List who may, or wants to, see a patient's record
    #[oai(
        path = "/patients/:id/consents",
        method = "get",
        operation_id = "listConsents"
    )]
    async fn of_patient(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// Only those that stand so now.
        state: Query<Option<ConsentStateCode>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<ConsentsOut>, Problem> {
        let (tenant, person, now) = (caller.actor.tenant, PatientId(id.0), Utc::now());
        let executor = self.backend.executor();
        let resource = guardian::data_for(executor, tenant, "patient", person).await;
        let resource = resource.map_err(call::refuse)?;
        let permitted = self
            .backend
            .permit(&caller, Action::ListConsents, resource)
            .await?;
        let page = page::<ConsentId>(after.0, limit.0)?;
        let view = self.backend.view(&["consent", "patient"], &read).await?;
        patient::known(&self.backend, tenant, person).await?;
        let (reads, state) = (self.backend.reads(), state.0.map(Into::into));
        let listed = consents::for_patient(reads, tenant, person, state, now, page)
            .await
            .map_err(unreadable)?;
        let subjects = BTreeSet::from([person.into()]);
        self.backend
            .disclose(permitted, subjects, "consents")
            .await?;
        Ok(view.answer(ConsentsOut::of(listed, now)))
    }

    /// List the consents that one holds
    ///
    /// What is granted to a doctor, or to where they work, and not over.
    #[oai(
        path = "/me/granted-consents",
        method = "get",
        operation_id = "listGrantedConsents"
    )]
    async fn held(
        &self,
        caller: SignedIn,
        read: Read,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<ConsentsOut>, Problem> {
        let (tenant, now) = (caller.actor.tenant, Utc::now());
        let resource = Resource::of_tenant("consent", tenant).about(caller.actor.id);
        let permitted = self
            .backend
            .permit(&caller, Action::ListGrantedConsents, resource)
            .await?;
        let page = page::<ConsentId>(after.0, limit.0)?;
        let view = self.backend.view(&["consent"], &read).await?;
        let grantees = consent::grantees_of(self.backend.executor(), &caller.actor).await;
        let grantees = grantees.map_err(call::refuse)?;
        let listed = consents::granted_to(self.backend.reads(), tenant, &grantees, now, page)
            .await
            .map_err(unreadable)?;
        let patients = listed.rows.iter().map(|row| row.patient.into());
        let subjects: BTreeSet<SubjectId> = patients.collect();
        self.backend
            .disclose(permitted, subjects, "consents")
            .await?;
        Ok(view.answer(ConsentsOut::of(listed, now)))
    }

    /// Search the consents of all patients
    ///
    /// For compliance officers of the whole network. Each patient whose consents are found is told
    /// of it in their history.
    #[oai(path = "/consents", method = "get", operation_id = "searchConsents")]
    #[allow(
        clippy::too_many_arguments,
        reason = "each is a query parameter with its own documentation"
    )]
    async fn search(
        &self,
        caller: SignedIn,
        read: Read,
        /// Only those of this patient.
        patient: Query<Option<Uuid>>,
        /// Only those for this person, hospital or program.
        grantee: Query<Option<Uuid>>,
        /// Only those that stand so now.
        state: Query<Option<ConsentStateCode>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<ConsentsOut>, Problem> {
        let (tenant, now) = (caller.actor.tenant, Utc::now());
        let resource = Resource::of_tenant("consent", tenant);
        let permitted = self
            .backend
            .permit(&caller, Action::SearchConsents, resource)
            .await?;
        let page = page::<ConsentId>(after.0, limit.0)?;
        let view = self.backend.view(&["consent"], &read).await?;
        let wanted = Wanted {
            patient: patient.0.map(PatientId),
            grantee: grantee.0,
            state: state.0.map(Into::into),
        };
        let listed = consents::search(self.backend.reads(), tenant, wanted, now, page)
            .await
            .map_err(unreadable)?;
        let patients = listed.rows.iter().map(|row| row.patient.into());
        let subjects: BTreeSet<SubjectId> = patients.collect();
        self.backend
            .disclose(permitted, subjects, "consents")
            .await?;
        Ok(view.answer(ConsentsOut::of(listed, now)))
    }

    /// Read a consent
    #[oai(path = "/consents/:id", method = "get", operation_id = "readConsent")]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<ConsentOut>, Problem> {
        let view = self.backend.view(&["consent"], &read).await?;
        let (permitted, row) = self.readable(&caller, id.0).await?;
        let subjects = BTreeSet::from([row.patient.into()]);
        self.backend
            .disclose(permitted, subjects, "consents")
            .await?;
        Ok(view.answer(ConsentOut::at(row, Utc::now())))
    }

    /// Get the receipt of a consent
    ///
    /// What was last decided on it, in the form of ABDM's consent artefact, as a JWS (EdDSA,
    /// `typ` `consent-receipt+jwt`) which anyone can verify with `/.well-known/jwks.json`.
    #[oai(
        path = "/consents/:id/receipt",
        method = "get",
        operation_id = "readConsentReceipt"
    )]
    async fn receipt(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<ConsentReceiptOut>, Problem> {
        let view = self.backend.view(&["consent"], &read).await?;
        let (permitted, row) = self.readable(&caller, id.0).await?;
        let claims = receipt::claims(&row);
        let receipt = self.desk.receipt(claims).map_err(call::refuse)?;
        let subjects = BTreeSet::from([row.patient.into()]);
        self.backend
            .disclose(permitted, subjects, "consents")
            .await?;
        Ok(view.answer(ConsentReceiptOut { receipt }))
    }

    /// Give what was asked for
    ///
    /// Or less: whatever the body doesn't name is given as it was asked for.
    #[oai(
        path = "/consents/:id/grant",
        method = "post",
        operation_id = "grantConsent"
    )]
    async fn grant(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<ConsentAnswerIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let answer = Answer {
            consent: ConsentId(id.0),
            narrowed: body.value.read()?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.backend.execute(&context, &answer).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Refuse what was asked for
    #[oai(
        path = "/consents/:id/deny",
        method = "post",
        operation_id = "denyConsent"
    )]
    async fn deny(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let consent = ConsentId(id.0);
        let context = call.context(&caller);
        let done = self.backend.execute(&context, &Deny { consent }).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Take a consent back
    ///
    /// No reason is needed, and from now on nothing is read under it.
    #[oai(
        path = "/consents/:id/revoke",
        method = "post",
        operation_id = "revokeConsent"
    )]
    async fn revoke(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let consent = ConsentId(id.0);
        let context = call.context(&caller);
        let done = self.backend.execute(&context, &Revoke { consent }).await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}

impl Consents {
    /// A consent, if the caller may see it: no less than whose it is tells whether they may.
    async fn readable<'a>(
        &self,
        caller: &'a SignedIn,
        id: Uuid,
    ) -> Result<(Permitted<'a>, ConsentRow), Problem> {
        let tenant = caller.actor.tenant;
        let row = consents::get(self.backend.reads(), tenant, ConsentId(id)).await;
        let row = row.map_err(unreadable)?.ok_or_else(|| no_such("consent"))?;
        let executor = self.backend.executor();
        let resource = consent::resource_for(executor, &caller.actor, row.patient, row.grantee.0);
        let resource = resource.await.map_err(call::refuse)?;
        let permitted = self
            .backend
            .permit(caller, Action::ReadConsent, resource)
            .await?;
        Ok((permitted, row))
    }
}
