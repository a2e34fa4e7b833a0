//! The codes that hospitals give out: how often each was used, never what it is.

use chrono::{DateTime, Utc};
use medilink_domain::hospital_code::HospitalCodeEvent;
use medilink_domain::values::Role;
use medilink_domain::{HospitalCodeId, HospitalId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::field::named_fields;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

named_fields!(Role);

row! {
    /// One code.
    pub struct HospitalCodeRow in "hospital_code" {
        key {
            /// The code's id.
            code: HospitalCodeId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Whose it is.
            hospital: HospitalId,
            /// What people apply to be.
            role: Role,
            /// How many may apply with it.
            most_uses: u64,
            /// How many have.
            uses: u64,
            /// When it was issued.
            issued_at: DateTime<Utc>,
            /// When it stops to work.
            expires_at: DateTime<Utc>,
            /// When it was revoked, if it was.
            revoked_at: Option<DateTime<Utc>>,
            /// The version of its stream.
            version: u64,
            /// The event that last changed the row.
            position: Position,
        }
    }
}

/// The fold.
pub(crate) struct HospitalCodes;

impl ReadModel for HospitalCodes {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &["(hospital, code)"];

    type Source = HospitalCodeEvent;
    type Row = HospitalCodeRow;

    fn keys(fact: &Fact<HospitalCodeEvent>) -> Result<Vec<(HospitalCodeId,)>, FoldError> {
        Ok(vec![(fact.id("hospital-code")?,)])
    }

    fn fold(
        _: &(HospitalCodeId,),
        row: Option<HospitalCodeRow>,
        fact: &Fact<HospitalCodeEvent>,
    ) -> Result<Option<HospitalCodeRow>, FoldError> {
        let known = || {
            let row = row.ok_or(FoldError("hospital-code-not-issued"))?;
            Ok(HospitalCodeRow {
                version: fact.version,
                position: fact.position,
                ..row
            })
        };
        Ok(match &fact.body {
            Folded::Clear(HospitalCodeEvent::Issued(issued)) => Some(HospitalCodeRow {
                code: issued.code,
                tenant: fact.tenant,
                hospital: issued.hospital,
                role: issued.role,
                most_uses: issued.most_uses.into(),
                uses: 0,
                issued_at: fact.recorded_at,
                expires_at: issued.expires_at,
                revoked_at: None,
                version: fact.version,
                position: fact.position,
            }),
            Folded::Clear(HospitalCodeEvent::Used(_)) => {
                let row = known()?;
                let uses = row.uses + 1;
                Some(HospitalCodeRow { uses, ..row })
            }
            Folded::Clear(HospitalCodeEvent::Revoked(_)) => Some(HospitalCodeRow {
                revoked_at: Some(fact.recorded_at),
                ..known()?
            }),
            Folded::Erased => None,
        })
    }
}

/// A hospital's codes, in the order in which they were issued.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn of_hospital(
    reads: &Reads,
    tenant: TenantId,
    hospital: HospitalId,
    page: Page<HospitalCodeId>,
) -> Result<Listed<HospitalCodeRow, HospitalCodeId>, ReadError> {
    let mut select = of_tenant::<HospitalCodeRow>(tenant);
    select.and_where(Expr::col("hospital").eq(hospital.uuid()));
    if let Some(after) = page.after {
        select.and_where(Expr::col("code").gt(after.uuid()));
    }
    select.order_by("code", Order::Asc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<HospitalCodeRow, _>(cells, "code")
        })
        .await
}
