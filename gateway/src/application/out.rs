//! Applications as they are shown.

use chrono::{DateTime, Utc};
use medilink_domain::application::CertificateVerified;
use medilink_domain::values::ShortText;
use medilink_projections::application::ApplicationRow;
use poem_openapi::Object;
use uuid::Uuid;

use crate::wire::{ApplicationStatusCode, LanguageCode, RoleCode};

/// A paper that a manager has looked at.
#[derive(Object)]
pub struct VerifiedCertificateOut {
    /// What it is.
    kind: String,
    /// The number on it.
    number: String,
    /// The manager.
    verified_by: Uuid,
    /// When.
    verified_at: DateTime<Utc>,
}

impl From<CertificateVerified> for VerifiedCertificateOut {
    fn from(verified: CertificateVerified) -> Self {
        Self {
            kind: verified.certificate.kind.to_string(),
            number: verified.certificate.number.as_str().to_owned(),
            verified_by: verified.verified_by.uuid(),
            verified_at: verified.verified_at,
        }
    }
}

/// An application to work at a hospital.
#[derive(Object)]
pub struct ApplicationOut {
    /// The application.
    id: Uuid,
    /// Who applies.
    applicant: Uuid,
    /// Where they want to work.
    hospital: Uuid,
    /// As what.
    role: RoleCode,
    /// Where it stands.
    status: ApplicationStatusCode,
    /// Why it was rejected, if it was.
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
    /// When it was made.
    submitted_at: DateTime<Utc>,
    /// When it was decided or withdrawn, if it was.
    #[oai(skip_serializing_if_is_none)]
    decided_at: Option<DateTime<Utc>>,
    /// Their name.
    name: String,
    /// Their number in the council's register.
    #[oai(skip_serializing_if_is_none)]
    registration_number: Option<String>,
    /// What they know about.
    specialties: Vec<String>,
    /// What they speak.
    languages: Vec<LanguageCode>,
    /// Where they would like to work; where they do, once approved.
    #[oai(skip_serializing_if_is_none)]
    department: Option<Uuid>,
    /// What a manager has looked at.
    certificates: Vec<VerifiedCertificateOut>,
    /// For `If-Match`.
    version: u64,
}

impl From<ApplicationRow> for ApplicationOut {
    fn from(row: ApplicationRow) -> Self {
        let text = |text: &ShortText| text.as_str().to_owned();
        Self {
            id: row.application.uuid(),
            applicant: row.applicant.uuid(),
            hospital: row.hospital.uuid(),
            role: row.role.into(),
            status: row.status.into(),
            reason: row.reason.map(|reason| reason.to_string()),
            submitted_at: row.submitted_at,
            decided_at: row.decided_at,
            name: row.name.as_str().to_owned(),
            registration_number: row
                .registration_number
                .map(|number| number.as_str().to_owned()),
            specialties: row.specialties.iter().map(text).collect(),
            languages: row.languages.into_iter().map(Into::into).collect(),
            department: row.department.map(|department| department.uuid()),
            certificates: row.certificates.into_iter().map(Into::into).collect(),
            version: row.version,
        }
    }
}

/// Some applications.
#[derive(Object)]
pub struct ApplicationsOut {
    /// In the order in which they were made.
    pub(super) items: Vec<ApplicationOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    pub(super) next: Option<String>,
}
