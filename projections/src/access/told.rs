//! Accesses in plain words, for the person whose data it is.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use medilink_domain::access::words::{Ground, Told, What, Who};
use medilink_domain::values::{EmergencyReason, Language, Role};
use medilink_domain::{ConsentId, EmergencyAccessId, TenantId, majority};

use super::AccessRow;
use crate::names::Names;
use crate::reads::{ReadError, Reads};
use crate::{consent, emergency_access};

/// What accesses rested on, as far as that is still known.
#[derive(Debug)]
pub struct Grounds {
    /// Why the records were opened.
    reasons: HashMap<EmergencyAccessId, EmergencyReason>,
    /// When the consents were given.
    granted: HashMap<ConsentId, DateTime<Utc>>,
}

impl Grounds {
    /// What these rested on.
    ///
    /// # Errors
    /// [`ReadError`] when that can't be read.
    pub async fn of(
        reads: &Reads,
        tenant: TenantId,
        rows: &[AccessRow],
    ) -> Result<Self, ReadError> {
        let accesses: BTreeSet<_> = rows.iter().filter_map(|row| row.emergency).collect();
        let opened = emergency_access::among(reads, tenant, accesses).await?;
        let consents: BTreeSet<_> = rows.iter().flat_map(|row| row.consents.0.clone()).collect();
        let given = consent::among(reads, tenant, consents).await?.into_iter();
        let opened = opened.into_iter();
        Ok(Self {
            reasons: opened.map(|row| (row.access, row.reason)).collect(),
            granted: given
                .filter_map(|row| Some((row.consent, row.granted_at?)))
                .collect(),
        })
    }

    fn under(&self, row: &AccessRow) -> Option<Ground> {
        match (row.emergency, &row.consents.0[..]) {
            (Some(access), _) => Some(Ground::Emergency(self.reasons.get(&access).copied())),
            (None, []) => None,
            (None, [one]) => {
                let granted_at = self.granted.get(one);
                // As the patient's calendar had it, by the law that consent is given under.
                Some(Ground::Consent(granted_at.map(|at| majority::today(*at))))
            }
            // More than one day would have to be told.
            (None, [..]) => Some(Ground::Consent(None)),
        }
    }
}

/// One access in a sentence, as the person is told of it.
pub fn sentence(row: &AccessRow, names: &Names, grounds: &Grounds, language: Language) -> String {
    let what = match (&row.action, &row.purpose) {
        (Some(action), _) => What::Refused {
            action,
            resource: &row.resource,
        },
        (None, purpose) => What::Read {
            resource: &row.resource,
            purpose: purpose.as_ref(),
            ground: grounds.under(row),
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
