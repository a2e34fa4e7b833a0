//! Which one of several processes does a thing: an advisory lock, held by the very session
//! that does it, so that both end together.
//!
//! A process may also stop without ending: its machine is paused, or its network gone. Its
//! session would then stay, and with it the lock, for as long as TCP lets it: hours. So a
//! leader's session is one that the server ends when it hears nothing, and a leader that lives
//! makes itself heard.

use std::time::Duration;

use tokio_postgres::Client;

use crate::DatabaseError;

/// How long the server waits for a word of a leader, in the midst of a transaction or not.
/// Another process takes over then.
const SILENCE: Duration = Duration::from_secs(12);
/// How often a leader that does something elsewhere makes itself heard.
const BEAT: Duration = Duration::from_secs(2);

/// Whether this session now leads `name`. It leads until it ends.
///
/// # Errors
/// [`DatabaseError`] when the server can't be asked.
pub async fn try_lead(client: &Client, name: &str) -> Result<bool, DatabaseError> {
    let sql = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))";
    if !client.query_one(sql, &[&name]).await?.get::<_, bool>(0) {
        return Ok(false);
    }
    let silence = SILENCE.as_millis();
    client
        .batch_execute(&format!(
            "SET idle_session_timeout = {silence};
             SET idle_in_transaction_session_timeout = {silence}"
        ))
        .await?;
    Ok(true)
}

/// One word. A leader that has nothing to do says it every second or so.
///
/// # Errors
/// [`DatabaseError`] when the session is over, and with it the leadership.
pub async fn beat(client: &Client) -> Result<(), DatabaseError> {
    Ok(client.batch_execute("").await?)
}

/// Does what takes a while without the leader's session, which is kept up meanwhile.
///
/// # Errors
/// [`DatabaseError`] when the session ends; the work is then given up where it is.
pub async fn leading<T>(
    client: &Client,
    work: impl Future<Output = T>,
) -> Result<T, DatabaseError> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return Ok(done),
            () = tokio::time::sleep(BEAT) => beat(client).await?,
        }
    }
}
