//! Notices, as the person they were written to sees them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use medilink_commands::{Action, Resource};
use medilink_domain::{AppointmentId, EmergencyAccessId, ExportId, PatientId, SubjectId};
use medilink_projections::Listed;
use medilink_projections::notice::{self, NoticeCursor, NoticeRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::Found;
use crate::api::Tag;
use crate::backend::{Backend, unreadable};
use crate::call::Read;
use crate::input::page;
use crate::patient;
use crate::problem::Problem;
use crate::wire::LanguageCode;

/// A notice.
#[derive(Object)]
pub struct NoticeOut {
    /// The notice.
    id: Uuid,
    /// What sort of message it is.
    kind: String,
    /// The appointment that it is about, if it is about one.
    #[oai(skip_serializing_if_is_none)]
    appointment: Option<Uuid>,
    /// The export that it is about, if it is about one.
    #[oai(skip_serializing_if_is_none)]
    export: Option<Uuid>,
    /// The emergency access that it is about, if it is about one.
    #[oai(skip_serializing_if_is_none)]
    emergency_access: Option<Uuid>,
    /// How it travels.
    channel: String,
    /// What became of it: `pending`, `delivered` or `undeliverable`.
    status: String,
    /// When it was written.
    written_at: DateTime<Utc>,
    /// The language it is written in.
    language: LanguageCode,
    /// Its first line.
    title: String,
    /// The message.
    text: String,
}

/// Some notices.
#[derive(Object)]
pub struct NoticesOut {
    /// The latest first.
    items: Vec<NoticeOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl From<NoticeRow> for NoticeOut {
    fn from(row: NoticeRow) -> Self {
        Self {
            id: row.notice.uuid(),
            kind: row.kind.name().to_owned(),
            appointment: row.about.map(AppointmentId::uuid),
            emergency_access: row.emergency.map(EmergencyAccessId::uuid),
            export: row.export.map(ExportId::uuid),
            channel: row.channel.name().to_owned(),
            status: row.status.name().to_owned(),
            written_at: row.written_at,
            language: row.language.into(),
            title: row.title.as_str().to_owned(),
            text: row.text.as_str().to_owned(),
        }
    }
}

impl From<Listed<NoticeRow, NoticeCursor>> for NoticesOut {
    fn from(listed: Listed<NoticeRow, NoticeCursor>) -> Self {
        Self {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }
    }
}

/// The routes.
pub struct Notices(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Notices")]
impl Notices {
    /// List a patient's notices
    #[oai(
        path = "/patients/:id/notices",
        method = "get",
        operation_id = "listNotices"
    )]
    async fn of_patient(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<NoticesOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, SubjectId(id.0));
        let resource = Resource::of_tenant("patient", tenant).about(id.0);
        let permitted = self
            .0
            .permit(&caller, Action::ListNotices, resource)
            .await?;
        let page = page::<NoticeCursor>(after.0, limit.0)?;
        let view = self.0.view(&["notice", "patient"], &read).await?;
        patient::known(&self.0, tenant, PatientId(id.0)).await?;
        let listed = notice::for_recipient(self.0.reads(), tenant, person, page)
            .await
            .map_err(unreadable)?;
        let subjects = BTreeSet::from([person]);
        self.0.disclose(permitted, subjects, "notices").await?;
        Ok(view.answer(listed.into()))
    }

    /// List one's own notices
    ///
    /// Also of those who are no patients, such as compliance officers.
    #[oai(path = "/me/notices", method = "get", operation_id = "listMyNotices")]
    async fn own(
        &self,
        caller: SignedIn,
        read: Read,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<NoticesOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, SubjectId(caller.actor.id));
        let resource = Resource::of_tenant("notice", tenant).about(caller.actor.id);
        let permitted = self
            .0
            .permit(&caller, Action::ListNotices, resource)
            .await?;
        let page = page::<NoticeCursor>(after.0, limit.0)?;
        let view = self.0.view(&["notice"], &read).await?;
        let listed = notice::for_recipient(self.0.reads(), tenant, person, page)
            .await
            .map_err(unreadable)?;
        let subjects = BTreeSet::from([person]);
        self.0.disclose(permitted, subjects, "notices").await?;
        Ok(view.answer(listed.into()))
    }
}
