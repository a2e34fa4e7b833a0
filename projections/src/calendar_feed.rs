//! Feeds of people's appointments for calendar programs.

use chrono::{DateTime, Utc};
use medilink_domain::access_token::AccessTokenEvent;
use medilink_domain::values::Role;
use medilink_domain::{AccessTokenId, SubjectId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};

use crate::reads::{ReadError, Reads, of_tenant};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::row;

row! {
    /// One open feed.
    pub struct CalendarFeedRow in "calendar_feed" {
        key {
            /// The feed, which is an access token.
            feed: AccessTokenId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Whose appointments it shows.
            person: SubjectId,
            /// When it was opened.
            opened_at: DateTime<Utc>,
            /// When it ends by itself.
            expires_at: DateTime<Utc>,
            /// The event.
            position: Position,
        }
    }
}

/// The fold: a row stays as long as the feed is open.
pub(crate) struct CalendarFeeds;

impl ReadModel for CalendarFeeds {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &["(person, feed)"];

    type Source = AccessTokenEvent;
    type Row = CalendarFeedRow;

    fn keys(fact: &Fact<AccessTokenEvent>) -> Result<Vec<(AccessTokenId,)>, FoldError> {
        Ok(vec![(fact.id("access-token")?,)])
    }

    fn fold(
        _: &(AccessTokenId,),
        _: Option<CalendarFeedRow>,
        fact: &Fact<AccessTokenEvent>,
    ) -> Result<Option<CalendarFeedRow>, FoldError> {
        let Folded::Clear(AccessTokenEvent::Issued(issued)) = &fact.body else {
            return Ok(None);
        };
        let is_feed = issued.roles == [Role::CalendarFeed];
        Ok(is_feed.then_some(CalendarFeedRow {
            feed: issued.token,
            tenant: fact.tenant,
            person: SubjectId(issued.person),
            opened_at: fact.recorded_at,
            expires_at: issued.expires_at,
            position: fact.position,
        }))
    }
}

/// The most feeds of a person that are listed.
const MOST: u64 = 100;

/// A person's open feeds, the first opened first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn of_person(
    reads: &Reads,
    tenant: TenantId,
    person: SubjectId,
) -> Result<Vec<CalendarFeedRow>, ReadError> {
    let mut select = of_tenant::<CalendarFeedRow>(tenant);
    select
        .and_where(Expr::col("person").eq(person.uuid()))
        .order_by("feed", Order::Asc)
        .limit(MOST);
    reads.rows(&select).await
}
