//! Accesses: who read whose data and why, and who wanted to and was refused.

pub mod told;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use medilink_domain::access::AccessEvent;
use medilink_domain::values::{Code, Role};
use medilink_domain::{AccessId, ConsentId, EmergencyAccessId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order, SelectStatement, SimpleExpr};
use uuid::Uuid;

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::cell::Cell;
use crate::runtime::field::{Damaged, Json};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

row! {
    /// One access.
    pub struct AccessRow in "access" {
        key {
            /// The access.
            access: AccessId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Whose data it was, or would have been.
            subject: SubjectId,
            /// Who it was; nobody, if a part of the platform.
            actor: Option<Uuid>,
            /// What they acted as.
            roles: Json<Vec<Role>>,
            /// What kind of data, such as `appointments`.
            resource: Code,
            /// What was wanted, as the policies name it, if it was refused.
            action: Option<Code>,
            /// Why it was read, such as `treatment`.
            purpose: Option<Code>,
            /// The consents that it rested on.
            consents: Json<Vec<ConsentId>>,
            /// The emergency that it rested on.
            emergency: Option<EmergencyAccessId>,
            /// Whether it was refused.
            denied: bool,
            /// The session, or the access token, that they used.
            session: Option<Uuid>,
            /// The request, as returned in `X-Request-Id`.
            request: Option<Uuid>,
            /// When.
            at: DateTime<Utc>,
            /// The event.
            position: Position,
        }
    }
}

/// The fold.
pub(crate) struct Accesses;

impl ReadModel for Accesses {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &[
        "(tenant, subject, at, access)",
        "(tenant, actor, at, access)",
        "(tenant, at, access)",
        "(tenant, subject, at, access) WHERE denied",
        "(tenant, actor, at, access) WHERE denied",
        "(tenant, at, access) WHERE denied",
    ];

    type Source = AccessEvent;
    type Row = AccessRow;

    fn keys(fact: &Fact<AccessEvent>) -> Result<Vec<(AccessId,)>, FoldError> {
        Ok(vec![(fact.id("access")?,)])
    }

    fn fold(
        _: &(AccessId,),
        _: Option<AccessRow>,
        fact: &Fact<AccessEvent>,
    ) -> Result<Option<AccessRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(None);
        };
        let by = fact.metadata();
        let actor = by.actor.parse().ok().filter(|actor: &Uuid| !actor.is_nil());
        // A role that this release doesn't know has no words either.
        let roles = by
            .role
            .split_whitespace()
            .filter_map(|role| role.parse().ok());
        let row = AccessRow {
            access: AccessId(Uuid::nil()),
            tenant: fact.tenant,
            subject: SubjectId(Uuid::nil()),
            actor,
            roles: Json(roles.collect()),
            resource: resource_of(event),
            action: None,
            purpose: None,
            consents: Json(Vec::new()),
            emergency: None,
            denied: false,
            session: by.session,
            request: by.request,
            at: fact.recorded_at,
            position: fact.position,
        };
        Ok(Some(match event {
            AccessEvent::Recorded(recorded) => AccessRow {
                access: recorded.access,
                subject: recorded.subject,
                purpose: Some(recorded.purpose.clone()),
                consents: Json(recorded.consents.clone()),
                emergency: recorded.emergency,
                ..row
            },
            AccessEvent::Denied(denied) => AccessRow {
                access: denied.access,
                subject: denied.subject,
                action: Some(denied.action.clone()),
                denied: true,
                ..row
            },
        }))
    }
}

fn resource_of(event: &AccessEvent) -> Code {
    match event {
        AccessEvent::Recorded(recorded) => recorded.resource.clone(),
        AccessEvent::Denied(denied) => denied.resource.clone(),
    }
}

/// Which accesses are asked for: those of which all that is given is so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// To the data of this person.
    pub subject: Option<SubjectId>,
    /// By this person.
    pub actor: Option<Uuid>,
    /// Refused or not.
    pub denied: Option<bool>,
    /// At or after.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
}

impl Wanted {
    fn select(&self, tenant: TenantId) -> SelectStatement {
        let mut select = of_tenant::<AccessRow>(tenant);
        let conditions = [
            self.subject
                .map(|subject| Expr::col("subject").eq(subject.uuid())),
            self.actor.map(|actor| Expr::col("actor").eq(actor)),
            // As the indexes of the few that were refused are written.
            self.denied.map(|denied| match denied {
                true => Expr::cust("denied"),
                false => Expr::cust("NOT denied"),
            }),
            self.from.map(|from| Expr::col("at").gte(from)),
            self.to.map(|to| Expr::col("at").lt(to)),
        ];
        for condition in conditions.into_iter().flatten() {
            select.and_where(condition);
        }
        select
    }
}

/// The place of an access in a list, in a URL as `<microseconds>.<access>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessCursor {
    /// When it was.
    pub at: DateTime<Utc>,
    /// The access.
    pub access: AccessId,
}

impl fmt::Display for AccessCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::cursor::write(f, self.at, self.access.uuid())
    }
}

impl FromStr for AccessCursor {
    type Err = crate::cursor::NotACursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (at, id) = crate::cursor::read(text)?;
        let access = AccessId(id);
        Ok(Self { at, access })
    }
}

impl AccessCursor {
    fn columns() -> SimpleExpr {
        Expr::tuple([Expr::col("at"), Expr::col("access")])
    }

    fn place(&self) -> SimpleExpr {
        Expr::tuple([Expr::val(self.at), Expr::val::<Uuid>(self.access.uuid())])
    }

    fn of(cells: &[Cell]) -> Result<Self, Damaged> {
        Ok(Self {
            at: cell::<AccessRow, _>(cells, "at")?,
            access: cell::<AccessRow, _>(cells, "access")?,
        })
    }
}

/// The accesses that are asked for, the latest first. `None` when the page is to begin after
/// one that is not among them: it was given out with another list.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn list(
    reads: &Reads,
    tenant: TenantId,
    wanted: &Wanted,
    page: Page<AccessCursor>,
) -> Result<Option<Listed<AccessRow, AccessCursor>>, ReadError> {
    let mut select = wanted.select(tenant);
    if let Some(after) = page.after {
        let mut place = wanted.select(tenant);
        place.and_where(Expr::col("access").eq(after.access.uuid()));
        place.and_where(Expr::col("at").eq(after.at));
        if reads.stored(&place).await?.is_empty() {
            return Ok(None);
        }
        select.and_where(AccessCursor::columns().lt(after.place()));
    }
    select
        .order_by("at", Order::Desc)
        .order_by("access", Order::Desc);
    let listed = reads.page(select, page.bounded(), AccessCursor::of);
    listed.await.map(Some)
}
