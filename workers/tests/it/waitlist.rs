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

/// For any slot of a doctor in the next thirty days.
async fn wish(world: &World, doctor: DoctorId) -> Wish {
    let today = Utc::now().date_naive();
    Wish {
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
    }
}

/// Only of this many days from now.
fn on_day(wish: &Wish, days: u64) -> Wish {
    let day = Utc::now().date_naive() + Days::new(days);
    let mut wish = wish.clone();
    (wish.preferences[0].from, wish.preferences[0].until) = (day, day);
    wish
}

async fn join(world: &World, doctor: DoctorId) -> WaitlistEntryId {
    let patient = world.patient(Language::Hindi, None).await;
    let wish = wish(world, doctor).await;
    world.run(&Join { patient, wish }).await.answer.entry
}

/// A doctor's first slot, which is taken.
struct Taken {
    world: World,
    projector: Running,
    doctor: DoctorId,
    first: DateTime<Utc>,
    appointment: AppointmentId,
}

impl Taken {
    async fn new() -> Self {
        let world = World::new().await;
        let projector = world.projector();
        let (doctor, first) = world.doctor().await;
        let patient = world.patient(Language::English, None).await;
        Self {
            appointment: world.book(patient, doctor, first).await,
            world,
            projector,
            doctor,
            first,
        }
    }

    /// It is freed, and whoever is to have it has been told.
    async fn frees(&self) -> Running {
        let worker = self.world.platform_worker(config());
        self.world.cancel(self.appointment).await;
        eventually("told", async || {
            self.world.count("notice.written").await == 1
        })
        .await;
        self.world.projected().await;
        worker
    }

    async fn state(&self, one: WaitlistEntryId) -> WaitlistState {
        entry(&self.world, one).await.state
    }

    async fn stop(self, worker: Running) {
        worker.stop().await;
        self.projector.stop().await;
    }
}

/// Two who wait for a slot that is taken.
async fn line() -> (Taken, [WaitlistEntryId; 2]) {
    let taken = Taken::new().await;
    let (world, doctor) = (&taken.world, taken.doctor);
    let line = [join(world, doctor).await, join(world, doctor).await];
    (taken, line)
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
    let (taken, [one, next]) = line().await;
    let worker = taken.frees().await;
    let row = entry(&taken.world, one).await;
    assert_eq!(row.state, WaitlistState::Offered);
    assert_eq!(row.offer.unwrap().starts_at, taken.first);
    assert_eq!(taken.state(next).await, WaitlistState::Waiting);
    taken.stop(worker).await;
}

#[tokio::test]
async fn an_offer_whose_time_is_up_goes_to_the_next() {
    let (taken, [one, next]) = line().await;
    let world = &taken.world;
    world.cancel(taken.appointment).await;
    let an_hour_ago = Utc::now() - TimeDelta::hours(1);
    offer(world, one, taken.doctor, taken.first, an_hour_ago).await;
    world.projected().await;
    let worker = world.platform_worker(config());
    eventually("passed on", async || {
        world.count("waitlist.offered").await == 2
    })
    .await;
    world.projected().await;
    assert_eq!(taken.state(one).await, WaitlistState::Waiting);
    assert_eq!(taken.state(next).await, WaitlistState::Offered);
    assert_eq!(world.count("waitlist.lapsed").await, 1);
    taken.stop(worker).await;
}

#[tokio::test]
async fn events_that_come_again_offer_nothing_twice() {
    let (taken, _) = line().await;
    taken.frees().await.stop().await;
    taken.world.nothing_happens_twice().await;
    taken.projector.stop().await;
}

/// The first wants half an hour, and a quarter is free.
#[tokio::test]
async fn a_slot_that_is_too_short_for_the_first_goes_to_the_next() {
    let taken = Taken::new().await;
    let (world, doctor) = (&taken.world, taken.doctor);
    let neighbour = world.patient(Language::English, None).await;
    let quarter = TimeDelta::minutes(15);
    world.book(neighbour, doctor, taken.first + quarter).await;
    let hospital = hospital_of(world, doctor).await;
    let long = Join {
        patient: world.patient(Language::Hindi, None).await,
        wish: Wish {
            visit_type: Some(world.visit_type(hospital, 30).await),
            ..wish(world, doctor).await
        },
    };
    let one = world.run(&long).await.answer.entry;
    let next = join(world, doctor).await;
    let worker = taken.frees().await;
    assert_eq!(taken.state(one).await, WaitlistState::Waiting);
    assert_eq!(taken.state(next).await, WaitlistState::Offered);
    taken.stop(worker).await;
}

/// More than are read at a time wait for another day; behind them somebody wants this one.
#[tokio::test]
async fn a_freed_slot_finds_who_wants_it_at_the_end_of_a_long_line() {
    let taken = Taken::new().await;
    let (world, doctor) = (&taken.world, taken.doctor);
    let another_day = on_day(&wish(world, doctor).await, 11);
    for _ in 0..11 {
        let wait = Join {
            patient: world.patient(Language::Hindi, None).await,
            wish: another_day.clone(),
        };
        for _ in 0..10 {
            world.run(&wait).await;
        }
    }
    let last = join(world, doctor).await;
    let worker = taken.frees().await;
    assert_eq!(taken.state(last).await, WaitlistState::Offered);
    taken.stop(worker).await;
}

#[tokio::test]
async fn who_waited_in_vain_waits_no_more() {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, _) = world.doctor().await;
    let patient = world.patient(Language::Hindi, None).await;
    let long_ago = CommandContext {
        now: Utc::now() - TimeDelta::days(40),
        ..world.console()
    };
    let mut wish = wish(&world, doctor).await;
    let yesterday = Utc::now().date_naive() - Days::new(2);
    wish.preferences[0].from = yesterday;
    wish.preferences[0].until = yesterday;
    let in_vain = Join { patient, wish };
    let executor = &world.tools.executor;
    let in_vain = executor.execute(&long_ago, &in_vain).await.unwrap().answer;
    let still = join(&world, doctor).await;
    let worker = world.platform_worker(config());
    eventually("over", async || world.count("waitlist.expired").await == 1).await;
    world.projected().await;
    let over = entry(&world, in_vain.entry).await;
    assert_eq!(over.state, WaitlistState::Expired);
    assert_eq!(entry(&world, still).await.state, WaitlistState::Waiting);
    worker.stop().await;
    world.nothing_happens_twice().await;
    projector.stop().await;
}
