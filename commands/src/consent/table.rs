//! `inline.consents`: which consents may cover a read. A stale answer would be a fault of
//! security, so it is written with the log.

use chrono::{DateTime, Utc};
use medilink_database::{Database, DatabaseError};
use medilink_domain::consent::{ConsentEvent, ConsentStatus, ConsentTerms, Grantee};
use medilink_domain::{ConsentId, PatientId, SubjectId, TenantId};
use medilink_log::InlineEvent;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::inline::Inline;

/// The consents of a patient that are granted to one of these and not over, the oldest first.
/// What they cover is for each of them to say ([`cover`](super::cover)).
///
/// # Errors
/// When the database doesn't answer.
pub async fn consents_for(
    database: &Database,
    tenant: TenantId,
    patient: PatientId,
    grantees: &[Grantee],
    now: DateTime<Utc>,
) -> Result<Vec<ConsentId>, DatabaseError> {
    let (kinds, ids): (Vec<&str>, Vec<Uuid>) = grantees
        .iter()
        .map(|grantee| (grantee.kind(), grantee.id()))
        .unzip();
    let client = database.client().await?;
    let sql = "SELECT consent FROM inline.consents
               WHERE tenant = $1 AND patient = $2 AND state = 'granted' AND expires_at > $3
                   AND (grantee_kind, grantee) IN (SELECT * FROM unnest($4::text[], $5::uuid[]))
               ORDER BY consent";
    let statement = client.prepare_cached(sql).await?;
    let rows = client
        .query(
            &statement,
            &[&tenant.uuid(), &patient.uuid(), &now, &kinds, &ids],
        )
        .await?;
    Ok(rows.iter().map(|row| ConsentId(row.get(0))).collect())
}

/// Writes `inline.consents`.
pub(crate) struct ConsentTable;

impl Inline for ConsentTable {
    const NAME: &'static str = "consent";
    type Event = ConsentEvent;

    async fn take(
        client: &Client,
        event: ConsentEvent,
        at: &InlineEvent<'_>,
    ) -> Result<(), DatabaseError> {
        match event {
            ConsentEvent::Requested(requested) => {
                let row = Row {
                    consent: requested.consent,
                    patient: requested.subject,
                    grantee: requested.grantee,
                    state: ConsentStatus::Requested,
                    terms: &requested.terms,
                };
                row.write(client, at).await
            }
            ConsentEvent::Granted(granted) => {
                let row = Row {
                    consent: granted.consent,
                    patient: granted.subject,
                    grantee: granted.grantee,
                    state: ConsentStatus::Granted,
                    terms: &granted.terms,
                };
                row.write(client, at).await
            }
            ConsentEvent::Denied(denied) => {
                settle(client, denied.consent, ConsentStatus::Denied, at).await
            }
            ConsentEvent::Revoked(revoked) => {
                settle(client, revoked.consent, ConsentStatus::Revoked, at).await
            }
            ConsentEvent::Expired(expired) => {
                settle(client, expired.consent, ConsentStatus::Expired, at).await
            }
            // The uses are counted in the stream.
            ConsentEvent::Used(_) => Ok(()),
        }
    }
}

struct Row<'a> {
    consent: ConsentId,
    patient: SubjectId,
    grantee: Grantee,
    state: ConsentStatus,
    terms: &'a ConsentTerms,
}

impl Row<'_> {
    async fn write(self, client: &Client, at: &InlineEvent<'_>) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO inline.consents (consent, tenant, patient, grantee_kind, grantee,
                       state, period_from, period_to, expires_at, position)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                   ON CONFLICT (consent) DO UPDATE SET state = excluded.state,
                       period_from = excluded.period_from, period_to = excluded.period_to,
                       expires_at = excluded.expires_at, position = excluded.position";
        client
            .execute(
                sql,
                &[
                    &self.consent.uuid(),
                    &at.tenant.uuid(),
                    &self.patient.uuid(),
                    &self.grantee.kind(),
                    &self.grantee.id(),
                    &self.state.name(),
                    &self.terms.from,
                    &self.terms.to,
                    &self.terms.expires_at,
                    &at.position.sql(),
                ],
            )
            .await?;
        Ok(())
    }
}

async fn settle(
    client: &Client,
    consent: ConsentId,
    state: ConsentStatus,
    at: &InlineEvent<'_>,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE inline.consents SET state = $2, position = $3 WHERE consent = $1";
    client
        .execute(sql, &[&consent.uuid(), &state.name(), &at.position.sql()])
        .await?;
    Ok(())
}
