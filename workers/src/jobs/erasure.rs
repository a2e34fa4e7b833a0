//! Erases what is due: lets go of what ties the person to the hospital, destroys the keys, writes
//! that down, and certifies it once a signed checkpoint of the log covers it.
//!
//! A worker may be killed anywhere in between. What it had begun is due again, and each step of it
//! changes nothing when it is done a second time: the key of a tombstone can't come back.

use chrono::Utc;
use medilink_commands::appointment::Cancel;
use medilink_commands::erasure::{Begin, Certify, RecordShredding, Ties, ties};
use medilink_commands::export::Abandon;
use medilink_commands::session::End;
use medilink_commands::waitlist::Leave;
use medilink_commands::{CommandContext, Operation, access_token};
use medilink_domain::appointment::Party;
use medilink_domain::erasure::{Erasure, RecordShredding as Shredding, Stage};
use medilink_domain::values::TreeRoot;
use medilink_domain::{Category, Decider, ErasureId, SubjectId};
use medilink_projections::erasure::{ErasureRow, due, to_certify};
use medilink_projections::export::open_ones;
use medilink_vault::VaultError;

use crate::job::{Attempt, Due, DueJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct Erasing;

/// What is to be done.
pub(crate) enum Step {
    /// These categories have come to their time, or were begun.
    Erase(Vec<Category>),
    /// A checkpoint covers what was erased.
    Certify {
        /// How many events it covers.
        tree_size: u64,
        /// The root of the tree over them.
        root: TreeRoot,
    },
}

/// An erasure and what is to be done.
pub(crate) struct What {
    erasure: ErasureId,
    person: SubjectId,
    step: Step,
}

impl DueJob for Erasing {
    const NAME: &'static str = "erasure";
    type What = What;

    async fn due(&self, tools: &Tools, limit: u16) -> Result<Vec<Due<What>>, JobError> {
        let now = Utc::now();
        let rows = due(&tools.reads, now, limit).await?;
        let mut items: Vec<Due<What>> = rows
            .into_iter()
            .map(|row| {
                let categories = row.parts.0.iter().filter(|part| match part.stage {
                    Stage::Scheduled => part.not_before <= now,
                    Stage::Begun => true,
                    Stage::Shredded | Stage::Certified => false,
                });
                let categories = categories.map(|part| part.category).collect();
                item(&row, Step::Erase(categories))
            })
            .collect();
        if let Some(signed) = tools.reader().checkpoint(None).await? {
            let step = || Step::Certify {
                tree_size: signed.size,
                root: signed.root.into(),
            };
            let rows = to_certify(&tools.reads, signed.size, limit).await?;
            items.extend(rows.iter().map(|row| item(row, step())));
        }
        items.truncate(limit.into());
        Ok(items)
    }

    async fn carry_out(&self, tools: &Tools, due: &Due<What>, _: Attempt) -> Result<(), JobError> {
        let context = tools.because_of(Self::NAME, due.tenant, due.position);
        let What {
            erasure,
            person,
            step,
        } = &due.what;
        match step {
            Step::Erase(categories) => erase(tools, &context, *erasure, *person, categories).await,
            Step::Certify { tree_size, root } => {
                let certify = Certify {
                    erasure: *erasure,
                    tree_size: *tree_size,
                    root: *root,
                };
                tools.carry_out(&context, &certify, CERTIFIED).await?;
                Ok(())
            }
        }
    }
}

/// Withdrawn or put off a moment ago; the read model will soon say so too.
const CHANGED: &[&str] = &["erasure-closed", "erasure-not-due"];
/// Another checkpoint has done it.
const CERTIFIED: &[&str] = &["nothing-to-certify"];

fn item(row: &ErasureRow, step: Step) -> Due<What> {
    let name = match step {
        Step::Erase(_) => "erase",
        Step::Certify { .. } => "certify",
    };
    Due {
        key: format!("{}:{}:{name}", row.erasure, row.position),
        tenant: row.tenant,
        stream: Erasure::stream(&row.erasure),
        position: row.position,
        since: row.due_at.unwrap_or(row.requested_at),
        what: What {
            erasure: row.erasure,
            person: row.person,
            step,
        },
    }
}

async fn erase(
    tools: &Tools,
    context: &CommandContext,
    erasure: ErasureId,
    person: SubjectId,
    categories: &[Category],
) -> Result<(), JobError> {
    let mut begun = Vec::with_capacity(categories.len());
    for category in categories.iter().copied() {
        let begin = Begin { erasure, category };
        let outcome = tools.executor.execute(context, &begin).await;
        match outcome.map_err(JobError::from) {
            Ok(done) if done.answer.begun => begun.push(category),
            Ok(_) => {}
            Err(JobError::Permanent(code)) if CHANGED.contains(&code.as_ref()) => {}
            Err(error) => return Err(error),
        }
    }
    let person_goes = [Category::Identity, Category::Clinical];
    if begun.iter().any(|category| person_goes.contains(category)) {
        let ties = ties(&tools.executor, context.actor.tenant, person).await?;
        let_go(tools, context, ties).await?;
        take_back(tools, context, person).await?;
    }
    let vault = tools.codec.vault();
    for category in begun {
        fail::fail_point!("erasure-before-shred", |_| Err(JobError::Killed));
        let tenant = context.actor.tenant;
        let shredded = vault.shred(tenant, person, category, erasure.uuid()).await;
        let shredded = shredded.map_err(|error| away(&error))?;
        fail::fail_point!("erasure-before-record", |_| Err(JobError::Killed));
        let shredding = Shredding {
            category,
            tombstone: shredded.number,
            at: shredded.at,
        };
        let record = RecordShredding { erasure, shredding };
        tools.carry_out(context, &record, &[]).await?;
    }
    forget_snapshots(tools, context, person).await
}

/// Frees what others could have, and lets the person in no more. A visit that can't be called off
/// any more, or a session that ended by itself, is nothing that an erasure should wait for.
async fn let_go(tools: &Tools, context: &CommandContext, ties: Ties) -> Result<(), JobError> {
    let reason = || "erased".parse().map_err(|_| JobError::permanent("no-code"));
    for appointment in ties.visits {
        let cancel = Cancel {
            by: Party::Hospital,
            ..Cancel::new(appointment)
        };
        try_to(tools, context, &cancel).await?;
    }
    for entry in ties.waits {
        try_to(tools, context, &Leave { entry }).await?;
    }
    for session in ties.sessions {
        let reason = reason()?;
        try_to(tools, context, &End { session, reason }).await?;
    }
    for token in ties.tokens {
        let reason = reason()?;
        try_to(tools, context, &access_token::Revoke { token, reason }).await?;
    }
    Ok(())
}

/// Copies of what is to be erased; their files go with the keys that they are sealed under.
async fn take_back(
    tools: &Tools,
    context: &CommandContext,
    person: SubjectId,
) -> Result<(), JobError> {
    for row in open_ones(&tools.reads, context.actor.tenant, person).await? {
        let cause = "erased".parse();
        let abandon = Abandon {
            export: row.export,
            cause: cause.map_err(|_| JobError::permanent("no-code"))?,
        };
        try_to(tools, context, &abandon).await?;
    }
    Ok(())
}

async fn try_to<O: Operation>(
    tools: &Tools,
    context: &CommandContext,
    operation: &O,
) -> Result<(), JobError> {
    match tools.carry_out(context, operation, &[NOT_FOUND]).await {
        Err(JobError::Permanent(code)) => {
            tracing::warn!(operation = O::NAME, %code, "an erasure goes on without this");
            Ok(())
        }
        other => other.map(drop),
    }
}

/// States of the person's streams that were kept to save folding: they can't be opened any more.
async fn forget_snapshots(
    tools: &Tools,
    context: &CommandContext,
    person: SubjectId,
) -> Result<(), JobError> {
    let client = tools.database.client().await?;
    let sql = "DELETE FROM log.snapshots WHERE tenant = $1 AND subject = $2";
    let tenant = context.actor.tenant.uuid();
    let forgotten = client.execute(sql, &[&tenant, &person.uuid()]).await;
    forgotten
        .map(drop)
        .map_err(medilink_database::DatabaseError::from)?;
    Ok(())
}

/// Whatever keeps the vault from shredding, an erasure that has begun must come to its end.
fn away(error: &VaultError) -> JobError {
    tracing::warn!(%error, "a key could not be destroyed yet");
    if error.is_transient() {
        JobError::Away(error.to_string())
    } else {
        JobError::transient("not-shredded")
    }
}
