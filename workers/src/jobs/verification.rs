//! Mails the codes that people ask for to open an account or to set a new password, each a secret
//! for half an hour.

use medilink_domain::verification::VerificationEvent;
use medilink_log::RecordedEvent;

use super::mail::{Letter, Mailer};
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
        let letter = Letter {
            id: requested.verification.uuid(),
            email: &requested.email,
            language: requested.language,
            words,
            expires_at: requested.expires_at,
        };
        self.mailer.send_letter(event, letter).await
    }
}
