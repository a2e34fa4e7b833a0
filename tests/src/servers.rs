//! The servers of one platform, and what a test does to them.

use std::path::Path;

use medilink_servers::{
    Account, NatsOptions, NatsPasswords, PostgresOptions, PrivateNats, PrivatePostgres,
    ServerError, find_nats_server, password,
};
use medilink_test_support::port;

use crate::family;
use crate::platform::Platform;
use crate::settings::Options;
use crate::standby::{self, Standby};

pub(crate) enum Server<Running, Stopped> {
    Running(Running),
    Killed(Stopped),
}

/// PostgreSQL and NATS, each running or killed.
pub(crate) struct Servers {
    nats: Option<Server<PrivateNats, NatsOptions>>,
    pub postgres: Option<Server<PrivatePostgres, PostgresOptions>>,
    pub standby: Option<Standby>,
}

impl Servers {
    /// Starts them under this folder.
    pub async fn start(options: &Options, folder: &Path) -> Self {
        let account = Account::for_servers().unwrap();
        let postgres = PrivatePostgres::start(PostgresOptions {
            folder: folder.join("postgres"),
            log: folder.join("postgres.log"),
            port: Some(port()),
            password: password(),
            account: account.clone(),
            settings: options.postgres(),
        });
        let nats = PrivateNats::start(NatsOptions {
            folder: folder.join("nats"),
            log: folder.join("nats.log"),
            port: Some(port()),
            passwords: NatsPasswords::generate(),
            account,
            program: find_nats_server().unwrap(),
            max_store_bytes: 1 << 30,
        });
        let mut postgres = postgres.await.unwrap();
        let mut standby = None;
        if options.standby {
            postgres = standby::configure(postgres).await;
            standby = Some(Standby::follow(&postgres, &folder.join("standby")).await);
        }
        Self {
            postgres: Some(Server::Running(postgres)),
            standby,
            nats: Some(Server::Running(nats.await.unwrap())),
        }
    }

    /// The ports of PostgreSQL and NATS.
    pub fn ports(&self) -> (u16, u16) {
        let postgres = match &self.postgres {
            Some(Server::Running(postgres)) => postgres.options(),
            Some(Server::Killed(options)) => options,
            None => panic!("PostgreSQL was started once"),
        };
        (postgres.port.unwrap(), self.nats_options().port.unwrap())
    }

    /// What NATS was started with.
    pub fn nats_options(&self) -> &NatsOptions {
        match &self.nats {
            Some(Server::Running(nats)) => nats.options(),
            Some(Server::Killed(options)) => options,
            None => panic!("NATS was started once"),
        }
    }

    /// The URL of PostgreSQL's superuser.
    pub fn superuser_url(&self) -> String {
        self.postgres().superuser_url()
    }

    fn nats(&self) -> &PrivateNats {
        match &self.nats {
            Some(Server::Running(nats)) => nats,
            _ => panic!("NATS is running"),
        }
    }

    fn postgres(&self) -> &PrivatePostgres {
        match &self.postgres {
            Some(Server::Running(postgres)) => postgres,
            _ => panic!("PostgreSQL is running"),
        }
    }
}

impl Drop for Servers {
    /// What is paused could not end.
    fn drop(&mut self) {
        let nats = match &self.nats {
            Some(Server::Running(nats)) => nats.pid(),
            _ => None,
        };
        let postgres = match &self.postgres {
            Some(Server::Running(postgres)) => postgres.pid(),
            _ => None,
        };
        nats.into_iter().chain(postgres).for_each(family::resume);
    }
}

impl Platform {
    /// `kill -9` of NATS; with `forget`, its store is deleted too.
    pub async fn kill_nats(&mut self, forget: bool) {
        let Some(Server::Running(nats)) = self.servers.nats.take() else {
            panic!("NATS is running")
        };
        let store = nats.store();
        self.servers.nats = Some(Server::Killed(nats.kill().await));
        if forget {
            std::fs::remove_dir_all(&store).unwrap();
        }
    }

    /// Starts NATS again where it was.
    pub async fn start_nats(&mut self) {
        self.try_start_nats().await.unwrap();
    }

    /// Starts NATS again where it was, if its store lets it.
    ///
    /// # Errors
    /// Why it doesn't start; it is as before then.
    pub async fn try_start_nats(&mut self) -> Result<(), ServerError> {
        let Some(Server::Killed(options)) = self.servers.nats.take() else {
            panic!("NATS was killed")
        };
        let started = PrivateNats::start(options.clone()).await;
        self.servers.nats = Some(match started {
            Ok(nats) => Server::Running(nats),
            Err(error) => {
                self.servers.nats = Some(Server::Killed(options));
                return Err(error);
            }
        });
        Ok(())
    }

    /// SIGSTOP for NATS.
    pub fn pause_nats(&mut self) {
        self.servers
            .nats()
            .pid()
            .into_iter()
            .for_each(family::pause);
    }

    /// SIGCONT for NATS.
    pub fn resume_nats(&mut self) {
        self.servers
            .nats()
            .pid()
            .into_iter()
            .for_each(family::resume);
    }

    /// Whether NATS runs and has JetStream.
    pub async fn nats_is_healthy(&self) -> bool {
        self.servers.nats().health().await.is_ok()
    }

    /// `kill -9` of PostgreSQL.
    pub async fn kill_postgres(&mut self) {
        let Some(Server::Running(postgres)) = self.servers.postgres.take() else {
            panic!("PostgreSQL is running")
        };
        self.servers.postgres = Some(Server::Killed(postgres.kill().await));
    }

    /// Starts PostgreSQL again where it was.
    pub async fn start_postgres(&mut self) {
        let Some(Server::Killed(options)) = self.servers.postgres.take() else {
            panic!("PostgreSQL was killed")
        };
        self.servers.postgres = Some(Server::Running(
            PrivatePostgres::start(options).await.unwrap(),
        ));
    }

    /// SIGSTOP for PostgreSQL and all its sessions.
    pub fn pause_postgres(&mut self) {
        let pid = self.servers.postgres().pid();
        pid.into_iter().for_each(family::pause);
    }

    /// SIGCONT for all of them.
    pub fn resume_postgres(&mut self) {
        let pid = self.servers.postgres().pid();
        pid.into_iter().for_each(family::resume);
    }

    /// Whether PostgreSQL answers.
    pub async fn postgres_is_healthy(&self) -> bool {
        self.servers.postgres().health().await.is_ok()
    }
}
