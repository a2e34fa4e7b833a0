//! What a person or a process is to the hospital; policies grant by it.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ValueError;

/// A role. Its name is stored in tokens and in the log, and used in policies: stable for ever.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[schemars(inline)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Receives care, and owns the record of it.
    Patient,
    /// Gives care.
    Doctor,
    /// Books and registers on behalf of patients.
    Receptionist,
    /// Runs a hospital: departments, doctors, opening times.
    Administrator,
    /// Runs the platform: dead letters, rebuilds. Sees no record.
    Operator,
    /// Reviews who did and saw what.
    ComplianceOfficer,
    /// A background process of the platform itself.
    Worker,
}

impl Role {
    /// All roles, in a fixed order.
    pub const ALL: [Self; 7] = [
        Self::Patient,
        Self::Doctor,
        Self::Receptionist,
        Self::Administrator,
        Self::Operator,
        Self::ComplianceOfficer,
        Self::Worker,
    ];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Doctor => "doctor",
            Self::Receptionist => "receptionist",
            Self::Administrator => "administrator",
            Self::Operator => "operator",
            Self::ComplianceOfficer => "compliance-officer",
            Self::Worker => "worker",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or(ValueError::UnknownRole)
    }
}
