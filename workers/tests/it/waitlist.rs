//! A freed slot goes down the line of those who wait for it.

use chrono::{DateTime, Days, TimeDelta, Utc};
use medilink_commands::waitlist::{Join, Offer};
use medilink_commands::{Actor, CommandContext};
use medilink_domain::doctor::{Doctor, DoctorEvent};
use medilink_domain::values::{Language, VisitMode};
use medilink_domain::waitlist::{Preference, Wish};
use medilink_domain::{AppointmentId, Decider, DoctorId, HospitalId, WaitlistEntryId};
use medilink_projections::waitlist::{self, WaitlistRow, WaitlistState};

use crate::support::{Running, World, config, eventually};

async fn hospital_of(world: &World, doctor: DoctorId) -> HospitalId {
    let history = world
        .tools
        .history::<DoctorEvent>(world.tenant, &Doctor::stream(&doctor))
        .await
        .unwrap()
        .unwrap();
    let [DoctorEvent::Registered(registered)] = &history[..] else {
        panic!("{history:?}");
    };
    registered.hospital
}

async fn join(world: &World, doctor: DoctorId) -> WaitlistEntryId {
    let today = Utc::now().date_naive();
    let join = Join {
        patient: world.patient(Language::Hindi, None).await,
        wish: Wish {
            hospital: hospital_of(world, doctor).await,
            time_zone: "Asia/Kolkata".parse().unwrap(),
            department: None,
            doctor: Some(doctor),
            visit_type: None,
            mode: VisitMode::InPerson,
            preferences: vec![Preference {
                from: today,
                until: today + Days::new(30),
                weekdays: Vec::new(),
                opens: None,
                closes: None,
            }],
        },
    };
    world.run(&join).await.answer.entry
}

/// A slot that is taken, and two who wait for it.
struct Line {
    world: World,
    projector: Running,
    doctor: DoctorId,
    first: DateTime<Utc>,
    taken: AppointmentId,
    one: WaitlistEntryId,
    next: WaitlistEntryId,
}

async fn line() -> Line {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, first) = world.doctor().await;
    let patient = world.patient(Language::English, None).await;
    Line {
        taken: world.book(patient, doctor, first).await,
        one: join(&world, doctor).await,
        next: join(&world, doctor).await,
        world,
        projector,
        doctor,
        first,
    }
}

async fn entry(world: &World, entry: WaitlistEntryId) -> WaitlistRow {
    let row = waitlist::get(&world.tools.reads, world.tenant, entry).await;
    row.unwrap().unwrap()
}

/// Offers a slot by hand, at some other time than now.
async fn offer(
    world: &World,
    entry: WaitlistEntryId,
    doctor: DoctorId,
    starts_at: DateTime<Utc>,
    now: DateTime<Utc>,
) {
    let context = CommandContext {
        now,
        ..CommandContext::new(Actor::worker(world.tenant))
    };
    let offer = Offer {
        entry,
        doctor,
        starts_at,
    };
    world
        .tools
        .executor
        .execute(&context, &offer)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_freed_slot_is_offered_to_the_first_in_line_who_is_told() {
    let Line {
        world,
        projector,
        first,
        taken,
        one,
        next,
        ..
    } = line().await;
    let worker = world.platform_worker(config());
    world.cancel(taken).await;
    eventually("told", async || world.count("notice.written").await == 1).await;
    world.projected().await;
    let row = entry(&world, one).await;
    assert_eq!(row.state, WaitlistState::Offered);
    assert_eq!(row.offer.unwrap().starts_at, first);
    assert_eq!(entry(&world, next).await.state, WaitlistState::Waiting);
    worker.stop().await;
    projector.stop().await;
}

#[tokio::test]
async fn an_offer_whose_time_is_up_goes_to_the_next() {
    let Line {
        world,
        projector,
        doctor,
        first,
        taken,
        one,
        next,
    } = line().await;
    world.cancel(taken).await;
    let an_hour_ago = Utc::now() - TimeDelta::hours(1);
    offer(&world, one, doctor, first, an_hour_ago).await;
    world.projected().await;
    let worker = world.platform_worker(config());
    eventually("passed on", async || {
        world.count("waitlist.offered").await == 2
    })
    .await;
    world.projected().await;
    assert_eq!(entry(&world, one).await.state, WaitlistState::Waiting);
    assert_eq!(entry(&world, next).await.state, WaitlistState::Offered);
    assert_eq!(world.count("waitlist.lapsed").await, 1);
    worker.stop().await;
    projector.stop().await;
}

#[tokio::test]
async fn events_that_come_again_offer_nothing_twice() {
    let Line {
        world,
        projector,
        taken,
        ..
    } = line().await;
    world.cancel(taken).await;
    let worker = world.platform_worker(config());
    eventually("told", async || world.count("notice.written").await == 1).await;
    worker.stop().await;
    world.nothing_happens_twice().await;
    projector.stop().await;
}
