//! Reads of a person's data: authorized, and recorded before the data is sent.

use medilink_domain::access::{self, Access, AccessCommand};
use medilink_domain::values::Code;
use medilink_domain::{AccessId, SubjectId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

/// The record that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessAnswer {
    /// The record.
    pub access: AccessId,
}

/// Authorizes one read and records it. Only when this has succeeded may the data be sent.
#[derive(Clone, Debug)]
pub struct Read {
    /// What the actor wants to do.
    pub action: Action,
    /// With what; its subject is whose data it is.
    pub resource: Resource,
    /// Whose data is read, one record each: the resource's subject, or the patients of a day.
    pub subjects: Vec<SubjectId>,
    /// What kind of data, such as `appointments`.
    pub what: Code,
    /// Why it is read, such as `treatment`.
    pub purpose: Code,
}

impl Operation for Read {
    const NAME: &'static str = "read";
    type Answer = Vec<AccessAnswer>;

    fn target(&self) -> String {
        String::new()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<Vec<AccessAnswer>, CommandError> {
        work.authorize(self.action, &self.resource)?;
        let mut answers = Vec::with_capacity(self.subjects.len());
        for subject in &self.subjects {
            let access = AccessId(Uuid::now_v7());
            let mut instance = work.create::<Access>(&access);
            let record = access::Record {
                access,
                subject: *subject,
                resource: self.what.clone(),
                purpose: self.purpose.clone(),
                consents: Vec::new(),
                emergency: None,
            };
            work.decide(&mut instance, AccessCommand::Record(record))
                .await?;
            answers.push(AccessAnswer { access });
        }
        Ok(answers)
    }
}
