//! The waitlist: a freed slot is held for the next in line, who takes it or passes it on.

use chrono::{Days, TimeDelta, Utc};
use futures::future::join_all;
use medilink_commands::appointment::{Book, Cancel};
use medilink_commands::waitlist::{Accept, Decline, Expire, Join, Lapse, Leave, Offer};
use medilink_commands::{Actor, CommandContext, CommandError};
use medilink_domain::doctor::Doctor;
use medilink_domain::values::VisitMode;
use medilink_domain::waitlist::{Preference, Waitlist, Wish};
use medilink_domain::{AppointmentId, Decider, DoctorId, HospitalId, PatientId, WaitlistEntryId};

use crate::support::{World, slug};

struct Line {
    world: World,
    doctor: DoctorId,
    hospital: HospitalId,
    starts_at: chrono::DateTime<Utc>,
}

impl Line {
    /// A doctor whose first slot is taken; returns by which appointment.
    async fn at_a_full_slot() -> (Self, AppointmentId) {
        let world = World::new().await;
        let (doctor, starts_at) = world.doctor("DMC-1").await;
        let mut post = Doctor::default();
        for event in world.events(&Doctor::stream(&doctor)).await {
            post.evolve(&world.codec.decode(&event).await.unwrap().unwrap());
        }
        let hospital = post.post().unwrap().hospital;
        let first = world.register_patient().await;
        let booked = world
            .run(&world.console(), &Book::new(first, doctor, starts_at))
            .await
            .unwrap()
            .answer;
        let line = Self {
            world,
            doctor,
            hospital,
            starts_at,
        };
        (line, booked.appointment)
    }

    async fn join(&self) -> (PatientId, WaitlistEntryId) {
        let patient = self.world.register_patient().await;
        let theirs = self.world.patient(patient);
        let joined = self.world.run(&theirs, &self.wait(patient)).await.unwrap();
        (patient, joined.answer.entry)
    }

    /// For a morning of the next thirty days.
    fn wait(&self, patient: PatientId) -> Join {
        let today = Utc::now().date_naive();
        Join {
            patient,
            wish: Wish {
                hospital: self.hospital,
                time_zone: "UTC".parse().unwrap(),
                department: None,
                doctor: Some(self.doctor),
                visit_type: None,
                mode: VisitMode::InPerson,
                preferences: vec![Preference {
                    from: today,
                    until: today + Days::new(30),
                    weekdays: Vec::new(),
                    opens: None,
                    closes: Some("12:00".parse().unwrap()),
                }],
            },
        }
    }

    fn in_forty_days(&self) -> CommandContext {
        CommandContext {
            now: Utc::now() + TimeDelta::days(40),
            ..self.worker()
        }
    }

    fn worker(&self) -> CommandContext {
        CommandContext::new(Actor::worker(self.world.tenant))
    }

    fn offer(&self, entry: WaitlistEntryId) -> Offer {
        Offer {
            entry,
            doctor: self.doctor,
            starts_at: self.starts_at,
        }
    }

    /// The appointment that the offered slot would be.
    async fn offered(&self, entry: WaitlistEntryId) -> AppointmentId {
        let mut state = Waitlist::default();
        for event in self.world.events(&Waitlist::stream(&entry)).await {
            state.evolve(&self.world.codec.decode(&event).await.unwrap().unwrap());
        }
        state.offer.expect("an offer is open").appointment
    }
}

#[tokio::test]
async fn a_freed_slot_is_held_for_one_and_becomes_their_appointment() {
    let (line, taken) = Line::at_a_full_slot().await;
    let world = &line.world;
    let (patient, entry) = line.join().await;
    assert_eq!(
        slug(world.run(&line.worker(), &line.offer(entry)).await),
        "slot-taken"
    );
    world
        .run(&world.console(), &Cancel::new(taken))
        .await
        .unwrap();
    world.run(&line.worker(), &line.offer(entry)).await.unwrap();
    let other = world.register_patient().await;
    let grab = Book::new(other, line.doctor, line.starts_at);
    assert_eq!(slug(world.run(&world.console(), &grab).await), "slot-taken");
    let appointment = line.offered(entry).await;
    let accept = Accept { entry, appointment };
    assert!(world.run(&world.patient(other), &accept).await.is_err());
    let theirs = world.patient(patient);
    let booked = world.run(&theirs, &accept).await.unwrap().answer;
    assert_eq!(
        (booked.appointment, booked.starts_at),
        (appointment, line.starts_at)
    );
    assert_eq!(slug(world.run(&theirs, &accept).await), "wait-is-over");
    // An appointment like any other.
    world.run(&theirs, &Cancel::new(appointment)).await.unwrap();
}

#[tokio::test]
async fn what_is_passed_on_is_free_for_the_next_and_not_offered_again() {
    let (line, taken) = Line::at_a_full_slot().await;
    let world = &line.world;
    let ((first, entry), (_, next)) = (line.join().await, line.join().await);
    world
        .run(&world.console(), &Cancel::new(taken))
        .await
        .unwrap();
    world.run(&line.worker(), &line.offer(entry)).await.unwrap();
    assert_eq!(
        slug(world.run(&line.worker(), &line.offer(next)).await),
        "slot-taken"
    );
    let decline = Decline {
        entry,
        appointment: line.offered(entry).await,
    };
    world.run(&world.patient(first), &decline).await.unwrap();
    assert_eq!(
        slug(world.run(&line.worker(), &line.offer(entry)).await),
        "already-passed-on"
    );
    world.run(&line.worker(), &line.offer(next)).await.unwrap();
}

#[tokio::test]
async fn an_offer_that_nobody_answers_lapses_and_who_leaves_frees_the_slot() {
    let (line, taken) = Line::at_a_full_slot().await;
    let world = &line.world;
    let ((_, entry), (patient, next)) = (line.join().await, line.join().await);
    world
        .run(&world.console(), &Cancel::new(taken))
        .await
        .unwrap();
    world.run(&line.worker(), &line.offer(entry)).await.unwrap();
    let appointment = line.offered(entry).await;
    let lapse = Lapse { entry, appointment };
    assert_eq!(
        slug(world.run(&line.worker(), &lapse).await),
        "offer-still-held"
    );
    let later = CommandContext {
        now: Utc::now() + TimeDelta::minutes(31),
        ..line.worker()
    };
    world.run(&later, &lapse).await.unwrap();
    world.run(&later, &line.offer(next)).await.unwrap();
    let leave = Leave { entry: next };
    world.run(&world.patient(patient), &leave).await.unwrap();
    assert_eq!(world.count("calendar.slot-released").await, 3);
    let free = Book::new(world.register_patient().await, line.doctor, line.starts_at);
    world.run(&world.console(), &free).await.unwrap();
}

#[tokio::test]
async fn nobody_waits_for_more_than_ten_visits_however_fast_they_join() {
    let (line, taken) = Line::at_a_full_slot().await;
    let world = &line.world;
    let patient = world.register_patient().await;
    let (theirs, wait) = (world.patient(patient), line.wait(patient));
    let joins = (0..14).map(|_| world.run(&theirs, &wait));
    let (mut entries, mut refused) = (Vec::new(), 0);
    for joined in join_all(joins).await {
        match joined {
            Ok(joined) => entries.push(joined.answer.entry),
            refusal => {
                assert_eq!(slug(refusal), "too-many-waits");
                refused += 1;
            }
        }
    }
    assert_eq!((entries.len(), refused), (10, 4));
    // Somebody else may.
    line.join().await;
    // Who leaves, has what they wanted, or waited in vain, may wait again.
    let again = async || {
        let entry = world.run(&theirs, &wait).await.unwrap().answer.entry;
        assert_eq!(slug(world.run(&theirs, &wait).await), "too-many-waits");
        entry
    };
    let leave = Leave { entry: entries[0] };
    world.run(&theirs, &leave).await.unwrap();
    again().await;
    world
        .run(&world.console(), &Cancel::new(taken))
        .await
        .unwrap();
    world
        .run(&line.worker(), &line.offer(entries[1]))
        .await
        .unwrap();
    let accept = Accept {
        entry: entries[1],
        appointment: line.offered(entries[1]).await,
    };
    world.run(&theirs, &accept).await.unwrap();
    again().await;
    let expire = Expire { entry: entries[2] };
    world.run(&line.in_forty_days(), &expire).await.unwrap();
    again().await;
}

#[tokio::test]
async fn a_wait_ends_with_its_wish_and_only_a_worker_ends_it() {
    let (line, _) = Line::at_a_full_slot().await;
    let world = &line.world;
    let (patient, entry) = line.join().await;
    let expire = Expire { entry };
    assert_eq!(
        slug(world.run(&line.worker(), &expire).await),
        "still-wished"
    );
    for context in [world.patient(patient), world.console()] {
        let early = CommandContext {
            now: line.in_forty_days().now,
            ..context
        };
        assert!(matches!(
            world.run(&early, &expire).await,
            Err(CommandError::Forbidden | CommandError::NotFound(_))
        ));
    }
    world.run(&line.in_forty_days(), &expire).await.unwrap();
    let twice = world.run(&line.in_forty_days(), &expire).await;
    assert_eq!(slug(twice), "wait-is-over");
    assert_eq!(world.count("waitlist.expired").await, 1);
}
