//! Reading people's data: asked for before any of it is read, recorded before any of it is sent.
//!
//! Somebody may see a person's data by role and relation, wholly or as far as it is at their
//! hospitals; or by the person's consent, as far as that reaches; or, where nothing else allows it,
//! because they opened the record in an emergency. What was found to allow it is held to again by
//! the append that records the read ([`medilink_commands::access`]).

mod purpose;

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use medilink_commands::access::{Deny, Opening, Read as Disclosure, Reliance, opening};
use medilink_commands::guardian::as_guardian;
use medilink_commands::{Action, CommandContext, Denied, Grounds, Resource};
use medilink_domain::values::Code;
use medilink_domain::{EmergencyAccessId, HospitalId, PatientId, SubjectId};
use medilink_projections::appointment::{self, AppointmentRow};
use medilink_projections::extent::Extent;

use crate::actor::SignedIn;
use crate::backend::{Backend, unreadable};
use crate::call;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use purpose::Purpose;

/// Leave to read people's data. It is asked for before any of the data is read, and used up
/// when what was read is disclosed.
#[derive(Debug)]
pub struct Permitted<'a> {
    caller: &'a SignedIn,
    action: Action,
    resource: Resource,
    /// The hospitals at which the data may be; everywhere, if none is named.
    hospitals: Option<Vec<HospitalId>>,
    /// The hospitals at which consent opens it; everywhere, if none is named.
    consented_at: Option<Vec<HospitalId>>,
    opening: Opening,
    consents: Vec<Reliance>,
    emergency: Option<EmergencyAccessId>,
}

impl<'a> Permitted<'a> {
    const fn wholly(caller: &'a SignedIn, action: Action, resource: Resource) -> Self {
        Self {
            caller,
            action,
            resource,
            hospitals: None,
            consented_at: None,
            opening: Opening {
                consents: Vec::new(),
                emergency: None,
            },
            consents: Vec::new(),
            emergency: None,
        }
    }

    /// Which of a patient's visits may be seen.
    pub fn extent(&self) -> Extent {
        let Some(hospitals) = &self.hospitals else {
            return Extent::Whole;
        };
        if self.opening.emergency.is_some() {
            return Extent::Whole;
        }
        let periods = self.opening.consents.iter();
        Extent::Parts {
            hospitals: hospitals.clone(),
            periods: periods
                .map(|(_, period)| (period.from, period.to))
                .collect(),
            periods_at: self.consented_at.clone(),
        }
    }

    /// Notes what these visits are seen under.
    pub fn rely_on_opening(&mut self, rows: &[AppointmentRow]) {
        let Some(hospitals) = &self.hospitals else {
            return;
        };
        let opened = rows
            .iter()
            .filter(|row| !hospitals.contains(&row.hospital))
            .map(|row| row.starts_at);
        self.rely(opened.collect());
    }

    /// The fewest consents that these times need, or one if there is nothing else; and the
    /// emergency access for what no consent covers. Also who finds nothing has looked: under a
    /// consent as far as that reaches, in an emergency at everything.
    fn rely(&mut self, mut times: BTreeSet<DateTime<Utc>>) {
        let only_opening = self.hospitals.as_ref().is_some_and(Vec::is_empty);
        let found_nothing = only_opening && times.is_empty();
        let in_emergency = self.opening.emergency.is_some();
        for (consent, period) in &self.opening.consents {
            let covered: BTreeSet<_> = times
                .iter()
                .copied()
                .filter(|at| (period.from..=period.to).contains(at))
                .collect();
            if !covered.is_empty() || (found_nothing && !in_emergency && self.consents.is_empty()) {
                times.retain(|at| !covered.contains(at));
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
        if found_nothing || !times.is_empty() {
            self.emergency = self.opening.emergency;
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
        let denied = match self.by_relation(caller, action, &resource).await? {
            Ok(resource) => return Ok(Permitted::wholly(caller, action, resource)),
            Err(denied) => denied,
        };
        let opening = self.opening(caller, action, &resource).await?;
        if opening.emergency.is_none() {
            return Err(self.denied(caller, action, &resource, denied).await);
        }
        Ok(Permitted {
            emergency: opening.emergency,
            ..Permitted::wholly(caller, action, resource)
        })
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
        let denied = match self.by_relation(caller, action, &whole).await? {
            Ok(whole) => return Ok(Permitted::wholly(caller, action, whole)),
            Err(denied) => denied,
        };
        let known_at = self.known_at(caller, patient).await?;
        let there = |hospital: &HospitalId| {
            let resource = whole.clone().at(*hospital);
            self.may(caller, action, &resource).is_ok()
        };
        let hospitals: Vec<HospitalId> = known_at.into_iter().filter(there).collect();
        let consented_at = caller.actor.acts_for();
        let places = consented_at.iter().flatten().copied();
        let consented = places.fold(whole.clone(), Resource::at);
        let opening = self.opening(caller, action, &consented).await?;
        if hospitals.is_empty() && opening.is_empty() {
            return Err(self.denied(caller, action, &whole, denied).await);
        }
        let resource = hospitals.iter().copied().fold(consented, Resource::at);
        Ok(Permitted {
            caller,
            action,
            resource,
            hospitals: Some(hospitals),
            consented_at,
            opening,
            consents: Vec::new(),
            emergency: None,
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
        let denied = match self.by_relation(caller, action, &resource).await? {
            Ok(resource) => return Ok(Permitted::wholly(caller, action, resource)),
            Err(denied) => denied,
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
            consented_at: None,
            opening,
            consents: Vec::new(),
            emergency: None,
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
        let Opening {
            mut consents,
            mut emergency,
        } = opening(self.executor(), &caller.actor, action, subject)
            .await
            .map_err(call::refuse)?;
        let authorizer = self.executor().authorizer();
        let allows = |grounds| {
            let permit = authorizer.weigh(&caller.actor, action, resource, grounds);
            permit.is_ok()
        };
        // Each for itself: what one of them opens the other may not.
        let (by_consent, in_emergency) = (
            Grounds {
                consent: true,
                emergency: false,
            },
            Grounds {
                consent: false,
                emergency: true,
            },
        );
        if !consents.is_empty() && !allows(by_consent) {
            consents.clear();
        }
        if emergency.is_some() && !allows(in_emergency) {
            emergency = None;
        }
        Ok(Opening {
            consents,
            emergency,
        })
    }

    /// What is the caller's to see by role or relation: their own or at their work, or a minor's
    /// for whom they have the say, as which it is given back.
    async fn by_relation(
        &self,
        caller: &SignedIn,
        action: Action,
        resource: &Resource,
    ) -> Result<Result<Resource, Denied>, Problem> {
        let Err(denied) = self.may(caller, action, resource) else {
            return Ok(Ok(resource.clone()));
        };
        let minors = as_guardian(self.executor(), &caller.actor, resource).await;
        let minors = minors.map_err(call::refuse)?;
        Ok(minors
            .filter(|minors| self.may(caller, action, minors).is_ok())
            .ok_or(denied))
    }

    fn may(&self, caller: &SignedIn, action: Action, resource: &Resource) -> Result<(), Denied> {
        let authorizer = self.executor().authorizer();
        authorizer
            .weigh(&caller.actor, action, resource, Grounds::default())
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
        let denied = self.executor().authorizer().refuse(action, denied);
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
    /// 503 when it can't be recorded, 404 when a consent was taken back
    /// or an emergency access closed meanwhile.
    pub async fn disclose(
        &self,
        permitted: Permitted<'_>,
        subjects: BTreeSet<SubjectId>,
        what: &'static str,
    ) -> Result<(), Problem> {
        // To measure what recording costs (`make bench`); see `src/abort.rs`.
        fail::fail_point!("read-unrecorded", |_| Ok(()));
        let Permitted {
            caller,
            action,
            resource,
            consents,
            emergency,
            ..
        } = permitted;
        let why = Purpose::of(caller, &resource, &subjects, emergency.is_some());
        let code =
            |name: &str| Code::from_str(name).map_err(|_| Problem::new(&kinds::INTERNAL_ERROR));
        let disclosure = Disclosure {
            action,
            resource,
            subjects: subjects.into_iter().collect(),
            what: code(what)?,
            purpose: code(why.name)?,
            consents,
            emergency,
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
