//! Visit types: the kinds of visits that hospitals offer.

use medilink_commands::visit_type::{Change, Define, Retire};
use medilink_commands::{Action, Resource};
use medilink_domain::visit_type::VisitTypeTerms;
use medilink_domain::{HospitalId, VisitTypeId};
use medilink_projections::visit_type::{self, VisitTypeRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{Command, Read};
use crate::hospital;
use crate::input::{each, field, number, optional, page};
use crate::json::Json;
use crate::problem::Problem;
use crate::wire::VisitModeCode;

/// A kind of visit.
#[derive(Object)]
pub struct VisitTypeIn {
    /// What people call it.
    #[oai(validator(min_length = 1, max_length = 200))]
    name: String,
    /// How long it takes.
    #[oai(validator(minimum(value = "5"), maximum(value = "240")))]
    minutes: u16,
    /// Minutes kept free before it.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "120")))]
    buffer_before: u16,
    /// Minutes kept free after it.
    #[oai(default, validator(minimum(value = "0"), maximum(value = "120")))]
    buffer_after: u16,
    /// How it may take place.
    #[oai(validator(min_items = 1, max_items = 3, unique_items))]
    modes: Vec<VisitModeCode>,
    /// What it costs, as the hospital's price list names it.
    #[oai(validator(pattern = "^[a-z][a-z0-9_-]{0,63}$"))]
    price: Option<String>,
    /// A room or a device of each of these classes; a class twice means two of them.
    #[oai(default, validator(max_items = 5, pattern = "^[a-z][a-z0-9_-]{0,63}$"))]
    needs: Vec<String>,
}

/// A kind of visit.
#[derive(Object)]
pub struct VisitTypeOut {
    /// The visit type.
    id: Uuid,
    /// Where it is offered.
    hospital: Uuid,
    /// What people call it.
    name: String,
    /// How long it takes.
    minutes: u16,
    /// Minutes kept free before it.
    buffer_before: u16,
    /// Minutes kept free after it.
    buffer_after: u16,
    /// How it may take place.
    modes: Vec<VisitModeCode>,
    /// What it costs, as the hospital's price list names it.
    #[oai(skip_serializing_if_is_none)]
    price: Option<String>,
    /// A room or a device of each of these classes.
    needs: Vec<String>,
    /// Whether it is offered no more.
    retired: bool,
    /// For `If-Match`.
    version: u64,
}

/// Some visit types.
#[derive(Object)]
pub struct VisitTypesOut {
    /// In the order in which they were defined.
    items: Vec<VisitTypeOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl TryFrom<VisitTypeIn> for VisitTypeTerms {
    type Error = Problem;

    fn try_from(given: VisitTypeIn) -> Result<Self, Problem> {
        Ok(Self {
            name: field("/name", &given.name)?,
            minutes: number("/minutes", given.minutes)?,
            buffer_before: number("/buffer_before", given.buffer_before)?,
            buffer_after: number("/buffer_after", given.buffer_after)?,
            modes: given.modes.into_iter().map(Into::into).collect(),
            price: optional("/price", given.price.as_deref())?,
            needs: each("/needs", given.needs, |at, class| field(at, &class))?,
        })
    }
}

impl From<VisitTypeRow> for VisitTypeOut {
    fn from(row: VisitTypeRow) -> Self {
        let terms = row.terms.0;
        let text = |code: &medilink_domain::values::Code| code.as_str().to_owned();
        Self {
            id: row.visit_type.uuid(),
            hospital: row.hospital.uuid(),
            name: terms.name.into(),
            minutes: terms.minutes.get(),
            buffer_before: terms.buffer_before.get(),
            buffer_after: terms.buffer_after.get(),
            modes: terms.modes.into_iter().map(Into::into).collect(),
            price: terms.price.as_ref().map(text),
            needs: terms.needs.iter().map(text).collect(),
            retired: row.retired,
            version: row.version,
        }
    }
}

/// The routes.
pub struct VisitTypes(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::VisitTypes")]
impl VisitTypes {
    /// Define a visit type
    #[oai(
        path = "/hospitals/:id/visit-types",
        method = "post",
        operation_id = "defineVisitType"
    )]
    async fn define(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<VisitTypeIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let define = Define {
            hospital: HospitalId(id.0),
            terms: body.value.try_into()?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &define)
            .await?;
        let id = done.answer.visit_type.uuid();
        Ok(ChangedOut::of(id, &done).location(&format!("/v1/visit-types/{id}")))
    }

    /// List a hospital's visit types
    ///
    /// Those that it offers; what it offers no more is left out.
    #[oai(
        path = "/hospitals/:id/visit-types",
        method = "get",
        operation_id = "listVisitTypes"
    )]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<VisitTypesOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("visit type", tenant);
        self.0
            .authorize(&caller, Action::ListDirectory, &resource)?;
        let page = page::<VisitTypeId>(after.0, limit.0)?;
        let view = self.0.view(&["hospital", "visit_type"], &read).await?;
        let site = hospital::known(&self.0, tenant, HospitalId(id.0)).await?;
        let listed = visit_type::of_hospital(self.0.reads(), tenant, site.hospital, page)
            .await
            .map_err(unreadable)?;
        Ok(view.answer(VisitTypesOut {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// Read a visit type
    #[oai(
        path = "/visit-types/:id",
        method = "get",
        operation_id = "readVisitType"
    )]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<VisitTypeOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("visit type", tenant);
        self.0
            .authorize(&caller, Action::ReadDirectory, &resource)?;
        let view = self.0.view(&["visit_type"], &read).await?;
        let row = visit_type::get(self.0.reads(), tenant, VisitTypeId(id.0))
            .await
            .map_err(unreadable)?;
        let row = row.ok_or_else(|| no_such("visit type"))?;
        let version = row.version;
        Ok(view.answer(row.into()).version(version, read.known_version))
    }

    /// Change a visit type
    ///
    /// All of it, for what is booked from now on.
    #[oai(
        path = "/visit-types/:id",
        method = "put",
        operation_id = "changeVisitType"
    )]
    async fn change(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<VisitTypeIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let change = Change {
            visit_type: VisitTypeId(id.0),
            terms: body.value.try_into()?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &change)
            .await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Offer a visit type no more
    ///
    /// What is booked stays booked.
    #[oai(
        path = "/visit-types/:id",
        method = "delete",
        operation_id = "retireVisitType"
    )]
    async fn retire(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let visit_type = VisitTypeId(id.0);
        let retire = Retire { visit_type };
        let done = self.0.execute(&call.context(&caller), &retire).await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}
