//! Integrators: the programs of others that may come in, and what they may ask for.

use chrono::{DateTime, Utc};
use medilink_domain::integrator::{ClientKey, IntegratorEvent};
use medilink_domain::values::{ShortText, SmartScope};
use medilink_domain::{HospitalId, IntegratorId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};
use uuid::Uuid;

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::field::Json;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

row! {
    /// One integrator.
    pub struct IntegratorRow in "integrator" {
        key {
            /// The integrator.
            integrator: IntegratorId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// What it is called.
            name: ShortText,
            /// What it may ask for.
            scopes: Json<Vec<SmartScope>>,
            /// What it signs with.
            keys: Json<Vec<ClientKey>>,
            /// The hospitals it acts for; all of the network, if none is named.
            hospitals: Json<Vec<HospitalId>>,
            /// When it was registered.
            registered_at: DateTime<Utc>,
            /// When it is let in no more, if that is known. Who reads it looks at the clock.
            expires_at: Option<DateTime<Utc>>,
            /// Since when it is let in no more.
            disabled_at: Option<DateTime<Utc>>,
            /// The version of its stream.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
    }
}

/// The fold.
pub(crate) struct Integrators;

impl ReadModel for Integrators {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &["(tenant, integrator)"];

    type Source = IntegratorEvent;
    type Row = IntegratorRow;

    fn keys(fact: &Fact<IntegratorEvent>) -> Result<Vec<(IntegratorId,)>, FoldError> {
        Ok(vec![(fact.id("integrator")?,)])
    }

    fn fold(
        _: &(IntegratorId,),
        row: Option<IntegratorRow>,
        fact: &Fact<IntegratorEvent>,
    ) -> Result<Option<IntegratorRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(row);
        };
        if let IntegratorEvent::Registered(registered) = event {
            return Ok(Some(IntegratorRow {
                integrator: registered.integrator,
                tenant: fact.tenant,
                name: registered.name.clone(),
                scopes: Json(registered.scopes.clone()),
                keys: Json(registered.keys.clone()),
                hospitals: Json(registered.hospitals.clone()),
                registered_at: fact.recorded_at,
                expires_at: registered.expires_at,
                disabled_at: None,
                version: fact.version,
                position: fact.position,
            }));
        }
        let mut row = IntegratorRow {
            version: fact.version,
            position: fact.position,
            ..row.ok_or(FoldError("integrator-not-registered"))?
        };
        match event {
            IntegratorEvent::Registered(_) => {}
            IntegratorEvent::KeysReplaced(replaced) => row.keys = Json(replaced.keys.clone()),
            IntegratorEvent::ScopesChanged(changed) => row.scopes = Json(changed.scopes.clone()),
            IntegratorEvent::Disabled(_) => row.disabled_at = Some(fact.recorded_at),
            IntegratorEvent::Enabled(_) => row.disabled_at = None,
        }
        Ok(Some(row))
    }
}

/// Those of these integrators that there are.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn among(
    reads: &Reads,
    tenant: TenantId,
    integrators: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<IntegratorRow>, ReadError> {
    reads.among(tenant, "integrator", integrators).await
}

/// One integrator.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    integrator: IntegratorId,
) -> Result<Option<IntegratorRow>, ReadError> {
    let mut select = of_tenant::<IntegratorRow>(tenant);
    select.and_where(Expr::col("integrator").eq(integrator.uuid()));
    reads.row(&select).await
}

/// The integrators of a tenant, in the order in which they were registered.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn list(
    reads: &Reads,
    tenant: TenantId,
    page: Page<IntegratorId>,
) -> Result<Listed<IntegratorRow, IntegratorId>, ReadError> {
    let mut select = of_tenant::<IntegratorRow>(tenant);
    if let Some(after) = page.after {
        select.and_where(Expr::col("integrator").gt(after.uuid()));
    }
    select.order_by("integrator", Order::Asc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<IntegratorRow, _>(cells, "integrator")
        })
        .await
}
