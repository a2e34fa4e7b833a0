//! What a search finds is what working out every day of everyone would find, whatever was
//! taken in before and in which order.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use medilink_domain::calendar::{Reservation, Visit, Window, free_slots};
use medilink_domain::schedule::{Hours, Schedule, SchedulePost, Week, WeeklyHours};
use medilink_domain::values::{BufferMinutes, Language, LocalTime, TimeZone, Weekday};
use medilink_domain::{DepartmentId, DoctorId, HospitalId};
use proptest::prelude::*;

use super::search::{FreeSlot, Search};
use super::tenancy::{Day, Hospital, Tenancy};
use crate::tests::world::{id, text};

const DOCTORS: u128 = 5;
const SPECIALTIES: [&str; 2] = ["skin", "heart"];

/// A hospital is in one place for good; its departments are its number and theirs.
fn zone(hospital: u128) -> TimeZone {
    text(["Asia/Kolkata", "America/New_York", "Pacific/Auckland"][hospital as usize])
}

fn department(hospital: u128, number: u128) -> DepartmentId {
    id(100 + 10 * hospital + number)
}

/// Days around which something is: near and, seldom, further ahead than what is kept.
fn today() -> NaiveDate {
    Utc::now().date_naive()
}

#[derive(Clone, Debug)]
enum Step {
    Hospital(u128, Vec<u64>),
    Doctor(u128, (u128, u128), Vec<Language>),
    Schedule(u128, u128, Vec<(Weekday, u32, u32)>),
    Day(u128, u64, Vec<u32>, Vec<u32>),
    Search(Box<Asked>),
}

#[derive(Clone, Debug)]
struct Asked {
    hospital: Option<u128>,
    department: Option<u128>,
    specialty: Option<usize>,
    doctor: Option<u128>,
    language: Option<Language>,
    from: (u64, i64),
    hours: i64,
    limit: usize,
}

fn days() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 1_u64..5, 1 => 140_u64..143]
}

fn steps() -> impl Strategy<Value = Step> {
    let hospital = || 0_u128..3;
    let doctor = || 0..DOCTORS;
    let languages = prop::sample::subsequence(vec![Language::English, Language::Hindi], 0..=2);
    let weekday = prop::sample::select(Weekday::ALL);
    let hours = (weekday, 0_u32..22, 1_u32..8);
    let asked = (
        prop::option::weighted(0.3, hospital()),
        prop::option::weighted(0.2, 0_u128..2),
        prop::option::weighted(0.3, 0_usize..2),
        prop::option::weighted(0.2, doctor()),
        prop::option::weighted(0.2, Just(Language::Hindi)),
        (days(), -30_i64..1_500),
        0_i64..80,
        1_usize..12,
    );
    let search = asked.prop_map(
        |(hospital, department, specialty, doctor, language, from, hours, limit)| {
            Step::Search(Box::new(Asked {
                hospital,
                department,
                specialty,
                doctor,
                language,
                from,
                hours,
                limit,
            }))
        },
    );
    prop_oneof![
        1 => (hospital(), prop::collection::vec(days(), 0..3))
            .prop_map(|(hospital, off)| Step::Hospital(hospital, off)),
        2 => (doctor(), (hospital(), 0_u128..2), languages)
            .prop_map(|(doctor, post, languages)| Step::Doctor(doctor, post, languages)),
        2 => (doctor(), hospital(), prop::collection::vec(hours, 0..6))
            .prop_map(|(doctor, at, hours)| Step::Schedule(doctor, at, hours)),
        3 => (doctor(), days(), prop::collection::vec(0_u32..23, 0..3), prop::collection::vec(0_u32..48, 0..4))
            .prop_map(|(doctor, day, windows, taken)| Step::Day(doctor, day, windows, taken)),
        4 => search,
    ]
}

/// Everything that was taken in, plainly.
#[derive(Default)]
struct Model {
    hospitals: HashMap<u128, Vec<NaiveDate>>,
    doctors: BTreeMap<u128, ((u128, u128), Vec<Language>)>,
    schedules: HashMap<u128, Schedule>,
    days: HashMap<(u128, NaiveDate), (Vec<Window>, Vec<Reservation>)>,
}

fn midnight(day: u64) -> DateTime<Utc> {
    let date = today() + Days::new(day);
    date.and_time(chrono::NaiveTime::MIN).and_utc()
}

fn schedule(doctor: u128, at: u128, hours: &[(Weekday, u32, u32)]) -> Schedule {
    let time = |hour: u32| -> LocalTime { text(&format!("{:02}:00", hour % 24)) };
    let hours = hours.iter().map(|(weekday, opens, length)| WeeklyHours {
        weekday: *weekday,
        hours: Hours {
            opens: time(*opens),
            closes: time((opens + length).min(24)),
            slot_minutes: 20.try_into().unwrap(),
            modes: Vec::new(),
            visit_types: Vec::new(),
        },
    });
    let week = Week {
        hours: hours.collect(),
        ..Week::default()
    };
    Schedule {
        post: Some(SchedulePost {
            doctor: id(doctor),
            hospital: id(at),
            time_zone: zone(at),
        }),
        weeks: BTreeMap::from([(today(), week)]),
        ..Schedule::default()
    }
}

fn windows(at: u128, day: u64, opens: &[u32]) -> Vec<Window> {
    let windows = opens.iter().map(|hour| Window {
        window: id(u128::from(*hour)),
        hospital: id(at),
        opens: midnight(day) + TimeDelta::hours(i64::from(*hour)),
        closes: midnight(day) + TimeDelta::hours(i64::from(*hour) + 2),
        time_zone: zone(at),
        slot_minutes: 30.try_into().unwrap(),
    });
    windows.collect()
}

fn reservations(day: u64, taken: &[u32]) -> Vec<Reservation> {
    let reservations = taken.iter().map(|half| {
        let starts_at = midnight(day) + TimeDelta::minutes(i64::from(*half) * 30);
        Reservation {
            appointment: id(u128::from(*half)),
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(30),
            buffer_before: BufferMinutes::default(),
            buffer_after: BufferMinutes::default(),
            overbooked: false,
            reminders: None,
        }
    });
    reservations.collect()
}

impl Model {
    fn take(&mut self, tenancy: &mut Tenancy, step: &Step) {
        match step {
            Step::Hospital(hospital, off) => {
                let off: Vec<_> = off.iter().map(|day| today() + Days::new(*day)).collect();
                self.hospitals.insert(*hospital, off.clone());
                let specialties = (0..2).map(|number| {
                    let treats = SPECIALTIES[number as usize].to_owned();
                    (department(*hospital, number), treats)
                });
                let known = Hospital {
                    specialties: specialties.collect(),
                    holidays: off,
                    assets: Vec::new(),
                };
                tenancy.take_hospital(id(*hospital), known);
            }
            Step::Doctor(doctor, (at, number), languages) => {
                self.doctors
                    .insert(*doctor, ((*at, *number), languages.clone()));
                let post = (id(*at), department(*at, *number));
                tenancy.take_doctor(id(*doctor), post, languages.clone());
            }
            Step::Schedule(doctor, at, hours) => {
                let schedule = schedule(*doctor, *at, hours);
                self.schedules.insert(*doctor, schedule.clone());
                tenancy.take_schedule(id(*doctor), schedule);
            }
            Step::Day(doctor, day, opens, taken) => {
                let date = today() + Days::new(*day);
                let (windows, reservations) = (windows(0, *day, opens), reservations(*day, taken));
                let kept = (windows.clone(), reservations.clone());
                self.days.insert((*doctor, date), kept);
                let day = Day {
                    windows,
                    reservations,
                };
                tenancy.take_day(id(*doctor), date, day);
            }
            Step::Search(_) => {}
        }
    }

    /// Every free slot that fits, in order.
    fn all(&self, asked: &Asked, search: &Search, now: DateTime<Utc>) -> Vec<FreeSlot> {
        let mut all = Vec::new();
        for (doctor, ((at, number), languages)) in &self.doctors {
            let fits = asked.hospital.is_none_or(|wanted| wanted == *at)
                && search
                    .department
                    .is_none_or(|wanted| wanted == department(*at, *number))
                && asked
                    .specialty
                    .is_none_or(|wanted| wanted as u128 == *number)
                && asked.doctor.is_none_or(|wanted| wanted == *doctor)
                && asked
                    .language
                    .is_none_or(|wanted| languages.contains(&wanted));
            let (true, Some(off)) = (fits, self.hospitals.get(at)) else {
                continue;
            };
            let first = search.from.date_naive() - Days::new(2);
            let last = search.to.date_naive() + Days::new(2);
            for date in first.iter_days().take_while(|date| *date <= last) {
                let schedule = self.schedules.get(doctor).cloned().unwrap_or_default();
                let plan = schedule.day(date, off.contains(&date));
                let known = |date: Option<NaiveDate>| {
                    let day = self.days.get(&(*doctor, date.unwrap()));
                    day.cloned().unwrap_or_default()
                };
                let (windows, taken) = known(Some(date));
                let around = [known(date.pred_opt()), known(date.succ_opt())];
                let neighbours: Vec<_> = around
                    .iter()
                    .flat_map(|(_, taken)| taken)
                    .map(Reservation::occupies)
                    .collect();
                let (visit, span) = (Visit::default(), (search.from, search.to));
                let slots = free_slots(&plan, &windows, &taken, &neighbours, &visit, span, now);
                all.extend(slots.into_iter().map(|slot| FreeSlot {
                    slot,
                    doctor: id(*doctor),
                    hospital: id(*at),
                    department: department(*at, *number),
                }));
            }
        }
        all.sort_by_key(FreeSlot::cursor);
        // Days of different zones overlap.
        all.dedup_by_key(|slot| slot.cursor());
        all
    }
}

proptest! {
    #[test]
    fn a_search_finds_what_working_out_everything_would(steps in prop::collection::vec(steps(), 1..60)) {
        let (mut tenancy, mut model) = (Tenancy::default(), Model::default());
        let now = midnight(0);
        for step in &steps {
            model.take(&mut tenancy, step);
            let Step::Search(asked) = step else {
                continue;
            };
            let from = midnight(asked.from.0) + TimeDelta::minutes(asked.from.1) + TimeDelta::nanoseconds(1);
            let mut search = Search {
                hospital: asked.hospital.map(id::<HospitalId>),
                department: asked.department.map(|number| department(asked.hospital.unwrap_or(0), number)),
                specialty: asked.specialty.map(|number| SPECIALTIES[number].to_uppercase()),
                doctor: asked.doctor.map(id::<DoctorId>),
                language: asked.language,
                limit: asked.limit,
                ..Search::of_anyone(from, from + TimeDelta::hours(asked.hours))
            };
            let all = model.all(asked, &search, now);
            // Page by page.
            let mut found = Vec::new();
            loop {
                let (page, next) = tenancy.search(&search, now);
                prop_assert!(page.len() <= search.limit);
                found.extend(page);
                if next.is_none() {
                    break;
                }
                search.after = next;
            }
            let shown = |slots: &[FreeSlot]| -> Vec<_> {
                let shown = |slot: &FreeSlot| (slot.cursor(), slot.hospital, slot.department);
                slots.iter().map(shown).collect()
            };
            prop_assert_eq!(shown(&found), shown(&all));
        }
    }
}
