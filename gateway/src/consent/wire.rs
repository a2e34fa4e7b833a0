//! Consents as they travel.

use chrono::{DateTime, Utc};
use medilink_domain::ConsentId;
use medilink_domain::consent::{ConsentFrequency, ConsentStatus, ConsentTerms, Grantee, Narrowed};
use medilink_domain::values::{
    ConsentAccessMode, ConsentPurpose, FrequencyUnit, HealthInformationType, ValueError,
};
use medilink_projections::Listed;
use medilink_projections::consent::ConsentRow;
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use crate::input::{invalid_field, number};
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::wire::codes;

codes! {
    /// A kind of health information, as ABDM tells them apart.
    pub enum HealthInformationCode for HealthInformationType {
        /// What was prescribed.
        Prescription = "prescription",
        /// What a laboratory or a scan found.
        DiagnosticReport = "diagnostic-report",
        /// A visit without admission, and what came of it.
        OPConsultation = "op-consultation",
        /// What a hospital tells when it lets a patient go.
        DischargeSummary = "discharge-summary",
        /// Vaccinations.
        ImmunizationRecord = "immunization-record",
        /// Papers that the patient keeps.
        HealthDocumentRecord = "health-document-record",
        /// What is measured in daily life.
        WellnessRecord = "wellness-record",
    }

    /// What information is asked for, by ABDM's codes.
    pub enum ConsentPurposeCode for ConsentPurpose {
        /// Care of the patient.
        CareManagement = "CAREMGT",
        /// Breaking the glass, which nobody can consent to.
        BreakTheGlass = "BTG",
        /// Public health.
        PublicHealth = "PUBHLTH",
        /// Paying for care.
        HealthcarePayment = "HPAYMT",
        /// Research into a disease.
        DiseaseResearch = "DSRCH",
        /// The patient's own request.
        PatientRequest = "PATRQT",
    }

    /// What may be done with information.
    pub enum ConsentModeCode for ConsentAccessMode {
        /// It may be looked at.
        View = "view",
        /// A copy may be kept.
        Store = "store",
        /// It may be counted and compared.
        Query = "query",
        /// It may be followed as it comes.
        Stream = "stream",
    }

    /// A length of time.
    pub enum FrequencyUnitCode for FrequencyUnit {
        /// An hour.
        Hour = "hour",
        /// 24 hours.
        Day = "day",
        /// Seven times that.
        Week = "week",
        /// A month of the calendar.
        Month = "month",
    }

    /// Where a consent stands.
    pub enum ConsentStateCode for ConsentStatus {
        /// Somebody asks, and nobody has answered.
        Requested = "requested",
        /// It is given.
        Granted = "granted",
        /// It was refused.
        Denied = "denied",
        /// It was taken back.
        Revoked = "revoked",
        /// Its time is over, or nobody answered in time.
        Expired = "expired",
    }
}

/// What a grantee is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase")]
pub enum GranteeKind {
    /// One person, such as a doctor.
    Person,
    /// Whoever works in a department.
    Department,
    /// Whoever works at a hospital.
    Hospital,
    /// A program of others.
    Integrator,
}

/// Who is to see a part of a record.
#[derive(Object)]
pub struct GranteeIn {
    /// What they are.
    kind: GranteeKind,
    /// Which of them.
    id: Uuid,
    /// Of which hospital a department is.
    hospital: Option<Uuid>,
}

/// Who may see a part of a record.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct GranteeOut {
    /// What they are.
    kind: GranteeKind,
    /// Which of them.
    id: Uuid,
    /// Of which hospital a department is.
    hospital: Option<Uuid>,
}

impl GranteeIn {
    fn read(self) -> Result<Grantee, Problem> {
        const HOSPITAL: &str = "/grantee/hospital";
        let Self { kind, id, hospital } = self;
        if hospital.is_some() && kind != GranteeKind::Department {
            return Err(Problem::new(&kinds::INVALID_FIELD)
                .field(HOSPITAL)
                .detail("It is there for a department only."));
        }
        let missing = || invalid_field(HOSPITAL, ValueError::Empty);
        Ok(match kind {
            GranteeKind::Person => Grantee::Person { id: id.into() },
            GranteeKind::Department => Grantee::Department {
                id: id.into(),
                hospital: hospital.ok_or_else(missing)?.into(),
            },
            GranteeKind::Hospital => Grantee::Hospital { id: id.into() },
            GranteeKind::Integrator => Grantee::Integrator { id: id.into() },
        })
    }
}

impl From<Grantee> for GranteeOut {
    fn from(grantee: Grantee) -> Self {
        let (kind, id, hospital) = match grantee {
            Grantee::Person { id } => (GranteeKind::Person, id.uuid(), None),
            Grantee::Department { id, hospital } => {
                (GranteeKind::Department, id.uuid(), Some(hospital.uuid()))
            }
            Grantee::Hospital { id } => (GranteeKind::Hospital, id.uuid(), None),
            Grantee::Integrator { id } => (GranteeKind::Integrator, id.uuid(), None),
        };
        Self { kind, id, hospital }
    }
}

/// How often use may be made of a consent: at most so many times within any such stretch.
#[derive(Object)]
pub struct FrequencyIn {
    /// Of what the stretch is made.
    unit: FrequencyUnitCode,
    /// Of how many.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    value: u16,
    /// How many times.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    repeats: u16,
}

/// How often use may be made of a consent: at most so many times within any such stretch.
#[derive(Object)]
pub struct FrequencyOut {
    /// Of what the stretch is made.
    unit: FrequencyUnitCode,
    /// Of how many.
    value: u16,
    /// How many times.
    repeats: u16,
}

impl FrequencyIn {
    fn read(self) -> Result<ConsentFrequency, Problem> {
        Ok(ConsentFrequency {
            unit: self.unit.into(),
            value: number("/frequency/value", self.value)?,
            repeats: number("/frequency/repeats", self.repeats)?,
        })
    }
}

impl From<ConsentFrequency> for FrequencyOut {
    fn from(frequency: ConsentFrequency) -> Self {
        Self {
            unit: frequency.unit.into(),
            value: frequency.value.get(),
            repeats: frequency.repeats.get(),
        }
    }
}

/// A consent.
#[derive(Object)]
pub struct ConsentIn {
    /// Who is to see it.
    grantee: GranteeIn,
    /// For what.
    purpose: ConsentPurposeCode,
    /// Of what kinds the information is.
    #[oai(validator(min_items = 1, max_items = 7))]
    types: Vec<HealthInformationCode>,
    /// What may be done with it.
    mode: ConsentModeCode,
    /// From when on the information is.
    from: DateTime<Utc>,
    /// Until when it is, at most until the consent ends.
    to: DateTime<Utc>,
    /// When the consent ends, at most 365 days ahead.
    expires_at: DateTime<Utc>,
    /// How often use may be made of it; at will, if absent.
    frequency: Option<FrequencyIn>,
}

/// A consent that a patient is asked for.
#[derive(Object)]
pub struct ConsentRequestIn {
    /// Whose record it is.
    pub patient: Uuid,
    /// What is asked for.
    #[oai(flatten)]
    pub consent: ConsentIn,
}

/// In what a consent is less than what was asked for.
#[derive(Object)]
pub struct ConsentAnswerIn {
    /// Only of these kinds.
    #[oai(validator(min_items = 1, max_items = 7))]
    types: Option<Vec<HealthInformationCode>>,
    /// Only from here on.
    from: Option<DateTime<Utc>>,
    /// Only until here.
    to: Option<DateTime<Utc>>,
    /// Over at this instant.
    expires_at: Option<DateTime<Utc>>,
    /// Only so often.
    frequency: Option<FrequencyIn>,
}

impl ConsentIn {
    /// To whom, and what.
    ///
    /// # Errors
    /// 422, naming the field.
    pub fn read(self) -> Result<(Grantee, ConsentTerms), Problem> {
        let terms = ConsentTerms {
            purpose: self.purpose.into(),
            types: self.types.into_iter().map(Into::into).collect(),
            mode: self.mode.into(),
            from: self.from,
            to: self.to,
            expires_at: self.expires_at,
            frequency: self.frequency.map(FrequencyIn::read).transpose()?,
        };
        Ok((self.grantee.read()?, terms))
    }
}

impl ConsentAnswerIn {
    /// As the domain has it.
    ///
    /// # Errors
    /// 422, naming the field.
    pub fn read(self) -> Result<Narrowed, Problem> {
        Ok(Narrowed {
            types: self
                .types
                .map(|types| types.into_iter().map(Into::into).collect()),
            from: self.from,
            to: self.to,
            expires_at: self.expires_at,
            frequency: self.frequency.map(FrequencyIn::read).transpose()?,
        })
    }
}

/// A consent.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ConsentOut {
    /// The consent.
    id: Uuid,
    /// Whose record it is.
    patient: Uuid,
    /// Who asked, if anyone did.
    requester: Option<Uuid>,
    /// Who may, or wants to, see it.
    grantee: GranteeOut,
    /// For what.
    purpose: ConsentPurposeCode,
    /// Of what kinds the information is.
    types: Vec<HealthInformationCode>,
    /// What may be done with it.
    mode: ConsentModeCode,
    /// From when on the information is.
    from: DateTime<Utc>,
    /// Until when it is.
    to: DateTime<Utc>,
    /// When the consent ends.
    expires_at: DateTime<Utc>,
    /// How often use may be made of it; at will, if absent.
    frequency: Option<FrequencyOut>,
    /// Where it stands.
    state: ConsentStateCode,
    /// When it was asked for, or given without being asked.
    created_at: DateTime<Utc>,
    /// When it came to where it stands.
    decided_at: DateTime<Utc>,
    /// When a request lapses or a consent ends by itself.
    over_at: DateTime<Utc>,
    /// For `If-Match`.
    version: u64,
}

impl ConsentOut {
    /// As it stands at an instant.
    pub fn at(row: ConsentRow, now: DateTime<Utc>) -> Self {
        let state = row.state_at(now);
        let ended = state != row.state;
        let terms = row.terms.0;
        Self {
            id: row.consent.uuid(),
            patient: row.patient.uuid(),
            requester: row.requester.map(|person| person.uuid()),
            grantee: row.grantee.0.into(),
            purpose: terms.purpose.into(),
            types: terms.types.into_iter().map(Into::into).collect(),
            mode: terms.mode.into(),
            from: terms.from,
            to: terms.to,
            expires_at: terms.expires_at,
            frequency: terms.frequency.map(Into::into),
            state: state.into(),
            created_at: row.created_at,
            decided_at: if ended { row.over_at } else { row.decided_at },
            over_at: row.over_at,
            version: row.version,
        }
    }
}

/// Some consents.
#[derive(Object)]
pub struct ConsentsOut {
    /// The latest first.
    items: Vec<ConsentOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl ConsentsOut {
    /// As they stand at an instant.
    pub fn of(listed: Listed<ConsentRow, ConsentId>, now: DateTime<Utc>) -> Self {
        let rows = listed.rows.into_iter();
        Self {
            items: rows.map(|row| ConsentOut::at(row, now)).collect(),
            next: listed.next.map(|next| next.to_string()),
        }
    }
}

/// The receipt of a consent.
#[derive(Object)]
pub struct ConsentReceiptOut {
    /// A JWS in compact form.
    pub receipt: String,
}
