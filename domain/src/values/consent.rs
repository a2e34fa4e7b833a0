//! The vocabulary of a consent, that of ABDM's consent artefact (National Health Authority,
//! Ayushman Bharat Digital Mission, HIU and HIP APIs): `hiTypes`, `purpose.code`,
//! `permission.accessMode`, `permission.frequency`.

use super::names::names;
use super::numbers::number;

names! {
    /// A kind of health information: `hiTypes` of ABDM's consent artefact.
    pub enum HealthInformationType or UnknownHealthInformationType {
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
}

names! {
    /// What information is asked for: `purpose.code` of ABDM's consent artefact, by ABDM's own
    /// codes (`purpose.refUri` names their list, which follows HL7 v3 PurposeOfUse).
    pub enum ConsentPurpose or UnknownConsentPurpose {
        /// Care of the patient.
        CareManagement = "CAREMGT",
        /// Breaking the glass in an emergency, which is no consent.
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
}

names! {
    /// What may be done with the information: `permission.accessMode` of ABDM's consent
    /// artefact. ABDM puts them in no order, so none is part of another.
    pub enum ConsentAccessMode or UnknownConsentAccessMode {
        /// It may be looked at.
        View = "view",
        /// A copy may be kept.
        Store = "store",
        /// It may be counted and compared.
        Query = "query",
        /// It may be followed as it comes.
        Stream = "stream",
    }
}

names! {
    /// A length of time: `permission.frequency.unit` of ABDM's consent artefact.
    pub enum FrequencyUnit or UnknownFrequencyUnit {
        /// An hour.
        Hour = "hour",
        /// 24 hours.
        Day = "day",
        /// Seven times that.
        Week = "week",
        /// A month of the calendar.
        Month = "month",
    }
}

number! {
    /// How many units of time, or how many uses in them, from 1 to 1000: `value` and `repeats`
    /// of ABDM's `permission.frequency`.
    pub struct FrequencyCount(u16) in 1..=1000 or NotAFrequencyCount;
}

impl HealthInformationType {
    /// ABDM's name.
    pub const fn abdm(self) -> &'static str {
        match self {
            Self::Prescription => "Prescription",
            Self::DiagnosticReport => "DiagnosticReport",
            Self::OPConsultation => "OPConsultation",
            Self::DischargeSummary => "DischargeSummary",
            Self::ImmunizationRecord => "ImmunizationRecord",
            Self::HealthDocumentRecord => "HealthDocumentRecord",
            Self::WellnessRecord => "WellnessRecord",
        }
    }
}

impl ConsentPurpose {
    /// ABDM's words for it; nobody else's are ever stored.
    pub const fn text(self) -> &'static str {
        match self {
            Self::CareManagement => "Care Management",
            Self::BreakTheGlass => "Break the Glass",
            Self::PublicHealth => "Public Health",
            Self::HealthcarePayment => "Healthcare Payment",
            Self::DiseaseResearch => "Disease Specific Healthcare Research",
            Self::PatientRequest => "Self Requested",
        }
    }
}

impl ConsentAccessMode {
    /// ABDM's name.
    pub const fn abdm(self) -> &'static str {
        match self {
            Self::View => "VIEW",
            Self::Store => "STORE",
            Self::Query => "QUERY",
            Self::Stream => "STREAM",
        }
    }
}

impl FrequencyUnit {
    /// ABDM's name.
    pub const fn abdm(self) -> &'static str {
        match self {
            Self::Hour => "HOUR",
            Self::Day => "DAY",
            Self::Week => "WEEK",
            Self::Month => "MONTH",
        }
    }
}
