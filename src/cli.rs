//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use medilink_domain::values::{Code, EmailAddress, Language, ShortText, StreamName};

/// MediLink: hospital appointments on one append-only log, from which everything else is
/// derived.
#[derive(Debug, Parser)]
#[command(
    name = "medilink",
    version,
    long_about = "MediLink: hospital appointments on one append-only log, from which everything else is derived.\n\n\
        One binary plays every part. `medilink up` runs all of them with servers of its own, which is the way to \
        try it and to develop. In production each part is a process of its own:\n\n  \
        gateway     HTTP in, commands to the log, read models out\n  \
        relay       carries the log to NATS, and signs the tree over it\n  \
        projector   folds the log into read models\n  \
        worker      does what follows from events: reminders, notices\n\n\
        Settings come from medilink.toml, then from the environment: `[gateway] listen = …` is \
        MEDILINK_GATEWAY__LISTEN.",
    after_help = "Examples:\n  \
        medilink up                                  run everything, with a demo hospital\n  \
        MEDILINK_GATEWAY__LISTEN=127.0.0.1:9000 medilink up\n  \
        medilink admin dead-letters list             what could not be processed, and why\n  \
        medilink audit verify                        check every event against the signed tree\n  \
        medilink completions bash > ~/.local/share/bash-completion/completions/medilink"
)]
pub struct Cli {
    /// The settings file [default: medilink.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE", env = "MEDILINK_CONFIG")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run everything: private servers, migrations, a demo hospital and all parts
    #[command(
        long_about = "Starts a private PostgreSQL and NATS under `.medilink` (unless medilink.toml names your own), \
            brings the databases up to date, sets up a demo hospital, and runs gateway, projector, relay and \
            worker, each restarted if it fails. Prints where to go and how to sign in.\n\n\
            Ctrl-C stops everything in order. The next `up` goes on where this one stopped, also after a kill -9.",
        after_help = "Examples:\n  medilink up\n  MEDILINK_FOLDER=/srv/medilink medilink up\n  medilink up --no-demo"
    )]
    Up(Up),
    /// Serve HTTP: commands to the log, read models out
    Gateway,
    /// Fold the log into read models
    Projector,
    /// Do what follows from events: reminders, notices, mails, codes by SMS
    #[command(
        long_about = "Does what follows from events: writes reminders and notices, sends mails and codes by SMS.\n\n\
            E-mail needs [worker.smtp] (host, port, tls, user, password, from), codes by SMS [worker.sms] \
            (account_sid, auth_token, from; url, service, host) and [gateway.sign_in.sms] in the settings.",
        after_help = "Example:\n  MEDILINK_WORKER__SMS__ACCOUNT_SID=AC… MEDILINK_WORKER__SMS__AUTH_TOKEN=… \\\n    \
            MEDILINK_WORKER__SMS__FROM=+15005550006 medilink worker"
    )]
    Worker,
    /// Carry the log to NATS, and sign the tree over it
    Relay,
    /// Check the log against its signed tree
    #[command(subcommand)]
    Audit(Audit),
    /// Look after a running platform
    #[command(subcommand)]
    Admin(Admin),
    /// Print the completions for a shell
    #[command(after_help = "Example:\n  medilink completions zsh > ~/.zfunc/_medilink")]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// How `up` runs.
#[derive(Debug, Args)]
pub struct Up {
    /// Don't set up the demo hospital
    #[arg(long)]
    pub no_demo: bool,
}

/// The log's proofs.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Print the newest signed checkpoint, and the key that verifies it
    #[command(
        long_about = "Prints the newest checkpoint of the log: its name, how many events it covers and the root \
        of the tree over them, signed. Keep it somewhere else: whoever changes or drops an event afterwards can't \
        produce a log that fits it."
    )]
    Head,
    /// Read the whole log and check it: every leaf, no gap, every signed checkpoint
    #[command(
        long_about = "Computes every event's hash again, checks that no position is missing, and compares the tree \
            with every checkpoint ever signed. Ends with 1 when anything is wrong. Erased personal data changes \
            nothing: the hashes are over the ciphertext.",
        after_help = "Example:\n  medilink audit verify && echo whole"
    )]
    Verify,
}

/// Looking after a running platform.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Bring both databases up to date
    #[command(
        long_about = "Applies what is missing of every schema, as medilink_owner (postgres.owner_url and \
        postgres.keys_owner_url). Doing it again changes nothing. `up` does it by itself."
    )]
    Migrate,
    /// Build a read model anew from the log, beside the live one, and swap it in
    #[command(
        long_about = "Builds the read model from the first event on, beside the live one, which goes on answering \
            until the new one has caught up and takes its place. No worker runs again.",
        after_help = "Examples:\n  medilink admin rebuild appointment\n  medilink admin rebuild --all"
    )]
    Rebuild(Rebuild),
    /// What could not be processed: look, retry, skip
    #[command(subcommand)]
    DeadLetters(DeadLetters),
    /// Invite somebody to register hospitals
    #[command(
        long_about = "Invites somebody to become a platform administrator, who registers hospitals and invites their \
            managers. The code is mailed, and printed for whoever runs this; it works once, for seven days.",
        after_help = "Example:\n  medilink admin invite-platform-administrator asha@example.org --language pa"
    )]
    InvitePlatformAdministrator(Invite),
    /// The keys that wrap the keys of people: look, make a new one, destroy old ones
    #[command(subcommand)]
    Keys(Keys),
}

/// Whom to invite.
#[derive(Debug, Args)]
pub struct Invite {
    /// Their e-mail address
    pub email: EmailAddress,
    /// The language to write to them in: en, hi or pa
    #[arg(long, default_value = "en")]
    pub language: Language,
}

/// Key-encryption keys.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// List the epochs in use, and whether it is time for a new one
    List,
    /// Begin a new epoch and wrap every key by it; nothing waits meanwhile
    #[command(
        long_about = "Makes a new key-encryption key and wraps every person's key by it. After an erasure this is \
            what takes the erased key from the backups that are made from now on; `admin keys retire` later takes it \
            from those that were made before. An interrupted rotation is finished by the next one.",
        after_help = "Example, from a timer every night:\n  medilink admin keys rotate --if-erased && medilink admin keys retire"
    )]
    Rotate {
        /// Only if something was erased since the newest epoch began
        #[arg(long)]
        if_erased: bool,
    },
    /// Destroy old epochs: backups of the keys database from their time can't be read any more
    #[command(
        long_about = "Destroys the keys of epochs that wrap nothing any more and were replaced longer ago than \
            `vault.backup_days` (35 unless you set another). Backups of the keys database that are older can't be \
            read from then on, nor can the erased keys in them, wherever a copy lies. It can't be undone."
    )]
    Retire {
        /// Longer ago than this many days instead
        #[arg(long, value_name = "DAYS")]
        days: Option<u16>,
    },
}

/// What to rebuild.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Rebuild {
    /// The read models
    #[arg(value_name = "MODEL")]
    pub models: Vec<String>,
    /// Every read model, one after the other
    #[arg(long)]
    pub all: bool,
}

/// Dead letters.
#[derive(Debug, Subcommand)]
pub enum DeadLetters {
    /// List them: what waits where, since when, and why
    List {
        /// Only those of this read model or job
        #[arg(long, value_name = "NAME")]
        consumer: Option<Code>,
        /// At most this many
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Try an event once more, after what was wrong is mended
    #[command(
        after_help = "Example:\n  medilink admin dead-letters retry appointment appointment-0190… --reason 'fixed in 1.2.3'"
    )]
    Retry(Verdict),
    /// Go on without an event; the decision and its reason stay in the log
    Skip(Verdict),
}

/// Which dead letter, and why.
#[derive(Debug, Args)]
pub struct Verdict {
    /// The read model or job that could not process it
    pub consumer: Code,
    /// The stream that waits
    pub stream: StreamName,
    /// Why; kept in the log, so name no person
    #[arg(long)]
    pub reason: ShortText,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_explains_itself() {
        fn walk(command: &clap::Command) {
            assert!(
                command.get_about().is_some(),
                "{} has no help",
                command.get_name()
            );
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{} {} has no help",
                    command.get_name(),
                    argument.get_id()
                );
            }
            command.get_subcommands().for_each(walk);
        }
        Cli::command().debug_assert();
        walk(&Cli::command());
    }

    #[test]
    fn a_verdict_needs_its_reason() {
        let words = |reason: &[&'static str]| {
            [
                &[
                    "medilink",
                    "admin",
                    "dead-letters",
                    "skip",
                    "appointment",
                    "appointment-1",
                ],
                reason,
            ]
            .concat()
        };
        assert!(Cli::try_parse_from(words(&[])).is_err());
        Cli::try_parse_from(words(&["--reason", "written by a broken release"])).unwrap();
    }
}
