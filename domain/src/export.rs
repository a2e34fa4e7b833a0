//! Export: somebody takes away a copy of what is held about a person: the person, who has the
//! say for them, or whom they let keep a copy of a part.
//!
//! requested → started → (progressed) → completed → expired → deleted; failed or cancelled on the
//! way. By what right it is asked for is asked again whenever something is done with it.

mod commands;
pub mod contents;
mod events;
pub mod words;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use commands::{ExportCommand, File, Request};
pub use events::{
    Cancelled, Completed, Deleted, Expired, ExportEvent, Failed, LinkGiven, Progressed, Requested,
    Started,
};

use crate::aggregate::Decider;
use crate::ids::{ConsentId, ExportId, SubjectId};
use crate::values::{Code, SecretHash, names};

/// How long a file is kept that is ready.
pub const KEPT: TimeDelta = TimeDelta::days(7);
/// How long a link to it works.
pub const LINK_VALID: TimeDelta = TimeDelta::minutes(10);

names! {
    /// A form in which data is taken away.
    pub enum ExportFormat or UnknownExportFormat {
        /// All of it, for programs.
        Json = "json",
        /// What FHIR R4 has types for, for the programs of other hospitals.
        Fhir = "fhir",
        /// A report, for people.
        Pdf = "pdf",
    }
}

/// By what right somebody takes a copy away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ExportGround {
    /// It is about them.
    OwnRecord,
    /// They have the say for whom it is about.
    Guardian,
    /// The person lets them keep a copy of a part.
    Consent {
        /// By this consent.
        consent: ConsentId,
    },
}

/// Where an export stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// It waits for a worker.
    #[default]
    Queued,
    /// Its file is being made.
    Running,
    /// Its file is there.
    Ready,
    /// Its file could not be made.
    Failed,
    /// Nobody is to have it.
    Cancelled,
    /// Its time is over.
    Expired,
}

impl ExportState {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Whether nobody will ever have its file again.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled | Self::Expired)
    }
}

crate::problems! {
    /// Why an export refuses.
    pub enum ExportError {
        /// One at a time.
        AlreadyRequested: Conflict "export-already-requested",
            "an export of this data was asked for already", "Fetch that one, or cancel it first.";
        /// It was never asked for.
        NoSuchExport: NotFound "no-such-export",
            "there is no such export", "Check the export's id.";
        /// There would be nothing in it.
        NoFormat: Invalid "export-without-format" at "/formats",
            "an export has at least one form", "Name at least one.";
        /// Cancelled, failed, or over.
        Closed: Conflict "export-closed",
            "the export is over", "Ask for a new one.";
        /// Queued or being made.
        NotReady: Conflict "export-not-ready",
            "the export is not ready", "Follow it until its state is ready.";
        /// There is only ever one file.
        Complete: Conflict "export-complete",
            "the export is complete already", "Fetch it.";
        /// It may still be fetched.
        NotOver: Conflict "export-not-over",
            "the export's time is not over", "Wait until it is.";
        /// What may be fetched is not deleted.
        StillOpen: Conflict "export-still-open",
            "the export is not over", "Cancel it first.";
    }
}

/// A link that was given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// The hash of its secret.
    pub secret_hash: SecretHash,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// The state of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Export {
    /// What was asked for.
    pub asked: Option<Requested>,
    /// Where it stands.
    pub state: ExportState,
    /// How much of its file is made, of a hundred.
    pub percent: u8,
    /// Its file.
    pub file: Option<File>,
    /// Until when that is kept.
    pub expires_at: Option<DateTime<Utc>>,
    /// The last link.
    pub link: Option<Link>,
    /// Whether nothing of its file is left.
    pub deleted: bool,
}

impl Export {
    /// What was asked for.
    ///
    /// # Errors
    /// [`ExportError::NoSuchExport`] before anything was.
    pub fn asked(&self) -> Result<&Requested, ExportError> {
        self.asked.as_ref().ok_or(ExportError::NoSuchExport)
    }

    /// Its file, if it may be fetched now.
    ///
    /// # Errors
    /// [`ExportError`] when it is not there, not yet or no more.
    pub fn ready(&self, now: DateTime<Utc>) -> Result<File, ExportError> {
        self.asked()?;
        match (self.state, self.file, self.expires_at) {
            (ExportState::Queued | ExportState::Running, ..) => Err(ExportError::NotReady),
            (ExportState::Ready, Some(file), Some(until)) if now < until => Ok(file),
            _ => Err(ExportError::Closed),
        }
    }

    /// Its file, if this secret is that of the last link, and the link still works.
    pub fn opened_by(&self, secret_hash: &SecretHash, now: DateTime<Utc>) -> Option<File> {
        let file = self.ready(now).ok()?;
        let link = self.link.filter(|link| now < link.expires_at)?;
        (link.secret_hash == *secret_hash).then_some(file)
    }

    fn request(&self, request: Request) -> Result<Requested, ExportError> {
        if self.asked.is_some() {
            return Err(ExportError::AlreadyRequested);
        }
        let Request {
            export,
            person,
            by,
            ground,
            mut formats,
            language,
        } = request;
        formats.sort_unstable();
        formats.dedup();
        if formats.is_empty() {
            return Err(ExportError::NoFormat);
        }
        Ok(Requested {
            export,
            person,
            by,
            ground,
            formats,
            language,
        })
    }

    /// A worker that takes over from one that was killed starts it again.
    fn start(&self) -> Result<Option<Started>, ExportError> {
        let export = self.asked()?.export;
        match self.state {
            ExportState::Queued => Ok(Some(Started { export })),
            ExportState::Running => Ok(None),
            ExportState::Ready => Err(ExportError::Complete),
            _ => Err(ExportError::Closed),
        }
    }

    fn running(&self) -> Result<ExportId, ExportError> {
        let export = self.asked()?.export;
        match self.state {
            ExportState::Running => Ok(export),
            ExportState::Queued => Err(ExportError::NotReady),
            ExportState::Ready => Err(ExportError::Complete),
            _ => Err(ExportError::Closed),
        }
    }

    /// It never goes back, and is whole only when it is complete.
    fn progress(&self, percent: u8) -> Result<Option<Progressed>, ExportError> {
        let export = self.running()?;
        let percent = percent.min(99);
        Ok((percent > self.percent).then_some(Progressed { export, percent }))
    }

    fn complete(&self, made: File, now: DateTime<Utc>) -> Result<Option<Completed>, ExportError> {
        if self.state == ExportState::Ready && self.file == Some(made) {
            return Ok(None);
        }
        let export = self.running()?;
        let File { file, size, digest } = made;
        Ok(Some(Completed {
            export,
            file,
            size,
            digest,
            expires_at: now + KEPT,
        }))
    }

    fn fail(&self, cause: Code) -> Result<Option<Failed>, ExportError> {
        let export = self.asked()?.export;
        match self.state {
            ExportState::Queued | ExportState::Running => Ok(Some(Failed { export, cause })),
            ExportState::Failed => Ok(None),
            ExportState::Ready => Err(ExportError::Complete),
            _ => Err(ExportError::Closed),
        }
    }

    /// Nobody who gives it up twice is told that they can't.
    fn cancel(&self, cause: Code) -> Result<Option<Cancelled>, ExportError> {
        let export = self.asked()?.export;
        match self.state {
            ExportState::Cancelled => Ok(None),
            ExportState::Failed | ExportState::Expired => Err(ExportError::Closed),
            _ => Ok(Some(Cancelled { export, cause })),
        }
    }

    fn link(&self, secret_hash: SecretHash, now: DateTime<Utc>) -> Result<LinkGiven, ExportError> {
        let export = self.asked()?.export;
        self.ready(now)?;
        let until = now + LINK_VALID;
        Ok(LinkGiven {
            export,
            secret_hash,
            expires_at: self.expires_at.map_or(until, |end| end.min(until)),
        })
    }

    fn expire(&self, now: DateTime<Utc>) -> Result<Option<Expired>, ExportError> {
        let export = self.asked()?.export;
        match self.state {
            ExportState::Expired => Ok(None),
            ExportState::Ready if self.expires_at.is_some_and(|until| until <= now) => {
                Ok(Some(Expired { export }))
            }
            ExportState::Failed | ExportState::Cancelled => Err(ExportError::Closed),
            _ => Err(ExportError::NotOver),
        }
    }

    fn delete(&self) -> Result<Option<Deleted>, ExportError> {
        let export = self.asked()?.export;
        if !self.state.is_closed() {
            return Err(ExportError::StillOpen);
        }
        Ok((!self.deleted).then_some(Deleted { export }))
    }
}

impl Decider for Export {
    const CATEGORY: &'static str = "export";

    type Id = ExportId;
    type Command = ExportCommand;
    type Event = ExportEvent;
    type Error = ExportError;

    fn decide(
        &self,
        command: ExportCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<ExportEvent>, ExportError> {
        let event = match command {
            ExportCommand::Request(request) => Some(self.request(request)?.into()),
            ExportCommand::Start => self.start()?.map(Into::into),
            ExportCommand::Progress(percent) => self.progress(percent)?.map(Into::into),
            ExportCommand::Complete(file) => self.complete(file, now)?.map(Into::into),
            ExportCommand::Fail(cause) => self.fail(cause)?.map(Into::into),
            ExportCommand::Cancel(cause) => self.cancel(cause)?.map(Into::into),
            ExportCommand::Link(secret) => Some(self.link(secret, now)?.into()),
            ExportCommand::Expire => self.expire(now)?.map(Into::into),
            ExportCommand::Delete => self.delete()?.map(Into::into),
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(&mut self, event: &ExportEvent) {
        match event {
            ExportEvent::Requested(requested) => self.asked = Some(requested.clone()),
            ExportEvent::Started(_) => self.state = ExportState::Running,
            ExportEvent::Progressed(progressed) => self.percent = progressed.percent,
            ExportEvent::Completed(completed) => {
                self.state = ExportState::Ready;
                self.percent = 100;
                self.file = Some(File {
                    file: completed.file,
                    size: completed.size,
                    digest: completed.digest,
                });
                self.expires_at = Some(completed.expires_at);
            }
            ExportEvent::Failed(_) => self.state = ExportState::Failed,
            ExportEvent::Cancelled(_) => self.state = ExportState::Cancelled,
            ExportEvent::LinkGiven(given) => {
                self.link = Some(Link {
                    secret_hash: given.secret_hash,
                    expires_at: given.expires_at,
                });
            }
            ExportEvent::Expired(_) => self.state = ExportState::Expired,
            ExportEvent::Deleted(_) => self.deleted = true,
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.asked.as_ref().map(|asked| asked.person)
    }
}

crate::aggregate!(Export);

#[cfg(test)]
mod tests;
