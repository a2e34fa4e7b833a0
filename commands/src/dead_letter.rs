//! An operator's verdict on what could not be processed. The consumer acts on it; this keeps
//! who decided it and why.

use medilink_domain::dead_letter::{
    DeadLetter, DeadLetterCommand, DeadLetterError, DeadLetterId, Verdict,
};
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

/// The verdict that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictAnswer {
    /// How many verdicts there have been on this stream.
    pub version: u64,
}

/// Records that a parked event is to be tried once more, or passed over.
#[derive(Clone, Debug)]
pub struct Resolve {
    /// What was decided, and why.
    pub verdict: Verdict,
    /// Passed over instead of tried again.
    pub skip: bool,
    /// Whether the consumer was seen to wait at that position.
    pub waits: bool,
}

impl Operation for Resolve {
    const NAME: &'static str = "resolve-dead-letter";
    type Answer = VerdictAnswer;

    fn target(&self) -> String {
        format!("{}:{}", self.verdict.consumer, self.verdict.stream)
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<VerdictAnswer, CommandError> {
        work.authorize(
            Action::ResolveDeadLetter,
            &Resource::of_tenant("dead letter", work.tenant()),
        )
        .await?;
        let id = DeadLetterId {
            consumer: self.verdict.consumer.clone(),
            stream: self.verdict.stream.clone(),
        };
        if !self.waits {
            return Err(DeadLetterError::NotParked.into());
        }
        let mut instance = work.load::<DeadLetter>(&id, "dead letter").await?;
        work.expect_version(&instance)?;
        let verdict = self.verdict.clone();
        let command = if self.skip {
            DeadLetterCommand::Skip(verdict)
        } else {
            DeadLetterCommand::Retry(verdict)
        };
        work.decide(&mut instance, command).await?;
        Ok(VerdictAnswer {
            version: instance.version(),
        })
    }
}
