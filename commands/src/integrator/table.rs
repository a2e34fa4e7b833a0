//! `inline.integrators`: who of them is let in. A stale answer would be a fault of security, so
//! it is written with the log.

use std::collections::HashMap;

use chrono::Utc;
use medilink_database::{Batched, Database, DatabaseError};
use medilink_domain::integrator::IntegratorEvent;
use medilink_domain::values::{Role, SmartScope};
use medilink_domain::{HospitalId, IntegratorId, TenantId};
use medilink_log::InlineEvent;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::actor::{Actor, Post};
use crate::inline::Inline;

/// Who is behind a program's token. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Integrators {
    lookups: Batched<IntegratorId, Option<Found>>,
}

/// What is known of an integrator that is let in.
#[derive(Clone, Debug)]
struct Found {
    tenant: TenantId,
    scopes: Vec<SmartScope>,
    hospitals: Vec<HospitalId>,
    era: u32,
}

/// What a token says of its bearer, its signature having been verified.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub integrator: IntegratorId,
    pub tenant: TenantId,
    /// The token's own id.
    pub token: Uuid,
    pub scopes: Vec<SmartScope>,
    pub era: u32,
}

impl Integrators {
    /// Looks up in `inline.integrators`.
    pub(crate) fn new(database: Database) -> Self {
        Self {
            lookups: Batched::new(move |integrators| look_up(database.clone(), integrators)),
        }
    }

    /// Who acts with this token; `None` when its integrator is let in no more, or all of its
    /// tokens were taken from it since. Never cached.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub(crate) async fn actor(&self, shown: Shown) -> Result<Option<Actor>, DatabaseError> {
        let found = self.lookups.ask(shown.integrator).await?;
        let holds = |found: &Found| found.tenant == shown.tenant && found.era == shown.era;
        Ok(found.filter(holds).map(|found| {
            let (id, tenant) = (shown.integrator.uuid(), found.tenant);
            let still = shown.scopes.iter();
            let scopes = still.filter_map(|scope| scope.within(&found.scopes));
            let network = found.hospitals.is_empty();
            let roles = network.then_some(Role::Integrator).into_iter();
            let posts = found.hospitals.iter().map(|hospital| Post {
                role: Role::Integrator,
                hospital: *hospital,
                department: None,
            });
            Actor {
                posts: posts.collect(),
                scopes: scopes.collect(),
                session: Some(shown.token),
                ..Actor::new(id, tenant, roles.collect())
            }
        }))
    }
}

async fn look_up(
    database: Database,
    integrators: Vec<IntegratorId>,
) -> Result<Vec<Option<Found>>, DatabaseError> {
    let client = database.client().await?;
    let sql = "SELECT integrator, tenant, scopes, hospitals, era FROM inline.integrators
         WHERE integrator = ANY($1) AND disabled_at IS NULL
             AND (expires_at IS NULL OR expires_at > $2)";
    let statement = client.prepare_cached(sql).await?;
    let wanted: Vec<Uuid> = integrators.iter().map(|id| id.uuid()).collect();
    let rows = client.query(&statement, &[&wanted, &Utc::now()]).await?;
    let found: HashMap<Uuid, Found> = rows
        .iter()
        .map(|row| {
            let (scopes, hospitals): (Vec<String>, Vec<Uuid>) = (row.get(2), row.get(3));
            // A scope that this release doesn't know allows nothing.
            let scopes = scopes.iter().filter_map(|scope| scope.parse().ok());
            let found = Found {
                tenant: TenantId(row.get(1)),
                scopes: scopes.collect(),
                hospitals: hospitals.into_iter().map(HospitalId).collect(),
                era: u32::try_from(row.get::<_, i32>(4)).unwrap_or_default(),
            };
            (row.get(0), found)
        })
        .collect();
    let of = |integrator: &Uuid| found.get(integrator).cloned();
    Ok(wanted.iter().map(of).collect())
}

/// Writes `inline.integrators`.
pub(crate) struct IntegratorTable;

impl Inline for IntegratorTable {
    const NAME: &'static str = "integrator";
    type Event = IntegratorEvent;

    async fn take(
        client: &Client,
        event: IntegratorEvent,
        at: &InlineEvent<'_>,
    ) -> Result<(), DatabaseError> {
        let position = at.position.sql();
        match event {
            IntegratorEvent::Registered(registered) => {
                let hospitals = registered.hospitals.iter().map(|id| id.uuid());
                let hospitals: Vec<Uuid> = hospitals.collect();
                let sql = "INSERT INTO inline.integrators
                        (integrator, tenant, scopes, hospitals, expires_at, position)
                    VALUES ($1, $2, $3, $4, $5, $6)";
                client
                    .execute(
                        sql,
                        &[
                            &registered.integrator.uuid(),
                            &at.tenant.uuid(),
                            &texts(&registered.scopes),
                            &hospitals,
                            &registered.expires_at,
                            &position,
                        ],
                    )
                    .await?;
            }
            IntegratorEvent::KeysReplaced(replaced) => {
                let sql = "UPDATE inline.integrators SET era = era + 1, position = $2
                    WHERE integrator = $1";
                let integrator = replaced.integrator.uuid();
                client.execute(sql, &[&integrator, &position]).await?;
            }
            IntegratorEvent::ScopesChanged(changed) => {
                let sql = "UPDATE inline.integrators SET scopes = $2, position = $3
                    WHERE integrator = $1";
                let (integrator, scopes) = (changed.integrator.uuid(), texts(&changed.scopes));
                client
                    .execute(sql, &[&integrator, &scopes, &position])
                    .await?;
            }
            IntegratorEvent::Disabled(disabled) => {
                let sql = "UPDATE inline.integrators
                    SET disabled_at = $2, era = era + 1, position = $3 WHERE integrator = $1";
                let integrator = disabled.integrator.uuid();
                client
                    .execute(sql, &[&integrator, &at.recorded_at, &position])
                    .await?;
            }
            IntegratorEvent::Enabled(enabled) => {
                let sql = "UPDATE inline.integrators SET disabled_at = NULL, position = $2
                    WHERE integrator = $1";
                let integrator = enabled.integrator.uuid();
                client.execute(sql, &[&integrator, &position]).await?;
            }
        }
        Ok(())
    }
}

fn texts(scopes: &[SmartScope]) -> Vec<String> {
    scopes.iter().map(ToString::to_string).collect()
}
