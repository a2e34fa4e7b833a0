//! Searching the index.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use medilink_domain::calendar::{Reservation, Slot, Visit, free_slots, micros_from};
use medilink_domain::values::{Code, Language, VisitMode};
use medilink_domain::{DepartmentId, DoctorId, HospitalId, TenantId, VisitTypeId};

use medilink_log::Position;

use super::index::Index;
use super::tenancy::{Day, Doctor, Hospital, Place, Tenancy};

/// What is looked for. Whatever is not named does not matter.
#[derive(Clone, Debug)]
pub struct Search {
    /// Where.
    pub hospital: Option<HospitalId>,
    /// Where in the hospital.
    pub department: Option<DepartmentId>,
    /// What departments treat, whatever its capitals.
    pub specialty: Option<String>,
    /// With whom.
    pub doctor: Option<DoctorId>,
    /// In which language.
    pub language: Option<Language>,
    /// What kind of visit.
    pub visit_type: Option<VisitTypeId>,
    /// How it takes place.
    pub mode: VisitMode,
    /// Slots that start at or after this instant.
    pub from: DateTime<Utc>,
    /// Slots that start before this instant.
    pub to: DateTime<Utc>,
    /// Where the last page ended.
    pub after: Option<SearchCursor>,
    /// At most so many, at least one.
    pub limit: usize,
}

impl Search {
    /// Ordinary visits with anyone, at most fifty.
    pub const fn of_anyone(from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        Self {
            hospital: None,
            department: None,
            specialty: None,
            doctor: None,
            language: None,
            visit_type: None,
            mode: VisitMode::InPerson,
            from,
            to,
            after: None,
            limit: 50,
        }
    }
}

/// The place of a slot in a list, in a URL as `<microseconds>.<doctor>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SearchCursor {
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// Whose it is.
    pub doctor: DoctorId,
}

impl fmt::Display for SearchCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::cursor::write(f, self.starts_at, self.doctor.uuid())
    }
}

impl FromStr for SearchCursor {
    type Err = crate::cursor::NotACursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (starts_at, id) = crate::cursor::read(text)?;
        Ok(Self {
            starts_at,
            doctor: DoctorId(id),
        })
    }
}

/// A slot that is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeSlot {
    /// The slot.
    pub slot: Slot,
    /// Whose it is.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// Where in the hospital.
    pub department: DepartmentId,
}

impl FreeSlot {
    pub(super) const fn cursor(&self) -> SearchCursor {
        SearchCursor {
            starts_at: self.slot.starts_at,
            doctor: self.doctor,
        }
    }
}

/// A page of free slots.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// In order of time, then of doctor.
    pub slots: Vec<FreeSlot>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<SearchCursor>,
    /// How far the log was known: every event up to here is taken into account.
    pub position: Position,
}

/// How much of a day is worked out at once: a few slots.
const STRETCH: TimeDelta = TimeDelta::hours(1);

/// A local date is at most so far from the date in UTC, either way.
const FURTHEST_ZONE: TimeDelta = TimeDelta::hours(14);

impl Index {
    /// The first slots that fit.
    pub(super) fn search(&self, tenant: TenantId, search: &Search, now: DateTime<Utc>) -> Found {
        let tenancy = self.tenants.get(&tenant);
        let (slots, next) =
            tenancy.map_or_else(Default::default, |tenancy| tenancy.search(search, now));
        Found {
            slots,
            next,
            position: self.position(),
        }
    }
}

/// What a search has before it: a day of a doctor that may bring a slot at that instant or
/// later, or a slot. Days are worked out only when nothing earlier is left, and no more of
/// them than that, which is why a page of a thousand doctors costs little more than one of ten.
struct Ahead {
    /// In microseconds since 1970, and whose: the order of what is found.
    at: (i64, DoctorId),
    what: What,
}

enum What {
    /// Of whom, and when.
    Day(Place, NaiveDate),
    /// Which of those that were worked out.
    Slot(usize),
}

impl Ord for Ahead {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at)
    }
}

impl PartialOrd for Ahead {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ahead {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Ahead {}

/// When a date begins where it begins first.
fn begins(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc() - FURTHEST_ZONE
}

/// The local dates of any zone on which something can start in `from..to`.
fn dates((from, to): (DateTime<Utc>, DateTime<Utc>)) -> impl Iterator<Item = NaiveDate> {
    let last = (to + FURTHEST_ZONE).date_naive();
    std::iter::successors(Some((from - FURTHEST_ZONE).date_naive()), |date| {
        date.succ_opt()
    })
    .take_while(move |date| *date <= last)
}

/// The days before and after: visits near midnight need time of both.
fn around(date: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    [date.pred_opt(), date.succ_opt()].into_iter().flatten()
}

impl Tenancy {
    /// The first slots that fit, and where the next page begins.
    pub(super) fn search(
        &self,
        search: &Search,
        now: DateTime<Utc>,
    ) -> (Vec<FreeSlot>, Option<SearchCursor>) {
        let Some((visit, needs)) = self.shape(search) else {
            return Default::default();
        };
        let candidates = self.candidates(search);
        let from = search
            .after
            .map_or(search.from, |after| after.starts_at.max(search.from));
        let to = micros_from(search.to);
        let mut dates = dates((from, search.to)).peekable();
        let mut ahead: BinaryHeap<Reverse<Ahead>> = BinaryHeap::new();
        let (mut known, mut slots): (Vec<FreeSlot>, Vec<FreeSlot>) = Default::default();
        while slots.len() <= search.limit {
            // Whatever a date may still bring comes after what is next, or the date comes first.
            let next = ahead.peek().map(|Reverse(next)| next.at.0);
            if let Some(date) =
                dates.next_if(|date| next.is_none_or(|next| micros_from(begins(*date)) <= next))
            {
                let starts = self.starts(date);
                let span = (micros_from(from), to);
                ahead.extend(candidates.iter().filter_map(|(place, doctor)| {
                    let at = (starts.first(*place, span)?, *doctor);
                    let what = What::Day(*place, date);
                    Some(Reverse(Ahead { at, what }))
                }));
                continue;
            }
            let Some(Reverse(next)) = ahead.pop() else {
                break;
            };
            let (place, date) = match next.what {
                What::Slot(index) => {
                    // Two days of a doctor who changed the zone may offer the same instant.
                    let slot = known[index];
                    if slots
                        .last()
                        .is_none_or(|last| last.cursor() < slot.cursor())
                    {
                        slots.push(slot);
                    }
                    continue;
                }
                What::Day(place, date) => (place, date),
            };
            let (begins, doctor) = next.at;
            let ends = begins + STRETCH.num_microseconds().unwrap_or(i64::MAX);
            if let Some(at) = self.starts(date).first(place, (ends, to)) {
                let at = (at, doctor);
                ahead.push(Reverse(Ahead { at, ..next }));
            }
            let stretch = (instant(begins), instant(ends).min(search.to));
            for slot in self.free(place, date, &visit, &needs, stretch, now) {
                if search.after.is_none_or(|after| after < slot.cursor()) {
                    let at = (micros_from(slot.slot.starts_at), doctor);
                    let what = What::Slot(known.len());
                    known.push(slot);
                    ahead.push(Reverse(Ahead { at, what }));
                }
            }
        }
        let more = slots.len() > search.limit;
        slots.truncate(search.limit);
        let next = slots.last().filter(|_| more).map(FreeSlot::cursor);
        (slots, next)
    }

    /// The shape of the visit and what it needs; `None` when nobody offers it.
    fn shape(&self, search: &Search) -> Option<(Visit, Vec<Code>)> {
        let visit = Visit {
            mode: search.mode,
            ..Visit::default()
        };
        let Some(visit_type) = search.visit_type else {
            return Some((visit, Vec::new()));
        };
        let known = self.visit_types.get(&visit_type)?;
        let wanted = !known.retired
            && known.terms.modes.contains(&search.mode)
            && search
                .hospital
                .is_none_or(|wanted| wanted == known.hospital);
        let visit = Visit {
            visit_type: Some(visit_type),
            minutes: Some(known.terms.minutes),
            buffer_before: known.terms.buffer_before,
            buffer_after: known.terms.buffer_after,
            ..visit
        };
        wanted.then(|| (visit, known.terms.needs.clone()))
    }

    /// Those who fit, in any order.
    fn candidates(&self, search: &Search) -> Vec<(Place, DoctorId)> {
        let hospital = search.hospital.or_else(|| {
            let kind = self.visit_types.get(&search.visit_type?)?;
            Some(kind.hospital)
        });
        let specialty = search.specialty.as_ref().map(|text| text.to_lowercase());
        let works_there = |(at, department): (HospitalId, DepartmentId)| {
            let treats = |known: &Hospital| {
                specialty
                    .as_ref()
                    .is_none_or(|wanted| known.specialties.get(&department) == Some(wanted))
            };
            hospital.is_none_or(|wanted| wanted == at)
                && search.department.is_none_or(|wanted| wanted == department)
                && self.hospitals.get(&at).is_some_and(treats)
        };
        let places: Vec<Place> = match search.doctor {
            Some(doctor) => {
                let place = self.find(doctor);
                let works = |place: &Place| self.doctor(*place).post.is_some_and(works_there);
                place.filter(works).into_iter().collect()
            }
            None => {
                let rosters = self.rosters.iter().filter(|(post, _)| works_there(**post));
                rosters.flat_map(|(_, roster)| roster).copied().collect()
            }
        };
        let speaks = |doctor: &Doctor| {
            search
                .language
                .is_none_or(|wanted| doctor.languages.contains(&wanted))
        };
        let doctors = places
            .into_iter()
            .map(|place| (place, self.doctor(place)))
            .filter(|(_, doctor)| speaks(doctor));
        doctors.map(|(place, doctor)| (place, doctor.id)).collect()
    }

    /// The free slots of a doctor's day that start in a span of time.
    fn free(
        &self,
        place: Place,
        date: NaiveDate,
        visit: &Visit,
        needs: &[Code],
        span: (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Vec<FreeSlot> {
        let doctor = self.doctor(place);
        let Some((hospital, department)) = doctor.post else {
            return Vec::new();
        };
        let plan = self.plan(doctor, date);
        let nothing = Day::default();
        let day = doctor.day(date).unwrap_or(&nothing);
        let neighbours: Vec<_> = around(date)
            .filter_map(|other| doctor.day(other))
            .flat_map(|other| other.reservations.iter().map(Reservation::occupies))
            .collect();
        let (windows, taken) = (&day.windows, &day.reservations);
        let slots = free_slots(&plan, windows, taken, &neighbours, visit, span, now);
        slots
            .into_iter()
            .filter(|slot| {
                needs.is_empty() || self.meets(hospital, needs, date, slot.occupies(visit))
            })
            .map(|slot| FreeSlot {
                slot,
                doctor: doctor.id,
                hospital,
                department,
            })
            .collect()
    }

    /// Whether a room or device of each class is free then. A class that is needed twice
    /// needs two of them.
    fn meets(
        &self,
        hospital: HospitalId,
        needs: &[Code],
        date: NaiveDate,
        span: (DateTime<Utc>, DateTime<Utc>),
    ) -> bool {
        let assets = self.hospitals.get(&hospital).map(|known| &known.assets);
        let days = || around(date).chain([date]);
        let mut taken = Vec::new();
        needs.iter().all(|class| {
            let free = assets.into_iter().flatten().find(|(asset, of)| {
                let mut busy = days().filter_map(|day| self.occupied.get(&(*asset, day)));
                of == class && !taken.contains(asset) && busy.all(|busy| busy.is_free(span))
            });
            free.map(|(asset, _)| taken.push(*asset)).is_some()
        })
    }
}

/// An instant that was once one: within what instants there are.
fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
