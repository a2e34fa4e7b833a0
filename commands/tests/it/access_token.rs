use chrono::{TimeDelta, Utc};
use medilink_commands::CommandError;
use medilink_commands::access_token::{AccessTokens, Issue, Revoke, new_secret};
use medilink_domain::values::Role;
use uuid::Uuid;

use crate::support::World;

#[tokio::test]
async fn a_token_lets_its_person_in_until_it_is_revoked_or_expires() {
    let world = World::new().await;
    let tokens = AccessTokens::new(world.app.clone());
    let (secret, secret_hash) = new_secret();
    let person = Uuid::now_v7();
    let expires_at = Utc::now() + TimeDelta::hours(1);
    let issue = Issue {
        person,
        roles: vec![Role::Doctor, Role::Patient],
        secret_hash,
        expires_at,
    };
    assert!(tokens.actor(&secret, Utc::now()).await.unwrap().is_none());
    let token = world
        .run(&world.console(), &issue)
        .await
        .unwrap()
        .answer
        .token;
    let actor = tokens.actor(&secret, Utc::now()).await.unwrap().unwrap();
    assert_eq!(
        (actor.id, actor.tenant, actor.session),
        (person, world.tenant, Some(token.uuid()))
    );
    assert_eq!(actor.roles.len(), 2);
    assert!(
        tokens
            .actor(&secret, expires_at + TimeDelta::seconds(1))
            .await
            .unwrap()
            .is_none(),
        "expired"
    );
    assert!(
        tokens
            .actor(&format!("{secret}0"), Utc::now())
            .await
            .unwrap()
            .is_none(),
        "another secret"
    );
    let revoke = Revoke {
        token,
        reason: "signed-out".parse().unwrap(),
    };
    world.run(&world.console(), &revoke).await.unwrap();
    assert!(
        tokens.actor(&secret, Utc::now()).await.unwrap().is_none(),
        "revoked, at once"
    );
}

#[tokio::test]
async fn the_secret_itself_is_nowhere_in_the_log() {
    let world = World::new().await;
    let (secret, secret_hash) = new_secret();
    let issue = Issue {
        person: Uuid::now_v7(),
        roles: vec![Role::Doctor],
        secret_hash,
        expires_at: Utc::now() + TimeDelta::hours(1),
    };
    world.run(&world.console(), &issue).await.unwrap();
    let events = world
        .executor
        .reader()
        .after(medilink_log::Position::START, 10)
        .await
        .unwrap();
    assert!(!String::from_utf8_lossy(&events[0].payload).contains(&secret[9..]));
}

#[tokio::test]
async fn only_an_administrator_issues_tokens() {
    let world = World::new().await;
    let (_, secret_hash) = new_secret();
    let patient = world.register_patient().await;
    let issue = Issue {
        person: patient.uuid(),
        roles: vec![Role::Administrator],
        secret_hash,
        expires_at: Utc::now() + TimeDelta::hours(1),
    };
    let outcome = world.run(&world.patient(patient), &issue).await;
    assert!(
        matches!(outcome, Err(CommandError::Forbidden)),
        "{outcome:?}"
    );
}
