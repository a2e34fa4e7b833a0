//! Writing notices and recording what became of them: what workers do.

use medilink_domain::appointment::Appointment;
use medilink_domain::emergency_access::EmergencyAccess;
use medilink_domain::notice::{self, MarkDelivered, MarkUndeliverable, Notice, NoticeCommand};
use medilink_domain::values::Code;
use medilink_domain::waitlist::Waitlist;
use medilink_domain::{AppointmentId, NoticeId, WaitlistEntryId};
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::authorizer::Resource;
use crate::emergency_access;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

const KIND: &str = "notice";

/// Where a notice stands after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeAnswer {
    /// The notice.
    pub notice: NoticeId,
    /// Its version.
    pub version: u64,
}

/// Writes a notice under an id that the cause determines, so that it is written once. It is
/// written only while its appointment stands; with an expected version in the context, only
/// if the appointment is still what the writer's words say.
#[derive(Clone, Debug)]
pub struct Write(pub notice::Write);

impl Operation for Write {
    const NAME: &'static str = "write-notice";
    type Answer = NoticeAnswer;

    fn target(&self) -> String {
        self.0.notice.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<NoticeAnswer, CommandError> {
        allow(work, &self.0).await?;
        // Read here and not changed: the append refuses when it moves before the notice is in.
        let appointment = appointment_of(&self.0)?;
        let appointment = work
            .existing::<Appointment>(&appointment, "appointment")
            .await?;
        work.expect_version(&appointment)?;
        appointment.state().changeable(work.now())?;
        write(work, &self.0).await
    }
}

/// Writes a notice about an offer of the waitlist, only while the slot is held.
#[derive(Clone, Debug)]
pub struct WriteOffer {
    /// Whose entry it is offered to.
    pub entry: WaitlistEntryId,
    /// The notice.
    pub notice: notice::Write,
}

impl Operation for WriteOffer {
    const NAME: &'static str = "write-offer";
    type Answer = NoticeAnswer;

    fn target(&self) -> String {
        self.notice.notice.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<NoticeAnswer, CommandError> {
        allow(work, &self.notice).await?;
        let entry = work
            .existing::<Waitlist>(&self.entry, "waitlist entry")
            .await?;
        entry.state().offer_of(appointment_of(&self.notice)?)?;
        write(work, &self.notice).await
    }
}

/// Writes a notice about a record that was opened in an emergency, whatever became of that
/// since: who is concerned is told in any case.
#[derive(Clone, Debug)]
pub struct WriteEmergency(pub notice::Write);

impl Operation for WriteEmergency {
    const NAME: &'static str = "write-emergency";
    type Answer = NoticeAnswer;

    fn target(&self) -> String {
        self.0.notice.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<NoticeAnswer, CommandError> {
        allow(work, &self.0).await?;
        let missing = CommandError::NotFound(emergency_access::KIND);
        let access = self.0.about.emergency().ok_or(missing)?;
        work.existing::<EmergencyAccess>(&access, emergency_access::KIND)
            .await?;
        write(work, &self.0).await
    }
}

/// The appointment that a notice is about.
fn appointment_of(notice: &notice::Write) -> Result<AppointmentId, CommandError> {
    let missing = CommandError::NotFound("appointment");
    notice.about.appointment().ok_or(missing)
}

async fn allow(work: &mut Work<'_>, notice: &notice::Write) -> Result<(), CommandError> {
    let resource = Resource::of_tenant(KIND, work.tenant()).about(notice.recipient.uuid());
    work.authorize(Action::WriteNotice, &resource).await
}

async fn write(work: &mut Work<'_>, notice: &notice::Write) -> Result<NoticeAnswer, CommandError> {
    let mut instance = work.load::<Notice>(&notice.notice, KIND).await?;
    work.decide(&mut instance, NoticeCommand::Write(notice.clone()))
        .await?;
    Ok(NoticeAnswer {
        notice: notice.notice,
        version: instance.version(),
    })
}

/// Records that a notice arrived.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// The notice.
    pub notice: NoticeId,
    /// Which try it was, from 1.
    pub attempt: u32,
}

impl Operation for Delivered {
    const NAME: &'static str = "notice-delivered";
    type Answer = NoticeAnswer;

    fn target(&self) -> String {
        self.notice.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<NoticeAnswer, CommandError> {
        let delivered = NoticeCommand::MarkDelivered(MarkDelivered {
            attempt: self.attempt,
        });
        record(work, self.notice, delivered).await
    }
}

/// Records that a notice will never arrive.
#[derive(Clone, Debug)]
pub struct Undeliverable {
    /// The notice.
    pub notice: NoticeId,
    /// Why, such as `address-refused`.
    pub cause: Code,
}

impl Operation for Undeliverable {
    const NAME: &'static str = "notice-undeliverable";
    type Answer = NoticeAnswer;

    fn target(&self) -> String {
        self.notice.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<NoticeAnswer, CommandError> {
        let lost = NoticeCommand::MarkUndeliverable(MarkUndeliverable {
            cause: self.cause.clone(),
        });
        record(work, self.notice, lost).await
    }
}

async fn record(
    work: &mut Work<'_>,
    notice: NoticeId,
    command: NoticeCommand,
) -> Result<NoticeAnswer, CommandError> {
    work.authorize(
        Action::RecordDelivery,
        &Resource::of_tenant(KIND, work.tenant()),
    )
    .await?;
    let mut instance = work.existing::<Notice>(&notice, KIND).await?;
    work.decide(&mut instance, command).await?;
    Ok(NoticeAnswer {
        notice,
        version: instance.version(),
    })
}
