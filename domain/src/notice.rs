//! Notice: a message to one person, written once and then delivered or given up.

pub mod words;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{AppointmentId, EmergencyAccessId, ExportId, NoticeId, SubjectId};
use crate::values::{Code, EmailAddress, FreeText, Language, ShortText};

/// What may be asked of a notice.
#[derive(Clone, Debug, PartialEq)]
pub enum NoticeCommand {
    /// Writes it.
    Write(Write),
    /// Notes that it arrived.
    MarkDelivered(MarkDelivered),
    /// Notes that it never will.
    MarkUndeliverable(MarkUndeliverable),
}

/// Someone is to be told something.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// The new notice.
    pub notice: NoticeId,
    /// Who is told.
    pub recipient: SubjectId,
    /// What sort of message it is.
    pub kind: NoticeKind,
    /// What it is about.
    pub about: About,
    /// The language it is written in.
    pub language: Language,
    /// How it travels.
    pub channel: Channel,
    /// Where to; only for e-mail.
    pub address: Option<EmailAddress>,
    /// Its first line.
    pub title: ShortText,
    /// The message.
    pub text: FreeText,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An appointment, or what would be one.
    Appointment(AppointmentId),
    /// A record that was opened in an emergency.
    Emergency(EmergencyAccessId),
    /// A copy of the recipient's data.
    Export(ExportId),
}

impl About {
    /// The appointment, if it is about one.
    pub const fn appointment(self) -> Option<AppointmentId> {
        match self {
            Self::Appointment(appointment) => Some(appointment),
            Self::Emergency(_) | Self::Export(_) => None,
        }
    }

    /// The emergency access, if it is about one.
    pub const fn emergency(self) -> Option<EmergencyAccessId> {
        match self {
            Self::Emergency(access) => Some(access),
            Self::Appointment(_) | Self::Export(_) => None,
        }
    }

    /// The copy, if it is about one.
    pub const fn export(self) -> Option<ExportId> {
        match self {
            Self::Export(export) => Some(export),
            Self::Appointment(_) | Self::Emergency(_) => None,
        }
    }
}

/// It arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkDelivered {
    /// Which try it was, from 1.
    pub attempt: u32,
}

/// It never will arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkUndeliverable {
    /// Why, such as `address-refused`.
    pub cause: Code,
}

/// What sort of message a notice is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// An appointment comes near.
    AppointmentReminder,
    /// A record was opened in an emergency: to whom it belongs, or who has the say for them.
    EmergencyAccessOpened,
    /// A record was opened in an emergency: to who looks into it.
    EmergencyAccessToReview,
    /// A copy of the patient's data can be fetched.
    ExportReady,
    /// A slot that the patient waits for is free, and held for them.
    SlotOffered,
}

impl NoticeKind {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AppointmentReminder => "appointment_reminder",
            Self::EmergencyAccessOpened => "emergency_access_opened",
            Self::EmergencyAccessToReview => "emergency_access_to_review",
            Self::ExportReady => "export_ready",
            Self::SlotOffered => "slot_offered",
        }
    }
}

/// How a notice travels.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Shown in the app when the person opens it.
    InApp,
    /// Sent to an e-mail address.
    Email,
}

impl Channel {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InApp => "in_app",
            Self::Email => "email",
        }
    }
}

crate::events! {
    /// What can happen to a notice.
    pub enum NoticeEvent {
        Written: "notice.written" v 1, Privacy::Personal(Category::Conversation);
        Delivered: "notice.delivered" v 1, Privacy::Operational;
        Undeliverable: "notice.undeliverable" v 1, Privacy::Operational;
    }
}

/// A notice was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Written {
    /// The notice.
    pub notice: NoticeId,
    /// Who is told.
    pub recipient: SubjectId,
    /// What sort of message it is.
    pub kind: NoticeKind,
    /// The appointment it is about, or what would be one, if it is about that.
    pub about: Option<AppointmentId>,
    /// The emergency access it is about, if it is about that.
    #[serde(default)]
    pub emergency: Option<EmergencyAccessId>,
    /// The copy of the recipient's data it is about, if it is about that.
    #[serde(default)]
    pub export: Option<ExportId>,
    /// The language it is written in.
    pub language: Language,
    /// How it travels.
    pub channel: Channel,
    /// Where to; only for e-mail.
    pub address: Option<EmailAddress>,
    /// Its first line.
    pub title: ShortText,
    /// The message.
    pub text: FreeText,
}

/// A notice arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivered {
    /// The notice.
    pub notice: NoticeId,
    /// Which try it was, from 1.
    pub attempt: u32,
}

/// A notice was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Undeliverable {
    /// The notice.
    pub notice: NoticeId,
    /// Why, such as `address-refused`.
    pub cause: Code,
}

crate::problems! {
    /// Why a notice refuses.
    pub enum NoticeError {
        /// It says what it says.
        AlreadyWritten: Conflict "notice-already-written",
            "the notice is already written", "Write a new notice.";
        /// An e-mail must go somewhere.
        AddressMissing: Invalid "address-missing" at "/address",
            "an e-mail needs an address", "Give an address, or choose in_app.";
        /// What stays in the app goes nowhere.
        AddressNotNeeded: Invalid "address-not-needed" at "/address",
            "a notice in the app needs no address", "Leave out the address, or choose email.";
        /// It was never written.
        NoSuchNotice: NotFound "no-such-notice",
            "there is no such notice", "Check the notice's id.";
        /// Its fate is known already, and different.
        AlreadySettled: Conflict "notice-already-settled",
            "the notice is already delivered or given up", "Write a new notice.";
    }
}

/// The state of a notice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// The notice, once written.
    pub notice: Option<NoticeId>,
    /// Who is told, once written.
    pub recipient: Option<SubjectId>,
    /// What became of it.
    pub status: NoticeStatus,
}

/// What became of a notice.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NoticeStatus {
    /// On its way.
    #[default]
    Pending,
    /// It arrived.
    Delivered,
    /// It never will arrive.
    Undeliverable,
}

impl NoticeStatus {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Undeliverable => "undeliverable",
        }
    }
}

impl Notice {
    fn write(&self, write: Write) -> Result<Written, NoticeError> {
        if self.notice.is_some() {
            return Err(NoticeError::AlreadyWritten);
        }
        let Write {
            notice,
            recipient,
            kind,
            about,
            language,
            channel,
            address,
            title,
            text,
        } = write;
        match (channel, &address) {
            (Channel::Email, None) => Err(NoticeError::AddressMissing),
            (Channel::InApp, Some(_)) => Err(NoticeError::AddressNotNeeded),
            (Channel::Email, Some(_)) | (Channel::InApp, None) => Ok(Written {
                notice,
                recipient,
                kind,
                about: about.appointment(),
                emergency: about.emergency(),
                export: about.export(),
                language,
                channel,
                address,
                title,
                text,
            }),
        }
    }

    /// What settles the notice, if that is still open. The same news twice is no news: a
    /// sender that was interrupted after the fact may tell it again.
    fn settle(&self, as_status: NoticeStatus) -> Result<Option<NoticeId>, NoticeError> {
        let notice = self.notice.ok_or(NoticeError::NoSuchNotice)?;
        match self.status {
            NoticeStatus::Pending => Ok(Some(notice)),
            status if status == as_status => Ok(None),
            _ => Err(NoticeError::AlreadySettled),
        }
    }
}

impl Decider for Notice {
    const CATEGORY: &'static str = "notice";
    const SNAPSHOT_CATEGORY: Category = Category::Conversation;

    type Id = NoticeId;
    type Command = NoticeCommand;
    type Event = NoticeEvent;
    type Error = NoticeError;

    fn decide(
        &self,
        command: NoticeCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<NoticeEvent>, NoticeError> {
        let event = match command {
            NoticeCommand::Write(write) => Some(self.write(write)?.into()),
            NoticeCommand::MarkDelivered(MarkDelivered { attempt }) => self
                .settle(NoticeStatus::Delivered)?
                .map(|notice| Delivered { notice, attempt }.into()),
            NoticeCommand::MarkUndeliverable(MarkUndeliverable { cause }) => self
                .settle(NoticeStatus::Undeliverable)?
                .map(|notice| Undeliverable { notice, cause }.into()),
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(&mut self, event: &NoticeEvent) {
        match event {
            NoticeEvent::Written(written) => {
                self.notice = Some(written.notice);
                self.recipient = Some(written.recipient);
            }
            NoticeEvent::Delivered(_) => self.status = NoticeStatus::Delivered,
            NoticeEvent::Undeliverable(_) => self.status = NoticeStatus::Undeliverable,
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.recipient
    }
}

crate::aggregate!(Notice);

#[cfg(test)]
mod tests;
