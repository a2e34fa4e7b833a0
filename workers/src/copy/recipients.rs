//! Who has seen a person's data and for what, in words and by name, each together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use medilink_domain::values::Language;
use medilink_projections::access::told::{Grounds, sentence};
use medilink_projections::access::{self, AccessCursor, AccessRow, Wanted};
use medilink_projections::{MAX_PAGE, Page};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Wish;
use super::dossier::{Dossier, Scope, subject};
use crate::job::{JobError, Tools};

/// Who they are, what it was and why: what is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    actor: Option<Uuid>,
    roles: Vec<&'static str>,
    resource: String,
    action: Option<String>,
    purpose: Option<String>,
    /// All of it in a sentence, and what it rested on.
    text: String,
}

/// Somebody who has seen data of one kind for one purpose, or wanted to.
#[derive(Clone, Debug)]
pub(super) struct Recipient {
    key: Key,
    /// How often.
    pub(super) times: u64,
    /// For the first time.
    pub(super) first: DateTime<Utc>,
    /// And for the last.
    pub(super) last: DateTime<Utc>,
}

impl Recipient {
    /// In one sentence.
    pub(super) fn text(&self) -> &str {
        &self.key.text
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "text": self.key.text, "actor": self.key.actor, "roles": self.key.roles,
            "resource": self.key.resource, "purpose": self.key.purpose,
            "refused": self.key.action, "times": self.times,
            "first": self.first, "last": self.last,
        })
    }
}

/// One page of the history of accesses, the latest first, up to the request; and where the next
/// begins.
pub(super) async fn page(
    tools: &Tools,
    wish: Wish<'_>,
    after: Option<AccessCursor>,
) -> Result<(Vec<AccessRow>, Option<AccessCursor>), JobError> {
    let wanted = Wanted {
        subject: Some(subject(&wish)),
        ..Wanted::default()
    };
    let page = Page {
        after,
        limit: MAX_PAGE,
    };
    let listed = access::list(&tools.reads, wish.tenant, &wanted, page).await?;
    let listed = listed.ok_or_else(|| JobError::transient("history-moved"))?;
    Ok((listed.rows, listed.next))
}

/// All of them, the latest first.
pub(super) async fn of(
    tools: &Tools,
    wish: Wish<'_>,
    dossier: &mut Dossier,
) -> Result<Vec<Recipient>, JobError> {
    let mut found: BTreeMap<Key, Recipient> = BTreeMap::new();
    // Who keeps a part of a record is not told who else has seen it.
    if dossier.scope != Scope::Whole {
        return Ok(Vec::new());
    }
    let mut after = None;
    loop {
        let (rows, next) = page(tools, wish, after).await?;
        let people: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.actor).collect();
        dossier.know(tools, wish, people).await?;
        let grounds = Grounds::of(&tools.reads, wish.tenant, &rows).await?;
        for row in &rows {
            count(&mut found, row, dossier, &grounds, wish.asked.language);
        }
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let mut all: Vec<Recipient> = found.into_values().collect();
    all.sort_by_key(|recipient| std::cmp::Reverse(recipient.last));
    Ok(all)
}

fn count(
    found: &mut BTreeMap<Key, Recipient>,
    row: &AccessRow,
    dossier: &Dossier,
    grounds: &Grounds,
    language: Language,
) {
    let key = Key {
        actor: row.actor,
        roles: row.roles.0.iter().map(|role| role.name()).collect(),
        resource: row.resource.to_string(),
        action: row.action.as_ref().map(ToString::to_string),
        purpose: row.purpose.as_ref().map(ToString::to_string),
        text: sentence(row, &dossier.names, grounds, language),
    };
    let entry = found.entry(key.clone()).or_insert_with(|| Recipient {
        key,
        times: 0,
        first: row.at,
        last: row.at,
    });
    entry.times += 1;
    entry.first = entry.first.min(row.at);
    entry.last = entry.last.max(row.at);
}
