//! What a person with the broker's operator password can do, rightly or wrongly, and what a
//! bad disk does to the broker's store.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::stream::Stream;
use futures::TryStreamExt;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::parts::{Part, medilink};
use crate::platform::Platform;

impl Platform {
    /// The stream, to do with it what no part may. Unlike the parts' own connections this one
    /// knows nothing of MediLink.
    async fn stream(&self) -> Option<(Context, Stream)> {
        let nats = self.servers.nats_options();
        let named = nats.passwords.named();
        let (user, secret) = named.iter().find(|(name, _)| *name == "operator")?;
        let options =
            async_nats::ConnectOptions::with_user_and_password((*user).into(), (*secret).into())
                .custom_inbox_prefix(format!("_INBOX.{user}"));
        let (_, port) = self.servers.ports();
        let client = options.connect(format!("127.0.0.1:{port}")).await.ok()?;
        let context = async_nats::jetstream::new(client);
        let stream = context.get_stream("EVENTS").await.ok()?;
        Some((context, stream))
    }

    /// Removes every durable and makes it anew at the first event, behind its reader's back.
    pub async fn rewind_durables(&self) {
        let Some((_, stream)) = self.stream().await else {
            return;
        };
        let names: Vec<String> = stream
            .consumer_names()
            .try_collect()
            .await
            .unwrap_or_default();
        for name in names {
            // Its reader may be making it anew at this very moment.
            let _ = stream.delete_consumer(&name).await;
            let config = pull::Config {
                durable_name: Some(name),
                deliver_policy: DeliverPolicy::All,
                ack_policy: AckPolicy::All,
                ..pull::Config::default()
            };
            let _ = stream.create_consumer(config).await;
        }
    }

    /// Publishes the newest message of the stream once more, as only the relay should.
    pub async fn intrude(&self) {
        let Some((context, mut stream)) = self.stream().await else {
            return;
        };
        let Ok(info) = stream.info().await else {
            return;
        };
        let last = info.state.last_sequence;
        let Ok(message) = stream.get_raw_message(last).await else {
            return;
        };
        let published = context.publish(message.subject.to_string(), message.payload);
        if let Ok(answer) = published.await {
            let _ = answer.await;
        }
    }

    /// Deletes the stream, as the relay's refusal says; `false` when the broker doesn't do it.
    pub async fn delete_stream(&self) -> bool {
        match self.operator().await {
            Some(operator) => medilink_bus::delete_stream(&operator).await.is_ok(),
            None => false,
        }
    }

    /// Damages the files of a broker that was killed; `how` says which and where.
    pub fn damage_store(&self, how: u64) {
        let mut random = SmallRng::seed_from_u64(how);
        let mut files = Vec::new();
        collect(&self.store(), &mut files);
        files.sort_unstable();
        let Some(file) = files.choose(&mut random) else {
            return;
        };
        let mut bytes = std::fs::read(file).unwrap();
        match random.random_range(0..3) {
            0 => bytes.truncate(random.random_range(0..bytes.len())),
            1 => {
                for _ in 0..3 {
                    let at = random.random_range(0..bytes.len());
                    bytes[at] ^= 1 << random.random_range(0..8);
                }
            }
            _ => {
                let from = random.random_range(0..bytes.len());
                let to = bytes.len().min(from + 4_096);
                bytes[from..to].fill(0);
            }
        }
        eprintln!("      damaged {}", file.file_name().unwrap().display());
        std::fs::write(file, bytes).unwrap();
    }

    /// Deletes the store of a broker that was killed.
    pub fn forget_store(&self) {
        std::fs::remove_dir_all(self.store()).unwrap();
    }

    fn store(&self) -> PathBuf {
        self.servers.nats_options().folder.join("store")
    }

    /// Begins to build a read model anew, perhaps with something more in its environment.
    pub fn begin_rebuild(&self, model: &str, environment: Option<(&str, &str)>) -> Rebuilding {
        let mut command = medilink(&self.binary, &self.write_settings(Part::Worker));
        command
            .envs(environment)
            .args(["admin", "rebuild", model])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Rebuilding(command.spawn().unwrap())
    }
}

/// A rebuild under way.
#[derive(Debug)]
pub struct Rebuilding(Child);

impl Rebuilding {
    /// Waits for its end; whether it succeeded.
    ///
    /// # Panics
    /// When it takes longer than two minutes.
    pub async fn succeeds(mut self) -> bool {
        let mut status = None;
        crate::eventually("the rebuild ends", Duration::from_secs(120), || {
            status = self.0.try_wait().unwrap();
            std::future::ready(status.is_some())
        })
        .await;
        status.is_some_and(|status| status.success())
    }
}

impl Drop for Rebuilding {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if entry.metadata().is_ok_and(|file| file.len() > 0) {
            files.push(path);
        }
    }
}
