//! Visits around midnight: the time that is kept free around them counts on both of its sides,
//! though each day of a doctor or a device is a stream of its own.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use medilink_commands::appointment::{AppointmentAnswer, Book, Cancel, Reschedule};
use medilink_commands::{CommandError, Committed, schedule, visit_type};
use medilink_domain::schedule::{Hours, WeeklyHours, first_at_or_after};
use medilink_domain::values::{TimeZone, VisitMode, Weekday};
use medilink_domain::visit_type::VisitTypeTerms;
use medilink_domain::{DoctorId, VisitTypeId};

use crate::clinic::{Clinic, hours};
use crate::support::{World, slug};

/// Two doctors who receive in the last hours of a day and the first of the next, every half
/// hour, and the one device they share.
struct Night {
    clinic: Clinic,
    other: DoctorId,
    zone: TimeZone,
}

impl Night {
    async fn fall(zone: &str) -> Self {
        let world = World::new().await;
        let (doctor, hospital) = world.practice_in(zone, "DMC-1").await;
        let other = world.colleague(hospital, "DMC-2").await;
        let clinic = Clinic {
            world,
            hospital,
            doctor,
        };
        for doctor in [doctor, other] {
            let stretches = [("00:00", "04:00"), ("21:00", "00:00")];
            let week = schedule::SetWeek {
                doctor,
                from: Utc::now().date_naive() + Days::new(1),
                hours: Weekday::ALL
                    .iter()
                    .flat_map(|weekday| {
                        stretches.map(|(opens, closes)| WeeklyHours {
                            weekday: *weekday,
                            hours: Hours {
                                slot_minutes: 30.try_into().unwrap(),
                                ..hours(opens, closes)
                            },
                        })
                    })
                    .collect(),
                most_visits: None,
            };
            clinic.world.run(&clinic.console(), &week).await.unwrap();
        }
        clinic.asset("scanner", "Scanner 1").await;
        let zone = zone.parse().unwrap();
        Self {
            clinic,
            other,
            zone,
        }
    }

    /// When a date begins.
    fn begins(&self, date: NaiveDate) -> DateTime<Utc> {
        first_at_or_after(date, "00:00".parse().unwrap(), self.zone).unwrap()
    }

    /// A kind of visit of half an hour with so much time kept free around it.
    async fn kind(&self, (before, after): (u64, u64), needs: &[&str]) -> VisitTypeId {
        let define = visit_type::Define {
            hospital: self.clinic.hospital,
            terms: VisitTypeTerms {
                name: "Scan".parse().unwrap(),
                minutes: 30.try_into().unwrap(),
                buffer_before: before.try_into().unwrap(),
                buffer_after: after.try_into().unwrap(),
                modes: vec![VisitMode::InPerson],
                price: None,
                needs: needs.iter().map(|class| class.parse().unwrap()).collect(),
            },
        };
        let (world, console) = (&self.clinic.world, self.clinic.console());
        world
            .run(&console, &define)
            .await
            .unwrap()
            .answer
            .visit_type
    }

    async fn visit(&self, doctor: DoctorId, starts_at: DateTime<Utc>, kind: VisitTypeId) -> Book {
        let patient = self.clinic.patient().await;
        Book {
            visit_type: Some(kind),
            ..Book::new(patient, doctor, starts_at)
        }
    }

    async fn run(&self, book: &Book) -> Result<Committed<AppointmentAnswer>, CommandError> {
        self.clinic.world.run(&self.clinic.console(), book).await
    }
}

/// Dates to come: an ordinary one, and those that begin or end with a day on which the clocks
/// of the zone change.
fn dates(zone: TimeZone) -> Vec<NaiveDate> {
    let today = Utc::now().date_naive();
    let begins = |date| first_at_or_after(date, "00:00".parse().unwrap(), zone).unwrap();
    let changes = (10..400)
        .map(|days| today + Days::new(days))
        .filter(|date| begins(*date + Days::new(1)) - begins(*date) != TimeDelta::days(1))
        .take(2);
    changes
        .flat_map(|date| [date, date + Days::new(1)])
        .chain([today + Days::new(10)])
        .collect()
}

/// Minutes from the end of the earlier visit to midnight, what is kept free after it, before
/// the later one, which starts so many minutes after midnight, and whether both fit.
const TABLE: [(i64, u64, u64, i64, bool); 10] = [
    (0, 0, 0, 0, true),
    (0, 30, 0, 0, false),
    (0, 0, 30, 0, false),
    (0, 30, 0, 30, true),
    (0, 30, 5, 30, false),
    (30, 30, 0, 0, true),
    (30, 35, 0, 0, false),
    (30, 0, 30, 0, true),
    (60, 60, 60, 30, false),
    (60, 60, 60, 60, true),
];

#[tokio::test]
async fn the_time_around_visits_is_kept_free_over_midnight_too() {
    // In Cairo the clocks change at midnight: one day begins at one, another ends an hour late.
    for zone in ["Asia/Kolkata", "Africa/Cairo"] {
        let night = Night::fall(zone).await;
        let (first, second) = (night.clinic.doctor, night.other);
        for date in dates(night.zone) {
            let midnight = night.begins(date);
            for (ahead, after, before, behind, fit) in TABLE {
                // Of one doctor, and of two who share a device.
                for (later_of, needs, refusal) in [
                    (first, [].as_slice(), "slot-taken"),
                    (second, ["scanner"].as_slice(), "need-not-met"),
                ] {
                    let earlier = night.kind((0, after), needs).await;
                    let later = night.kind((before, 0), needs).await;
                    let ends = midnight - TimeDelta::minutes(ahead);
                    let earlier = night
                        .visit(first, ends - TimeDelta::minutes(30), earlier)
                        .await;
                    let later = night
                        .visit(later_of, midnight + TimeDelta::minutes(behind), later)
                        .await;
                    for order in [[&earlier, &later], [&later, &earlier]] {
                        let what = format!("{zone} {date} {ahead} {after} {before} {behind}");
                        let one = night.run(order[0]).await.expect(&what);
                        let other = night.run(order[1]).await;
                        let mut booked = vec![one.answer.appointment];
                        match other {
                            Ok(done) if fit => booked.push(done.answer.appointment),
                            other => {
                                assert!(!fit, "{what}: {other:?}");
                                assert_eq!(slug(other), refusal, "{what}");
                            }
                        }
                        for visit in booked {
                            let cancel = Cancel::new(visit);
                            let console = night.clinic.console();
                            night.clinic.world.run(&console, &cancel).await.unwrap();
                        }
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_visit_that_moves_over_midnight_is_not_in_its_own_way() {
    let night = Night::fall("Asia/Kolkata").await;
    let midnight = night.begins(Utc::now().date_naive() + Days::new(10));
    let kind = night.kind((60, 60), &["scanner"]).await;
    let last = midnight - TimeDelta::minutes(30);
    let book = night.visit(night.clinic.doctor, last, kind).await;
    let visit = night.run(&book).await.unwrap().answer.appointment;
    for starts_at in [midnight, last] {
        let console = night.clinic.console();
        let over = Reschedule::new(visit, starts_at);
        night.clinic.world.run(&console, &over).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_visits_that_meet_over_midnight_one_is_booked_whoever_races() {
    let night = Arc::new(Night::fall("Asia/Kolkata").await);
    let kind = night.kind((0, 30), &[]).await;
    let shared = night.kind((0, 30), &["scanner"]).await;
    // Each process knows the streams in its own way.
    let processes = [
        night.clinic.world.executor.clone(),
        night.clinic.world.executor(),
    ];
    for day in 10..22 {
        let midnight = night.begins(Utc::now().date_naive() + Days::new(day));
        let (kind, later_of) = if day % 2 == 0 {
            (kind, night.clinic.doctor)
        } else {
            (shared, night.other)
        };
        let last = midnight - TimeDelta::minutes(30);
        let mut tasks = Vec::new();
        for (doctor, starts_at) in [(night.clinic.doctor, last), (later_of, midnight)] {
            for executor in &processes {
                let book = night.visit(doctor, starts_at, kind).await;
                let (night, executor) = (night.clone(), executor.clone());
                tasks.push(tokio::spawn(async move {
                    executor.execute(&night.clinic.console(), &book).await
                }));
            }
        }
        let mut booked = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => booked += 1,
                refused => assert!(["slot-taken", "need-not-met"].contains(&slug(refused))),
            }
        }
        assert_eq!(booked, 1, "day {day}");
    }
}
