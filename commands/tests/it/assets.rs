//! Rooms and devices that somebody chose: who may, and that they stay with their visit.

use medilink_commands::appointment::{Book, Cancel, Reschedule};
use medilink_commands::{
    Action, Actor, Authorizer, CommandContext, CommandError, Resource, series,
};
use medilink_domain::series::{Frequency, Recurrence};
use medilink_domain::values::Role;
use medilink_domain::{AssetId, DoctorId, TenantId};
use uuid::Uuid;

use crate::clinic::Clinic;
use crate::support::slug;

fn of_role(tenant: TenantId, role: Role) -> CommandContext {
    CommandContext::new(Actor {
        second_factor: true,
        ..Actor::new(Uuid::now_v7(), tenant, vec![role])
    })
}

fn in_room(book: Book, room: AssetId) -> Book {
    Book {
        assets: vec![room],
        ..book
    }
}

/// Whether nobody has a room at a quarter of the morning: another doctor of the hospital, who
/// has nothing else to do, can see somebody there.
async fn is_free(clinic: &Clinic, other: DoctorId, room: AssetId, quarter: i64) -> bool {
    let (world, console) = (&clinic.world, clinic.console());
    let patient = clinic.patient().await;
    let book = Book::new(patient, other, clinic.slot(quarter));
    match world.run(&console, &in_room(book, room)).await {
        Ok(done) => {
            let cancel = Cancel::new(done.answer.appointment);
            world.run(&console, &cancel).await.unwrap();
            true
        }
        refused => {
            assert_eq!(slug(refused), "asset-taken");
            false
        }
    }
}

/// Of rooms, in order, and quarters, in order, those that are taken.
async fn taken(
    clinic: &Clinic,
    other: DoctorId,
    rooms: &[AssetId],
    quarters: &[i64],
) -> Vec<(usize, i64)> {
    let mut taken = Vec::new();
    for (index, room) in rooms.iter().enumerate() {
        for quarter in quarters {
            if !is_free(clinic, other, *room, *quarter).await {
                taken.push((index + 1, *quarter));
            }
        }
    }
    taken
}

/// A hospital with two rooms, and a second doctor who has nothing to do.
async fn two_rooms() -> (Clinic, DoctorId, [AssetId; 2]) {
    let clinic = Clinic::open().await;
    let other = clinic.world.colleague(clinic.hospital, "DMC-2").await;
    clinic.receives(other, None).await;
    let rooms = [
        clinic.asset("room", "Room 1").await,
        clinic.asset("room", "Room 2").await,
    ];
    (clinic, other, rooms)
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

#[tokio::test]
async fn a_moved_visit_keeps_the_room_that_was_chosen_for_it_or_does_not_move() {
    let (clinic, other, rooms) = two_rooms().await;
    let scan = clinic.visit_type(15, 0, &["room"]).await;
    let (world, console) = (&clinic.world, clinic.console());
    let patient = clinic.patient().await;
    let theirs = world.patient(patient);
    // Whether its type needs a room or none, and whoever moves it.
    for visit_type in [None, Some(scan)] {
        let book = Book {
            visit_type,
            ..in_room(clinic.book(patient, 0), rooms[1])
        };
        let visit = world.run(&console, &book).await.unwrap().answer.appointment;
        let there = in_room(
            Book::new(clinic.patient().await, other, clinic.slot(1)),
            rooms[1],
        );
        let there = world.run(&console, &there).await.unwrap().answer;
        let move_to = |quarter| Reschedule::new(visit, clinic.slot(quarter));
        assert_eq!(slug(world.run(&theirs, &move_to(1)).await), "asset-taken");
        assert_eq!(taken(&clinic, other, &rooms, &[0]).await, [(2, 0)]);
        for quarter in [2, 3] {
            world.run(&theirs, &move_to(quarter)).await.unwrap();
            let now = taken(&clinic, other, &rooms, &[0, 2, 3]).await;
            assert_eq!(now, [(2, quarter)], "{visit_type:?}");
        }
        for over in [visit, there.appointment] {
            world.run(&console, &Cancel::new(over)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_moved_visit_that_needs_a_room_takes_any_that_is_free() {
    let (clinic, other, rooms) = two_rooms().await;
    let scan = clinic.visit_type(15, 0, &["room"]).await;
    let (world, console) = (&clinic.world, clinic.console());
    let patient = clinic.patient().await;
    let book = Book {
        visit_type: Some(scan),
        ..clinic.book(patient, 0)
    };
    let theirs = world.patient(patient);
    let visit = world.run(&theirs, &book).await.unwrap().answer.appointment;
    let had = taken(&clinic, other, &rooms, &[0]).await[0].0 - 1;
    let someone = clinic.patient().await;
    let there = in_room(Book::new(someone, other, clinic.slot(1)), rooms[had]);
    let there = world.run(&console, &there).await.unwrap().answer;
    let later = Reschedule::new(visit, clinic.slot(1));
    world.run(&theirs, &later).await.unwrap();
    let gone = Cancel::new(there.appointment);
    world.run(&console, &gone).await.unwrap();
    assert_eq!(
        taken(&clinic, other, &rooms, &[0, 1]).await,
        [(2 - had, 1)],
        "the other room"
    );
}

#[tokio::test]
async fn a_move_can_name_other_rooms_and_another_hospital_has_its_own() {
    let (clinic, other, rooms) = two_rooms().await;
    let (world, console) = (&clinic.world, clinic.console());
    let patient = clinic.patient().await;
    let book = in_room(clinic.book(patient, 0), rooms[0]);
    let visit = world.run(&console, &book).await.unwrap().answer.appointment;
    let named = |quarter, rooms: &[AssetId]| Reschedule {
        assets: Some(rooms.to_vec()),
        ..Reschedule::new(visit, clinic.slot(quarter))
    };
    let theirs = world.patient(patient);
    for wish in [named(1, &rooms[1..]), named(1, &[])] {
        let outcome = world.run(&theirs, &wish).await;
        assert!(
            matches!(outcome, Err(CommandError::Forbidden)),
            "{outcome:?}"
        );
    }
    world.run(&console, &named(1, &rooms[1..])).await.unwrap();
    assert_eq!(taken(&clinic, other, &rooms, &[0, 1]).await, [(2, 1)]);
    // What was named is what was chosen from then on.
    let on = Reschedule::new(visit, clinic.slot(2));
    world.run(&theirs, &on).await.unwrap();
    assert_eq!(taken(&clinic, other, &rooms, &[1, 2]).await, [(2, 2)]);

    let (elsewhere, _) = world.practice("DMC-3").await;
    clinic.receives(elsewhere, None).await;
    let away = |assets| Reschedule {
        doctor: Some(elsewhere),
        assets,
        ..Reschedule::new(visit, clinic.slot(3))
    };
    let with_room = away(Some(rooms.to_vec()));
    assert_eq!(slug(world.run(&console, &with_room).await), "no-such-asset");
    world.run(&theirs, &away(None)).await.unwrap();
    assert_eq!(taken(&clinic, other, &rooms, &[2, 3]).await, []);
}
