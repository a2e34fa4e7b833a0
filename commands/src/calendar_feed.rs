//! Calendar feeds: secret links under which calendar programs read a person's appointments.
//! The secret is an access token that lets in to nothing else, and can be taken back.

use chrono::TimeDelta;
use medilink_domain::AccessTokenId;
use medilink_domain::access_token::{AccessToken, AccessTokenCommand, Issue, Revoke};
use medilink_domain::values::{Role, SecretHash};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

const KIND: &str = "calendar feed";

/// Calendar programs are set up once and forgotten; a link that nobody renews ends some day.
const LIFE: TimeDelta = TimeDelta::days(2 * 365);

/// The feed that was opened or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFeedAnswer {
    /// The feed.
    pub feed: AccessTokenId,
}

/// Opens a feed of a patient's or a doctor's appointments.
#[derive(Clone, Debug)]
pub struct Open {
    /// Whose appointments.
    pub person: Uuid,
    /// The hash of its secret.
    pub secret_hash: SecretHash,
}

impl Operation for Open {
    const NAME: &'static str = "open-calendar-feed";
    type Answer = CalendarFeedAnswer;

    fn target(&self) -> String {
        self.person.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<CalendarFeedAnswer, CommandError> {
        let resource = Resource::of_tenant(KIND, work.tenant()).about(self.person);
        work.authorize(Action::OpenCalendarFeed, &resource).await?;
        let feed = AccessTokenId(Uuid::now_v7());
        let mut instance = work.create::<AccessToken>(&feed);
        let issue = AccessTokenCommand::Issue(Issue {
            token: feed,
            person: self.person,
            roles: vec![Role::CalendarFeed],
            secret_hash: self.secret_hash,
            expires_at: work.now() + LIFE,
        });
        work.decide(&mut instance, issue).await?;
        Ok(CalendarFeedAnswer { feed })
    }
}

/// Closes a feed, at once.
#[derive(Clone, Debug)]
pub struct Close {
    /// The feed.
    pub feed: AccessTokenId,
}

impl Operation for Close {
    const NAME: &'static str = "close-calendar-feed";
    type Answer = CalendarFeedAnswer;

    fn target(&self) -> String {
        self.feed.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<CalendarFeedAnswer, CommandError> {
        let mut instance = work.existing::<AccessToken>(&self.feed, KIND).await?;
        let token = instance.state();
        // Other tokens are revoked elsewhere, by others.
        let person = token
            .person
            .filter(|_| token.roles == [Role::CalendarFeed])
            .ok_or(CommandError::NotFound(KIND))?;
        let resource = Resource::of_tenant(KIND, work.tenant()).about(person);
        work.authorize(Action::CloseCalendarFeed, &resource).await?;
        let revoke = AccessTokenCommand::Revoke(Revoke {
            reason: "feed-closed"
                .parse()
                .map_err(|_| CommandError::Internal("a reason that is no code".into()))?,
        });
        work.decide(&mut instance, revoke).await?;
        Ok(CalendarFeedAnswer { feed: self.feed })
    }
}
