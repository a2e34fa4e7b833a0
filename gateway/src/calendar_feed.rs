//! Calendar feeds: a person's appointments for the calendar program they use, under a secret
//! link that they can take back.
//!
//! What leaves the house this way lies in other people's clouds: a visit's time and the
//! hospital's name, nothing of why and with whom.

use std::collections::BTreeSet;
use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use medilink_commands::access_token::new_secret;
use medilink_commands::calendar_feed::{Close, Open};
use medilink_commands::{Action, Resource};
use medilink_domain::appointment::AppointmentStatus;
use medilink_domain::{AccessTokenId, HospitalId, SubjectId};
use medilink_projections::appointment::{self, AppointmentRow};
use medilink_projections::{calendar_feed, hospital};
use poem::Request;
use poem_openapi::param::Path;
use poem_openapi::payload::PlainText;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{Command, Read};
use crate::problem::Problem;
use crate::problem_kinds as kinds;

const KIND: &str = "calendar feed";

/// How long ago the earliest appointment in a feed was.
const BACK: TimeDelta = TimeDelta::days(31);
/// How far ahead the last one is.
const AHEAD: TimeDelta = TimeDelta::days(2 * 366);

/// The feed that was opened.
#[derive(Object)]
pub struct CalendarFeedOpenedOut {
    /// The feed.
    id: Uuid,
    /// The path of its link. It is shown this once; whoever has it sees the appointments.
    path: String,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// The feed that was closed.
#[derive(Object)]
pub struct CalendarFeedClosedOut {
    /// The feed.
    id: Uuid,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// An open feed.
#[derive(Object)]
pub struct CalendarFeedOut {
    /// The feed.
    id: Uuid,
    /// When it was opened.
    opened_at: DateTime<Utc>,
    /// When it ends by itself.
    expires_at: DateTime<Utc>,
}

/// Open feeds.
#[derive(Object)]
pub struct CalendarFeedsOut {
    /// The first opened first.
    items: Vec<CalendarFeedOut>,
}

/// A calendar for calendar programs.
#[derive(ApiResponse)]
pub enum CalendarFile {
    /// The appointments, as iCalendar (RFC 5545).
    #[oai(status = 200, content_type = "text/calendar; charset=utf-8")]
    Calendar(PlainText<String>),
}

/// The routes.
pub struct CalendarFeeds(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::CalendarFeeds")]
impl CalendarFeeds {
    /// Open a feed of one's own appointments
    #[oai(
        path = "/me/calendar-feeds",
        method = "post",
        operation_id = "openCalendarFeed"
    )]
    async fn open(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Created<CalendarFeedOpenedOut>, Problem> {
        let (secret, secret_hash) = new_secret();
        let open = Open {
            person: caller.actor.id,
            secret_hash,
        };
        let done = self.0.execute(&call.context(&caller), &open).await?;
        if done.replayed {
            let feed = done.answer.feed;
            return Err(Problem::new(&kinds::SHOWN_ONCE).detail(format!("It is the feed {feed}.")));
        }
        let body = CalendarFeedOpenedOut {
            id: done.answer.feed.uuid(),
            path: format!("/v1/calendar-feeds/{secret}"),
            position: done.position.0,
        };
        Ok(Created::done(body, &done))
    }

    /// List one's own feeds
    #[oai(
        path = "/me/calendar-feeds",
        method = "get",
        operation_id = "listCalendarFeeds"
    )]
    async fn list(&self, caller: SignedIn, read: Read) -> Result<Found<CalendarFeedsOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, caller.actor.id);
        let own = Resource::of_tenant(KIND, tenant).about(person);
        self.0.authorize(&caller, Action::ListCalendarFeeds, &own)?;
        let view = self.0.view(&["calendar_feed"], &read).await?;
        let rows = calendar_feed::of_person(self.0.reads(), tenant, SubjectId(person))
            .await
            .map_err(unreadable)?;
        let items = rows.into_iter().map(|row| CalendarFeedOut {
            id: row.feed.uuid(),
            opened_at: row.opened_at,
            expires_at: row.expires_at,
        });
        Ok(view.answer(CalendarFeedsOut {
            items: items.collect(),
        }))
    }

    /// Close a feed
    ///
    /// Its link stops to work at once.
    #[oai(
        path = "/me/calendar-feeds/:id",
        method = "delete",
        operation_id = "closeCalendarFeed"
    )]
    async fn close(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<CalendarFeedClosedOut>, Problem> {
        let close = Close {
            feed: AccessTokenId(id.0),
        };
        let done = self.0.execute(&call.context(&caller), &close).await?;
        let body = CalendarFeedClosedOut {
            id: id.0,
            position: done.position.0,
        };
        Ok(Found::done(body, &done))
    }

    /// Read a feed
    ///
    /// What calendar programs subscribe to. The link itself is the sign-in.
    #[oai(
        path = "/calendar-feeds/:secret",
        method = "get",
        operation_id = "readCalendarFeed"
    )]
    async fn read(&self, request: &Request, secret: Path<String>) -> Result<CalendarFile, Problem> {
        let caller = SignedIn::by(request, &secret.0).await?;
        // Calendar programs would ask for a password if told that they are not signed in.
        let caller = caller.ok_or_else(|| no_such(KIND))?;
        let (tenant, person, now) = (caller.actor.tenant, caller.actor.id, Utc::now());
        let own = Resource::of_tenant(KIND, tenant).about(person);
        let permitted = self
            .0
            .permit(&caller, Action::ReadCalendarFeed, own)
            .await?;
        let rows = appointment::of_person(self.0.reads(), tenant, person, now - BACK, now + AHEAD)
            .await
            .map_err(unreadable)?;
        let places: BTreeSet<HospitalId> = rows.iter().map(|row| row.hospital).collect();
        let mut hospitals = HashMap::new();
        for place in places {
            let known = hospital::get(self.0.reads(), tenant, place)
                .await
                .map_err(unreadable)?;
            if let Some(known) = known {
                hospitals.insert(place, known.name.as_str().to_owned());
            }
        }
        // The feed shows when its person is where, and of nobody else anything.
        let subjects = BTreeSet::from([SubjectId(person)]);
        let disclosed = self.0.disclose(permitted, subjects, "calendar-feed");
        disclosed.await?;
        Ok(CalendarFile::Calendar(PlainText(calendar(
            &rows, &hospitals,
        ))))
    }
}

fn calendar(rows: &[AppointmentRow], hospitals: &HashMap<HospitalId, String>) -> String {
    let mut calendar = Calendar::new();
    calendar.name("MediLink");
    for row in rows {
        let place = hospitals.get(&row.hospital).map_or("", String::as_str);
        let status = match row.status {
            AppointmentStatus::Cancelled | AppointmentStatus::NoShow => EventStatus::Cancelled,
            _ => EventStatus::Confirmed,
        };
        let event = Event::new()
            .uid(&format!("{}@medilink", row.appointment))
            // By which programs tell a newer version from an older one.
            .sequence(u32::try_from(row.version).unwrap_or(u32::MAX))
            // A calendar without a METHOD has the same in both (RFC 5545, 3.8.7.2).
            .timestamp(row.changed_at)
            .last_modified(row.changed_at)
            .summary(&format!("Appointment, {place}"))
            .location(place)
            .starts(row.starts_at)
            .ends(row.ends_at)
            .status(status)
            .done();
        calendar.push(event);
    }
    calendar.to_string()
}
