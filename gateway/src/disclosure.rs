//! Reading people's data: asked for before any of it is read, recorded before any of it is sent.
//!
//! Somebody may see a person's data by role and relation, wholly or as far as it is at their
//! hospitals; or by the person's consent, as far as that reaches. What was found to allow it is
//! held to again by the append that records the read ([`medilink_commands::access`]).

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use medilink_commands::access::{Deny, Opening, Read as Disclosure, Reliance, opening};
use medilink_commands::{Action, CommandContext, Denied, Grounds, Resource};
use medilink_domain::values::{Code, Role};
use medilink_domain::{HospitalId, PatientId, SubjectId};
use medilink_projections::appointment::{self, AppointmentRow};
use medilink_projections::extent::Extent;

use crate::actor::SignedIn;
use crate::backend::{Backend, unreadable};
use crate::call;
use crate::problem::Problem;
use crate::problem_kinds as kinds;

/// Leave to read people's data. It is asked for before any of the data is read, and used up
/// when what was read is disclosed.
#[derive(Debug)]
pub struct Permitted<'a> {
    caller: &'a SignedIn,
    action: Action,
    resource: Resource,
    /// The hospitals at which the data may be; everywhere, if none is named.
    hospitals: Option<Vec<HospitalId>>,
    opening: Opening,
    consents: Vec<Reliance>,
}

impl<'a> Permitted<'a> {
    const fn wholly(caller: &'a SignedIn, action: Action, resource: Resource) -> Self {
        Self {
            caller,
            action,
            resource,
            hospitals: None,
            opening: Opening {
                consents: Vec::new(),
            },
            consents: Vec::new(),
        }
    }

    /// The same, resting on these consents.
    #[must_use]
    pub fn relying_on(self, consents: Vec<Reliance>) -> Self {
        Self { consents, ..self }
    }

    /// Which of a patient's visits may be seen.
    pub fn extent(&self) -> Extent {
        let Some(hospitals) = &self.hospitals else {
            return Extent::Whole;
        };
        let periods = self.opening.consents.iter();
        Extent::Parts {
            hospitals: hospitals.clone(),
            periods: periods
                .map(|(_, period)| (period.from, period.to))
                .collect(),
        }
    }

    /// Notes which consents these visits are seen under.
    pub fn rely_on_consent(&mut self, rows: &[AppointmentRow]) {
        let Some(hospitals) = &self.hospitals else {
            return;
        };
        let opened = rows
            .iter()
            .filter(|row| !hospitals.contains(&row.hospital))
            .map(|row| row.starts_at);
        self.rely(opened.collect());
    }

    /// The fewest consents that these times need, or one if there is nothing else.
    fn rely(&mut self, mut times: BTreeSet<DateTime<Utc>>) {
        let only_consent = self.hospitals.as_ref().is_some_and(Vec::is_empty);
        for (consent, period) in &self.opening.consents {
            let covered: BTreeSet<_> = times
                .iter()
                .copied()
                .filter(|at| (period.from..=period.to).contains(at))
                .collect();
            if !covered.is_empty() || (only_consent && times.is_empty() && self.consents.is_empty())
            {
                times.retain(|at| !covered.contains(at));
                // Also who finds nothing has looked.
                let looked_at = if covered.is_empty() {
                    BTreeSet::from([period.from])
                } else {
                    covered
                };
                self.consents.push(Reliance {
                    consent: *consent,
                    times: looked_at,
                });
            }
        }
    }
}

impl Backend {
    /// Lets the caller read people's data, which [`Backend::disclose`] then records. Nobody's
    /// data is read, nor their keys used, for a caller who may not see it; that they wanted to
    /// is recorded.
    ///
    /// # Errors
    /// 403, or 404 when the caller may not even know of it.
    pub async fn permit<'a>(
        &self,
        caller: &'a SignedIn,
        action: Action,
        resource: Resource,
    ) -> Result<Permitted<'a>, Problem> {
        match self.may(caller, action, &resource) {
            Ok(()) => Ok(Permitted::wholly(caller, action, resource)),
            Err(denied) => Err(self.denied(caller, action, &resource, denied).await),
        }
    }

    /// The same, where there are grounds besides roles and relations.
    ///
    /// # Errors
    /// 403, or 404 when the caller may not even know of it.
    pub async fn permit_on<'a>(
        &self,
        caller: &'a SignedIn,
        action: Action,
        resource: Resource,
        grounds: Grounds,
    ) -> Result<Permitted<'a>, Problem> {
        let authorizer = self.executor().authorizer();
        match authorizer.authorize_on(&caller.actor, action, &resource, grounds) {
            Ok(_) => Ok(Permitted::wholly(caller, action, resource)),
            Err(denied) => Err(self.denied(caller, action, &resource, denied).await),
        }
    }

    /// The same for what a patient has done somewhere at some time, of which the caller may be
    /// allowed parts.
    ///
    /// # Errors
    /// 404.
    pub async fn permit_parts<'a>(
        &self,
        caller: &'a SignedIn,
        action: Action,
        patient: PatientId,
    ) -> Result<Permitted<'a>, Problem> {
        let whole = Resource::of_tenant("patient", caller.actor.tenant).about(patient.uuid());
        let Err(denied) = self.may(caller, action, &whole) else {
            return Ok(Permitted::wholly(caller, action, whole));
        };
        let known_at = self.known_at(caller, patient).await?;
        let there = |hospital: &HospitalId| {
            let resource = whole.clone().at(*hospital);
            self.may(caller, action, &resource).is_ok()
        };
        let hospitals: Vec<HospitalId> = known_at.into_iter().filter(there).collect();
        let opening = self.opening(caller, action, &whole).await?;
        if hospitals.is_empty() && opening.is_empty() {
            return Err(self.denied(caller, action, &whole, denied).await);
        }
        let resource = hospitals.iter().copied().fold(whole, Resource::at);
        Ok(Permitted {
            caller,
            action,
            resource,
            hospitals: Some(hospitals),
            opening,
            consents: Vec::new(),
        })
    }

    /// The same for one of these.
    ///
    /// # Errors
    /// 404.
    pub async fn permit_one<'a>(
        &self,
        caller: &'a SignedIn,
        action: Action,
        resource: Resource,
        recorded_at: DateTime<Utc>,
    ) -> Result<Permitted<'a>, Problem> {
        let Err(denied) = self.may(caller, action, &resource) else {
            return Ok(Permitted::wholly(caller, action, resource));
        };
        let mut opening = self.opening(caller, action, &resource).await?;
        opening
            .consents
            .retain(|(_, period)| (period.from..=period.to).contains(&recorded_at));
        if opening.is_empty() {
            return Err(self.denied(caller, action, &resource, denied).await);
        }
        let mut permitted = Permitted {
            caller,
            action,
            resource,
            hospitals: Some(Vec::new()),
            opening,
            consents: Vec::new(),
        };
        permitted.rely(BTreeSet::from([recorded_at]));
        Ok(permitted)
    }

    /// A patient at the hospitals that know them, as far as that matters to the caller.
    ///
    /// # Errors
    /// 503 when that can't be found out.
    pub async fn patient(
        &self,
        caller: &SignedIn,
        patient: PatientId,
    ) -> Result<Resource, Problem> {
        let resource = Resource::of_tenant("patient", caller.actor.tenant).about(patient.uuid());
        let known_at = self.known_at(caller, patient).await?;
        Ok(known_at.into_iter().fold(resource, Resource::at))
    }

    /// Where a patient has been, if the caller's roles are ones at hospitals.
    async fn known_at(
        &self,
        caller: &SignedIn,
        patient: PatientId,
    ) -> Result<Vec<HospitalId>, Problem> {
        if caller.actor.posts.is_empty() && caller.actor.permissions.is_empty() {
            return Ok(Vec::new());
        }
        appointment::hospitals_of(self.reads(), caller.actor.tenant, patient)
            .await
            .map_err(unreadable)
    }

    /// What opens a person's data to a caller whom neither role nor relation allows it.
    async fn opening(
        &self,
        caller: &SignedIn,
        action: Action,
        resource: &Resource,
    ) -> Result<Opening, Problem> {
        let Some(subject) = resource.subject.map(SubjectId) else {
            return Ok(Opening::default());
        };
        let opening = opening(self.executor(), &caller.actor, action, subject)
            .await
            .map_err(call::refuse)?;
        let authorizer = self.executor().authorizer();
        let grounds = opening.grounds();
        match authorizer.authorize_on(&caller.actor, action, resource, grounds) {
            Ok(_) => Ok(opening),
            Err(_) => Ok(Opening::default()),
        }
    }

    fn may(&self, caller: &SignedIn, action: Action, resource: &Resource) -> Result<(), Denied> {
        let authorizer = self.executor().authorizer();
        authorizer
            .authorize(&caller.actor, action, resource)
            .map(|_| ())
    }

    /// Records that the caller was denied somebody else's data, and says so to them. What can't
    /// be recorded is denied all the same.
    async fn denied(
        &self,
        caller: &SignedIn,
        action: Action,
        resource: &Resource,
        denied: Denied,
    ) -> Problem {
        let subject = resource
            .subject
            .filter(|subject| *subject != caller.actor.id);
        if let Some(subject) = subject.filter(|_| resource.tenant == caller.actor.tenant) {
            let deny = Deny {
                subject: SubjectId(subject),
                action,
                kind: resource.kind,
            };
            let context = CommandContext {
                request: caller.request,
                traceparent: caller.traceparent(),
                ..CommandContext::new(caller.actor.clone())
            };
            if let Err(error) = self.executor().execute(&context, &deny).await {
                tracing::error!(%error, "a denied read could not be recorded");
            }
        }
        call::refuse(denied.into())
    }

    /// Records that the caller sees these people's data. The data may be sent only when this
    /// has succeeded.
    ///
    /// # Errors
    /// 503 when it can't be recorded, 404 when a consent was taken back meanwhile.
    pub async fn disclose(
        &self,
        permitted: Permitted<'_>,
        subjects: BTreeSet<SubjectId>,
        what: &'static str,
    ) -> Result<(), Problem> {
        let Permitted {
            caller,
            action,
            resource,
            consents,
            ..
        } = permitted;
        let why = Purpose::of(caller, &resource, &subjects);
        let code =
            |name: &str| Code::from_str(name).map_err(|_| Problem::new(&kinds::INTERNAL_ERROR));
        let disclosure = Disclosure {
            action,
            resource,
            subjects: subjects.into_iter().collect(),
            what: code(what)?,
            purpose: code(why.name)?,
            consents,
        };
        let context = CommandContext {
            request: caller.request,
            traceparent: caller.traceparent(),
            purpose: Some(why.code.to_owned()),
            ..CommandContext::new(caller.actor.clone())
        };
        self.execute(&context, &disclosure).await.map(|_| ())
    }
}

/// Why someone reads: by their relation to the data, in the log's words and in HL7's
/// PurposeOfUse.
struct Purpose {
    name: &'static str,
    code: &'static str,
}

impl Purpose {
    fn of(caller: &SignedIn, resource: &Resource, subjects: &BTreeSet<SubjectId>) -> Self {
        let own = |subject: &SubjectId| subject.uuid() == caller.actor.id;
        let gives_care = |role| matches!(role, Role::DepartmentHead | Role::Doctor | Role::Nurse);
        if subjects.iter().all(own) {
            Self {
                name: "own-record",
                code: "PATRQT",
            }
        } else if resource.guardian == Some(caller.actor.id) {
            Self {
                name: "guardian",
                code: "FAMRQT",
            }
        } else if caller.actor.roles_anywhere().any(gives_care) {
            Self {
                name: "treatment",
                code: "TREAT",
            }
        } else if caller.actor.roles.contains(&Role::ComplianceOfficer) {
            Self {
                name: "compliance",
                code: "HCOMPL",
            }
        } else {
            Self {
                name: "operations",
                code: "HOPERAT",
            }
        }
    }
}
