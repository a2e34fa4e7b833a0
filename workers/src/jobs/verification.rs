//! Mails the codes that people ask for to open an account or to set a new password.
//!
//! The mail goes out from the event itself and is written down nowhere else: a code is a secret
//! for half an hour, and after that it is worth nothing.

use chrono::Utc;
use medilink_domain::verification::VerificationEvent;
use medilink_log::RecordedEvent;

use super::mail::{Mailer, SendError};
use crate::job::{EventJob, JobError, Tools};

/// The job.
pub(crate) struct VerificationMail {
    mailer: Mailer,
}

impl VerificationMail {
    pub(crate) const fn by(mailer: Mailer) -> Self {
        Self { mailer }
    }
}

impl EventJob for VerificationMail {
    const NAME: &'static str = "verification";
    const EVENTS: &'static [&'static str] = &["verification.requested"];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let Some(VerificationEvent::Requested(requested)) = tools.decode(event).await? else {
            return Ok(());
        };
        let Some(words) = requested.words() else {
            return Ok(());
        };
        // Who waited in vain has asked again.
        if requested.expires_at <= Utc::now() {
            return Ok(());
        }
        let sent = self
            .mailer
            .send(
                requested.verification.uuid(),
                &requested.email,
                requested.language,
                &words.title,
                &words.text,
            )
            .await;
        match sent {
            Ok(()) => Ok(()),
            Err(SendError::Away(reason)) => Err(JobError::Away(reason)),
            Err(SendError::Later(code)) => Err(JobError::transient(code)),
            Err(SendError::Never(code)) => {
                // Whoever asked may have mistyped; they see no mail and ask again.
                tracing::info!(code, cause = event.position.0, "a code can't be delivered");
                Ok(())
            }
        }
    }
}
