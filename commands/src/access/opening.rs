//! What opens a person's data to somebody whom neither role nor relation allows it.

use chrono::{DateTime, Utc};
use medilink_domain::consent::{Consent, Grantee};
use medilink_domain::emergency_access::EmergencyAccess;
use medilink_domain::values::HealthInformationType;
use medilink_domain::{ConsentId, EmergencyAccessId, PatientId, SubjectId};

use super::{information, is_needed_in_emergencies, need};
use crate::action::Action;
use crate::actor::Actor;
use crate::consent::{consents_for, grantees_of};
use crate::emergency_access::open_for;
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
/// read holds each consent, and the emergency access, to be as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The consents, and for what took place when.
    pub consents: Vec<(ConsentId, Period)>,
    /// The emergency access, for all of it.
    pub emergency: Option<EmergencyAccessId>,
}

impl Opening {
    /// Whether there is nothing.
    pub const fn is_empty(&self) -> bool {
        self.consents.is_empty() && self.emergency.is_none()
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
    let information_type = information(action);
    let in_emergency = is_needed_in_emergencies(action);
    if information_type.is_none() && !in_emergency {
        return Ok(Opening::default());
    }
    let asked = Asked {
        executor,
        actor,
        subject,
        grantees: &grantees_of(executor, actor).await?,
        now: Utc::now(),
    };
    Ok(Opening {
        consents: match information_type {
            Some(information_type) => asked.consents(information_type).await?,
            None => Vec::new(),
        },
        emergency: if in_emergency {
            asked.emergency().await?
        } else {
            None
        },
    })
}

/// Who asks for whose data.
struct Asked<'a> {
    executor: &'a Executor,
    actor: &'a Actor,
    subject: SubjectId,
    grantees: &'a [Grantee],
    now: DateTime<Utc>,
}

impl Asked<'_> {
    async fn consents(
        &self,
        information_type: HealthInformationType,
    ) -> Result<Vec<(ConsentId, Period)>, CommandError> {
        let Self {
            executor,
            actor,
            grantees,
            now,
            ..
        } = *self;
        let patient = PatientId(self.subject.uuid());
        let database = executor.reader().database();
        let held = consents_for(database, actor.tenant, patient, grantees, now)
            .await
            .map_err(CommandError::database)?;
        let mut consents = Vec::new();
        for consent in held {
            let state = executor.state::<Consent>(actor.tenant, &consent).await?;
            let Some(state) = state.filter(|state| state.may_be_used(now)) else {
                continue;
            };
            let Ok(matter) = state.matter() else { continue };
            let (from, to) = (matter.terms.from, matter.terms.to);
            if state.covers(&need(grantees, information_type, from), now) {
                consents.push((consent, Period { from, to }));
            }
        }
        Ok(consents)
    }

    async fn emergency(&self) -> Result<Option<EmergencyAccessId>, CommandError> {
        let Self {
            executor, actor, ..
        } = *self;
        let (reader, patient) = (SubjectId(actor.id), PatientId(self.subject.uuid()));
        let database = executor.reader().database();
        let found = open_for(database, actor.tenant, reader, patient, self.now).await;
        let Some(access) = found.map_err(CommandError::database)? else {
            return Ok(None);
        };
        let state = executor.state::<EmergencyAccess>(actor.tenant, &access);
        let opens = state.await?.is_some_and(|state| {
            let there = |hospital| self.grantees.contains(&Grantee::Hospital { id: hospital });
            state.opens(self.subject, reader, self.now)
                && state.matter().is_ok_and(|matter| there(matter.hospital))
        });
        Ok(opens.then_some(access))
    }
}
