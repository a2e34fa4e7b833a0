//! Free slots, as searches find them.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::values::Language;
use medilink_domain::visit_type::VisitTypeTerms;
use medilink_log::Position;

use super::visits::terms;
use super::world::{TENANT, World, day, id};
use crate::availability::{Availability, FreeSlot, Search};

/// Minutes after the beginning of [`day`] 2, and whose.
fn shown(slots: &[FreeSlot]) -> Vec<(i64, u128)> {
    slots
        .iter()
        .map(|slot| {
            let minutes = (slot.slot.starts_at - day(2)).num_minutes();
            (minutes, slot.doctor.uuid().as_u128())
        })
        .collect()
}

async fn find(world: &World, search: &Search) -> Vec<(i64, u128)> {
    let availability = Availability::new(world.reads.clone(), world.app.clone());
    let found = availability.search(TENANT, search, None, day(0)).await;
    shown(&found.unwrap().slots)
}

fn on_day_two() -> Search {
    Search::of_anyone(day(2), day(3))
}

async fn hospital(world: &World) {
    world.opened(10).await;
    world.department(10, 20).await;
    world.department(10, 21).await;
    world.doctor(30, "Gurpreet Singh").await;
    world.doctor(31, "Asha Rao").await;
}

#[tokio::test]
async fn free_slots_are_those_of_windows_and_schedules_that_nobody_has() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    hospital(&world).await;
    world.window(30, day(2) + TimeDelta::hours(9), 2).await;
    world.reserved(500, 30, day(2) + TimeDelta::hours(9)).await;
    world.reserved(501, 30, day(2) + TimeDelta::hours(10)).await;
    world.released(501, 30, day(2) + TimeDelta::hours(10)).await;
    world.week(31, "17:00").await;
    world.settle(&projector).await;
    running.stop().await;
    let all = [
        (570, 30),
        (600, 30),
        (630, 30),
        (17 * 60, 31),
        (17 * 60 + 30, 31),
    ];
    assert_eq!(find(&world, &on_day_two()).await, all);
    let none = Search {
        doctor: Some(id(32)),
        ..on_day_two()
    };
    assert_eq!(find(&world, &none).await, []);
    for (search, expected) in [
        (
            Search {
                doctor: Some(id(31)),
                ..on_day_two()
            },
            &all[3..],
        ),
        (
            Search {
                department: Some(id(20)),
                ..on_day_two()
            },
            &all[..3],
        ),
        (
            Search {
                hospital: Some(id(10)),
                ..on_day_two()
            },
            &all[..],
        ),
        (
            Search {
                hospital: Some(id(11)),
                ..on_day_two()
            },
            &[][..],
        ),
        (
            Search {
                specialty: Some("Cardiology".into()),
                ..on_day_two()
            },
            &all[..],
        ),
        (
            Search {
                specialty: Some("Skin".into()),
                ..on_day_two()
            },
            &[][..],
        ),
        (
            Search {
                language: Some(Language::Punjabi),
                ..on_day_two()
            },
            &all[..],
        ),
        (
            Search {
                language: Some(Language::Hindi),
                ..on_day_two()
            },
            &[][..],
        ),
    ] {
        assert_eq!(find(&world, &search).await, expected, "{search:?}");
    }
}

#[tokio::test]
async fn a_holiday_leave_and_a_taken_device_leave_nothing_to_find() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    hospital(&world).await;
    world.week(30, "17:00").await;
    world.week(31, "17:00").await;
    world.leave(31, 1, day(2)).await;
    world.defined(70, terms(30, &["ultrasound"])).await;
    world.settle(&projector).await;
    let scan = Search {
        visit_type: Some(id(70)),
        ..on_day_two()
    };
    assert_eq!(find(&world, &on_day_two()).await.len(), 2);
    assert_eq!(find(&world, &scan).await, [], "there is no device");
    world.asset(10, 80).await;
    world.occupied(80, 500, day(2) + TimeDelta::hours(17)).await;
    world.settle(&projector).await;
    assert_eq!(find(&world, &scan).await, [(17 * 60 + 30, 30)]);
    // Who searches has what was planned for the day in memory by now.
    let availability = Availability::new(world.reads.clone(), world.app.clone());
    let count = async |at_least: Option<Position>| {
        let search = on_day_two();
        let found = availability.search(TENANT, &search, at_least, day(0)).await;
        found.unwrap().slots.len()
    };
    assert_eq!(count(None).await, 2);
    let declared = world.holiday(10, day(2)).await;
    world.settle(&projector).await;
    running.stop().await;
    assert_eq!(count(Some(declared)).await, 0);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    hospital(&world).await;
    world.week(30, "08:00").await;
    world.week(31, "08:00").await;
    world.settle(&projector).await;
    running.stop().await;
    let availability = Availability::new(world.reads.clone(), world.app.clone());
    let whole = Search {
        limit: 200,
        ..Search::of_anyone(day(1), day(4))
    };
    let all = availability.search(TENANT, &whole, None, day(0)).await;
    let all = shown(&all.unwrap().slots);
    assert_eq!(all.len(), 3 * 2 * 20);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = Search {
            limit: 7,
            after,
            ..whole.clone()
        };
        let found = availability
            .search(TENANT, &page, None, day(0))
            .await
            .unwrap();
        seen.extend(shown(&found.slots));
        let Some(next) = found.next else { break };
        // As it travels in a URL.
        after = Some(next.to_string().parse().unwrap());
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn what_was_booked_a_moment_ago_is_not_offered_to_whoever_saw_it() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    hospital(&world).await;
    world.week(30, "17:00").await;
    world.settle(&projector).await;
    let availability = Availability::new(world.reads.clone(), world.app.clone());
    let count = async |at_least: Option<Position>| {
        let now: DateTime<Utc> = day(0);
        let found = availability
            .search(TENANT, &on_day_two(), at_least, now)
            .await;
        found.unwrap().slots.len()
    };
    assert_eq!(count(None).await, 2);
    let booked = world.reserved(500, 30, day(2) + TimeDelta::hours(17)).await;
    world.settle(&projector).await;
    assert_eq!(count(Some(booked)).await, 1);
    running.stop().await;
}

#[tokio::test]
async fn the_time_around_visits_is_kept_free_over_midnight_too() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    hospital(&world).await;
    world.asset(10, 80).await;
    let before = |needs| VisitTypeTerms {
        buffer_before: 30.try_into().unwrap(),
        ..terms(30, needs)
    };
    world.defined(70, before(&[])).await;
    world.defined(71, before(&["ultrasound"])).await;
    for doctor in [30, 31] {
        world.window(doctor, day(2), 1).await;
    }
    // The last of the day before, of one doctor and of the device.
    let last = day(2) - TimeDelta::minutes(30);
    world.reserved(500, 30, last).await;
    world.occupied(80, 500, last).await;
    world.settle(&projector).await;
    running.stop().await;
    for (visit_type, expected) in [
        (70, [(0, 31), (30, 30), (30, 31)].as_slice()),
        (71, &[(30, 30), (30, 31)]),
    ] {
        let search = Search {
            visit_type: Some(id(visit_type)),
            ..on_day_two()
        };
        assert_eq!(find(&world, &search).await, expected, "{visit_type}");
    }
}
