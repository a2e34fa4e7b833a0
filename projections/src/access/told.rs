//! Accesses in plain words, for the person whose data it is.

use std::collections::{BTreeSet, HashMap};

use medilink_domain::access::words::{Ground, Told, What, Who};
use medilink_domain::values::{EmergencyReason, Language, Role};
use medilink_domain::{EmergencyAccessId, TenantId};

use super::AccessRow;
use crate::emergency_access;
use crate::names::Names;
use crate::reads::{ReadError, Reads};

/// Why the records were opened that accesses rested on, as far as that is still known.
pub type Reasons = HashMap<EmergencyAccessId, EmergencyReason>;

/// Why the records were opened that these rested on.
///
/// # Errors
/// [`ReadError`] when that can't be read.
pub async fn reasons(
    reads: &Reads,
    tenant: TenantId,
    rows: &[AccessRow],
) -> Result<Reasons, ReadError> {
    let accesses: BTreeSet<_> = rows.iter().filter_map(|row| row.emergency).collect();
    let found = emergency_access::among(reads, tenant, accesses).await?;
    let found = found.into_iter();
    Ok(found.map(|row| (row.access, row.reason)).collect())
}

/// One access in a sentence, as the person is told of it.
pub fn sentence(row: &AccessRow, names: &Names, reasons: &Reasons, language: Language) -> String {
    let what = match (&row.action, &row.purpose) {
        (Some(action), _) => What::Refused {
            action,
            resource: &row.resource,
        },
        (None, purpose) => What::Read {
            resource: &row.resource,
            purpose: purpose.as_ref(),
            ground: match (row.emergency, &row.consents.0[..]) {
                (Some(access), _) => Some(Ground::Emergency(reasons.get(&access).copied())),
                (None, []) => None,
                (None, [..]) => Some(Ground::Consent(None)),
            },
        },
    };
    let who = who(row, names);
    Told { who, what }.sentence(language)
}

fn who<'a>(row: &'a AccessRow, names: &'a Names) -> Who<'a> {
    let roles = &row.roles.0[..];
    let Some(actor) = row.actor else {
        return match roles {
            [] => Who::NotSignedIn,
            [Role::Worker] => Who::Platform,
            _ => Who::Console,
        };
    };
    if roles.contains(&Role::CalendarFeed) {
        return Who::CalendarProgram;
    }
    if actor == row.subject.uuid() {
        return Who::Yourself;
    }
    if let Some(program) = names.program(actor) {
        return Who::Program(program, roles);
    }
    match (names.person(actor), names.hospital(actor, roles)) {
        (Some(name), _) => Who::Named(name, roles),
        (None, Some(hospital)) => Who::AtHospital(hospital, roles),
        (None, None) => Who::InRoles(roles),
    }
}
