use super::*;
use crate::testing::{at, clock_at, id, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn issue(roles: Vec<Role>, expires_at: &str) -> AccessTokenCommand {
    AccessTokenCommand::Issue(Issue {
        token: id(1),
        person: id(2),
        roles,
        secret_hash: [7; 32].into(),
        expires_at: at(expires_at),
    })
}

fn issued(roles: Vec<Role>) -> AccessTokenEvent {
    Issued {
        token: id(1),
        person: id(2),
        roles,
        secret_hash: [7; 32].into(),
        expires_at: at("2026-08-02T00:00:00Z"),
    }
    .into()
}

fn revoke() -> AccessTokenCommand {
    AccessTokenCommand::Revoke(Revoke {
        reason: text("signed-out"),
    })
}

fn revoked() -> AccessTokenEvent {
    Revoked {
        token: id(1),
        reason: text("signed-out"),
    }
    .into()
}

#[tokio::test]
async fn a_token_is_issued_for_each_role_once() {
    clock_at::<AccessToken>(NOW)
        .given_no_previous_events()
        .when_async(issue(
            vec![Role::Doctor, Role::Patient, Role::Doctor],
            "2026-08-02T00:00:00Z",
        ))
        .await
        .then_expect_events(vec![issued(vec![Role::Patient, Role::Doctor])]);
}

#[tokio::test]
async fn a_token_that_could_do_nothing_is_refused() {
    for (roles, expires_at, error) in [
        (vec![], "2026-08-02T00:00:00Z", AccessTokenError::NoRole),
        (vec![Role::Doctor], NOW, AccessTokenError::AlreadyExpired),
    ] {
        clock_at::<AccessToken>(NOW)
            .given_no_previous_events()
            .when_async(issue(roles, expires_at))
            .await
            .then_expect_error(error);
    }
}

#[tokio::test]
async fn a_token_is_issued_once() {
    clock_at::<AccessToken>(NOW)
        .given(vec![issued(vec![Role::Patient])])
        .when_async(issue(vec![Role::Doctor], "2026-08-02T00:00:00Z"))
        .await
        .then_expect_error(AccessTokenError::AlreadyIssued);
}

#[tokio::test]
async fn a_token_is_revoked_once_and_not_issued_again() {
    let known = || vec![issued(vec![Role::Patient]), revoked()];
    clock_at::<AccessToken>(NOW)
        .given(known()[..1].to_vec())
        .when_async(revoke())
        .await
        .then_expect_events(vec![revoked()]);
    clock_at::<AccessToken>(NOW)
        .given(known())
        .when_async(revoke())
        .await
        .then_expect_error(AccessTokenError::AlreadyRevoked);
    clock_at::<AccessToken>(NOW)
        .given(known())
        .when_async(issue(vec![Role::Doctor], "2026-08-02T00:00:00Z"))
        .await
        .then_expect_error(AccessTokenError::AlreadyIssued);
}

#[tokio::test]
async fn a_token_nobody_has_cannot_be_revoked() {
    clock_at::<AccessToken>(NOW)
        .given_no_previous_events()
        .when_async(revoke())
        .await
        .then_expect_error(AccessTokenError::NoSuchToken);
}
