//! What the policies would say of somebody: asked by those who answer for permissions. It
//! decides, and does nothing.

use chrono::{DateTime, Utc};
use medilink_database::{Database, DatabaseError};
use medilink_domain::TenantId;
use uuid::Uuid;

use crate::access_token::known_roles;
use crate::actor::Actor;
use crate::staff::{self, GIVEN, GIVEN_TO};

/// The kinds of things that actions are about, in alphabetical order.
const KINDS: &[&str] = &[
    "access",
    "access token",
    "account",
    "application",
    "appointment",
    "calendar feed",
    "checkpoint",
    "consent",
    "dead letter",
    "doctor",
    "emergency access",
    "erasure",
    "export",
    "feedback",
    "hospital",
    "hospital code",
    "integrator",
    "invitation",
    "member of staff",
    "network",
    "notice",
    "patient",
    "person",
    "platform",
    "policy",
    "queue",
    "read model",
    "schedule",
    "second factor",
    "series",
    "session",
    "slot",
    "verification",
    "visit type",
    "waitlist entry",
];

/// A kind of thing, by its name, in which a hyphen may stand for a space.
pub fn kind(name: &str) -> Option<&'static str> {
    let name = name.replace('-', " ");
    KINDS.iter().copied().find(|kind| *kind == name)
}

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct Holder {
    /// As whom they would act, had they just shown a second factor.
    pub actor: Actor,
    /// Whether their account lets nobody in.
    pub disabled: bool,
}

/// Who somebody is to the network and its hospitals now, whether they are signed in or not.
///
/// # Errors
/// When the database doesn't answer.
pub async fn holder(
    database: &Database,
    tenant: TenantId,
    person: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Holder>, DatabaseError> {
    let client = database.client().await?;
    let sql = format!(
        "SELECT s.roles, s.disabled_at IS NOT NULL, {GIVEN}
         FROM (SELECT account AS person, roles, disabled_at FROM inline.accounts
               WHERE account = $1 AND tenant = $3) s {GIVEN_TO}"
    );
    let statement = client.prepare_cached(&sql).await?;
    let row = client
        .query_opt(&statement, &[&person, &now, &tenant.uuid()])
        .await?;
    Ok(row.map(|row| {
        let roles: Vec<String> = row.get(0);
        let actor = Actor::new(person, tenant, known_roles(&roles));
        let given = (staff::roles_of_row(&row), staff::permissions_of_row(&row));
        Holder {
            actor: Actor {
                second_factor: true,
                proven_at: Some(now),
                ..staff::with(actor, given)
            },
            disabled: row.get(1),
        }
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops where it is wrong")]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                into.push(path);
            }
        }
    }

    /// The texts that come right after a mark.
    fn named<'a>(source: &'a str, mark: &str) -> Vec<&'a str> {
        let after = source.split(mark).skip(1);
        after
            .filter_map(|rest| Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0))
            .collect()
    }

    #[test]
    fn every_kind_that_is_asked_about_can_be_asked_about() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for folder in ["src", "../gateway/src"] {
            sources(&here.join(folder), &mut files);
        }
        files.retain(|file| *file != here.join("src/policy.rs"));
        let mut found = BTreeSet::new();
        for file in files {
            let source = std::fs::read_to_string(&file).unwrap();
            for mark in ["of_tenant(", "const KIND: &str ="] {
                found.extend(named(&source, mark).into_iter().map(str::to_owned));
            }
        }
        let known: BTreeSet<String> = KINDS.iter().map(|kind| (*kind).to_owned()).collect();
        assert_eq!(found, known);
        assert!(KINDS.is_sorted());
    }

    #[test]
    fn a_kind_may_be_written_as_a_code() {
        assert_eq!(kind("visit-type"), Some("visit type"));
        assert_eq!(kind("member of staff"), Some("member of staff"));
        assert_eq!(kind("Patient"), None);
        assert_eq!(kind(""), None);
    }
}
