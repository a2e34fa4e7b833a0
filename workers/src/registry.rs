//! Every job of the platform.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::config::WorkerConfig;
use crate::job::{DueJob, EventJob};
use crate::jobs::consent::ConsentEnd;
use crate::jobs::delivery::Delivery;
use crate::jobs::emergency::EmergencyNotice;
use crate::jobs::erasure::Erasing;
use crate::jobs::expiry::Expiry;
use crate::jobs::export::Exporting;
use crate::jobs::export_end::ExportEnd;
use crate::jobs::export_notice::ExportNotice;
use crate::jobs::invitation::InvitationMail;
use crate::jobs::lapse::Lapse;
use crate::jobs::mail::{Mailer, MailerError};
use crate::jobs::offer::Offer;
use crate::jobs::reminder::Reminder;
use crate::jobs::sms::{SmsError, SmsGateway};
use crate::jobs::vacancy::Vacancy;
use crate::jobs::verdict::VerdictJob;
use crate::jobs::verification::VerificationMail;
use crate::jobs::verification_sms::VerificationSms;
use crate::jobs::withdrawal::Withdrawal;
use crate::runtime::{Host, due, follower};

pub(crate) type Start =
    Arc<dyn Fn(Host, CancellationToken) -> BoxFuture<'static, ()> + Send + Sync>;

/// The settings of a job can't be used.
#[derive(Debug, Error)]
pub enum JobsError {
    /// Those of the mail server.
    #[error(transparent)]
    Mailer(#[from] MailerError),
    /// Those of the SMS gateway.
    #[error(transparent)]
    Sms(#[from] SmsError),
}

/// Jobs, ready to be run by a [`Worker`](crate::Worker).
#[derive(Clone, Default)]
pub struct Jobs(Vec<(&'static str, Start)>);

impl Jobs {
    /// All jobs of this release, one alphabetical line each; `blobs` is the folder of people's
    /// files. To be called, and what it returns to be dropped, inside a Tokio runtime: connections
    /// to the mail server are kept there.
    ///
    /// # Errors
    /// [`JobsError`] when the settings of the mail server or the SMS gateway can't be used.
    pub fn shipped(config: &WorkerConfig, blobs: &Path) -> Result<Self, JobsError> {
        let mailer = Mailer::of(config)?;
        let sms = config.sms.as_ref().map(SmsGateway::new).transpose()?;
        let email = mailer.is_some();
        Ok(Self::default()
            .due(Some(ConsentEnd))
            .due(mailer.clone().map(Delivery::by))
            .event(EmergencyNotice { email })
            .due(Some(Erasing))
            .due(Some(Expiry))
            .due(Some(Exporting {
                folder: blobs.to_owned(),
            }))
            .event(ExportEnd)
            .event(ExportNotice { email })
            .event_if(mailer.clone().map(InvitationMail::by))
            .due(Some(Lapse))
            .event(Offer { email })
            .due(Some(Reminder { email }))
            .event(Vacancy)
            .event(VerdictJob)
            .event_if(mailer.map(VerificationMail::by))
            .event_if(sms.map(VerificationSms::by))
            .event(Withdrawal))
    }

    /// With a job that follows the log.
    #[must_use]
    pub fn event<J: EventJob>(mut self, job: J) -> Self {
        let job = Arc::new(job);
        self.0.push((
            J::NAME,
            Arc::new(move |host, cancel| follower::run(Arc::clone(&job), host, cancel).boxed()),
        ));
        self
    }

    /// With a job that follows the log, if it is configured.
    #[must_use]
    pub fn event_if<J: EventJob>(self, job: Option<J>) -> Self {
        match job {
            Some(job) => self.event(job),
            None => self,
        }
    }

    /// With a timer or an outbox, if it is configured.
    #[must_use]
    pub fn due<J: DueJob>(mut self, job: Option<J>) -> Self {
        if let Some(job) = job {
            let job = Arc::new(job);
            self.0.push((
                J::NAME,
                Arc::new(move |host, cancel| due::run(Arc::clone(&job), host, cancel).boxed()),
            ));
        }
        self
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().map(|(name, _)| *name)
    }

    pub(crate) fn starts(&self) -> impl Iterator<Item = &(&'static str, Start)> {
        self.0.iter()
    }
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[tokio::test]
    async fn jobs_are_registered_once_and_in_alphabetical_order() {
        let config: WorkerConfig = toml::from_str(&format!(
            "[smtp]\nhost = 'localhost'\nfrom = 'a@b.example'\n[sms]\naccount_sid = 'AC{}'\n\
                 auth_token = 'x'\nfrom = 'MEDILK'",
            "0".repeat(32)
        ))
        .unwrap();
        let names: Vec<_> = Jobs::shipped(&config, Path::new("blobs"))
            .unwrap()
            .names()
            .collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }

    #[test]
    fn without_a_mail_server_or_sms_gateway_nothing_is_sent() {
        let jobs = Jobs::shipped(&WorkerConfig::default(), Path::new("blobs")).unwrap();
        assert!(jobs.names().all(|name| {
            !["delivery", "invitation", "verification", "verification-sms"].contains(&name)
        }));
    }
}
