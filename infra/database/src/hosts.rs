//! One database on several servers, of which one takes writes: `postgres://…@a,b/medilink?
//! target_session_attrs=read-write`. Each is asked in turn, and none for so long that there is
//! no time left for the next: the one that is gone may not even refuse.

use std::time::Duration;

use deadpool_postgres::Connect;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::task::JoinHandle;
use tokio_postgres::config::Host;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{Client, Config, Connection, Error, NoTls, Socket};

use crate::DatabaseError;

/// The servers of one database, in the order of the URL.
#[derive(Clone)]
pub(crate) struct Hosts {
    first: Vec<Config>,
    last: Config,
    patience: Duration,
}

impl Hosts {
    /// Those of a URL's configuration; connecting is to take no longer than `patience`.
    pub fn of(all: &Config, patience: Duration) -> Self {
        let ports = all.get_ports();
        let port = |place: usize| ports.get(place).or(ports.first()).copied().unwrap_or(5432);
        let mut each: Vec<Config> = all
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(place, host)| alone(all, host, port(place)))
            .collect();
        let patience = patience / u32::try_from(each.len().max(1)).unwrap_or(u32::MAX);
        for config in &mut each {
            config.connect_timeout(patience);
        }
        // Without a host the driver says what is missing.
        let last = each.pop().unwrap_or_else(|| all.clone());
        Self {
            first: each,
            last,
            patience,
        }
    }

    /// A connection to the first that is what the URL asks for.
    pub async fn connect(&self) -> Result<(Client, Connection<Socket, NoTlsStream>), Error> {
        for config in &self.first {
            // One that takes connections and says nothing is no better than one that is away.
            if let Ok(Ok(open)) = tokio::time::timeout(self.patience, config.connect(NoTls)).await {
                return Ok(open);
            }
        }
        self.last.connect(NoTls).await
    }
}

impl Connect for Hosts {
    fn connect(
        &self,
        _: &Config,
    ) -> BoxFuture<'_, Result<(Client, JoinHandle<()>), tokio_postgres::Error>> {
        async move {
            let (client, connection) = Self::connect(self).await?;
            Ok((client, tokio::spawn(drive(connection))))
        }
        .boxed()
    }
}

/// Keeps a connection going until its client is dropped or it breaks.
pub(crate) async fn drive(connection: Connection<Socket, NoTlsStream>) {
    if let Err(error) = connection.await {
        tracing::warn!(error = %DatabaseError::from(error), "a database connection ended");
    }
}

/// The same configuration with one of its hosts.
fn alone(all: &Config, host: &Host, port: u16) -> Config {
    let mut one = Config::new();
    match host {
        Host::Tcp(name) => one.host(name),
        Host::Unix(path) => one.host_path(path),
    };
    one.port(port)
        .ssl_mode(all.get_ssl_mode())
        .target_session_attrs(all.get_target_session_attrs())
        .channel_binding(all.get_channel_binding())
        .keepalives(all.get_keepalives())
        .keepalives_idle(all.get_keepalives_idle());
    if let Some(user) = all.get_user() {
        one.user(user);
    }
    if let Some(password) = all.get_password() {
        one.password(password);
    }
    if let Some(name) = all.get_dbname() {
        one.dbname(name);
    }
    if let Some(options) = all.get_options() {
        one.options(options);
    }
    if let Some(name) = all.get_application_name() {
        one.application_name(name);
    }
    if let Some(interval) = all.get_keepalives_interval() {
        one.keepalives_interval(interval);
    }
    if let Some(timeout) = all.get_tcp_user_timeout() {
        one.tcp_user_timeout(*timeout);
    }
    one
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn each_host_keeps_all_that_the_url_says_and_its_share_of_the_time() {
        let url = "postgres://app:secret@a:1,b:2,c:3/medilink?target_session_attrs=read-write&options=-c%20jit%3Doff";
        let all: Config = url.parse().unwrap();
        let hosts = Hosts::of(&all, Duration::from_secs(3));
        let each = || hosts.first.iter().chain([&hosts.last]);
        let places: Vec<_> = each()
            .map(|config| (config.get_hosts()[0].clone(), config.get_ports()[0]))
            .collect();
        let tcp = |name: &str| Host::Tcp(name.to_owned());
        assert_eq!(places, [(tcp("a"), 1), (tcp("b"), 2), (tcp("c"), 3)]);
        for config in each() {
            assert_eq!(config.get_user(), all.get_user());
            assert_eq!(config.get_password(), all.get_password());
            assert_eq!(config.get_dbname(), all.get_dbname());
            assert_eq!(config.get_options(), all.get_options());
            assert_eq!(
                config.get_target_session_attrs(),
                all.get_target_session_attrs()
            );
            assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(1)));
        }
    }

    #[test]
    fn one_port_is_that_of_all_hosts() {
        let all: Config = "postgres://app@a,b:7/medilink".parse().unwrap();
        assert_eq!(all.get_ports(), [5432, 7]);
        let all: Config = "host=a,b port=7 user=app".parse().unwrap();
        let hosts = Hosts::of(&all, Duration::from_secs(2));
        assert_eq!(hosts.first[0].get_ports(), [7]);
        assert_eq!(hosts.last.get_ports(), [7]);
    }
}
