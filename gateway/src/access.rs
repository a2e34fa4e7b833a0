//! Accesses: who read a person's data and why, in plain words for the person, and as it is
//! recorded for those who look into it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use medilink_commands::{Action, Resource};
use medilink_domain::access::words::{Ground, Told, What, Who};
use medilink_domain::majority;
use medilink_domain::values::{EmergencyReason, Language, Role};
use medilink_domain::{ConsentId, EmergencyAccessId, PatientId, SubjectId, TenantId};
use medilink_projections::Listed;
use medilink_projections::access::{self, AccessCursor, AccessRow, Wanted};
use medilink_projections::{consent, emergency_access};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::Found;
use crate::api::Tag;
use crate::backend::{Backend, unreadable};
use crate::call::Read;
use crate::input::{instant, not_a_place, page};
use crate::language::preferred;
use crate::names::{self, Names};
use crate::patient;
use crate::problem::Problem;
use crate::wire::LanguageCode;

/// An access to somebody's data.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AccessOut {
    /// The access.
    id: Uuid,
    /// When it was.
    at: DateTime<Utc>,
    /// Whose data it was, or would have been.
    subject: Uuid,
    /// Who it was; absent if a part of the platform.
    actor: Option<Uuid>,
    /// What they acted as.
    roles: Vec<String>,
    /// What kind of data, such as `appointments`.
    resource: String,
    /// What was wanted, as the policies name it, if it was refused.
    action: Option<String>,
    /// Why it was read, such as `treatment`.
    purpose: Option<String>,
    /// The consents that it rested on.
    consents: Vec<Uuid>,
    /// The emergency that it rested on.
    emergency: Option<Uuid>,
    /// Whether it was refused.
    denied: bool,
    /// The request, as it was answered in `X-Request-Id`.
    request: Option<Uuid>,
    /// The session, or the access token, that was used; only for those who look into it.
    session: Option<Uuid>,
    /// All of it in a sentence; only for the person.
    text: Option<String>,
}

/// Some accesses.
#[derive(Object)]
pub struct AccessesOut {
    /// The latest first.
    items: Vec<AccessOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl From<AccessRow> for AccessOut {
    fn from(row: AccessRow) -> Self {
        let roles = row.roles.0.iter().map(|role| role.name().to_owned());
        Self {
            id: row.access.uuid(),
            at: row.at,
            subject: row.subject.uuid(),
            actor: row.actor,
            roles: roles.collect(),
            resource: row.resource.as_str().to_owned(),
            action: row.action.map(|action| action.as_str().to_owned()),
            purpose: row.purpose.map(|purpose| purpose.as_str().to_owned()),
            consents: row.consents.0.into_iter().map(ConsentId::uuid).collect(),
            emergency: row.emergency.map(|emergency| emergency.uuid()),
            denied: row.denied,
            request: row.request,
            session: row.session,
            text: None,
        }
    }
}

/// The routes.
pub struct Accesses(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Accesses")]
impl Accesses {
    /// List who read a patient's data
    ///
    /// And who wanted to and was refused; each with a sentence in plain words. Reading it is
    /// recorded as well.
    #[oai(
        path = "/patients/:id/accesses",
        method = "get",
        operation_id = "listAccesses"
    )]
    #[allow(
        clippy::too_many_arguments,
        reason = "each is a parameter with its own documentation"
    )]
    async fn of_patient(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// Only what was refused, or only what was not.
        denied: Query<Option<bool>>,
        /// At or after.
        from: Query<Option<DateTime<Utc>>>,
        /// Before.
        to: Query<Option<DateTime<Utc>>>,
        /// The language of the sentences; if it is left out, one of `Accept-Language`, or else
        /// the patient's own.
        language: Query<Option<LanguageCode>>,
        /// The languages that the caller reads.
        #[oai(name = "Accept-Language")]
        accept: Header<Option<String>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<AccessesOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, SubjectId(id.0));
        let resource = Resource::of_tenant("patient", tenant).about(id.0);
        let permitted = self
            .0
            .permit(&caller, Action::ListAccesses, resource)
            .await?;
        let page = page::<AccessCursor>(after.0, limit.0)?;
        let (from, to) = period(from.0, to.0)?;
        let models = [
            &["access", "consent", "emergency_access", "patient"],
            &names::MODELS[..],
        ]
        .concat();
        let view = self.0.view(&models, &read).await?;
        let patient = patient::known(&self.0, tenant, PatientId(id.0)).await?;
        let wanted = Wanted {
            subject: Some(person),
            denied: denied.0,
            from,
            to,
            ..Wanted::default()
        };
        let listed = access::list(self.0.reads(), tenant, &wanted, page).await;
        let listed = listed.map_err(unreadable)?.ok_or_else(not_a_place)?;
        let people = listed.rows.iter().filter_map(|row| row.actor).collect();
        let names = Names::of(&self.0, tenant, people).await?;
        let grounds = Grounds::of(&self.0, tenant, &listed.rows).await?;
        let subjects = BTreeSet::from([person]);
        self.0.disclose(permitted, subjects, "accesses").await?;
        let own = preferred(language.0, accept.0.as_deref());
        let language = own.unwrap_or(patient.language);
        let tell = |row: AccessRow| AccessOut {
            text: Some(sentence(&row, &names, &grounds, language)),
            session: None,
            ..row.into()
        };
        Ok(view.answer(out(listed, tell)))
    }

    /// Search who read whose data
    ///
    /// For compliance officers of the whole network. Each person whose data was read, and who is
    /// found, is told of it in their history.
    #[oai(path = "/accesses", method = "get", operation_id = "searchAccesses")]
    #[allow(
        clippy::too_many_arguments,
        reason = "each is a query parameter with its own documentation"
    )]
    async fn search(
        &self,
        caller: SignedIn,
        read: Read,
        /// Only by this person.
        actor: Query<Option<Uuid>>,
        /// Only to this person's data.
        subject: Query<Option<Uuid>>,
        /// Only what was refused, or only what was not.
        denied: Query<Option<bool>>,
        /// At or after.
        from: Query<Option<DateTime<Utc>>>,
        /// Before.
        to: Query<Option<DateTime<Utc>>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<AccessesOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("access", tenant);
        let permitted = self
            .0
            .permit(&caller, Action::SearchAccesses, resource)
            .await?;
        let page = page::<AccessCursor>(after.0, limit.0)?;
        let (from, to) = period(from.0, to.0)?;
        let view = self.0.view(&["access"], &read).await?;
        let wanted = Wanted {
            subject: subject.0.map(SubjectId),
            actor: actor.0,
            denied: denied.0,
            from,
            to,
        };
        let listed = access::list(self.0.reads(), tenant, &wanted, page).await;
        let listed = listed.map_err(unreadable)?.ok_or_else(not_a_place)?;
        let subjects = listed.rows.iter().map(|row| row.subject).collect();
        self.0.disclose(permitted, subjects, "accesses").await?;
        Ok(view.answer(out(listed, Into::into)))
    }
}

type Period = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

fn period(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Result<Period, Problem> {
    let from = from.map(|from| instant("from", from)).transpose()?;
    let to = to.map(|to| instant("to", to)).transpose()?;
    Ok((from, to))
}

fn out(
    listed: Listed<AccessRow, AccessCursor>,
    each: impl Fn(AccessRow) -> AccessOut,
) -> AccessesOut {
    AccessesOut {
        items: listed.rows.into_iter().map(each).collect(),
        next: listed.next.map(|next| next.to_string()),
    }
}

/// What the accesses rested on, as far as that is still known.
struct Grounds {
    /// Why the records were opened.
    reasons: HashMap<EmergencyAccessId, EmergencyReason>,
    /// When the consents were given.
    granted: HashMap<ConsentId, DateTime<Utc>>,
}

impl Grounds {
    async fn of(backend: &Backend, tenant: TenantId, rows: &[AccessRow]) -> Result<Self, Problem> {
        let reads = backend.reads();
        let accesses: BTreeSet<_> = rows.iter().filter_map(|row| row.emergency).collect();
        let opened = emergency_access::among(reads, tenant, accesses).await;
        let opened = opened.map_err(unreadable)?.into_iter();
        let consents: BTreeSet<_> = rows.iter().flat_map(|row| row.consents.0.clone()).collect();
        let given = consent::among(reads, tenant, consents).await;
        let given = given.map_err(unreadable)?.into_iter();
        Ok(Self {
            reasons: opened.map(|row| (row.access, row.reason)).collect(),
            granted: given
                .filter_map(|row| Some((row.consent, row.granted_at?)))
                .collect(),
        })
    }

    fn under(&self, row: &AccessRow) -> Option<Ground> {
        match (row.emergency, &row.consents.0[..]) {
            (Some(access), _) => Some(Ground::Emergency(self.reasons.get(&access).copied())),
            (None, []) => None,
            (None, [one]) => {
                let granted_at = self.granted.get(one);
                // As the patient's calendar had it, by the law that consent is given under.
                Some(Ground::Consent(granted_at.map(|at| majority::today(*at))))
            }
            // More than one day would have to be told.
            (None, [..]) => Some(Ground::Consent(None)),
        }
    }
}

fn sentence(row: &AccessRow, names: &Names, grounds: &Grounds, language: Language) -> String {
    let what = match (&row.action, &row.purpose) {
        (Some(action), _) => What::Refused {
            action,
            resource: &row.resource,
        },
        (None, purpose) => What::Read {
            resource: &row.resource,
            purpose: purpose.as_ref(),
            ground: grounds.under(row),
        },
    };
    let who = who(row, names);
    Told { who, what }.sentence(language)
}

fn who<'a>(row: &'a AccessRow, names: &'a Names) -> Who<'a> {
    let roles = &row.roles.0[..];
    let Some(actor) = row.actor else {
        return match roles {
            [] => Who::NotSignedIn,
            [Role::Worker] => Who::Platform,
            _ => Who::Console,
        };
    };
    if roles.contains(&Role::CalendarFeed) {
        return Who::CalendarProgram;
    }
    if actor == row.subject.uuid() {
        return Who::Yourself;
    }
    if let Some(program) = names.program(actor) {
        return Who::Program(program, roles);
    }
    match (names.person(actor), names.hospital(actor, roles)) {
        (Some(name), _) => Who::Named(name, roles),
        (None, Some(hospital)) => Who::AtHospital(hospital, roles),
        (None, None) => Who::InRoles(roles),
    }
}
