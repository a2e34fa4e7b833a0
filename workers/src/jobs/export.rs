//! Makes copies of people's data, ends those whose time is over, and deletes what is left of
//! those that are over.
//!
//! A worker may be killed anywhere in between. A copy that was begun is then made anew, under
//! another name, so that there are never two of which each is half; the log takes one as the
//! copy, and what else was begun is deleted with it.

use std::path::PathBuf;

use chrono::Utc;
use medilink_blobs::Blobs;
use medilink_commands::CommandContext;
use medilink_commands::export::{Complete, Delete, Expire, Fail, Progress, Start};
use medilink_domain::export::{Export, ExportState};
use medilink_domain::{Decider, ExportId};
use medilink_projections::export::{ExportRow, LONGEST, due};

use crate::copy::{self, KIND, Wish};
use crate::job::{Attempt, Due, DueJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct Exporting {
    pub(crate) folder: PathBuf,
}

impl DueJob for Exporting {
    const NAME: &'static str = "export";
    const LONGEST: Option<std::time::Duration> = Some(std::time::Duration::from_secs(
        LONGEST.num_seconds().unsigned_abs(),
    ));

    type What = ExportRow;

    async fn due(&self, tools: &Tools, limit: u16) -> Result<Vec<Due<ExportRow>>, JobError> {
        let rows = due(&tools.reads, Utc::now(), limit).await?;
        let item = |row: ExportRow| {
            let step = if to_make(&row) { "make" } else { "clear" };
            Due {
                key: format!("{}:{step}", row.export),
                tenant: row.tenant,
                stream: Export::stream(&row.export),
                position: row.requested,
                since: row.due_at.unwrap_or(row.requested_at),
                what: row,
            }
        };
        Ok(rows.into_iter().map(item).collect())
    }

    async fn carry_out(
        &self,
        tools: &Tools,
        due: &Due<ExportRow>,
        attempt: Attempt,
    ) -> Result<(), JobError> {
        let vault = tools.codec.vault().clone();
        let blobs = Blobs::in_folder(&self.folder, vault).map_err(copy::failed)?;
        let context = CommandContext {
            // Each step changes nothing when it is done twice, and is to be judged anew each time.
            idempotency: None,
            ..tools.because_of(Self::NAME, due.tenant, due.position)
        };
        if !to_make(&due.what) {
            return clear(tools, &blobs, &context, &due.what).await;
        }
        match make(tools, &blobs, &context, due).await {
            Err(JobError::Permanent(code)) if OVER.contains(&code.as_ref()) => Ok(()),
            Err(JobError::Permanent(code)) => give_up(tools, &context, due, &code).await,
            Err(JobError::Transient(code)) if attempt.last => {
                give_up(tools, &context, due, &code).await
            }
            other => other,
        }
    }
}

/// Cancelled, or made by another worker, a moment ago; the read model will soon say so too.
const OVER: &[&str] = &["export-closed", "export-complete", NOT_FOUND];

const fn to_make(row: &ExportRow) -> bool {
    matches!(row.state, ExportState::Queued | ExportState::Running)
}

async fn make(
    tools: &Tools,
    blobs: &Blobs,
    context: &CommandContext,
    due: &Due<ExportRow>,
) -> Result<(), JobError> {
    let export = due.what.export;
    let started = tools.executor.execute(context, &Start { export }).await?;
    let Some(asked) = started.answer.asked else {
        return Ok(());
    };
    fail::fail_point!("export-after-start", |_| Err(JobError::Killed));
    let wish = Wish {
        tenant: due.tenant,
        asked: &asked,
        requested: due.position,
    };
    let teller = Teller {
        tools,
        context,
        export,
    };
    let file = copy::make(tools, blobs, wish, &teller).await?;
    fail::fail_point!("export-before-complete", |_| Err(JobError::Killed));
    let complete = Complete { export, file };
    let made = tools.executor.execute(context, &complete).await;
    match made.map_err(JobError::from) {
        Ok(made) if made.answer.ready => Ok(()),
        Ok(_) => delete(blobs, export).await,
        // Cancelled while it was made: nobody else will look for the file for an hour.
        Err(JobError::Permanent(code)) if code == "export-closed" => delete(blobs, export).await,
        Err(error) => Err(error),
    }
}

async fn delete(blobs: &Blobs, export: ExportId) -> Result<(), JobError> {
    let deleted = blobs.delete_of(KIND, export.uuid()).await;
    deleted.map_err(copy::failed)
}

/// Tells the log how far a copy is, and hears from it that nobody wants it any more.
struct Teller<'a> {
    tools: &'a Tools,
    context: &'a CommandContext,
    export: ExportId,
}

impl copy::Progress for Teller<'_> {
    async fn reached(&self, percent: u8) -> Result<(), JobError> {
        let progress = Progress {
            export: self.export,
            percent,
        };
        let told = self.tools.executor.execute(self.context, &progress).await;
        Ok(told.map(drop)?)
    }
}

/// Whoever asked is told that there will be no copy, and an operator why.
async fn give_up(
    tools: &Tools,
    context: &CommandContext,
    due: &Due<ExportRow>,
    code: &str,
) -> Result<(), JobError> {
    let export = due.what.export;
    tracing::error!(%export, code, "a copy of a person's data can't be made");
    let cause = code.parse().or_else(|_| "unknown".parse());
    let cause = cause.map_err(|_| JobError::permanent("no-code"))?;
    let fail = Fail { export, cause };
    tools.carry_out(context, &fail, OVER).await.map(drop)
}

/// Ends it if its time is over, and deletes its file and what was begun of others.
async fn clear(
    tools: &Tools,
    blobs: &Blobs,
    context: &CommandContext,
    row: &ExportRow,
) -> Result<(), JobError> {
    let export = row.export;
    if row.state == ExportState::Ready {
        tools.carry_out(context, &Expire { export }, &[]).await?;
    }
    delete(blobs, export).await?;
    fail::fail_point!("export-before-deleted", |_| Err(JobError::Killed));
    tools
        .carry_out(context, &Delete { export }, &[])
        .await
        .map(drop)
}
