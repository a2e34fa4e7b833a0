//! Rooms and devices that somebody chose: who may, and that they stay with their visit.

use medilink_commands::appointment::Book;
use medilink_commands::{
    Action, Actor, Authorizer, CommandContext, CommandError, Resource, series,
};
use medilink_domain::series::{Frequency, Recurrence};
use medilink_domain::values::Role;
use medilink_domain::{AssetId, TenantId};
use uuid::Uuid;

use crate::clinic::Clinic;

fn of_role(tenant: TenantId, role: Role) -> CommandContext {
    CommandContext::new(Actor {
        id: Uuid::now_v7(),
        tenant,
        roles: vec![role],
        session: None,
    })
}

fn in_room(book: Book, room: AssetId) -> Book {
    Book {
        assets: vec![room],
        ..book
    }
}

#[tokio::test]
async fn a_room_is_chosen_by_the_reception_and_allotted_to_a_patient() {
    let clinic = Clinic::open().await;
    let room = clinic.asset("room", "Room 1").await;
    let scan = clinic.visit_type(15, 0, &["room"]).await;
    let (world, patient) = (&clinic.world, clinic.patient().await);
    let theirs = world.patient(patient);
    let chosen = in_room(clinic.book(patient, 0), room);
    let outcome = world.run(&theirs, &chosen).await;
    assert!(
        matches!(outcome, Err(CommandError::Forbidden)),
        "{outcome:?}"
    );
    let weekly = |first| series::Book {
        first,
        recurrence: Recurrence {
            frequency: Frequency::Weekly,
            interval: 1,
            count: 2,
        },
    };
    let outcome = world.run(&theirs, &weekly(chosen.clone())).await;
    assert!(
        matches!(outcome, Err(CommandError::Forbidden)),
        "{outcome:?}"
    );
    assert_eq!(world.count("occupancy.occupied").await, 0);
    let needed = Book {
        visit_type: Some(scan),
        ..clinic.book(patient, 1)
    };
    world.run(&theirs, &needed).await.unwrap();
    assert_eq!(world.count("occupancy.occupied").await, 1);
    let reception = of_role(world.tenant, Role::Receptionist);
    world.run(&reception, &chosen).await.unwrap();
    let later = in_room(clinic.book(patient, 2), room);
    world.run(&reception, &weekly(later)).await.unwrap();
    assert_eq!(world.count("occupancy.occupied").await, 4);
}

#[test]
fn rooms_are_chosen_by_those_who_run_the_hospital_and_nobody_else() {
    let authorizer = Authorizer::shipped().unwrap();
    let tenant = TenantId(Uuid::now_v7());
    for role in Role::ALL.iter().copied() {
        let actor = of_role(tenant, role).actor;
        // Their own visit, and in their own charge.
        let visit = Resource::of_tenant("patient", tenant)
            .about(actor.id)
            .with_doctor(actor.id);
        let allowed = authorizer.authorize(&actor, Action::ChooseAssets, &visit);
        let runs_it = matches!(role, Role::Receptionist | Role::Administrator);
        assert_eq!(allowed.is_ok(), runs_it, "{role}");
    }
}
