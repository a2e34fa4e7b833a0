//! What still ties a person to the hospital when their data is about to be erased: it must be let
//! go of first, because afterwards nobody can tell whose it was.

use chrono::Utc;
use medilink_domain::agenda::Agenda;
use medilink_domain::{
    AccessTokenId, AppointmentId, PatientId, SessionId, SubjectId, TenantId, WaitlistEntryId,
};
use uuid::Uuid;

use crate::error::CommandError;
use crate::executor::Executor;

/// Visits and places that others could have, and what lets the person in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// Visits that are still to come.
    pub visits: Vec<AppointmentId>,
    /// Places on waitlists.
    pub waits: Vec<WaitlistEntryId>,
    /// Sessions that are not over.
    pub sessions: Vec<SessionId>,
    /// Access tokens that work.
    pub tokens: Vec<AccessTokenId>,
}

/// What ties a person to the hospital now.
///
/// # Errors
/// When log, keys or tables can't be read.
pub async fn ties(
    executor: &Executor,
    tenant: TenantId,
    person: SubjectId,
) -> Result<Ties, CommandError> {
    let patient = PatientId(person.uuid());
    // None when it is erased by now.
    let agenda = executor.state::<Agenda>(tenant, &patient).await?;
    let agenda = agenda.unwrap_or_default();
    let now = Utc::now();
    let to_come = agenda.visits.iter().filter(|visit| visit.starts_at > now);
    let ids = |sql: &'static str| async move {
        let client = executor.reader().database().client().await?;
        let statement = client.prepare_cached(sql).await?;
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
            [&tenant.uuid(), &person.uuid(), &now];
        let rows = client.query(&statement, &parameters).await?;
        Ok::<_, medilink_database::DatabaseError>(
            rows.iter()
                .map(|row| row.get::<_, Uuid>(0))
                .collect::<Vec<_>>(),
        )
    };
    let sessions = ids("SELECT session FROM inline.sessions
        WHERE tenant = $1 AND person = $2 AND ended_at IS NULL AND expires_at > $3");
    let tokens = ids("SELECT token FROM inline.access_tokens
        WHERE tenant = $1 AND person = $2 AND revoked_at IS NULL AND expires_at > $3");
    let (sessions, tokens) =
        futures::try_join!(sessions, tokens).map_err(CommandError::database)?;
    Ok(Ties {
        visits: to_come.map(|visit| visit.appointment).collect(),
        waits: agenda.waits.iter().map(|wait| wait.entry).collect(),
        sessions: sessions.into_iter().map(SessionId).collect(),
        tokens: tokens.into_iter().map(AccessTokenId).collect(),
    })
}
