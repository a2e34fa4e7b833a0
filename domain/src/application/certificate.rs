//! Papers that a manager has looked at.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ApplicationId, SubjectId};
use crate::values::{Code, ShortText};

/// A paper that shows what somebody may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// What it is, such as `medical-registration`.
    pub kind: Code,
    /// The number on it.
    pub number: ShortText,
}

/// A manager saw a certificate and found it right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CertificateVerified {
    /// The application that it belongs to.
    pub application: ApplicationId,
    /// The certificate.
    pub certificate: Certificate,
    /// The manager.
    pub verified_by: SubjectId,
    /// When.
    pub verified_at: DateTime<Utc>,
}
