//! The outbox: notices that must leave the house and have neither arrived nor been given up.

use chrono::{DateTime, Utc};
use medilink_domain::notice::{Channel, NoticeEvent};
use medilink_domain::values::{EmailAddress, FreeText, Language, ShortText};
use medilink_domain::{NoticeId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::Order;

use crate::reads::{ReadError, Reads, of_all_tenants};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::row;

row! {
    /// A notice to be sent by e-mail.
    pub struct DeliveryRow in "delivery" {
        key {
            /// The notice; also the sender's idempotency key.
            notice: NoticeId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Who is told.
            recipient: SubjectId,
            /// When it was written.
            written_at: DateTime<Utc>,
            /// The event that wrote it.
            position: Position,
        }
        sealed Conversation of recipient {
            /// Where to.
            address: Option<EmailAddress>,
            /// The language it is written in.
            language: Language,
            /// Its first line.
            title: ShortText,
            /// The message.
            text: FreeText,
        }
    }
}

/// The fold: a row stays as long as there is something to do.
pub(crate) struct Deliveries;

impl ReadModel for Deliveries {
    const VERSION: u16 = 2;
    const INDEXES: &'static [&'static str] = &["(written_at, notice)"];

    type Source = NoticeEvent;
    type Row = DeliveryRow;

    fn keys(fact: &Fact<NoticeEvent>) -> Result<Vec<(NoticeId,)>, FoldError> {
        Ok(vec![(fact.id("notice")?,)])
    }

    fn fold(
        _: &(NoticeId,),
        _: Option<DeliveryRow>,
        fact: &Fact<NoticeEvent>,
    ) -> Result<Option<DeliveryRow>, FoldError> {
        let Folded::Clear(NoticeEvent::Written(written)) = &fact.body else {
            return Ok(None);
        };
        Ok(match written.channel {
            Channel::InApp => None,
            Channel::Email => Some(DeliveryRow {
                notice: written.notice,
                tenant: fact.tenant,
                recipient: written.recipient,
                written_at: fact.recorded_at,
                position: fact.position,
                address: written.address.clone(),
                language: written.language,
                title: written.title.clone(),
                text: written.text.clone(),
            }),
        })
    }
}

/// What is to be sent, of all tenants, the oldest first.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn pending(reads: &Reads, limit: u16) -> Result<Vec<DeliveryRow>, ReadError> {
    let mut select = of_all_tenants::<DeliveryRow>();
    select
        .order_by("written_at", Order::Asc)
        .order_by("notice", Order::Asc)
        .limit(u64::from(limit));
    reads.rows(&select).await
}
