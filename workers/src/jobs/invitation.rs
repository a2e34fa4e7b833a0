//! Mails invitations.
//!
//! The mail goes out from the event itself and is written down nowhere else: its code is a
//! secret for a week, and after that it is worth nothing.

use chrono::Utc;
use medilink_domain::invitation::InvitationEvent;
use medilink_log::RecordedEvent;

use super::mail::{Mailer, SendError};
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
        // Nobody could take it up any more.
        if issued.expires_at <= Utc::now() {
            return Ok(());
        }
        let words = issued.words();
        let sent = self
            .mailer
            .send(
                issued.invitation.uuid(),
                &issued.email,
                issued.language,
                &words.title,
                &words.text,
            )
            .await;
        match sent {
            Ok(()) => Ok(()),
            Err(SendError::Away(reason)) => Err(JobError::Away(reason)),
            Err(SendError::Later(code)) => Err(JobError::transient(code)),
            Err(SendError::Never(code)) => {
                // Whoever invited may have mistyped; they see it open and invite again.
                tracing::info!(
                    code,
                    cause = event.position.0,
                    "an invitation can't be delivered"
                );
                Ok(())
            }
        }
    }
}
