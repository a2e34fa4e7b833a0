//! What opens a person's data to somebody whom neither role nor relation allows it.

use chrono::{DateTime, Utc};
use medilink_domain::consent::Consent;
use medilink_domain::{ConsentId, PatientId, SubjectId};

use super::{information, need};
use crate::action::Action;
use crate::actor::Actor;
use crate::authorizer::Grounds;
use crate::consent::{consents_for, grantees_of};
use crate::error::CommandError;
use crate::executor::Executor;

/// A stretch of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// Its last one.
    pub to: DateTime<Utc>,
}

/// What opens a person's data, as it was found. It is no leave yet: the append that records the
/// read holds each consent to be as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The consents, and for what took place when.
    pub consents: Vec<(ConsentId, Period)>,
}

impl Opening {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.consents.is_empty()
    }

    /// What it is for the policies.
    pub fn grounds(&self) -> Grounds {
        Grounds {
            consent: !self.consents.is_empty(),
            ..Grounds::default()
        }
    }
}

/// What opens a person's data for this.
///
/// # Errors
/// When the log or the database doesn't answer.
pub async fn opening(
    executor: &Executor,
    actor: &Actor,
    action: Action,
    subject: SubjectId,
) -> Result<Opening, CommandError> {
    let Some(information_type) = information(action) else {
        return Ok(Opening::default());
    };
    let now = Utc::now();
    let grantees = grantees_of(executor, actor).await?;
    let patient = PatientId(subject.uuid());
    let database = executor.reader().database();
    let held = consents_for(database, actor.tenant, patient, &grantees, now)
        .await
        .map_err(CommandError::database)?;
    let mut opening = Opening::default();
    for consent in held {
        let state = executor.state::<Consent>(actor.tenant, &consent).await?;
        let Some(state) = state.filter(|state| state.may_be_used(now)) else {
            continue;
        };
        let Ok(matter) = state.matter() else { continue };
        let (from, to) = (matter.terms.from, matter.terms.to);
        if state.covers(&need(&grantees, information_type, from), now) {
            opening.consents.push((consent, Period { from, to }));
        }
    }
    Ok(opening)
}
