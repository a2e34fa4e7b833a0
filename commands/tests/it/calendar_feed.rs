//! Secret links to one's own appointments.

use chrono::Utc;
use medilink_commands::access_token::{AccessTokens, new_secret};
use medilink_commands::calendar_feed::{Close, Open};
use medilink_commands::{Action, Authorizer, CommandError, Resource};
use medilink_domain::values::Role;

use crate::support::{World, slug};

#[tokio::test]
async fn a_feed_opens_for_its_own_person_and_closes_at_once() {
    let world = World::new().await;
    let (patient, other) = (
        world.register_patient().await,
        world.register_patient().await,
    );
    let (secret, secret_hash) = new_secret();
    let open = Open {
        person: patient.uuid(),
        secret_hash,
    };
    let refused = world.run(&world.patient(other), &open).await;
    assert!(matches!(refused, Err(CommandError::NotFound(_))));
    let theirs = world.patient(patient);
    let feed = world.run(&theirs, &open).await.unwrap().answer.feed;
    let tokens = AccessTokens::new(world.app.clone());
    let actor = tokens.actor(&secret, Utc::now()).await.unwrap().unwrap();
    assert_eq!(
        (actor.id, &actor.roles[..]),
        (patient.uuid(), &[Role::CalendarFeed][..])
    );
    let close = Close { feed };
    let refused = world.run(&world.patient(other), &close).await;
    assert!(matches!(refused, Err(CommandError::NotFound(_))));
    world.run(&theirs, &close).await.unwrap();
    assert_eq!(tokens.actor(&secret, Utc::now()).await.unwrap(), None);
    assert_eq!(
        slug(world.run(&theirs, &close).await),
        "access-token-already-revoked"
    );
}

#[tokio::test]
async fn the_secret_of_a_feed_opens_nothing_else() {
    let world = World::new().await;
    let patient = world.register_patient().await;
    let (secret, secret_hash) = new_secret();
    let open = Open {
        person: patient.uuid(),
        secret_hash,
    };
    world.run(&world.patient(patient), &open).await.unwrap();
    let tokens = AccessTokens::new(world.app.clone());
    let actor = tokens.actor(&secret, Utc::now()).await.unwrap().unwrap();
    let authorizer = Authorizer::shipped().unwrap();
    let own = Resource::of_tenant("anything", world.tenant)
        .about(patient.uuid())
        .with_doctor(patient.uuid());
    let allowed: Vec<_> = Action::ALL
        .iter()
        .filter(|action| authorizer.authorize(&actor, **action, &own).is_ok())
        .collect();
    assert_eq!(allowed, [&Action::ReadCalendarFeed]);
}
