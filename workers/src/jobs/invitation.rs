//! Mails invitations, whose code is a secret for a week.

use medilink_domain::invitation::InvitationEvent;
use medilink_log::RecordedEvent;

use super::mail::{Letter, Mailer};
use crate::job::{EventJob, JobError, Tools};

/// The job.
pub(crate) struct InvitationMail {
    mailer: Mailer,
}

impl InvitationMail {
    pub(crate) const fn by(mailer: Mailer) -> Self {
        Self { mailer }
    }
}

impl EventJob for InvitationMail {
    const NAME: &'static str = "invitation";
    const EVENTS: &'static [&'static str] = &["invitation.issued"];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let Some(InvitationEvent::Issued(issued)) = tools.decode(event).await? else {
            return Ok(());
        };
        let letter = Letter {
            id: issued.invitation.uuid(),
            email: &issued.email,
            language: issued.language,
            words: issued.words(),
            expires_at: issued.expires_at,
        };
        self.mailer.send_letter(event, letter).await
    }
}
