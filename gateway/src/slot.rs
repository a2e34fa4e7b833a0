//! Free slots: found over all doctors, by whatever matters to the patient.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_commands::{Action, Resource};
use medilink_domain::{DepartmentId, DoctorId, HospitalId, VisitTypeId};
use medilink_projections::availability::{FreeSlot, SOURCES, Search};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::Found;
use crate::api::Tag;
use crate::backend::{Backend, View, unreadable};
use crate::call::Read;
use crate::doctor;
use crate::input::{USUAL_PAGE, cursor, instant, invalid_parameter};
use crate::problem::Problem;
use crate::wire::{LanguageCode, VisitModeCode};

/// The longest period in which slots are looked for.
const LONGEST_PERIOD: TimeDelta = TimeDelta::days(92);

/// A free slot.
#[derive(Object)]
pub struct SlotOut {
    /// When it starts.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// Whose it is.
    doctor: Uuid,
    /// Where.
    hospital: Uuid,
    /// Where in the hospital.
    department: Uuid,
    /// The window that offers it, if it was opened by hand.
    #[oai(skip_serializing_if_is_none)]
    window: Option<Uuid>,
}

/// Free slots.
#[derive(Object)]
pub struct SlotsOut {
    /// In order of time, then of doctor.
    items: Vec<SlotOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl From<FreeSlot> for SlotOut {
    fn from(free: FreeSlot) -> Self {
        Self {
            starts_at: free.slot.starts_at,
            ends_at: free.slot.ends_at,
            doctor: free.doctor.uuid(),
            hospital: free.hospital.uuid(),
            department: free.department.uuid(),
            window: free.slot.window.map(|window| window.uuid()),
        }
    }
}

/// The routes.
pub struct Slots(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Calendars")]
impl Slots {
    /// Search free slots
    ///
    /// Whatever is not named does not matter. What is found is an offer: the booking decides.
    #[oai(path = "/slots", method = "get", operation_id = "searchSlots")]
    #[allow(
        clippy::too_many_arguments,
        reason = "each is a query parameter with its own documentation"
    )]
    async fn search(
        &self,
        caller: SignedIn,
        read: Read,
        /// At this hospital.
        hospital: Query<Option<Uuid>>,
        /// In this department.
        department: Query<Option<Uuid>>,
        /// In a department that treats this, whatever its capitals.
        #[oai(validator(min_length = 1, max_length = 200))]
        specialty: Query<Option<String>>,
        /// With this doctor.
        doctor: Query<Option<Uuid>>,
        /// With a doctor who speaks this.
        language: Query<Option<LanguageCode>>,
        /// For a visit of this type, with the rooms and devices that it needs.
        visit_type: Query<Option<Uuid>>,
        /// For a visit that takes place in this way.
        #[oai(default)]
        mode: Query<VisitModeCode>,
        /// Slots that start at or after this instant.
        from: Query<DateTime<Utc>>,
        /// Slots that start before this instant, at most 92 days later.
        to: Query<DateTime<Utc>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<SlotsOut>, Problem> {
        let search = Search {
            hospital: hospital.0.map(HospitalId),
            department: department.0.map(DepartmentId),
            specialty: specialty.0,
            doctor: doctor.0.map(DoctorId),
            language: language.0.map(Into::into),
            visit_type: visit_type.0.map(VisitTypeId),
            mode: mode.0.into(),
            from: from.0,
            to: to.0,
            after: cursor(after.0)?,
            limit: limit.0.unwrap_or(USUAL_PAGE).into(),
        };
        let (view, found) = self.find(&caller, &read, &search).await?;
        Ok(view.answer(found))
    }

    /// Find a doctor's free slots
    #[oai(
        path = "/doctors/:id/slots",
        method = "get",
        operation_id = "findSlots"
    )]
    #[allow(
        clippy::too_many_arguments,
        reason = "each is a query parameter with its own documentation"
    )]
    async fn of_doctor(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// For a visit of this type, with the rooms and devices that it needs.
        visit_type: Query<Option<Uuid>>,
        /// For a visit that takes place in this way.
        #[oai(default)]
        mode: Query<VisitModeCode>,
        /// Slots that start at or after this instant.
        from: Query<DateTime<Utc>>,
        /// Slots that start before this instant, at most 92 days later.
        to: Query<DateTime<Utc>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<SlotsOut>, Problem> {
        let search = Search {
            hospital: None,
            department: None,
            specialty: None,
            doctor: Some(DoctorId(id.0)),
            language: None,
            visit_type: visit_type.0.map(VisitTypeId),
            mode: mode.0.into(),
            from: from.0,
            to: to.0,
            after: cursor(after.0)?,
            limit: limit.0.unwrap_or(USUAL_PAGE).into(),
        };
        let (view, found) = self.find(&caller, &read, &search).await?;
        if found.items.is_empty() {
            doctor::known(&self.0, caller.actor.tenant, DoctorId(id.0)).await?;
        }
        Ok(view.answer(found))
    }
}

impl Slots {
    /// Whether the caller may look, and for this; then the view to look in.
    async fn begin(
        &self,
        caller: &SignedIn,
        read: &Read,
        search: &Search,
    ) -> Result<View, Problem> {
        let resource = Resource::of_tenant("slot", caller.actor.tenant);
        self.0.authorize(caller, Action::ListDirectory, &resource)?;
        let (from, to) = (instant("from", search.from)?, instant("to", search.to)?);
        if to < from || to - from > LONGEST_PERIOD {
            let detail = "It must not be before `from`, nor more than 92 days later.";
            return Err(invalid_parameter("to", detail));
        }
        self.0.view(&SOURCES, read).await
    }

    /// What is free, and the view that it was found in.
    async fn find(
        &self,
        caller: &SignedIn,
        read: &Read,
        search: &Search,
    ) -> Result<(View, SlotsOut), Problem> {
        let view = self.begin(caller, read, search).await?;
        let (tenant, now) = (caller.actor.tenant, Utc::now());
        let availability = self.0.availability();
        let found = availability.search(tenant, search, read.min_position, now);
        let found = found.await.map_err(unreadable)?;
        let view = view.no_further_than(found.position);
        let slots = SlotsOut {
            items: found.slots.into_iter().map(Into::into).collect(),
            next: found.next.map(|next| next.to_string()),
        };
        Ok((view, slots))
    }
}
