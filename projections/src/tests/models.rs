//! What the models hold, what their queries answer, and that live rows equal rebuilt ones
//! whatever happened.

use chrono::TimeDelta;
use medilink_domain::appointment::AppointmentStatus;
use medilink_domain::notice::{Channel, NoticeStatus};
use medilink_domain::values::ReminderLead;
use medilink_domain::{Category, SubjectId};
use medilink_log::Position;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::people;
use super::visits::terms;
use super::world::{TENANT, World, day, id, stream};
use crate::extent::Extent;
use crate::{Page, appointment, delivery, notice, reminder};

/// One thing that happens, drawn at random; the numbers pick whom it happens to.
type Step = (u8, u8, u8);

async fn happen(world: &World, (what, who, with): Step, odd: bool) {
    let (person, doctor) = (40 + u128::from(who % 4), 30 + u128::from(with % 3));
    let appointment = 500 + u128::from(who % 12);
    // An appointment is always the same person's: its stream has one subject.
    let patient = 40 + appointment % 4;
    let starts_at = day(1 + i64::from(with % 3)) + TimeDelta::minutes(30 * i64::from(with % 8));
    match what % 39 {
        0 => drop(world.opened(10 + u128::from(who % 3)).await),
        1 => drop(
            world
                .department(10 + u128::from(who % 3), 100 + u128::from(with))
                .await,
        ),
        2 => drop(world.doctor(doctor, "Gurpreet Singh").await),
        3 => drop(world.patient(person, "ਹਰਪ੍ਰੀਤ ਕੌਰ").await),
        4 => drop(world.window(doctor, day(1 + i64::from(who % 3)), 4).await),
        5 | 6 => {
            world.reserved(appointment, doctor, starts_at).await;
            world.booked(appointment, patient, doctor, starts_at).await;
        }
        7 => {
            world.released(appointment, doctor, starts_at).await;
            world
                .moved(appointment, patient, starts_at + TimeDelta::hours(1))
                .await;
            world
                .reserved(appointment, doctor, starts_at + TimeDelta::hours(1))
                .await;
        }
        8 => {
            world.released(appointment, doctor, starts_at).await;
            world.cancelled(appointment, patient).await;
        }
        9 | 10 => {
            let notice = reminder::notice_of(id(appointment), starts_at, None);
            let channel = if who.is_multiple_of(2) {
                Channel::Email
            } else {
                Channel::InApp
            };
            world.written(notice, patient, appointment, channel).await;
        }
        11 => drop(
            world
                .delivered(
                    reminder::notice_of(id(appointment), starts_at, None),
                    patient,
                )
                .await,
        ),
        16 => drop(
            world
                .week(doctor, if odd { "08:00" } else { "09:00" })
                .await,
        ),
        17 => drop(world.date(doctor, starts_at, "10:00").await),
        18 => drop(world.leave(doctor, u128::from(who), starts_at).await),
        19 => {
            let kind = 70 + u128::from(who % 3);
            match with % 3 {
                0 => world.defined(kind, terms(30, &[])).await,
                1 => world.redefined(kind, terms(45, &["ultrasound"])).await,
                _ => world.retired(kind).await,
            };
        }
        20 => {
            world.occupied(80, appointment, starts_at).await;
            if with % 2 == 0 {
                world.vacated(80, appointment, starts_at).await;
            }
        }
        21 => world.seen(appointment, patient, doctor, starts_at).await,
        22 => drop(world.missed(appointment, patient, starts_at).await),
        23 => {
            let entry = u128::from(who % 8);
            let patient = 40 + entry % 4;
            match with % 4 {
                0 => world.waits(entry, patient, doctor).await,
                1 => world.offered(entry, patient, starts_at).await,
                2 => world.lapsed(entry, patient).await,
                _ => world.expired(entry, patient).await,
            };
        }
        24 => drop(
            world
                .rated(appointment, patient, 1 + u64::from(with % 5))
                .await,
        ),
        25 => drop(world.chose_reminders(person, 60 + u64::from(with)).await),
        26 => {
            let leads = (with % 2 == 0).then(|| vec![ReminderLead::HOUR]);
            let change = (None, leads);
            world
                .reminders_set(appointment, doctor, starts_at, change)
                .await;
        }
        27 => {
            let hospital = 10 + u128::from(who % 3);
            match with % 5 {
                0 => world.asset(hospital, 80 + u128::from(who)).await,
                1 => world.asset_retired(hospital, 80 + u128::from(who)).await,
                2 => world.holiday(hospital, starts_at).await,
                3 => world.holiday_withdrawn(hospital, starts_at).await,
                _ => world.policy(hospital, u16::from(who)).await,
            };
        }
        28 => drop(world.feed(u128::from(who % 8), person, with % 2 == 0).await),
        29 => world.watched(u128::from(who), person, with).await,
        30 => world.consents(who, with).await,
        31 => drop(world.happens_to_an_erasure(who, with).await),
        32..=35 => people::happen(world, what % 39, who, with).await,
        36 => world.integrators(who, with).await,
        37 => world.emergencies(who, with).await,
        38 => drop(world.happens_to_an_export(who, with).await),
        12 if odd => drop(
            world
                .garble(&stream("hospital", 10), "hospital.opened", "{\"name\":1}")
                .await,
        ),
        13 if odd => drop(
            world
                .garble("calendar-none", "calendar.window-closed", "{}")
                .await,
        ),
        14 if odd => decide(world, "hospital", with).await,
        15 if odd => decide(world, "appointment", with).await,
        _ => {}
    }
}

/// Something in every model that no later step can park.
async fn furnish(world: &World) {
    for hospital in 10..13 {
        world.opened(hospital).await;
    }
    world.doctor(39, "Gurpreet Singh").await;
    world.patient(49, "Harpreet Kaur").await;
    world.window(39, day(2), 4).await;
    world.reserved(599, 39, day(2)).await;
    world.booked(599, 49, 39, day(2)).await;
    world.written(id(699), 49, 599, Channel::Email).await;
    world.week(39, "09:00").await;
    world.defined(79, terms(30, &["ultrasound"])).await;
    world.occupied(89, 599, day(2)).await;
    world.seen(599, 49, 39, day(2)).await;
    world.waits(99, 49, 39).await;
    world.rated(599, 49, 4).await;
    world.feed(299, 49, true).await;
    people::furnish(world).await;
    world.gave(399, 49, 9).await;
    world.integrator(499).await;
    world.broke_the_glass(499, 49, 30, day(1)).await;
    world.watched(300, 49, 0).await;
    world.watched(301, 49, 2).await;
    world.forgets(999, 49).await;
    world.asks_for_a_copy(998, 49).await;
}

async fn decide(world: &World, projection: &str, with: u8) {
    let letters = world.letters(projection).await;
    let Some((stream, position, ..)) = letters.get(usize::from(with) % letters.len().max(1)) else {
        return;
    };
    if with.is_multiple_of(2) {
        world.retry(projection, stream, Position(*position)).await;
    } else {
        world.skip(projection, stream, Position(*position)).await;
    }
}

fn live_equals_rebuilt(odd: bool, erase: bool) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let steps = prop::collection::vec(any::<Step>(), 80..200);
    let config = Config {
        cases: 4,
        max_shrink_iters: 5,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&steps, |steps| {
            runtime.block_on(async {
                let world = World::new().await;
                let projector = world.projector();
                let running = world.run(&projector);
                furnish(&world).await;
                for (at, step) in steps.iter().enumerate() {
                    happen(&world, *step, odd).await;
                    if at % 40 == 39 {
                        world.settle(&projector).await;
                    }
                }
                world.settle(&projector).await;
                if erase {
                    for category in Category::ALL {
                        let by = uuid::Uuid::nil();
                        world
                            .codec
                            .vault()
                            .shred(TENANT, id::<SubjectId>(41), category, by)
                            .await
                            .unwrap();
                    }
                }
                for name in projector.names() {
                    let (at, live) = projector.rows_clear(name).await.unwrap();
                    let letters = world.letters(name).await;
                    assert!(
                        !live.is_empty(),
                        "{name} is empty: call its events in `furnish` and `happen`"
                    );
                    projector.rebuild(name).await.unwrap();
                    assert_eq!(
                        (at, live),
                        projector.rows_clear(name).await.unwrap(),
                        "{name}"
                    );
                    if !erase {
                        // Of what is erased nobody can tell any more that it did not fit.
                        assert_eq!(letters, world.letters(name).await, "{name}");
                    }
                }
                running.stop().await;
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn live_rows_equal_rebuilt_rows_whatever_happened() {
    live_equals_rebuilt(false, false);
}

#[test]
fn live_rows_equal_rebuilt_rows_with_poison_retries_and_skips_among_the_events() {
    live_equals_rebuilt(true, false);
}

#[test]
fn live_rows_equal_rebuilt_rows_after_a_person_was_erased() {
    live_equals_rebuilt(false, true);
}

#[tokio::test]
async fn an_appointment_is_shown_as_it_stands_in_the_patients_list_and_the_doctors_day() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    for number in 0..5 {
        world
            .booked(
                500 + number,
                40,
                30,
                day(2) + TimeDelta::hours(number as i64),
            )
            .await;
    }
    // Two at the same time: the list's order must still be total.
    world.booked(505, 40, 31, day(2)).await;
    world.moved(501, 40, day(5)).await;
    world.cancelled(502, 40).await;
    world.settle(&projector).await;
    running.stop().await;
    let reads = &world.reads;

    let moved = appointment::get(reads, TENANT, id(501))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (moved.starts_at, moved.version, moved.status),
        (day(5), 2, AppointmentStatus::Booked)
    );
    assert_eq!(moved.reason.unwrap().as_str(), "chest pain");
    let cancelled = appointment::get(reads, TENANT, id(502))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(cancelled.status, AppointmentStatus::Cancelled);
    assert_eq!(cancelled.cancellation.unwrap().as_str(), "feels better");

    let mut seen = Vec::new();
    let mut page = Page::first(2);
    loop {
        let listed = appointment::for_patient(reads, TENANT, id(40), &Extent::Whole, page)
            .await
            .unwrap();
        assert!(listed.rows.len() <= 2);
        seen.extend(
            listed
                .rows
                .iter()
                .map(|row| row.appointment.uuid().as_u128()),
        );
        let Some(next) = listed.next else { break };
        // As it travels in a URL.
        page = Page {
            after: Some(next.to_string().parse().unwrap()),
            limit: 2,
        };
    }
    assert_eq!(seen, [501, 504, 503, 502, 505, 500]);

    let today = appointment::day_of_doctor(reads, TENANT, id(30), (day(2), day(3)))
        .await
        .unwrap();
    let today: Vec<u128> = today
        .iter()
        .map(|row| row.appointment.uuid().as_u128())
        .collect();
    assert_eq!(today, [500, 502, 503, 504]);
    assert!(
        "9999999999999999999.00"
            .parse::<appointment::AppointmentCursor>()
            .is_err()
    );
    assert!(
        "8000000000000000000.00000000-0000-0000-0000-000000000000"
            .parse::<appointment::AppointmentCursor>()
            .is_err()
    );
}

#[tokio::test]
async fn a_timer_is_due_a_day_ahead_until_its_notice_is_written_or_its_slot_given_back() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    let starts_at = day(3);
    for appointment in [500, 501, 502] {
        world
            .reserved(appointment, 30 + appointment, starts_at)
            .await;
    }
    world.released(501, 531, starts_at).await;
    world
        .written(
            reminder::notice_of(id(502), starts_at, None),
            40,
            502,
            Channel::InApp,
        )
        .await;
    // Moved away and back: the notice for that time exists already.
    world.released(502, 532, starts_at).await;
    world.reserved(502, 532, starts_at).await;
    world.settle(&projector).await;
    running.stop().await;

    let reads = &world.reads;
    let due_at = starts_at - TimeDelta::hours(24);
    assert!(
        reminder::due(reads, due_at - TimeDelta::seconds(1), 10)
            .await
            .unwrap()
            .is_empty()
    );
    let due = reminder::due(reads, due_at, 10).await.unwrap();
    assert_eq!(
        due.iter()
            .map(|row| row.appointment.uuid().as_u128())
            .collect::<Vec<_>>(),
        [500]
    );
    assert_eq!(
        (due[0].notice, due[0].due_at),
        (reminder::notice_of(id(500), starts_at, None), due_at)
    );
    assert!(
        reminder::due(reads, starts_at, 10)
            .await
            .unwrap()
            .is_empty(),
        "nobody is reminded of what has begun"
    );
}

#[tokio::test]
async fn an_e_mail_waits_in_the_outbox_until_it_arrived_and_a_notice_shows_what_became_of_it() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.written(id(60), 40, 500, Channel::Email).await;
    world.written(id(61), 40, 500, Channel::Email).await;
    world.written(id(62), 40, 500, Channel::InApp).await;
    world.delivered(id(61), 40).await;
    world.settle(&projector).await;
    running.stop().await;
    let pending = delivery::pending(&world.reads, 10).await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(
        (
            pending[0].notice,
            pending[0].address.as_ref().unwrap().as_str()
        ),
        (id(60), "harpreet@example.org")
    );
    let listed = notice::for_recipient(&world.reads, TENANT, id(40), Page::first(2))
        .await
        .unwrap();
    let shown: Vec<_> = listed
        .rows
        .iter()
        .map(|row| (row.notice, row.status))
        .collect();
    assert_eq!(
        shown,
        [
            (id(62), NoticeStatus::Pending),
            (id(61), NoticeStatus::Delivered)
        ]
    );
    let rest = Page {
        after: listed.next,
        limit: 2,
    };
    let rest = notice::for_recipient(&world.reads, TENANT, id(40), rest)
        .await
        .unwrap();
    assert_eq!((rest.rows.len(), rest.next), (1, None));
    assert!(
        notice::get(&world.reads, TENANT, id(60))
            .await
            .unwrap()
            .is_some()
    );
}
