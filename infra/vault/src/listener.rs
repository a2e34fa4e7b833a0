//! Hears of every shredding, in whatever process it happens, and decides how long the cache
//! may be trusted.
//!
//! One connection of its own: LISTEN, then a heartbeat that writes into `vault.listeners` up
//! to which shredding this process has dropped its keys and until when it trusts its cache.
//! A shredding waits for every listener that is still trusting. While the connection is
//! broken, or silent for longer than the lease, the cache is not used at all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{StreamExt, poll_fn};
use medilink_database::DatabaseError;
use tokio::sync::Notify;
use tokio_postgres::{AsyncMessage, Client};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::binding::Holder;
use crate::cache::KeyCache;
use crate::error::VaultError;
use crate::journal::Journal;
use crate::options::VaultOptions;
use crate::rows::{CHANNEL, Notice};
use crate::store::Store;
use crate::uphold::reconcile;

/// How long a shredding that the table shows may take to arrive as a notification before
/// the whole cache is dropped in its stead.
const GRACE: Duration = Duration::from_millis(200);

pub(crate) struct Listener {
    pub(crate) store: Store,
    pub(crate) journal: Option<Arc<Journal>>,
    pub(crate) cache: Arc<KeyCache>,
    pub(crate) options: VaultOptions,
    pub(crate) id: Uuid,
}

impl Listener {
    /// Runs until cancelled, reconnecting for as long as it takes.
    pub(crate) async fn run(self, cancel: CancellationToken) {
        let mut pause = self.options.heartbeat / 4;
        while !cancel.is_cancelled() {
            let started = Instant::now();
            // Ends soon after the cancellation: each of its waits is bounded by the lease.
            let ended = self.session(&cancel).await;
            self.cache.distrust();
            metrics::gauge!("medilink_vault_listening").set(0.0);
            if let Err(error) = ended {
                tracing::warn!(%error, "the vault no longer hears of shreddings; cached keys are not used until it does");
            }
            if started.elapsed() > self.options.lease {
                pause = self.options.heartbeat / 4;
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = cancel.cancelled() => {}
            }
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    /// One connection, from connecting to its end.
    async fn session(&self, cancel: &CancellationToken) -> Result<(), VaultError> {
        let dial = self.store.database.dial();
        let (client, mut connection) = within(self.options.lease, dial).await?;
        // It may have been away because an older backup was put in its place.
        // Whoever waits for the pool waits for this, as nobody's keys are cached until it is done.
        if let Some(journal) = &self.journal {
            let database = self.store.database.alone()?;
            let store = Store {
                database,
                ..self.store.clone()
            };
            reconcile(&store, journal).await?;
        }
        let news = Notify::new();
        let drive = async {
            let mut messages = poll_fn(|context| connection.poll_message(context));
            while let Some(message) = messages.next().await {
                if let AsyncMessage::Notification(notification) = message? {
                    self.hear(notification.payload());
                    news.notify_one();
                }
            }
            Err(VaultError::Unavailable(
                "the listening connection was closed".to_owned(),
            ))
        };
        let work = async {
            self.beat(&client, &news, cancel).await?;
            let leave = "DELETE FROM vault.listeners WHERE id = $1";
            within(self.options.heartbeat, client.execute(leave, &[&self.id])).await?;
            Ok(())
        };
        tokio::select! {
            ended = drive => ended,
            ended = work => ended,
        }
    }

    /// Takes one notification into account.
    fn hear(&self, payload: &str) {
        match Notice::parse(payload) {
            Some(Notice { number, holder }) => self.take_in(number, holder),
            // Not ours, so it tells nothing; but it can't be ruled out that it meant to.
            None => self.cache.clear(self.cache.seen()),
        }
    }

    fn take_in(&self, number: i64, holder: Holder) {
        self.cache.erase(holder);
        if !self.cache.saw(number) {
            self.cache.clear(number);
        }
    }

    /// The heartbeat; ends when cancelled.
    async fn beat(
        &self,
        client: &Client,
        news: &Notify,
        cancel: &CancellationToken,
    ) -> Result<(), VaultError> {
        within(
            self.options.lease,
            client.batch_execute(&format!("LISTEN {CHANNEL}")),
        )
        .await?;
        let statement = within(self.options.lease, client.prepare(BEAT)).await?;
        // The database counts the lease from when it gets the message, this process from
        // before it sent it, less a tenth for clocks that run apart: it never trusts longer
        // than a shredding waits.
        let own_lease = self.options.lease * 9 / 10;
        let lease_ms = self.options.lease.as_millis() as f64;
        // Nothing that was cached before LISTEN is known to be alive.
        let mut trusted_until = Instant::now();
        let mut behind_since = None;
        while !cancel.is_cancelled() {
            let sent = Instant::now();
            let seen = self.cache.seen();
            let row = within(
                self.options.lease,
                client.query_one(&statement, &[&self.id, &seen, &lease_ms]),
            )
            .await?;
            let number: i64 = row.get(0);
            if Instant::now() >= trusted_until {
                // First beat, or the lease has lapsed and shreddings no longer waited.
                self.cache.clear(number);
                behind_since = None;
            }
            if self.cache.seen() < number {
                let since = *behind_since.get_or_insert(sent);
                if since.elapsed() > GRACE {
                    self.cache.clear(number);
                }
            } else {
                behind_since = None;
            }
            trusted_until = sent + own_lease;
            self.cache.trust_until(trusted_until);
            metrics::gauge!("medilink_vault_listening").set(1.0);
            self.cache.tidy();
            // Tell at once what was dropped since: a shredding waits for it.
            if self.cache.seen() == seen {
                let pause = if behind_since.is_some() {
                    GRACE / 4
                } else {
                    self.options.heartbeat
                };
                tokio::select! {
                    _ = tokio::time::timeout(pause, news.notified()) => {}
                    () = cancel.cancelled() => {}
                }
            }
        }
        self.cache.distrust();
        Ok(())
    }
}

/// Tells the others where this process stands, forgets those long gone, and learns how many
/// shreddings there were.
const BEAT: &str = "
    WITH gone AS (
        DELETE FROM vault.listeners WHERE alive_until < clock_timestamp() - interval '1 hour' AND id <> $1
    )
    INSERT INTO vault.listeners (id, seen, alive_until)
    VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
    ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, alive_until = excluded.alive_until
    RETURNING (SELECT number FROM vault.erasures)";

async fn within<T, E: Into<DatabaseError>>(
    limit: Duration,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, VaultError> {
    match tokio::time::timeout(limit, call).await {
        Ok(answer) => Ok(answer.map_err(Into::into)?),
        Err(_) => Err(VaultError::Unavailable(
            "the listening connection is silent".to_owned(),
        )),
    }
}
