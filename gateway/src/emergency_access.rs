//! Emergency accesses: a record is opened without the patient's consent, read for an hour, and
//! looked into afterwards.

mod wire;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use medilink_commands::emergency_access::{Close, Review, resource_for};
use medilink_commands::{Action, Resource};
use medilink_domain::{EmergencyAccessId, HospitalId, SubjectId};
use medilink_projections::emergency_access::{self, Wanted};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, View, no_such, unreadable};
use crate::call::{self, Command, Read};
use crate::disclosure::Permitted;
use crate::input::{field, page};
use crate::json::Json;
use crate::problem::Problem;
use wire::{
    EmergencyAccessIn, EmergencyAccessOpenedOut, EmergencyAccessOut, EmergencyAccessesOut,
    EmergencyReviewIn, EmergencyStateCode,
};

/// What reads of it are recorded as.
const WHAT: &str = "emergency-accesses";

/// The routes.
pub struct EmergencyAccesses(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::EmergencyAccesses")]
impl EmergencyAccesses {
    /// Open a patient's record in an emergency
    ///
    /// By a doctor, nurse or department head, at a hospital where they work, who has shown of
    /// late who they are (`POST /v1/me/session/proof`). For 60 minutes, which can't be made
    /// longer, they read who the patient is and the patient's visits; nothing more, and they
    /// change nothing. The patient and the compliance officers are told at once, each read is in
    /// the patient's history, and a compliance officer looks into it.
    #[oai(
        path = "/patients/:id/emergency-accesses",
        method = "post",
        operation_id = "openEmergencyAccess"
    )]
    async fn open(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<EmergencyAccessIn>,
    ) -> Result<Created<EmergencyAccessOpenedOut>, Problem> {
        let open = body.value.read(id.0)?;
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &open).await?;
        Ok(EmergencyAccessOpenedOut::of(&done))
    }

    /// Close a record before its time
    ///
    /// By who opened it; from now on nothing is read of it.
    #[oai(
        path = "/emergency-accesses/:id/close",
        method = "post",
        operation_id = "closeEmergencyAccess"
    )]
    async fn close(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let access = EmergencyAccessId(id.0);
        let context = call.context(&caller);
        let done = self.0.execute(&context, &Close { access }).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Say whether it was justified to open a record
    ///
    /// By a compliance officer who has no part in it, when it is over; once.
    #[oai(
        path = "/emergency-accesses/:id/review",
        method = "post",
        operation_id = "reviewEmergencyAccess"
    )]
    async fn review(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<EmergencyReviewIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let review = Review {
            access: EmergencyAccessId(id.0),
            justified: body.value.justified,
            remark: field("/remark", &body.value.remark)?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &review).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// List the records that were opened in emergencies
    ///
    /// For compliance officers: those of a hospital name theirs. The patients are told of it in
    /// their histories.
    #[oai(
        path = "/emergency-accesses",
        method = "get",
        operation_id = "listEmergencyAccesses"
    )]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        /// Only those that stand so now.
        state: Query<Option<EmergencyStateCode>>,
        /// Only those opened at this hospital.
        hospital: Query<Option<Uuid>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<EmergencyAccessesOut>, Problem> {
        let wanted = Wanted {
            clinician: None,
            hospital: hospital.0.map(HospitalId),
            status: state.0.map(Into::into),
        };
        let resource = Resource::of_tenant("emergency access", caller.actor.tenant);
        let resource = wanted.hospital.into_iter().fold(resource, Resource::at);
        let permitted = self
            .0
            .permit(&caller, Action::ListEmergencyAccesses, resource)
            .await?;
        let asked = (read, after.0, limit.0);
        self.listed(&caller, permitted, &wanted, asked).await
    }

    /// List the records that one opened in emergencies
    #[oai(
        path = "/me/emergency-accesses",
        method = "get",
        operation_id = "listMyEmergencyAccesses"
    )]
    async fn own(
        &self,
        caller: SignedIn,
        read: Read,
        /// Only those that stand so now.
        state: Query<Option<EmergencyStateCode>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<EmergencyAccessesOut>, Problem> {
        let wanted = Wanted {
            clinician: Some(SubjectId(caller.actor.id)),
            hospital: None,
            status: state.0.map(Into::into),
        };
        let resource = Resource::of_tenant("emergency access", caller.actor.tenant);
        let resource = resource.about(caller.actor.id);
        let permitted = self
            .0
            .permit(&caller, Action::ListOwnEmergencyAccesses, resource)
            .await?;
        let asked = (read, after.0, limit.0);
        self.listed(&caller, permitted, &wanted, asked).await
    }

    /// Read how a record was opened in an emergency
    ///
    /// By the patient, who opened it, and compliance officers.
    #[oai(
        path = "/emergency-accesses/:id",
        method = "get",
        operation_id = "readEmergencyAccess"
    )]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<EmergencyAccessOut>, Problem> {
        let missing = || no_such("emergency access");
        let (tenant, access) = (caller.actor.tenant, EmergencyAccessId(id.0));
        let view = self.0.view(&["emergency_access"], &read).await?;
        let found = emergency_access::find(self.0.reads(), tenant, access).await;
        let sealed = found.map_err(unreadable)?.ok_or_else(missing)?;
        let (patient, hospital, clinician) = (sealed.patient, sealed.hospital, sealed.clinician);
        let resource = resource_for(self.0.executor(), tenant, patient, hospital, clinician);
        let resource = resource.await.map_err(call::refuse)?;
        let permitted = self
            .0
            .permit(&caller, Action::ReadEmergencyAccess, resource)
            .await?;
        let opened = sealed.open(self.0.reads()).await;
        let row = opened.map_err(unreadable)?.ok_or_else(missing)?;
        let subjects = BTreeSet::from([patient.into()]);
        self.0.disclose(permitted, subjects, WHAT).await?;
        Ok(view.answer(EmergencyAccessOut::at(row, Utc::now())))
    }
}

/// How a list is asked for: by a reader, from a place on, so many.
type Asked = (Read, Option<String>, Option<u16>);

impl EmergencyAccesses {
    async fn listed(
        &self,
        caller: &SignedIn,
        permitted: Permitted<'_>,
        wanted: &Wanted,
        (read, after, limit): Asked,
    ) -> Result<Found<EmergencyAccessesOut>, Problem> {
        let (tenant, now): (_, DateTime<Utc>) = (caller.actor.tenant, Utc::now());
        let page = page::<EmergencyAccessId>(after, limit)?;
        let view: View = self.0.view(&["emergency_access"], &read).await?;
        let listed = emergency_access::list(self.0.reads(), tenant, wanted, now, page).await;
        let listed = listed.map_err(unreadable)?;
        let patients = listed.rows.iter().map(|row| row.patient.into());
        let subjects: BTreeSet<SubjectId> = patients.collect();
        self.0.disclose(permitted, subjects, WHAT).await?;
        Ok(view.answer(EmergencyAccessesOut::of(listed, now)))
    }
}
