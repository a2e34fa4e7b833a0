//! Tells somebody that a copy of their data can be fetched, whoever asked for it.
//!
//! The notice's id follows from the export, so that however often the event comes, one notice is
//! written.

use medilink_commands::notice::WriteExport;
use medilink_domain::export::{Export, ExportEvent, KEPT};
use medilink_domain::notice::words::export_ready;
use medilink_domain::notice::{About, NoticeKind};
use medilink_domain::{AccountId, Decider, ExportId, NoticeId, PatientId};
use medilink_log::RecordedEvent;
use uuid::Uuid;

use super::recipient::Recipient;
use crate::job::{EventJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct ExportNotice {
    /// Whether e-mail can be sent.
    pub(crate) email: bool,
}

/// Refusals after which nothing is left to be said: it is written, or the copy is gone.
const SAID_OR_VOID: &[&str] = &["notice-already-written", "export-closed", NOT_FOUND];

impl EventJob for ExportNotice {
    const NAME: &'static str = "export-notice";
    const EVENTS: &'static [&'static str] = &["export.completed"];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let history = tools.history::<ExportEvent>(event.tenant, &event.stream);
        let mut export = Export::default();
        for earlier in history.await?.into_iter().flatten() {
            export.evolve(&earlier);
        }
        let Ok(asked) = export.asked() else {
            return Ok(());
        };
        let patient = PatientId::from(asked.person);
        let mut known = Recipient::of(tools, event.tenant, patient, self.email).await?;
        if known.is_none() {
            // Who works for a hospital has an account, and need not be a patient.
            let account = AccountId(asked.person.uuid());
            known = Recipient::with_account(tools, event.tenant, account, self.email).await?;
        }
        // Nobody writes to whoever is erased.
        let Some(known) = known else {
            return Ok(());
        };
        let words = export_ready(known.language, KEPT.num_days());
        let (id, about) = (notice_of(asked.export), About::Export(asked.export));
        let notice = known.notice(id, NoticeKind::ExportReady, about, words);
        let context = tools.because_of(Self::NAME, event.tenant, event.position);
        let write = WriteExport(notice);
        tools
            .carry_out(&context, &write, SAID_OR_VOID)
            .await
            .map(drop)
    }
}

fn notice_of(export: ExportId) -> NoticeId {
    const NAMESPACE: Uuid = Uuid::from_u128(0x019a_b3c1_5e20_7d44_8f0a_61c2_9d3e_77b5);
    NoticeId(Uuid::new_v5(&NAMESPACE, export.uuid().as_bytes()))
}
