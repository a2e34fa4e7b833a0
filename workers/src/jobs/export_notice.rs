//! Tells a patient that a copy of their data can be fetched, whoever asked for it.
//!
//! The notice's id follows from the export, so that however often the event comes, one notice is
//! written.

use medilink_commands::notice::WriteExport;
use medilink_domain::export::{Export, ExportEvent, KEPT};
use medilink_domain::notice::NoticeKind;
use medilink_domain::notice::words::export_ready;
use medilink_domain::{AppointmentId, Decider, NoticeId, PatientId};
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
        // Nobody writes to an erased patient.
        let Some(known) = Recipient::of(tools, event.tenant, patient, self.email).await? else {
            return Ok(());
        };
        let words = export_ready(known.language, KEPT.num_days());
        let id = asked.export.uuid();
        let about = AppointmentId(id);
        let notice = known.notice(notice_of(id), NoticeKind::ExportReady, about, words);
        let context = tools.because_of(Self::NAME, event.tenant, event.position);
        let write = WriteExport(notice);
        tools
            .carry_out(&context, &write, SAID_OR_VOID)
            .await
            .map(drop)
    }
}

fn notice_of(export: Uuid) -> NoticeId {
    const NAMESPACE: Uuid = Uuid::from_u128(0x019a_b3c1_5e20_7d44_8f0a_61c2_9d3e_77b5);
    NoticeId(Uuid::new_v5(&NAMESPACE, export.as_bytes()))
}
