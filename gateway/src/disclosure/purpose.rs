//! Why people's data is read.

use std::collections::BTreeSet;

use medilink_commands::Resource;
use medilink_domain::SubjectId;
use medilink_domain::values::Role;

use crate::actor::SignedIn;

/// Why someone reads: by their relation to the data, in the log's words and in HL7's
/// PurposeOfUse.
pub(super) struct Purpose {
    pub(super) name: &'static str,
    pub(super) code: &'static str,
}

impl Purpose {
    pub(super) fn of(
        caller: &SignedIn,
        resource: &Resource,
        subjects: &BTreeSet<SubjectId>,
        in_emergency: bool,
    ) -> Self {
        let own = |subject: &SubjectId| subject.uuid() == caller.actor.id;
        // A program of others comes by consent alone, and only consent for care is looked for.
        let gives_care = |role| {
            matches!(
                role,
                Role::DepartmentHead | Role::Doctor | Role::Integrator | Role::Nurse
            )
        };
        if subjects.iter().all(own) {
            Self {
                name: "own-record",
                code: "PATRQT",
            }
        } else if in_emergency {
            Self {
                name: "treatment",
                code: "BTG",
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
