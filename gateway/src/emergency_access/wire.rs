//! Emergency accesses as they travel.

use chrono::{DateTime, Utc};
use medilink_commands::Committed;
use medilink_commands::emergency_access::{EmergencyAccessAnswer, Open};
use medilink_domain::emergency_access::EmergencyStatus;
use medilink_domain::values::EmergencyReason;
use medilink_domain::{EmergencyAccessId, HospitalId, PatientId};
use medilink_projections::Listed;
use medilink_projections::emergency_access::EmergencyAccessRow;
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use crate::answer::Created;
use crate::input::field;
use crate::problem::Problem;
use crate::wire::codes;

codes! {
    /// Why a record is opened in an emergency.
    pub enum EmergencyReasonCode for EmergencyReason {
        /// The patient may die or be harmed for good.
        DangerToLife = "danger-to-life",
        /// The patient can't be asked, being unconscious or confused.
        UnableToConsent = "unable-to-consent",
        /// The treatment can't wait until somebody has been asked.
        UrgentTreatment = "urgent-treatment",
        /// Whoever has the say for the patient can't be reached.
        GuardianUnreachable = "guardian-unreachable",
        /// What the explanation says.
        Other = "other",
    }

    /// Where an emergency access stands.
    pub enum EmergencyStateCode for EmergencyStatus {
        /// The record can be read.
        Open = "open",
        /// It is over, and nobody has looked into it.
        AwaitingReview = "awaiting-review",
        /// Somebody has.
        Reviewed = "reviewed",
    }
}

/// A record to open.
#[derive(Object)]
pub struct EmergencyAccessIn {
    /// At which hospital one gives care.
    hospital: Uuid,
    /// Why.
    reason: EmergencyReasonCode,
    /// Why, in words.
    #[oai(validator(min_length = 1, max_length = 2000))]
    explanation: String,
}

impl EmergencyAccessIn {
    /// Of this patient.
    ///
    /// # Errors
    /// 422, naming the field.
    pub fn read(self, patient: Uuid) -> Result<Open, Problem> {
        Ok(Open {
            patient: PatientId(patient),
            hospital: HospitalId(self.hospital),
            reason: self.reason.into(),
            explanation: field("/explanation", &self.explanation)?,
        })
    }
}

/// What was found when an emergency access was looked into.
#[derive(Object)]
pub struct EmergencyReviewIn {
    /// Whether it was justified.
    pub justified: bool,
    /// What was found.
    #[oai(validator(min_length = 1, max_length = 2000))]
    pub remark: String,
}

/// A record that was opened.
#[derive(Object)]
pub struct EmergencyAccessOpenedOut {
    /// The emergency access.
    id: Uuid,
    /// When it is over by itself.
    until: DateTime<Utc>,
    /// For `If-Match`.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
}

impl EmergencyAccessOpenedOut {
    /// The answer to who opened it.
    pub fn of(done: &Committed<EmergencyAccessAnswer>) -> Created<Self> {
        let EmergencyAccessAnswer {
            access,
            until,
            version,
        } = done.answer;
        let body = Self {
            id: access.uuid(),
            until,
            version,
            position: done.position.0,
        };
        let path = format!("/v1/emergency-accesses/{access}");
        Created::done(body, done).tag(version).location(&path)
    }
}

/// An emergency access.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct EmergencyAccessOut {
    /// The emergency access.
    id: Uuid,
    /// Whose record it is.
    patient: Uuid,
    /// Who opened it.
    clinician: Uuid,
    /// At which hospital they give care.
    hospital: Uuid,
    /// Why.
    reason: EmergencyReasonCode,
    /// Why, in their words.
    explanation: Option<String>,
    /// Where it stands.
    state: EmergencyStateCode,
    /// When it was opened.
    opened_at: DateTime<Utc>,
    /// When it is over by itself.
    until: DateTime<Utc>,
    /// When it was closed, if that was before.
    closed_at: Option<DateTime<Utc>>,
    /// When it was reviewed, if it was.
    reviewed_at: Option<DateTime<Utc>>,
    /// By whom.
    reviewer: Option<Uuid>,
    /// Whether they found it to be justified.
    justified: Option<bool>,
    /// What they have to say.
    remark: Option<String>,
    /// For `If-Match`.
    version: u64,
}

impl EmergencyAccessOut {
    /// As it stands at an instant.
    pub fn at(row: EmergencyAccessRow, now: DateTime<Utc>) -> Self {
        let text = |text: medilink_domain::values::FreeText| text.as_str().to_owned();
        Self {
            id: row.access.uuid(),
            patient: row.patient.uuid(),
            clinician: row.clinician.uuid(),
            hospital: row.hospital.uuid(),
            reason: row.reason.into(),
            state: row.status_at(now).into(),
            explanation: row.explanation.map(text),
            opened_at: row.opened_at,
            until: row.until,
            closed_at: row.closed_at,
            reviewed_at: row.reviewed_at,
            reviewer: row.reviewer.map(|reviewer| reviewer.uuid()),
            justified: row.justified,
            remark: row.remark.map(text),
            version: row.version,
        }
    }
}

/// Some emergency accesses.
#[derive(Object)]
pub struct EmergencyAccessesOut {
    /// The latest first.
    items: Vec<EmergencyAccessOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl EmergencyAccessesOut {
    /// As they stand at an instant.
    pub fn of(listed: Listed<EmergencyAccessRow, EmergencyAccessId>, now: DateTime<Utc>) -> Self {
        let rows = listed.rows.into_iter();
        Self {
            items: rows.map(|row| EmergencyAccessOut::at(row, now)).collect(),
            next: listed.next.map(|next| next.to_string()),
        }
    }
}
