//! Who runs the servers: the person at the terminal, or, for root, an account without rights.

use std::path::Path;

use nix::unistd::{Gid, Uid, User, chown};
use tokio::process::Command;

use crate::error::ServerError;

/// The accounts that root hands its servers to, in order of preference.
const CANDIDATES: [&str; 2] = ["medilink", "postgres"];

/// The system account that a server runs as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// Whoever runs this process, who is not root.
    Own,
    /// Another account, which root changes to.
    Other {
        /// Its name.
        name: String,
        /// Its number.
        uid: u32,
        /// Its group's number.
        gid: u32,
    },
}

impl Account {
    /// The account that servers run as when this process starts them. PostgreSQL refuses to
    /// run as root, and nothing else should.
    ///
    /// # Errors
    /// [`ServerError::NoAccount`] when root finds nobody to hand them to.
    pub fn for_servers() -> Result<Self, ServerError> {
        if !Uid::effective().is_root() {
            return Ok(Self::Own);
        }
        CANDIDATES
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self::Other {
                name: user.name,
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
            })
            .ok_or(ServerError::NoAccount)
    }

    /// Its name, for messages.
    pub fn name(&self) -> String {
        match self {
            Self::Own => current_name(),
            Self::Other { name, .. } => name.clone(),
        }
    }

    /// Gives a file or folder to this account.
    pub(crate) fn own(&self, path: &Path) -> Result<(), ServerError> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid, .. } => {
                chown(path, Some(Uid::from_raw(*uid)), Some(Gid::from_raw(*gid)))
                    .map_err(|error| ServerError::io("change the owner of", path, error.into()))
            }
        }
    }

    /// The words before a command that make it run as this account; after them, the command
    /// gets `signal` when the thread that started it ends, and can gain no new rights.
    ///
    /// `setpriv` (util-linux, on every Debian) does between fork and exec what this process
    /// could only do in `unsafe` code.
    pub(crate) fn wrapper(&self, signal: &str) -> Vec<String> {
        let mut words = vec!["setpriv".to_owned()];
        if let Self::Other { uid, gid, .. } = self {
            words.push(format!("--reuid={uid}"));
            words.push(format!("--regid={gid}"));
            words.push("--init-groups".to_owned());
        }
        words.push("--no-new-privs".to_owned());
        words.push(format!("--pdeathsig={signal}"));
        words.push("--".to_owned());
        words
    }

    /// A command that runs as this account in `folder`, with nothing of our environment but the
    /// way to programs.
    pub fn command(&self, program: &Path, folder: &Path) -> Command {
        let words = self.wrapper("KILL");
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg(program);
        clean(&mut command, folder);
        command
    }

    /// Whether this account can reach `path` and do with it what `test`'s `flag` asks (`-x`,
    /// `-r`, `-w`): each folder above it counts too, and only the kernel knows all the rules.
    pub(crate) async fn can(&self, flag: &str, path: &Path) -> bool {
        let mut command = self.command(Path::new("test"), Path::new("/"));
        command.arg(flag).arg(path);
        command.status().await.is_ok_and(|status| status.success())
    }
}

/// Gives a server nothing of our environment but the way to programs: no passwords, no locale.
pub(crate) fn clean(command: &mut Command, folder: &Path) {
    command
        .env_clear()
        .env(
            "PATH",
            std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()),
        )
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .current_dir(folder)
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
}

/// The name of whoever runs this process.
pub(crate) fn current_name() -> String {
    let uid = Uid::effective();
    User::from_uid(uid)
        .ok()
        .flatten()
        .map_or_else(|| format!("user {uid}"), |user| user.name)
}
