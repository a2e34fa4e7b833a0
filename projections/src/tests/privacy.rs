//! Personal data is ciphertext in the tables, and gone for every reader once its key is.

use bytes::Bytes;
use medilink_domain::notice::Channel;
use medilink_domain::waitlist::{Left, WaitlistEvent};
use medilink_domain::{Category, SubjectId, WaitlistEntryId};
use medilink_log::Position;

use super::world::{TENANT, World, day, id};
use crate::availability::{Availability, Search};
use crate::extent::Extent;
use crate::runtime::folding::Sheet;
use crate::runtime::model::{Fact, Folded};
use crate::runtime::opening::Prepared;
use crate::waitlist::Waitlists;
use crate::{Page, appointment, delivery, doctor, notice, patient, reminder};

async fn shred(world: &World, person: u128, category: Category) {
    let by = uuid::Uuid::from_u128(9);
    world
        .codec
        .vault()
        .shred(TENANT, id::<SubjectId>(person), category, by)
        .await
        .unwrap();
}

#[tokio::test]
async fn no_table_holds_personal_data_in_clear() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.patient(40, "Canary Kaur").await;
    world.doctor(30, "Canary Singh").await;
    world.booked(50, 40, 30, day(2)).await;
    world.cancelled(50, 40).await;
    world.written(id(60), 40, 50, Channel::Email).await;
    world
        .garble(
            "patient-broken",
            "patient.registered",
            "{\"name\":\"Canary Gill\"}",
        )
        .await;
    world.settle(&projector).await;
    running.stop().await;

    let client = world.databases.superuser().await;
    let tables =
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'read'";
    let mut searched = 0;
    for table in client.query(tables, &[]).await.unwrap() {
        let table: String = table.get(0);
        for row in client
            .query(&format!("SELECT to_jsonb(t)::text FROM {table} t"), &[])
            .await
            .unwrap()
        {
            let row: String = row.get(0);
            // A bytea shows as hexadecimal: look for both.
            for canary in [
                "Canary",
                "chest pain",
                "feels better",
                "+9198",
                "harpreet",
                "PMC-1699",
                "come tomorrow",
            ] {
                assert!(!row.contains(canary), "{table} holds {canary}");
                assert!(!row.contains(&hex(canary)), "{table} holds {canary}");
            }
            searched += 1;
        }
    }
    assert!(searched > 10, "{searched} rows");
    assert_eq!(
        patient::get(&world.reads, TENANT, id(40))
            .await
            .unwrap()
            .unwrap()
            .name
            .as_str(),
        "Canary Kaur"
    );
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn rows_of_an_erased_person_are_gone_for_queries_for_later_events_and_after_a_rebuild() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    for (person, starts) in [(40, 2), (41, 3)] {
        world.patient(person, "Harpreet Kaur").await;
        world.booked(10 + person, person, 30, day(starts)).await;
        world
            .written(id(20 + person), person, 10 + person, Channel::Email)
            .await;
    }
    world.settle(&projector).await;
    for category in [
        Category::Identity,
        Category::Clinical,
        Category::Conversation,
    ] {
        shred(&world, 40, category).await;
    }

    let person = |number| (id(number), id(number));
    for (number, expected) in [(40, 0), (41, 1)] {
        let (patient, recipient) = person(number);
        assert_eq!(
            patient::get(&world.reads, TENANT, patient)
                .await
                .unwrap()
                .is_some() as usize,
            expected
        );
        let booked = appointment::for_patient(
            &world.reads,
            TENANT,
            patient,
            &Extent::Whole,
            Page::first(9),
        )
        .await
        .unwrap();
        assert_eq!(booked.rows.len(), expected);
        let told = notice::for_recipient(&world.reads, TENANT, recipient, Page::first(9))
            .await
            .unwrap();
        assert_eq!(told.rows.len(), expected);
    }
    assert_eq!(delivery::pending(&world.reads, 10).await.unwrap().len(), 1);

    // An event without personal data comes later: it brings nothing back, and parks nothing.
    world.delivered(id(60), 40).await;
    world.settle(&projector).await;
    assert!(world.letters("notice").await.is_empty());
    world.assert_rebuilds_alike(&projector).await;
    running.stop().await;
}

#[tokio::test]
async fn an_erased_notice_still_ends_its_timer_in_a_rebuild() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.reserved(50, 30, day(3)).await;
    world
        .written(
            reminder::notice_of(id(50), day(3), None),
            40,
            50,
            Channel::InApp,
        )
        .await;
    world.settle(&projector).await;
    shred(&world, 40, Category::Conversation).await;
    projector.rebuild("reminder").await.unwrap();
    let due = reminder::due(&world.reads, day(2) + chrono::TimeDelta::hours(1), 10)
        .await
        .unwrap();
    assert!(due.is_empty(), "the person would be reminded twice");
    running.stop().await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.opened(10).await;
    world.doctor(30, "Gurpreet Singh").await;
    world.booked(50, 40, 30, day(2)).await;
    world.window(30, day(2), 2).await;
    world.settle(&projector).await;
    running.stop().await;
    let other = medilink_domain::TenantId(uuid::Uuid::from_u128(2));
    for (tenant, expected) in [(TENANT, 1), (other, 0)] {
        let reads = &world.reads;
        assert_eq!(
            appointment::get(reads, tenant, id(50))
                .await
                .unwrap()
                .is_some() as usize,
            expected
        );
        let found = appointment::for_patient(reads, tenant, id(40), &Extent::Whole, Page::first(9))
            .await
            .unwrap();
        assert_eq!(found.rows.len(), expected);
        let found = appointment::day_of_doctor(reads, tenant, id(30), (day(2), day(3)))
            .await
            .unwrap();
        assert_eq!(found.len(), expected);
        assert_eq!(
            doctor::list(reads, tenant, None, None, Page::first(9))
                .await
                .unwrap()
                .rows
                .len(),
            expected
        );
        let search = Search::of_anyone(day(0), day(9));
        let availability = Availability::new(reads.clone(), world.app.clone());
        let found = availability.search(tenant, &search, None, day(0)).await;
        assert_eq!(found.unwrap().slots.is_empty(), expected == 0);
        assert_eq!(
            crate::hospital::list(reads, tenant, Page::first(9))
                .await
                .unwrap()
                .rows
                .len(),
            expected
        );
    }
}

/// Opened just before the key was destroyed, while the row of the table was opened just after.
#[test]
fn an_event_of_somebody_erased_meanwhile_is_no_dead_letter() {
    let entry: WaitlistEntryId = id(90);
    let left = || {
        let stream = super::world::stream("waitlist", 90);
        Prepared {
            position: Position(2),
            stream: stream.clone(),
            kind: "waitlist.left".to_owned(),
            fact: Ok(Fact {
                position: Position(2),
                stream,
                version: 2,
                tenant: TENANT,
                recorded_at: day(2),
                metadata: Bytes::new(),
                body: Folded::Clear(WaitlistEvent::Left(Left { entry })),
            }),
        }
    };
    let mut sheet = Sheet::<Waitlists>::new();
    sheet.place((entry,), None);
    sheet.take(left(), 0);
    let changes = sheet.changes();
    assert_eq!((changes.letters.len(), changes.deletes.len()), (0, 1));

    // Where nobody was erased, an end without a beginning is poison.
    let mut sheet = Sheet::<Waitlists>::new();
    sheet.take(left(), 0);
    assert_eq!(sheet.changes().letters.len(), 1);
}
