//! Notices, as the person they were written to sees them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use medilink_domain::notice::{Channel, NoticeEvent, NoticeKind, NoticeStatus};
use medilink_domain::values::{EmailAddress, FreeText, Language, ShortText};
use medilink_domain::{AppointmentId, EmergencyAccessId, ExportId, NoticeId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::field::named_fields;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

named_fields!(Channel, NoticeKind, NoticeStatus);

row! {
    /// One notice.
    pub struct NoticeRow in "notice" {
        key {
            /// The notice.
            notice: NoticeId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Who is told.
            recipient: SubjectId,
            /// What sort of message it is.
            kind: NoticeKind,
            /// The appointment it is about, if it is about one.
            about: Option<AppointmentId>,
            /// The emergency access it is about, if it is about one.
            emergency: Option<EmergencyAccessId>,
            /// The copy of their data it is about, if it is about one.
            export: Option<ExportId>,
            /// How it travels.
            channel: Channel,
            /// What became of it.
            status: NoticeStatus,
            /// When it was written.
            written_at: DateTime<Utc>,
            /// The version of its stream.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
        sealed Conversation of recipient {
            /// The language it is written in.
            language: Language,
            /// Where to; only for e-mail.
            address: Option<EmailAddress>,
            /// Its first line.
            title: ShortText,
            /// The message.
            text: FreeText,
        }
    }
}

/// The fold.
pub(crate) struct Notices;

impl ReadModel for Notices {
    const VERSION: u16 = 4;
    const INDEXES: &'static [&'static str] = &["(recipient, written_at, notice)"];

    type Source = NoticeEvent;
    type Row = NoticeRow;

    fn keys(fact: &Fact<NoticeEvent>) -> Result<Vec<(NoticeId,)>, FoldError> {
        Ok(vec![(fact.id("notice")?,)])
    }

    fn fold(
        _: &(NoticeId,),
        row: Option<NoticeRow>,
        fact: &Fact<NoticeEvent>,
    ) -> Result<Option<NoticeRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(None);
        };
        // What became of an erased notice is told of no row.
        let settled = |status| {
            row.clone().map(|row| NoticeRow {
                status,
                version: fact.version,
                position: fact.position,
                ..row
            })
        };
        Ok(match event {
            NoticeEvent::Written(written) => Some(NoticeRow {
                notice: written.notice,
                tenant: fact.tenant,
                recipient: written.recipient,
                kind: written.kind,
                about: written.about,
                emergency: written.emergency,
                export: written.export,
                channel: written.channel,
                status: NoticeStatus::Pending,
                written_at: fact.recorded_at,
                version: fact.version,
                position: fact.position,
                language: written.language,
                address: written.address.clone(),
                title: written.title.clone(),
                text: written.text.clone(),
            }),
            NoticeEvent::Delivered(_) => settled(NoticeStatus::Delivered),
            NoticeEvent::Undeliverable(_) => settled(NoticeStatus::Undeliverable),
        })
    }
}

/// The place of a notice in a list, in a URL as `<microseconds>.<notice>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeCursor {
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// The notice.
    pub notice: NoticeId,
}

impl fmt::Display for NoticeCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::cursor::write(f, self.written_at, self.notice.uuid())
    }
}

impl FromStr for NoticeCursor {
    type Err = crate::cursor::NotACursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (written_at, id) = crate::cursor::read(text)?;
        Ok(Self {
            written_at,
            notice: NoticeId(id),
        })
    }
}

/// A person's notices, the latest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn for_recipient(
    reads: &Reads,
    tenant: TenantId,
    recipient: SubjectId,
    page: Page<NoticeCursor>,
) -> Result<Listed<NoticeRow, NoticeCursor>, ReadError> {
    let mut select = of_tenant::<NoticeRow>(tenant);
    select.and_where(Expr::col("recipient").eq(recipient.uuid()));
    if let Some(NoticeCursor { written_at, notice }) = page.after {
        let place = Expr::tuple([Expr::val(written_at), Expr::val(notice.uuid())]);
        select.and_where(Expr::tuple([Expr::col("written_at"), Expr::col("notice")]).lt(place));
    }
    select
        .order_by("written_at", Order::Desc)
        .order_by("notice", Order::Desc);
    let place = |cells: &[_]| {
        Ok(NoticeCursor {
            written_at: cell::<NoticeRow, _>(cells, "written_at")?,
            notice: cell::<NoticeRow, _>(cells, "notice")?,
        })
    };
    reads.page(select, page.bounded(), place).await
}

/// One notice.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    notice: NoticeId,
) -> Result<Option<NoticeRow>, ReadError> {
    let mut select = of_tenant::<NoticeRow>(tenant);
    select.and_where(Expr::col("notice").eq(notice.uuid()));
    reads.row(&select).await
}
