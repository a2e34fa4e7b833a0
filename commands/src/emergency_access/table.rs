//! `inline.emergency_accesses`: which records are open to whom. A stale answer would be a fault of
//! security, so it is written with the log.

use chrono::{DateTime, Utc};
use medilink_database::{Database, DatabaseError};
use medilink_domain::emergency_access::EmergencyAccessEvent;
use medilink_domain::{AccountId, EmergencyAccessId, HospitalId, PatientId, SubjectId, TenantId};
use medilink_log::InlineEvent;
use tokio_postgres::Client;

use crate::inline::Inline;

/// What opens a patient's record to somebody at the instant `now`, if anything does. Whether it
/// does is for its stream to say ([`rely`](super::rely)).
///
/// # Errors
/// When the database doesn't answer.
pub async fn open_for(
    database: &Database,
    tenant: TenantId,
    clinician: SubjectId,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<Option<EmergencyAccessId>, DatabaseError> {
    let client = database.client().await?;
    let sql = "SELECT access FROM inline.emergency_accesses
               WHERE tenant = $1 AND clinician = $2 AND patient = $3 AND until > $4 AND NOT closed
               ORDER BY until DESC LIMIT 1";
    let statement = client.prepare_cached(sql).await?;
    let row = client
        .query_opt(
            &statement,
            &[&tenant.uuid(), &clinician.uuid(), &patient.uuid(), &now],
        )
        .await?;
    Ok(row.map(|row| EmergencyAccessId(row.get(0))))
}

/// Who looks into what was done at a hospital at the instant `now`: the compliance officers of
/// the hospital and of the whole network who have an account, in the order of their ids.
///
/// # Errors
/// When the database doesn't answer.
pub async fn reviewers(
    database: &Database,
    tenant: TenantId,
    hospital: HospitalId,
    now: DateTime<Utc>,
) -> Result<Vec<AccountId>, DatabaseError> {
    let client = database.client().await?;
    // Literals, so that the planner can tell that the partial indexes apply.
    let sql = "SELECT a.account FROM inline.staff_roles s
                   JOIN inline.accounts a ON a.account = s.person
               WHERE s.tenant = $1 AND s.role = 'compliance-officer'
                   AND (s.hospital IS NULL OR s.hospital = $2)
                   AND (s.until IS NULL OR s.until > $3)
                   AND a.tenant = $1 AND a.disabled_at IS NULL
               UNION
               SELECT account FROM inline.accounts
               WHERE tenant = $1 AND 'compliance-officer' = ANY (roles) AND disabled_at IS NULL
               ORDER BY 1";
    let statement = client.prepare_cached(sql).await?;
    let rows = client
        .query(&statement, &[&tenant.uuid(), &hospital.uuid(), &now])
        .await?;
    Ok(rows.iter().map(|row| AccountId(row.get(0))).collect())
}

/// Writes `inline.emergency_accesses`.
pub(crate) struct EmergencyAccessTable;

impl Inline for EmergencyAccessTable {
    const NAME: &'static str = "emergency-access";
    type Event = EmergencyAccessEvent;

    async fn take(
        client: &Client,
        event: EmergencyAccessEvent,
        at: &InlineEvent<'_>,
    ) -> Result<(), DatabaseError> {
        let position = at.position.sql();
        match event {
            EmergencyAccessEvent::Opened(opened) => {
                let sql = "INSERT INTO inline.emergency_accesses
                               (access, tenant, patient, clinician, until, position)
                           VALUES ($1, $2, $3, $4, $5, $6)";
                client
                    .execute(
                        sql,
                        &[
                            &opened.access.uuid(),
                            &at.tenant.uuid(),
                            &opened.subject.uuid(),
                            &opened.clinician.uuid(),
                            &opened.until,
                            &position,
                        ],
                    )
                    .await?;
            }
            EmergencyAccessEvent::Closed(closed) => {
                let sql = "UPDATE inline.emergency_accesses SET closed = true, position = $2
                           WHERE access = $1";
                let access = closed.access.uuid();
                client.execute(sql, &[&access, &position]).await?;
            }
            // A review changes nothing about what may be read, nor do words.
            EmergencyAccessEvent::Reviewed(_)
            | EmergencyAccessEvent::Explained(_)
            | EmergencyAccessEvent::Remarked(_) => {}
        }
        Ok(())
    }
}
