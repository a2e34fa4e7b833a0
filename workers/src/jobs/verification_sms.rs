//! Sends the codes that people ask for by SMS.
//!
//! As with mails, the message goes out from the event itself and is written down nowhere else.
//! Twilio has no idempotency key: when this process dies between its "taken" and our record of
//! it, or its answer gets lost, the message is sent once more, with the same code. It is recorded
//! before the next one is looked at, so that no more than that one comes twice.

use chrono::Utc;
use medilink_commands::verification::SettleSms;
use medilink_domain::Decider;
use medilink_domain::values::Code;
use medilink_domain::verification::sms::{SmsFate, SmsRequested};
use medilink_domain::verification::{Verification, VerificationEvent};
use medilink_log::RecordedEvent;

use super::sms::SmsGateway;
use crate::job::{EventJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct VerificationSms {
    gateway: SmsGateway,
}

impl VerificationSms {
    pub(crate) const fn by(gateway: SmsGateway) -> Self {
        Self { gateway }
    }
}

impl EventJob for VerificationSms {
    const NAME: &'static str = "verification-sms";
    const EVENTS: &'static [&'static str] = &["verification.sms-requested"];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let decoded = tools.decode(event).await?;
        let Some(VerificationEvent::SmsRequested(requested)) = decoded else {
            return Ok(());
        };
        // Who waited in vain has asked again.
        if requested.expires_at <= Utc::now() || !is_unsettled(tools, event).await? {
            return Ok(());
        }
        let words = requested.words(self.gateway.sender());
        let sent = self.gateway.send(&requested.phone, &words).await;
        fail::fail_point!("worker-after-effect-before-record", |_| Err(
            JobError::Killed
        ));
        let fate = match sent {
            Ok(message) => {
                // By this an operator finds it at the provider's.
                tracing::info!(message, cause = event.position.0, "a code was sent by SMS");
                SmsFate::Sent
            }
            Err(error) => {
                let code = error.cause()?;
                tracing::info!(code, cause = event.position.0, "a code can't be delivered");
                let cause: Code = code.parse().map_err(|_| JobError::permanent("cause"))?;
                SmsFate::Refused(cause)
            }
        };
        settle(tools, event, &requested, fate).await
    }
}

async fn settle(
    tools: &Tools,
    event: &RecordedEvent,
    requested: &SmsRequested,
    fate: SmsFate,
) -> Result<(), JobError> {
    let settle = SettleSms {
        verification: requested.verification,
        fate,
    };
    let context = tools.because_of(VerificationSms::NAME, event.tenant, event.position);
    // Whoever was erased meanwhile needs nothing more.
    let settled = tools.carry_out(&context, &settle, &[NOT_FOUND]);
    settled.await.map(drop)
}

/// Whether nobody has sent it yet, nor used its code.
async fn is_unsettled(tools: &Tools, event: &RecordedEvent) -> Result<bool, JobError> {
    let history = tools
        .history::<VerificationEvent>(event.tenant, &event.stream)
        .await?;
    let mut known = Verification::default();
    for event in history.into_iter().flatten() {
        known.evolve(&event);
    }
    Ok(known.sms.is_some() && known.fate == SmsFate::Pending)
}
