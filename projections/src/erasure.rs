//! Erasures: what of a person's data is erased when, what is kept and why, and what is certified.
//! Nothing in it is sealed: it outlives the keys that it tells of.

use chrono::{DateTime, Utc};
use medilink_domain::erasure::{ErasureEvent, Stage};
use medilink_domain::values::{Code, TreeRoot};
use medilink_domain::{Category, ErasureId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::reads::{Listed, Page, ReadError, Reads, of_all_tenants, of_tenant};
use crate::runtime::field::{Json, named_fields};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

/// Where an erasure stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureState {
    /// Nothing is erased yet.
    Scheduled,
    /// A legal hold stops it.
    Held,
    /// Some of it is erased.
    UnderWay,
    /// It was given up.
    Withdrawn,
    /// All of it is erased and certified.
    Complete,
}

impl ErasureState {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Held => "held",
            Self::UnderWay => "under_way",
            Self::Withdrawn => "withdrawn",
            Self::Complete => "complete",
        }
    }
}

named_fields!(ErasureState);

/// Why something is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which law or case asks for it.
    pub basis: Code,
    /// The retention rule; none for a legal hold.
    pub rule: Option<Code>,
    /// The version of the rules.
    pub rules_version: Option<u32>,
    /// Until when; until it is lifted, if nothing is said.
    pub until: Option<DateTime<Utc>>,
}

/// That a key was destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// The number of its tombstone.
    pub tombstone: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// The event that says so.
    pub position: Position,
}

/// What becomes of a category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The category.
    pub category: Category,
    /// How far it is.
    pub stage: Stage,
    /// When it may begin.
    pub not_before: DateTime<Utc>,
    /// The law that asked for it, if one did.
    pub kept: Option<Kept>,
    /// That it is erased.
    pub gone: Option<Gone>,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its id.
    pub certificate: Uuid,
    /// What it certified for the first time.
    pub categories: Vec<Category>,
    /// How many events its checkpoint covers.
    pub tree_size: u64,
    /// The root of the tree over them.
    pub root: TreeRoot,
    /// When it was made.
    pub at: DateTime<Utc>,
}

row! {
    /// One erasure.
    pub struct ErasureRow in "erasure" {
        key {
            /// The erasure.
            erasure: ErasureId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Whose data it is.
            person: SubjectId,
            /// Why it was asked for.
            reason: Code,
            /// When it was asked for.
            requested_at: DateTime<Utc>,
            /// Where it stands.
            state: ErasureState,
            /// When there is next something to do for it, as far as is known.
            due_at: Option<DateTime<Utc>>,
            /// The last shredding that isn't certified.
            to_certify: Option<Position>,
            /// What becomes of each category.
            parts: Json<Vec<Part>>,
            /// The legal hold that stops it.
            legal_hold: Json<Option<Kept>>,
            /// The certificates, the first first.
            certificates: Json<Vec<Certificate>>,
            /// The version of its stream, for `If-Match`.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
    }
}

impl ErasureRow {
    fn part(&mut self, category: Category) -> Option<&mut Part> {
        let parts = &mut self.parts.0;
        parts.iter_mut().find(|part| part.category == category)
    }

    fn any(&self, stage: Stage) -> bool {
        self.parts.0.iter().any(|part| part.stage == stage)
    }

    /// What follows from the rest.
    fn settled(mut self) -> Self {
        let parts = &self.parts.0;
        let complete = !parts.is_empty() && parts.iter().all(|part| part.stage == Stage::Certified);
        self.state = match () {
            () if self.state == ErasureState::Withdrawn => ErasureState::Withdrawn,
            () if complete => ErasureState::Complete,
            () if self.legal_hold.0.is_some() && self.any(Stage::Scheduled) => ErasureState::Held,
            () if parts.iter().any(|part| part.stage > Stage::Scheduled) => ErasureState::UnderWay,
            () => ErasureState::Scheduled,
        };
        let uncertified = parts.iter().filter(|part| part.stage == Stage::Shredded);
        let gone = uncertified.filter_map(|part| Some(part.gone?.position));
        self.to_certify = gone.max();
        self.due_at = self.due();
        self
    }

    fn due(&self) -> Option<DateTime<Utc>> {
        if self.state == ErasureState::Withdrawn {
            return None;
        }
        let of_stage = |stage| {
            let parts = self.parts.0.iter().filter(move |part| part.stage == stage);
            parts.map(|part| part.not_before).min()
        };
        // Nothing stops what has begun.
        if let Some(begun) = of_stage(Stage::Begun) {
            return Some(begun);
        }
        let next = of_stage(Stage::Scheduled)?;
        match &self.legal_hold.0 {
            Some(hold) => hold.until.map(|until| Ord::max(until, next)),
            None => Some(next),
        }
    }
}

/// The fold.
pub(crate) struct Erasures;

impl ReadModel for Erasures {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &[
        "(tenant, erasure)",
        "(person, erasure)",
        "(due_at) WHERE due_at IS NOT NULL",
        "(to_certify) WHERE to_certify IS NOT NULL",
    ];

    type Source = ErasureEvent;
    type Row = ErasureRow;

    fn keys(fact: &Fact<ErasureEvent>) -> Result<Vec<(ErasureId,)>, FoldError> {
        Ok(vec![(fact.id("erasure")?,)])
    }

    fn fold(
        _: &(ErasureId,),
        row: Option<ErasureRow>,
        fact: &Fact<ErasureEvent>,
    ) -> Result<Option<ErasureRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(row);
        };
        if let ErasureEvent::Requested(requested) = event {
            return Ok(Some(ErasureRow {
                erasure: requested.erasure,
                tenant: fact.tenant,
                person: requested.person,
                reason: requested.reason.clone(),
                requested_at: fact.recorded_at,
                state: ErasureState::Scheduled,
                due_at: None,
                to_certify: None,
                parts: Json(Vec::new()),
                legal_hold: Json(None),
                certificates: Json(Vec::new()),
                version: fact.version,
                position: fact.position,
            }));
        }
        let mut row = ErasureRow {
            version: fact.version,
            position: fact.position,
            ..row.ok_or(FoldError("erasure-not-requested"))?
        };
        take(&mut row, event, fact);
        Ok(Some(row.settled()))
    }
}

fn take(row: &mut ErasureRow, event: &ErasureEvent, fact: &Fact<ErasureEvent>) {
    let gone_to = |row: &mut ErasureRow, category, stage| {
        if let Some(part) = row.part(category) {
            part.stage = part.stage.max(stage);
        }
    };
    match event {
        ErasureEvent::Requested(_) => {}
        ErasureEvent::Held(held) => {
            let kept = Kept {
                basis: held.basis.clone(),
                rule: held.rule.clone(),
                rules_version: held.rules_version,
                until: held.until,
            };
            match held.category {
                None => row.legal_hold = Json(Some(kept)),
                Some(category) => planned(row, category, fact.recorded_at).kept = Some(kept),
            }
        }
        ErasureEvent::HoldLifted(_) => row.legal_hold = Json(None),
        ErasureEvent::Scheduled(scheduled) => {
            planned(row, scheduled.category, scheduled.not_before).not_before =
                scheduled.not_before;
        }
        ErasureEvent::Withdrawn(_) => row.state = ErasureState::Withdrawn,
        ErasureEvent::Begun(begun) => gone_to(row, begun.category, Stage::Begun),
        ErasureEvent::Shredded(shredded) => {
            gone_to(row, shredded.category, Stage::Shredded);
            if let Some(part) = row.part(shredded.category) {
                part.gone = Some(Gone {
                    tombstone: shredded.tombstone,
                    at: shredded.at,
                    position: fact.position,
                });
            }
        }
        ErasureEvent::Certified(certified) => {
            for category in &certified.categories {
                gone_to(row, *category, Stage::Certified);
            }
            row.certificates.0.push(Certificate {
                certificate: certified.certificate,
                categories: certified.categories.clone(),
                tree_size: certified.tree_size,
                root: certified.root,
                at: fact.recorded_at,
            });
        }
    }
}

/// The part of a category, begun if it is the first that is heard of it.
fn planned(row: &mut ErasureRow, category: Category, not_before: DateTime<Utc>) -> &mut Part {
    let parts = &mut row.parts.0;
    let place = parts.iter().position(|part| part.category == category);
    let place = place.unwrap_or_else(|| {
        parts.push(Part {
            category,
            stage: Stage::Scheduled,
            not_before,
            kept: None,
            gone: None,
        });
        parts.len() - 1
    });
    &mut parts[place]
}

/// One erasure.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    erasure: ErasureId,
) -> Result<Option<ErasureRow>, ReadError> {
    let mut select = of_tenant::<ErasureRow>(tenant);
    select.and_where(Expr::col("erasure").eq(erasure.uuid()));
    reads.row(&select).await
}

/// The erasures of a tenant, or of one person in it, the latest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn list(
    reads: &Reads,
    tenant: TenantId,
    person: Option<SubjectId>,
    page: Page<ErasureId>,
) -> Result<Listed<ErasureRow, ErasureId>, ReadError> {
    let mut select = of_tenant::<ErasureRow>(tenant);
    if let Some(person) = person {
        select.and_where(Expr::col("person").eq(person.uuid()));
    }
    if let Some(after) = page.after {
        select.and_where(Expr::col("erasure").lt(after.uuid()));
    }
    select.order_by("erasure", Order::Desc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<ErasureRow, _>(cells, "erasure")
        })
        .await
}

/// The erasures of all tenants for which there is something to do, the longest due first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn due(
    reads: &Reads,
    now: DateTime<Utc>,
    limit: u16,
) -> Result<Vec<ErasureRow>, ReadError> {
    let mut select = of_all_tenants::<ErasureRow>();
    select
        .and_where(Expr::col("due_at").lte(now))
        .order_by("due_at", Order::Asc)
        .limit(u64::from(limit));
    reads.rows(&select).await
}

/// The erasures of all tenants of which a tree of this size covers what isn't certified.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn to_certify(
    reads: &Reads,
    tree_size: u64,
    limit: u16,
) -> Result<Vec<ErasureRow>, ReadError> {
    let mut select = of_all_tenants::<ErasureRow>();
    select
        .and_where(Expr::col("to_certify").lte(Position(tree_size).sql()))
        .order_by("to_certify", Order::Asc)
        .limit(u64::from(limit));
    reads.rows(&select).await
}
