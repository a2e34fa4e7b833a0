//! Consents: who may, or wants to, see whose record.

use chrono::{DateTime, Utc};
use medilink_domain::consent::{ConsentEvent, ConsentStatus, ConsentTerms, Grantee};
use medilink_domain::{ConsentId, PatientId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::{Cond, Expr, ExprTrait, Order, SelectStatement};
use uuid::Uuid;

use crate::reads::{Listed, Page, ReadError, Reads, of_all_tenants, of_tenant};
use crate::runtime::field::{Json, named_fields};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

named_fields!(ConsentStatus);

row! {
    /// One consent.
    pub struct ConsentRow in "consent" {
        key {
            /// The consent.
            consent: ConsentId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Whose record it is.
            patient: PatientId,
            /// Who asked, if anyone did.
            requester: Option<SubjectId>,
            /// Who may see it.
            grantee: Json<Grantee>,
            /// What they are.
            grantee_kind: String,
            /// Which of them.
            grantee_id: Uuid,
            /// What they may, or want to.
            terms: Json<ConsentTerms>,
            /// Where it stands, as far as that was recorded.
            state: ConsentStatus,
            /// When it was asked for, or given without being asked.
            created_at: DateTime<Utc>,
            /// When it was given, if it ever was.
            granted_at: Option<DateTime<Utc>>,
            /// When a request lapses or a consent ends by itself.
            over_at: DateTime<Utc>,
            /// When it came to where it stands.
            decided_at: DateTime<Utc>,
            /// The event by which it did.
            decided: Position,
            /// The version of its stream, for `If-Match`.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
    }
}

impl ConsentRow {
    /// Where it stands at the instant `now`: what is over is over, noted or not.
    pub fn state_at(&self, now: DateTime<Utc>) -> ConsentStatus {
        match self.state {
            ConsentStatus::Requested | ConsentStatus::Granted if self.over_at <= now => {
                ConsentStatus::Expired
            }
            state => state,
        }
    }
}

/// The fold.
pub(crate) struct Consents;

impl ReadModel for Consents {
    const VERSION: u16 = 2;
    const INDEXES: &'static [&'static str] = &[
        "(patient, consent)",
        "(grantee_id, over_at) WHERE state = 'granted'",
        "(over_at) WHERE state IN ('granted', 'requested')",
    ];

    type Source = ConsentEvent;
    type Row = ConsentRow;

    fn keys(fact: &Fact<ConsentEvent>) -> Result<Vec<(ConsentId,)>, FoldError> {
        Ok(vec![(fact.id("consent")?,)])
    }

    fn fold(
        _: &(ConsentId,),
        row: Option<ConsentRow>,
        fact: &Fact<ConsentEvent>,
    ) -> Result<Option<ConsentRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(row);
        };
        let none = FoldError("consent-not-there");
        let settled = |row: Option<ConsentRow>, state| {
            let row = row.ok_or(none)?;
            Ok(Some(decided(ConsentRow { state, ..row }, fact)))
        };
        match event {
            ConsentEvent::Requested(requested) => Ok(Some(ConsentRow {
                consent: requested.consent,
                tenant: fact.tenant,
                patient: requested.subject.into(),
                requester: Some(requested.requester),
                grantee: Json(requested.grantee),
                grantee_kind: requested.grantee.kind().to_owned(),
                grantee_id: requested.grantee.id(),
                terms: Json(requested.terms.clone()),
                state: ConsentStatus::Requested,
                created_at: fact.recorded_at,
                granted_at: None,
                over_at: requested.lapses_at,
                decided_at: fact.recorded_at,
                decided: fact.position,
                version: fact.version,
                position: fact.position,
            })),
            ConsentEvent::Granted(granted) => Ok(Some(ConsentRow {
                consent: granted.consent,
                tenant: fact.tenant,
                patient: granted.subject.into(),
                requester: row.as_ref().and_then(|asked| asked.requester),
                grantee: Json(granted.grantee),
                grantee_kind: granted.grantee.kind().to_owned(),
                grantee_id: granted.grantee.id(),
                terms: Json(granted.terms.clone()),
                state: ConsentStatus::Granted,
                created_at: row.map_or(fact.recorded_at, |asked| asked.created_at),
                granted_at: Some(fact.recorded_at),
                over_at: granted.terms.expires_at,
                decided_at: fact.recorded_at,
                decided: fact.position,
                version: fact.version,
                position: fact.position,
            })),
            ConsentEvent::Denied(_) => settled(row, ConsentStatus::Denied),
            ConsentEvent::Revoked(_) => settled(row, ConsentStatus::Revoked),
            ConsentEvent::Expired(_) => settled(row, ConsentStatus::Expired),
            ConsentEvent::Used(_) => Ok(Some(ConsentRow {
                version: fact.version,
                position: fact.position,
                ..row.ok_or(none)?
            })),
        }
    }
}

fn decided(row: ConsentRow, fact: &Fact<ConsentEvent>) -> ConsentRow {
    ConsentRow {
        decided_at: fact.recorded_at,
        decided: fact.position,
        version: fact.version,
        position: fact.position,
        ..row
    }
}

/// One consent.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    consent: ConsentId,
) -> Result<Option<ConsentRow>, ReadError> {
    let mut select = of_tenant::<ConsentRow>(tenant);
    select.and_where(Expr::col("consent").eq(consent.uuid()));
    reads.row(&select).await
}

/// These consents, as far as they are known.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn among(
    reads: &Reads,
    tenant: TenantId,
    consents: impl IntoIterator<Item = ConsentId>,
) -> Result<Vec<ConsentRow>, ReadError> {
    let ids = consents.into_iter().map(ConsentId::uuid);
    reads
        .among(tenant, "consent", ids.collect::<Vec<Uuid>>())
        .await
}

/// A patient's consents, the latest first; only those that stand so at the instant `now`, if
/// a state is named.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn for_patient(
    reads: &Reads,
    tenant: TenantId,
    patient: PatientId,
    state: Option<ConsentStatus>,
    now: DateTime<Utc>,
    page: Page<ConsentId>,
) -> Result<Listed<ConsentRow, ConsentId>, ReadError> {
    let wanted = Wanted {
        patient: Some(patient),
        state,
        ..Wanted::default()
    };
    search(reads, tenant, wanted, now, page).await
}

/// Which consents are looked for; all, where nothing is named.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only those of this patient.
    pub patient: Option<PatientId>,
    /// Only those for this person, hospital or program.
    pub grantee: Option<Uuid>,
    /// Only those that stand so.
    pub state: Option<ConsentStatus>,
}

/// The consents of a tenant that are looked for, the latest first, as they stand at the instant
/// `now`.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn search(
    reads: &Reads,
    tenant: TenantId,
    wanted: Wanted,
    now: DateTime<Utc>,
    page: Page<ConsentId>,
) -> Result<Listed<ConsentRow, ConsentId>, ReadError> {
    let mut select = of_tenant::<ConsentRow>(tenant);
    if let Some(patient) = wanted.patient {
        select.and_where(Expr::col("patient").eq(patient.uuid()));
    }
    if let Some(grantee) = wanted.grantee {
        select.and_where(Expr::col("grantee_id").eq(grantee));
    }
    if let Some(state) = wanted.state {
        select.cond_where(stands(state, now));
    }
    listed(reads, select, page).await
}

/// What is granted to any of these, and not over at the instant `now`, the latest first.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn granted_to(
    reads: &Reads,
    tenant: TenantId,
    grantees: &[Grantee],
    now: DateTime<Utc>,
    page: Page<ConsentId>,
) -> Result<Listed<ConsentRow, ConsentId>, ReadError> {
    let mut select = of_tenant::<ConsentRow>(tenant);
    // Nobody holds nothing.
    let mut any = Cond::any().add(Expr::cust("false"));
    for grantee in grantees {
        let it = Cond::all()
            .add(Expr::col("grantee_kind").eq(grantee.kind()))
            .add(Expr::col("grantee_id").eq(grantee.id()));
        any = any.add(it);
    }
    select
        .cond_where(any)
        .cond_where(stands(ConsentStatus::Granted, now));
    listed(reads, select, page).await
}

async fn listed(
    reads: &Reads,
    mut select: SelectStatement,
    page: Page<ConsentId>,
) -> Result<Listed<ConsentRow, ConsentId>, ReadError> {
    if let Some(after) = page.after {
        select.and_where(Expr::col("consent").lt(after.uuid()));
    }
    select.order_by("consent", Order::Desc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<ConsentRow, _>(cells, "consent")
        })
        .await
}

/// The rows for which [`ConsentRow::state_at`] is that state.
fn stands(state: ConsentStatus, now: DateTime<Utc>) -> Cond {
    // Literals, so that the planner can tell that a partial index applies.
    match state {
        ConsentStatus::Requested => open("state = 'requested'", now),
        ConsentStatus::Granted => open("state = 'granted'", now),
        ConsentStatus::Denied => Cond::all().add(Expr::cust("state = 'denied'")),
        ConsentStatus::Revoked => Cond::all().add(Expr::cust("state = 'revoked'")),
        ConsentStatus::Expired => Cond::any()
            .add(Expr::cust("state = 'expired'"))
            .add(over(now)),
    }
}

fn open(state: &'static str, now: DateTime<Utc>) -> Cond {
    Cond::all()
        .add(Expr::cust(state))
        .add(Expr::col("over_at").gt(now))
}

fn over(now: DateTime<Utc>) -> Cond {
    Cond::all()
        .add(Expr::cust("state IN ('granted', 'requested')"))
        .add(Expr::col("over_at").lte(now))
}

/// The requests and consents of all tenants whose time is up, the longest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn run_out(
    reads: &Reads,
    now: DateTime<Utc>,
    limit: u16,
) -> Result<Vec<ConsentRow>, ReadError> {
    let mut select = of_all_tenants::<ConsentRow>();
    select
        .cond_where(over(now))
        .order_by("over_at", Order::Asc)
        .limit(u64::from(limit));
    reads.rows(&select).await
}
