//! Integrators: the programs of others that may come in, and by what key.

mod key;
mod metadata;
mod token;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use medilink_commands::integrator::{Disable, Enable, Register, ReplaceKeys, SetScopes};
use medilink_commands::{Action, Resource, consent};
use medilink_domain::integrator::ClientKey;
use medilink_domain::values::SmartScope;
use medilink_domain::{ConsentId, HospitalId, IntegratorId, SubjectId};
use medilink_projections::integrator::{self, IntegratorRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{Command, Read};
use crate::consent::ConsentsOut;
use crate::input::{each, field, page};
use crate::json::Json;
use crate::problem::Problem;
use key::{KeyIn, KeyOut};

pub(crate) use metadata::describe;
pub use token::Programs;
pub(crate) use token::is_refusal;

/// A program to let in.
#[derive(Object)]
pub struct IntegratorIn {
    /// What it is called; patients read this in the history of who saw their data.
    #[oai(validator(min_length = 1, max_length = 200))]
    name: String,
    /// What it may ask for, such as `system/Appointment.rs`; `/.well-known/smart-configuration`
    /// lists what is served.
    #[oai(validator(min_items = 1, max_items = 50))]
    scopes: Vec<String>,
    /// Its public keys, as the `keys` of a JWK set. An address to fetch them from (`jwks_uri`) is
    /// not taken.
    #[oai(validator(min_items = 1, max_items = 10))]
    keys: Vec<KeyIn>,
    /// The hospitals that it acts for: of a patient who consents it sees what took place there.
    /// All of the network, if none is named.
    #[oai(default, validator(max_items = 50, unique_items))]
    hospitals: Vec<Uuid>,
    /// When it is let in no more, if that is known.
    expires_at: Option<DateTime<Utc>>,
}

/// Other keys.
#[derive(Object)]
pub struct IntegratorKeysIn {
    /// All of them. To change keys without a pause, send the old and the new one, then the new
    /// one alone.
    #[oai(validator(min_items = 1, max_items = 10))]
    keys: Vec<KeyIn>,
}

/// Other scopes.
#[derive(Object)]
pub struct IntegratorScopesIn {
    /// All of them.
    #[oai(validator(min_items = 1, max_items = 50))]
    scopes: Vec<String>,
}

/// Why an integrator is let in no more.
#[derive(Object)]
pub struct IntegratorDisableIn {
    /// A code, such as `contract-ended`.
    #[oai(validator(min_length = 1, max_length = 64))]
    reason: String,
}

/// An integrator.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct IntegratorOut {
    /// The integrator; its `client_id`.
    id: Uuid,
    /// What it is called.
    name: String,
    /// What it may ask for.
    scopes: Vec<String>,
    /// What it signs with.
    keys: Vec<KeyOut>,
    /// The hospitals that it acts for; all of the network, if none is named.
    hospitals: Vec<Uuid>,
    /// When it was registered.
    registered_at: DateTime<Utc>,
    /// When it is let in no more, if that is known.
    expires_at: Option<DateTime<Utc>>,
    /// Since when it is let in no more.
    disabled_at: Option<DateTime<Utc>>,
    /// Whether it is let in now.
    active: bool,
    /// For `If-Match`.
    version: u64,
}

/// Some integrators.
#[derive(Object)]
pub struct IntegratorsOut {
    /// In the order in which they were registered.
    items: Vec<IntegratorOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl From<IntegratorRow> for IntegratorOut {
    fn from(row: IntegratorRow) -> Self {
        let over = row.expires_at.is_some_and(|at| at <= Utc::now());
        let hospitals = row.hospitals.0.into_iter().map(HospitalId::uuid);
        Self {
            id: row.integrator.uuid(),
            name: row.name.as_str().to_owned(),
            scopes: row.scopes.0.iter().map(ToString::to_string).collect(),
            keys: row.keys.0.iter().map(Into::into).collect(),
            hospitals: hospitals.collect(),
            registered_at: row.registered_at,
            expires_at: row.expires_at,
            disabled_at: row.disabled_at,
            active: row.disabled_at.is_none() && !over,
            version: row.version,
        }
    }
}

/// The routes.
pub struct Integrators(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Integrators")]
impl Integrators {
    /// Register an integrator
    ///
    /// A program of another organisation, which then gets access tokens at `/oauth2/token` with
    /// its own key (SMART Backend Services). Its `client_id` is the `id` of the answer. Takes a
    /// fresh proof of who asks (`/v1/me/session/proof`).
    #[oai(
        path = "/integrators",
        method = "post",
        operation_id = "registerIntegrator"
    )]
    async fn register(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<IntegratorIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let given = body.value;
        let register = Register {
            name: field("/name", &given.name)?,
            scopes: scopes(given.scopes)?,
            keys: keys(given.keys)?,
            hospitals: given.hospitals.into_iter().map(HospitalId).collect(),
            expires_at: given.expires_at,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &register).await?;
        let id = done.answer.integrator.uuid();
        let answer = ChangedOut::of(id, &done);
        Ok(answer.location(&format!("/v1/integrators/{id}")))
    }

    /// List integrators
    ///
    /// Everyone sees which programs there are, to whom a patient may consent.
    #[oai(
        path = "/integrators",
        method = "get",
        operation_id = "listIntegrators"
    )]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<IntegratorsOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("integrator", tenant);
        self.0
            .authorize(&caller, Action::ListDirectory, &resource)?;
        let page = page::<IntegratorId>(after.0, limit.0)?;
        let view = self.0.view(&["integrator"], &read).await?;
        let listed = integrator::list(self.0.reads(), tenant, page).await;
        let listed = listed.map_err(unreadable)?;
        Ok(view.answer(IntegratorsOut {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// Read an integrator
    #[oai(
        path = "/integrators/:id",
        method = "get",
        operation_id = "readIntegrator"
    )]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<IntegratorOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("integrator", tenant);
        self.0
            .authorize(&caller, Action::ReadDirectory, &resource)?;
        let view = self.0.view(&["integrator"], &read).await?;
        let row = integrator::get(self.0.reads(), tenant, IntegratorId(id.0)).await;
        let row = row.map_err(unreadable)?;
        let row = row.ok_or_else(|| no_such("integrator"))?;
        let version = row.version;
        Ok(view.answer(row.into()).version(version, read.known_version))
    }

    /// List the consents that an integrator holds
    ///
    /// For the integrator itself, with the scope `system/Consent.s`: whose visits it may read.
    #[oai(
        path = "/integrators/:id/consents",
        method = "get",
        operation_id = "listIntegratorConsents"
    )]
    async fn consents(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<ConsentsOut>, Problem> {
        let (tenant, now) = (caller.actor.tenant, Utc::now());
        let own = (caller.actor.id == id.0).then_some(id.0);
        let resource = Resource::of_tenant("consent", tenant).with_grantee(own);
        let permitted = self
            .0
            .permit(&caller, Action::ListGrantedConsents, resource)
            .await?;
        let page = page::<ConsentId>(after.0, limit.0)?;
        let view = self.0.view(&["consent"], &read).await?;
        let grantees = consent::grantees_of(self.0.executor(), &caller.actor).await;
        let grantees = grantees.map_err(crate::call::refuse)?;
        let reads = self.0.reads();
        let listed = medilink_projections::consent::granted_to(reads, tenant, &grantees, now, page);
        let listed = listed.await.map_err(unreadable)?;
        let patients = listed.rows.iter().map(|row| row.patient.into());
        let subjects: BTreeSet<SubjectId> = patients.collect();
        self.0.disclose(permitted, subjects, "consents").await?;
        Ok(view.answer(ConsentsOut::of(listed, now)))
    }

    /// Replace the keys of an integrator
    ///
    /// Whatever the earlier ones signed is over at once, tokens too. Takes a fresh proof.
    #[oai(
        path = "/integrators/:id/keys",
        method = "put",
        operation_id = "replaceIntegratorKeys"
    )]
    async fn replace_keys(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<IntegratorKeysIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let replace = ReplaceKeys {
            integrator: IntegratorId(id.0),
            keys: keys(body.value.keys)?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &replace).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Set the scopes of an integrator
    ///
    /// What they don't name it may do no more at once, whatever its tokens say. Takes a fresh
    /// proof.
    #[oai(
        path = "/integrators/:id/scopes",
        method = "put",
        operation_id = "setIntegratorScopes"
    )]
    async fn set_scopes(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<IntegratorScopesIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let set = SetScopes {
            integrator: IntegratorId(id.0),
            scopes: scopes(body.value.scopes)?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &set).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Disable an integrator
    ///
    /// It is let in no more, and its tokens are over at once.
    #[oai(
        path = "/integrators/:id/disable",
        method = "post",
        operation_id = "disableIntegrator"
    )]
    async fn disable(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<IntegratorDisableIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let disable = Disable {
            integrator: IntegratorId(id.0),
            reason: field("/reason", &body.value.reason)?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &disable).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Enable an integrator again
    ///
    /// Tokens from before stay over. Takes a fresh proof.
    #[oai(
        path = "/integrators/:id/enable",
        method = "post",
        operation_id = "enableIntegrator"
    )]
    async fn enable(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let integrator = IntegratorId(id.0);
        let context = call.context(&caller);
        let done = self.0.execute(&context, &Enable { integrator }).await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}

fn scopes(given: Vec<String>) -> Result<Vec<SmartScope>, Problem> {
    each("/scopes", given, |at, scope| field(at, &scope))
}

fn keys(given: Vec<KeyIn>) -> Result<Vec<ClientKey>, Problem> {
    each("/keys", given, |at, key| key.read(&at))
}
