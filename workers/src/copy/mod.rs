//! A copy of what is held about a person: a ZIP with `data.json` (all of it, as
//! `schemas/export.v1.json` says), `fhir.json` (a FHIR R4 bundle) and `report.pdf` (for people).
//!
//! Nothing of it is ever on a disk in the clear: the archive is encrypted as it grows. What is in
//! memory at once is a page of the log, and what a person has of visits, notices and consents.

mod archive;
mod data;
mod dossier;
mod fhir;
mod recipients;
mod report;

use std::collections::BTreeSet;

use medilink_blobs::{BlobError, BlobName, Blobs, Owner};
use medilink_domain::export::{ExportFormat, File, Requested};
use medilink_domain::registry::event_types;
use medilink_domain::{Category, Privacy, TenantId};
use medilink_log::Position;
use uuid::Uuid;

use crate::job::{JobError, Tools};
use archive::Archive;
use dossier::Dossier;

/// What kind of files they are in the store.
pub(crate) const KIND: &str = "exports";

/// What is asked for, in which tenant, and since which event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) asked: &'a Requested,
    pub(crate) requested: Position,
}

/// Who is told how much of a copy is made; an error ends the making.
pub(crate) trait Progress: Sync {
    fn reached(&self, percent: u8) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// Makes a copy. There is a file only if all of it could be written.
///
/// # Errors
/// [`JobError`] when a part is away, or something can't be read.
pub(crate) async fn make(
    tools: &Tools,
    blobs: &Blobs,
    wish: Wish<'_>,
    progress: &impl Progress,
) -> Result<File, JobError> {
    let owner = Owner {
        tenant: wish.tenant,
        subject: wish.asked.person,
    };
    let name = BlobName {
        kind: KIND,
        of: wish.asked.export.uuid(),
        file: Uuid::now_v7(),
    };
    // Before anything is read: see `Blobs::create`.
    let writer = blobs.create(owner, name, &categories()).await;
    let mut archive = Archive::new(writer.map_err(failed)?);
    match fill(tools, wish, &mut archive, progress).await {
        Ok(()) => {
            let written = archive.finish().await.map_err(failed)?;
            Ok(File {
                file: name.file,
                size: written.size,
                digest: written.digest,
            })
        }
        Err(error) => {
            archive.abort().await;
            Err(error)
        }
    }
}

async fn fill(
    tools: &Tools,
    wish: Wish<'_>,
    archive: &mut Archive,
    progress: &impl Progress,
) -> Result<(), JobError> {
    let mut dossier = Dossier::gather(tools, wish).await?;
    let recipients = recipients::of(tools, wish, &mut dossier).await?;
    progress.reached(10).await?;
    let wanted = |format| wish.asked.formats.contains(&format);
    if wanted(ExportFormat::Json) {
        data::write(tools, wish, &dossier, &recipients, archive, progress).await?;
    }
    progress.reached(60).await?;
    if wanted(ExportFormat::Fhir) {
        fhir::write(tools, wish, &dossier, archive).await?;
    }
    progress.reached(80).await?;
    if wanted(ExportFormat::Pdf) {
        let report = report::of(wish, &dossier, &recipients)?;
        archive.file("report.pdf", &report).await?;
    }
    progress.reached(95).await
}

/// All that personal events can be of.
fn categories() -> Vec<Category> {
    let kinds = event_types().into_iter();
    let personal = kinds.filter_map(|kind| match kind.privacy {
        Privacy::Personal(category) => Some(category),
        Privacy::Operational => None,
    });
    let all: BTreeSet<Category> = personal.collect();
    all.into_iter().collect()
}

/// Why a job can't go on that works with files.
pub(crate) fn failed(error: BlobError) -> JobError {
    match error {
        error if error.is_transient() => JobError::Away(error.to_string()),
        BlobError::Erased => JobError::permanent("data-erased"),
        error => {
            tracing::error!(%error, "a file can't be kept");
            JobError::permanent("file-refused")
        }
    }
}
