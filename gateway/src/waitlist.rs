//! The waitlist: patients who wait for a slot, and their answers to what is offered to them.

mod wish;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use medilink_commands::Action;
use medilink_commands::waitlist::{Accept, Decline, Join, Leave};
use medilink_domain::{AppointmentId, PatientId, WaitlistEntryId};
use medilink_projections::waitlist::{self, WaitlistRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::appointment::{AppointmentChangedOut, changed};
use crate::backend::{Backend, unreadable};
use crate::call::{Command, Read};
use crate::input::page;
use crate::json::Json;
use crate::patient;
use crate::problem::Problem;
use wish::{WishIn, WishOut};

/// A patient who waits.
#[derive(Object)]
pub struct WaitlistEntryIn {
    /// Who waits.
    patient: Uuid,
    /// For what.
    #[oai(flatten)]
    wish: WishIn,
}

/// An answer to an offer.
#[derive(Object)]
pub struct OfferAnswerIn {
    /// The appointment that is offered, as the entry's `offer` names it.
    appointment: Uuid,
}

/// An entry of the waitlist.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WaitlistEntryOut {
    /// The entry.
    id: Uuid,
    /// Who waits.
    patient: Uuid,
    /// For what.
    #[oai(flatten)]
    wish: WishOut,
    /// Since when.
    joined_at: DateTime<Utc>,
    /// `waiting`, `offered`, `accepted`, `left`, or `expired` when all that was wished for is
    /// over.
    state: String,
    /// What is offered, while it is held.
    offer: Option<OfferOut>,
    /// The appointment that an accepted offer became.
    appointment: Option<Uuid>,
    /// For `If-Match`.
    version: u64,
}

/// A slot that is held for a patient.
#[derive(Object)]
pub struct OfferOut {
    /// The appointment that it would be.
    appointment: Uuid,
    /// With whom.
    doctor: Uuid,
    /// When it starts.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// Until when it is held.
    until: DateTime<Utc>,
}

/// Some entries of the waitlist.
#[derive(Object)]
pub struct WaitlistEntriesOut {
    /// The latest first.
    items: Vec<WaitlistEntryOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl From<WaitlistRow> for WaitlistEntryOut {
    fn from(row: WaitlistRow) -> Self {
        let offer = row.offer.map(|offer| OfferOut {
            appointment: offer.appointment.uuid(),
            doctor: offer.doctor.uuid(),
            starts_at: offer.starts_at,
            ends_at: offer.ends_at,
            until: offer.until,
        });
        let accepted = row.appointment.filter(|_| offer.is_none());
        Self {
            id: row.entry.uuid(),
            patient: row.patient.uuid(),
            wish: row.wish.into(),
            joined_at: row.joined_at,
            state: row.state.name().to_owned(),
            offer,
            appointment: accepted.map(AppointmentId::uuid),
            version: row.version,
        }
    }
}

/// The routes.
pub struct Waitlists(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Waitlist")]
impl Waitlists {
    /// Put a patient on the waitlist
    ///
    /// When a slot that they wish for becomes free, it is held for them for a time.
    #[oai(path = "/waitlist", method = "post", operation_id = "joinWaitlist")]
    async fn join(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<WaitlistEntryIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let join = Join {
            patient: PatientId(body.value.patient),
            wish: body.value.wish.try_into()?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &join)
            .await?;
        let entry = done.answer.entry.uuid();
        Ok(ChangedOut::of(entry, &done))
    }

    /// List what a patient waits for
    #[oai(
        path = "/patients/:id/waitlist",
        method = "get",
        operation_id = "listWaitlist"
    )]
    async fn of_patient(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<WaitlistEntriesOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, PatientId(id.0));
        let permitted = self
            .0
            .permit_parts(&caller, Action::ListWaitlist, person)
            .await?;
        let page = page::<WaitlistEntryId>(after.0, limit.0)?;
        let view = self.0.view(&["patient", "waitlist"], &read).await?;
        patient::known(&self.0, tenant, person).await?;
        let extent = permitted.extent();
        let listed = waitlist::for_patient(self.0.reads(), tenant, person, &extent, page)
            .await
            .map_err(unreadable)?;
        let subjects = BTreeSet::from([person.into()]);
        self.0.disclose(permitted, subjects, "waitlist").await?;
        Ok(view.answer(WaitlistEntriesOut {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// Accept an offer
    ///
    /// The slot that is held becomes an appointment.
    #[oai(
        path = "/waitlist/:id/accept",
        method = "post",
        operation_id = "acceptOffer"
    )]
    async fn accept(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<OfferAnswerIn>,
    ) -> Result<Created<AppointmentChangedOut>, Problem> {
        let accept = Accept {
            entry: WaitlistEntryId(id.0),
            appointment: AppointmentId(body.value.appointment),
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &accept)
            .await?;
        Ok(changed(&done).location(&format!("/v1/appointments/{}", done.answer.appointment)))
    }

    /// Decline an offer
    ///
    /// The slot is passed on to the next in line; the patient goes on waiting.
    #[oai(
        path = "/waitlist/:id/decline",
        method = "post",
        operation_id = "declineOffer"
    )]
    async fn decline(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<OfferAnswerIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let decline = Decline {
            entry: WaitlistEntryId(id.0),
            appointment: AppointmentId(body.value.appointment),
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &decline)
            .await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Take a patient off the waitlist
    ///
    /// A slot that is held for them is passed on.
    #[oai(
        path = "/waitlist/:id",
        method = "delete",
        operation_id = "leaveWaitlist"
    )]
    async fn leave(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let entry = WaitlistEntryId(id.0);
        let leave = Leave { entry };
        let done = self.0.execute(&call.context(&caller), &leave).await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}
