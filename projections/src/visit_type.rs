//! The kinds of visits that hospitals offer.

use medilink_domain::visit_type::{VisitTypeEvent, VisitTypeTerms};
use medilink_domain::{HospitalId, TenantId, VisitTypeId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::field::Json;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

row! {
    /// One kind of visit.
    pub struct VisitTypeRow in "visit_type" {
        key {
            /// The visit type.
            visit_type: VisitTypeId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Where it is offered.
            hospital: HospitalId,
            /// What it is.
            terms: Json<VisitTypeTerms>,
            /// Whether it is offered no more.
            retired: bool,
            /// The version of its stream, for `If-Match`.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
    }
}

/// The fold.
pub(crate) struct VisitTypes;

impl ReadModel for VisitTypes {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &["(hospital, visit_type)", "(position)"];

    type Source = VisitTypeEvent;
    type Row = VisitTypeRow;

    fn keys(fact: &Fact<VisitTypeEvent>) -> Result<Vec<(VisitTypeId,)>, FoldError> {
        Ok(vec![(fact.id("visit-type")?,)])
    }

    fn fold(
        _: &(VisitTypeId,),
        row: Option<VisitTypeRow>,
        fact: &Fact<VisitTypeEvent>,
    ) -> Result<Option<VisitTypeRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(row);
        };
        if let VisitTypeEvent::Defined(defined) = event {
            return Ok(Some(VisitTypeRow {
                visit_type: defined.visit_type,
                tenant: fact.tenant,
                hospital: defined.hospital,
                terms: Json(defined.terms.clone()),
                retired: false,
                version: fact.version,
                position: fact.position,
            }));
        }
        let mut row = VisitTypeRow {
            version: fact.version,
            position: fact.position,
            ..row.ok_or(FoldError("visit-type-not-defined"))?
        };
        match event {
            VisitTypeEvent::Defined(_) => {}
            VisitTypeEvent::Changed(changed) => row.terms = Json(changed.terms.clone()),
            VisitTypeEvent::Retired(_) => row.retired = true,
        }
        Ok(Some(row))
    }
}

/// One kind of visit.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    visit_type: VisitTypeId,
) -> Result<Option<VisitTypeRow>, ReadError> {
    let mut select = of_tenant::<VisitTypeRow>(tenant);
    select.and_where(Expr::col("visit_type").eq(visit_type.uuid()));
    reads.row(&select).await
}

/// The kinds of visits that a hospital offers, in the order in which it defined them.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn of_hospital(
    reads: &Reads,
    tenant: TenantId,
    hospital: HospitalId,
    page: Page<VisitTypeId>,
) -> Result<Listed<VisitTypeRow, VisitTypeId>, ReadError> {
    let mut select = of_tenant::<VisitTypeRow>(tenant);
    select
        .and_where(Expr::col("hospital").eq(hospital.uuid()))
        .and_where(Expr::col("retired").eq(false));
    if let Some(after) = page.after {
        select.and_where(Expr::col("visit_type").gt(after.uuid()));
    }
    select.order_by("visit_type", Order::Asc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<VisitTypeRow, _>(cells, "visit_type")
        })
        .await
}
