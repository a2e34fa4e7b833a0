//! One connection to the broker under one user. It never gives up, it never lets a refused
//! permission pass for a time-out, and it doesn't stay with a server that can't help while there
//! are others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_nats::client::Request;
use async_nats::connection::State;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::ClusterInfo;
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{Client, ConnectOptions, ReconnectToServer, Server, ServerAddr, ServerInfo};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{broadcast, watch};
use uuid::Uuid;

use crate::config::BusConfig;
use crate::error::BusError;
use crate::link::{Denial, EventSink, Link};

/// How long a server of several may answer nothing before another one is tried: one that is cut
/// off from the others still takes clients, but has nobody to ask.
const VAIN: Duration = Duration::from_secs(4);
/// So long after it was last asked in vain, that is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(30);

/// What an answer says of the server that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    /// Only one that the others follow can give it.
    Proof,
    /// It may be what the server heard before it was cut off.
    Hearsay,
}

/// A connection to the broker. Cheap to clone; all clones share the connection.
#[derive(Clone, Debug)]
pub struct Bus {
    client: Client,
    context: jetstream::Context,
    user: Arc<str>,
    request: Duration,
    link: watch::Receiver<Link>,
    denials: broadcast::Sender<Denial>,
    /// Whether there are other servers to turn to.
    several: bool,
    /// The first and the last time that this one was asked in vain, since it was of use.
    vain: Arc<Mutex<Option<(Instant, Instant)>>>,
}

impl Bus {
    /// Starts connecting and returns at once. When the broker is away, now or later, the
    /// connection is tried for ever in the background.
    ///
    /// # Errors
    /// [`BusError::Settings`] when the settings can't work wherever the broker is.
    pub async fn connect(config: &BusConfig, role: &str) -> Result<Self, BusError> {
        let addresses = addresses(&config.url)?;
        if config.user.is_empty()
            || !config
                .user
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        {
            return Err(BusError::Settings(
                "the user must be letters, digits, `-` and `_`".to_owned(),
            ));
        }
        let (link_sender, link) = watch::channel(Link::Down("not connected yet".to_owned()));
        let (denials, _) = broadcast::channel(64);
        let events = EventSink::new(&config.user, link_sender, denials.clone());
        let mut options = ConnectOptions::new()
            .user_and_password(config.user.clone(), config.password.clone())
            .name(format!("medilink-{role}"))
            // An inbox of its own: no user can listen to what another one is answered.
            .custom_inbox_prefix(format!("_INBOX.{}", config.user))
            .retry_on_initial_connect()
            .max_reconnects(None)
            .connection_timeout(config.request())
            .request_timeout(Some(config.request()))
            .ping_interval(Duration::from_secs(10))
            .reconnect_delay_callback(reconnect_delay)
            .ignore_discovered_servers()
            .reconnect_to_server_callback(in_turn())
            .event_callback(move |event| {
                events.take(&event);
                std::future::ready(())
            });
        if let Some(ca) = &config.ca {
            // Checked here, because in the background it would fail for ever.
            std::fs::File::open(ca).map_err(|error| {
                BusError::Settings(format!("{} can't be read: {error}", ca.display()))
            })?;
            options = options.add_root_certificates(ca.clone()).require_tls(true);
        }
        let several = addresses.len() > 1;
        // From the beginning: the first turn is then a rise, which an alert can see.
        metrics::counter!("medilink_bus_turns_total", "user" => config.user.clone()).increment(0);
        // Otherwise rustls panics as soon as any dependency brings another provider along.
        // An error says that the process has chosen already.
        let _ = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = options
            .connect(addresses)
            .await
            .map_err(|error| BusError::Settings(error.to_string()))?;
        let context = jetstream::context::ContextBuilder::new()
            .timeout(config.request())
            .build(client.clone());
        Ok(Self {
            client,
            context,
            user: config.user.as_str().into(),
            request: config.request(),
            link,
            denials,
            several,
            vain: Arc::default(),
        })
    }

    /// Whether the broker can be reached, and every change of that.
    pub fn link(&self) -> watch::Receiver<Link> {
        self.link.clone()
    }

    /// Whether the broker can be reached right now.
    pub fn is_up(&self) -> bool {
        matches!(*self.link.borrow(), Link::Up(_))
            && self.client.connection_state() == State::Connected
    }

    /// Hands everything that was published to the broker, for a clean stop.
    ///
    /// # Errors
    /// [`BusError::Away`] when it doesn't take it in time.
    pub async fn flush(&self) -> Result<(), BusError> {
        self.number()?;
        match tokio::time::timeout(self.request, self.client.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(BusError::Away(error.to_string())),
            Err(_) => Err(BusError::Away(
                "it did not take what was sent in time".to_owned(),
            )),
        }
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) const fn context(&self) -> &jetstream::Context {
        &self.context
    }

    pub(crate) const fn timeout(&self) -> Duration {
        self.request
    }

    /// The number of the present connection.
    pub(crate) fn number(&self) -> Result<u64, BusError> {
        match &*self.link.borrow() {
            Link::Up(number) => Ok(*number),
            Link::Down(reason) => Err(BusError::Away(reason.clone())),
        }
    }

    /// Ends when connection `number` is no longer the present one.
    pub(crate) async fn lost(&self, number: u64) {
        let mut link = self.link.clone();
        // The sender lives in the connection's own task; without it there is no connection.
        let _ = link.wait_for(|now| *now != Link::Up(number)).await;
    }

    /// A request to the JetStream API; `subject` without its prefix.
    pub(crate) async fn api<T, V>(&self, subject: &str, body: &T) -> Result<V, BusError>
    where
        T: Serialize + ?Sized + Sync,
        V: DeserializeOwned,
    {
        let full = format!("$JS.API.{subject}");
        let body =
            serde_json::to_vec(body).map_err(|error| BusError::Settings(error.to_string()))?;
        // `()` is "nothing to say"; several calls refuse a body that says so.
        let body = if body == b"null" { Vec::new() } else { body };
        let request = Request::new()
            .payload(body.into())
            .timeout(Some(self.request));
        let call = async {
            let answer = self
                .client
                .send_request(full.clone(), request)
                .await
                .map_err(|error| BusError::Away(error.to_string()))?;
            match serde_json::from_slice(&answer.payload) {
                Ok(Response::Ok(answer)) => Ok(answer),
                Ok(Response::Err { error }) => Err(refusal(&error)),
                Err(error) => Err(BusError::Away(format!("its answer can't be read: {error}"))),
            }
        };
        // Of what it has, a server that is cut off still tells what it last heard.
        let worth = match subject.contains(".INFO.") || subject.contains(".GET.") {
            true => Worth::Hearsay,
            false => Worth::Proof,
        };
        self.guarded(|denied| denied == full, worth, call).await
    }

    /// How a stream or a consumer stands. One that nobody leads is described only by a server
    /// that is cut off, as it last was: that is no answer.
    pub(crate) async fn info<V: DeserializeOwned>(
        &self,
        subject: &str,
        group: impl Fn(&V) -> Option<&ClusterInfo>,
    ) -> Result<V, BusError> {
        let info = self.api(subject, &()).await?;
        if group(&info).is_some_and(|group| group.leader.is_none()) {
            self.in_vain().await;
            return Err(BusError::Away(
                "the server that was asked knows none that leads".to_owned(),
            ));
        }
        Ok(info)
    }

    /// Runs a call that the broker should answer, and ends it early when the connection is
    /// lost or when nats-server reports a missing permission for a matching subject.
    pub(crate) async fn guarded<V>(
        &self,
        concerns: impl Fn(&str) -> bool,
        worth: Worth,
        call: impl Future<Output = Result<V, BusError>>,
    ) -> Result<V, BusError> {
        let number = self.number()?;
        let mut denials = self.denials.subscribe();
        let denied = async {
            loop {
                match denials.recv().await {
                    Ok(denial) if concerns(&denial.subject) => return denial,
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            biased;
            answer = call => {
                match &answer {
                    Err(BusError::Away(_)) => self.in_vain().await,
                    // Also said by a server that is cut off from those who would know.
                    Err(BusError::NoStream | BusError::NoConsumer) => {}
                    _ if worth == Worth::Proof => self.is_of_use(),
                    _ => {}
                }
                answer
            }
            denial = denied => Err(BusError::Denied { user: self.user.to_string(), action: denial.action, subject: denial.subject }),
            () = self.lost(number) => Err(BusError::Away("the connection was lost".to_owned())),
        }
    }

    /// The server did what only one that the others follow can do.
    pub(crate) fn is_of_use(&self) {
        *self.vain.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The server could not do what was asked. Turns to another one when that has been so for a
    /// while.
    pub(crate) async fn in_vain(&self) {
        let turn = {
            let mut vain = self.vain.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let first = match *vain {
                // What failed long ago has nothing to do with it.
                Some((first, last)) if now - last < FORGOTTEN => first,
                _ => now,
            };
            let turn = self.several && now - first >= VAIN;
            *vain = (!turn).then_some((first, now));
            turn
        };
        if turn {
            tracing::warn!(user = %self.user, "this server of the broker is no use; trying another");
            metrics::counter!("medilink_bus_turns_total", "user" => self.user.to_string())
                .increment(1);
            // It fails only when the connection's own task is gone, and then so are we.
            let _ = self.client.force_reconnect().await;
        }
    }
}

fn addresses(urls: &str) -> Result<Vec<ServerAddr>, BusError> {
    let parse = |url: &str| {
        url.trim().parse().map_err(|_| {
            BusError::Settings(
                "the URL can't be read; expected nats://host:port, several separated by commas"
                    .to_owned(),
            )
        })
    };
    urls.split(',').map(parse).collect()
}

/// The servers one after the other, beginning anywhere. Left to itself the client would go back
/// to the one that it came from, as long as that takes connections.
fn in_turn()
-> impl Fn(Vec<Server>, ServerInfo) -> std::future::Ready<Option<ReconnectToServer>> + Send + Sync {
    let turn = AtomicUsize::new(Uuid::now_v7().as_bytes()[15].into());
    move |servers, _| {
        let place = turn.fetch_add(1, Ordering::Relaxed) % servers.len().max(1);
        let next = servers.get(place).map(|server| ReconnectToServer {
            addr: server.addr.clone(),
            delay: None,
        });
        std::future::ready(next)
    }
}

/// From 50 ms, doubling to 2 s.
fn reconnect_delay(attempts: usize) -> Duration {
    match attempts {
        0 | 1 => Duration::ZERO,
        n => Duration::from_millis((25u64 << n.min(7)).min(2_000)),
    }
}

pub(crate) fn refusal(error: &jetstream::Error) -> BusError {
    match error.error_code() {
        ErrorCode::STREAM_NOT_FOUND => BusError::NoStream,
        ErrorCode::CONSUMER_NOT_FOUND => BusError::NoConsumer,
        // 503: JetStream is still starting or has no leader.
        _ if error.code() == 503 => BusError::Away(error.to_string()),
        code => BusError::Refused {
            code: code.0,
            reason: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_url_is_refused_without_quoting_it() {
        let refused = addresses("nats://u:s3cret@host:not-a-port")
            .map(|_| ())
            .map_err(|error| error.to_string());
        assert!(refused.is_err_and(|text| !text.contains("s3cret")));
    }
}
