//! Exports: what was asked for by whom, how far it is, and what is next to be done with it.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::export::{ExportEvent, ExportFormat, ExportGround, ExportState};
use medilink_domain::{ExportId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};
use uuid::Uuid;

use crate::reads::{Listed, Page, ReadError, Reads, of_all_tenants, of_tenant};
use crate::runtime::field::{Json, named_fields};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

/// The longest that a worker is at an export: afterwards none is, and what it left can be
/// deleted.
pub const LONGEST: TimeDelta = TimeDelta::hours(1);

named_fields!(ExportState);

row! {
    /// One export.
    pub struct ExportRow in "export" {
        key {
            /// The export.
            export: ExportId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Whose data it is.
            person: SubjectId,
            /// Who asked for it.
            by: SubjectId,
            /// By what right.
            ground: Json<ExportGround>,
            /// In which forms.
            formats: Json<Vec<ExportFormat>>,
            /// When it was asked for.
            requested_at: DateTime<Utc>,
            /// The event by which it was.
            requested: Position,
            /// Where it stands.
            state: ExportState,
            /// How much of its file is made, of a hundred.
            percent: u64,
            /// Which of the files that were begun is the one.
            file: Option<Uuid>,
            /// How many bytes that has.
            size: Option<u64>,
            /// Until when that is kept.
            expires_at: Option<DateTime<Utc>>,
            /// When there is next something to do for it.
            due_at: Option<DateTime<Utc>>,
            /// The version of its stream, for `If-Match`.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
    }
}

impl ExportRow {
    /// Where it stands at the instant `now`: what is over is over, noted or not.
    pub fn state_at(&self, now: DateTime<Utc>) -> ExportState {
        match self.expires_at {
            Some(until) if self.state == ExportState::Ready && until <= now => ExportState::Expired,
            _ => self.state,
        }
    }

    /// It is over: what there may be of its file is to be deleted.
    fn end(&mut self, state: ExportState, at: DateTime<Utc>) {
        self.due_at = match self.state {
            ExportState::Queued => None,
            // A worker may be at it still.
            ExportState::Running => Some(at + LONGEST),
            _ => Some(at),
        };
        self.state = state;
    }
}

/// The fold.
pub(crate) struct Exports;

impl ReadModel for Exports {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &[
        "(person, export)",
        "(by, export)",
        "(due_at) WHERE due_at IS NOT NULL",
    ];

    type Source = ExportEvent;
    type Row = ExportRow;

    fn keys(fact: &Fact<ExportEvent>) -> Result<Vec<(ExportId,)>, FoldError> {
        Ok(vec![(fact.id("export")?,)])
    }

    fn fold(
        _: &(ExportId,),
        row: Option<ExportRow>,
        fact: &Fact<ExportEvent>,
    ) -> Result<Option<ExportRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(row);
        };
        if let ExportEvent::Requested(requested) = event {
            return Ok(Some(ExportRow {
                export: requested.export,
                tenant: fact.tenant,
                person: requested.person,
                by: requested.by,
                ground: Json(requested.ground),
                formats: Json(requested.formats.clone()),
                requested_at: fact.recorded_at,
                requested: fact.position,
                state: ExportState::Queued,
                percent: 0,
                file: None,
                size: None,
                expires_at: None,
                due_at: Some(fact.recorded_at),
                version: fact.version,
                position: fact.position,
            }));
        }
        let mut row = ExportRow {
            version: fact.version,
            position: fact.position,
            ..row.ok_or(FoldError("export-not-requested"))?
        };
        match event {
            ExportEvent::Requested(_) | ExportEvent::LinkGiven(_) => {}
            ExportEvent::Started(_) => row.state = ExportState::Running,
            ExportEvent::Progressed(progressed) => row.percent = progressed.percent.into(),
            ExportEvent::Completed(completed) => {
                row.state = ExportState::Ready;
                row.percent = 100;
                row.file = Some(completed.file);
                row.size = Some(completed.size);
                row.expires_at = Some(completed.expires_at);
                row.due_at = row.expires_at;
            }
            ExportEvent::Failed(_) => row.end(ExportState::Failed, fact.recorded_at),
            ExportEvent::Cancelled(_) => row.end(ExportState::Cancelled, fact.recorded_at),
            ExportEvent::Expired(_) => row.end(ExportState::Expired, fact.recorded_at),
            ExportEvent::Deleted(_) => row.due_at = None,
        }
        Ok(Some(row))
    }
}

/// One export.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    export: ExportId,
) -> Result<Option<ExportRow>, ReadError> {
    let mut select = of_tenant::<ExportRow>(tenant);
    select.and_where(Expr::col("export").eq(export.uuid()));
    reads.row(&select).await
}

/// The exports of a person's data, the latest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn of_person(
    reads: &Reads,
    tenant: TenantId,
    person: SubjectId,
    page: Page<ExportId>,
) -> Result<Listed<ExportRow, ExportId>, ReadError> {
    let mut select = of_tenant::<ExportRow>(tenant);
    select.and_where(Expr::col("person").eq(person.uuid()));
    if let Some(after) = page.after {
        select.and_where(Expr::col("export").lt(after.uuid()));
    }
    select.order_by("export", Order::Desc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<ExportRow, _>(cells, "export")
        })
        .await
}

/// The exports that are not over of a person's data, and those that the person asked for.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn open_ones(
    reads: &Reads,
    tenant: TenantId,
    person: SubjectId,
) -> Result<Vec<ExportRow>, ReadError> {
    let mut select = of_tenant::<ExportRow>(tenant);
    let id = person.uuid();
    select
        .and_where(Expr::col("person").eq(id).or(Expr::col("by").eq(id)))
        .and_where(Expr::cust("state IN ('queued', 'running', 'ready')"));
    reads.rows(&select).await
}

/// The exports of all tenants for which there is something to do, the longest due first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn due(
    reads: &Reads,
    now: DateTime<Utc>,
    limit: u16,
) -> Result<Vec<ExportRow>, ReadError> {
    let mut select = of_all_tenants::<ExportRow>();
    select
        .and_where(Expr::col("due_at").lte(now))
        .order_by("due_at", Order::Asc)
        .limit(u64::from(limit));
    reads.rows(&select).await
}
