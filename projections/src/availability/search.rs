//! Searching the index.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use medilink_domain::calendar::{Reservation, Slot, Visit, free_slots};
use medilink_domain::schedule::{DayPlan, Opening};
use medilink_domain::values::{Code, Language, VisitMode};
use medilink_domain::{DepartmentId, DoctorId, HospitalId, TenantId, VisitTypeId};

use medilink_log::Position;

use super::index::{Day, Doctor, Hospital, Index, Planned, Tenancy};

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
    const fn cursor(&self) -> SearchCursor {
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
        let position = self.position();
        let nothing = Found {
            position,
            ..Found::default()
        };
        let Some(tenancy) = self.tenants.get(&tenant) else {
            return nothing;
        };
        let Some((visit, needs)) = tenancy.shape(search) else {
            return nothing;
        };
        let candidates = tenancy.candidates(search);
        let from = search
            .after
            .map_or(search.from, |after| after.starts_at.max(search.from));
        let span = (from, search.to);
        let mut dates = dates(span).peekable();
        let mut ahead: BinaryHeap<Reverse<Ahead>> = BinaryHeap::new();
        let mut slots: Vec<FreeSlot> = Vec::new();
        while slots.len() <= search.limit {
            // Whatever a date may still bring comes after what is next, or the date comes first.
            let next = ahead.peek().map(|Reverse(next)| next.at.0);
            if let Some(date) = dates.next_if(|date| next.is_none_or(|next| begins(*date) <= next))
            {
                let days = candidates
                    .iter()
                    .enumerate()
                    .filter_map(|(index, candidate)| {
                        let at = candidate.earliest(date, span)?;
                        let what = What::Day(index, date);
                        Some(Reverse(Ahead {
                            at: (at, candidate.doctor),
                            what,
                        }))
                    });
                ahead.extend(days);
                continue;
            }
            let Some(Reverse(next)) = ahead.pop() else {
                break;
            };
            match next.what {
                What::Slot(slot) => slots.push(slot),
                What::Day(index, date) => {
                    let candidate = &candidates[index];
                    let later = next.at.0 + STRETCH;
                    let stretch = (next.at.0, later.min(span.1));
                    let free = candidate.free(tenancy, date, &visit, &needs, stretch, now);
                    let rest = candidate.earliest(date, (later, span.1));
                    ahead.extend(rest.map(|at| {
                        let at = (at, candidate.doctor);
                        Reverse(Ahead { at, ..next })
                    }));
                    let free = free
                        .into_iter()
                        .filter(|slot| search.after.is_none_or(|after| after < slot.cursor()));
                    ahead.extend(free.map(|slot| {
                        let at = (slot.slot.starts_at, slot.doctor);
                        Reverse(Ahead {
                            at,
                            what: What::Slot(slot),
                        })
                    }));
                }
            }
        }
        let more = slots.len() > search.limit;
        slots.truncate(search.limit);
        let next = slots.last().filter(|_| more).map(FreeSlot::cursor);
        Found {
            slots,
            next,
            position,
        }
    }
}

/// What a search has before it: a day of a doctor that may bring a slot at that instant or
/// later, or a slot. Days are worked out only when nothing earlier is left, and no more of
/// them than that, which is why a page of a thousand doctors costs little more than one of ten.
struct Ahead {
    at: (DateTime<Utc>, DoctorId),
    what: What,
}

enum What {
    /// Of which candidate, and when.
    Day(usize, NaiveDate),
    Slot(FreeSlot),
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

struct Candidate<'a> {
    doctor: DoctorId,
    known: &'a Doctor,
    hospital: &'a Hospital,
    planned: Option<&'a Planned>,
    days: Option<&'a BTreeMap<NaiveDate, Day>>,
}

impl Tenancy {
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

    fn candidates(&self, search: &Search) -> Vec<Candidate<'_>> {
        let hospital = search.hospital.or_else(|| {
            let kind = self.visit_types.get(&search.visit_type?)?;
            Some(kind.hospital)
        });
        let specialty = search.specialty.as_ref().map(|text| text.to_lowercase());
        let fits = |doctor: &Doctor, at: &Hospital| {
            hospital.is_none_or(|wanted| wanted == doctor.hospital)
                && search
                    .department
                    .is_none_or(|wanted| wanted == doctor.department)
                && search
                    .language
                    .is_none_or(|wanted| doctor.languages.contains(&wanted))
                && specialty
                    .as_ref()
                    .is_none_or(|wanted| at.specialties.get(&doctor.department) == Some(wanted))
        };
        let doctors: Box<dyn Iterator<Item = _>> = match &search.doctor {
            Some(doctor) => Box::new(self.doctors.get_key_value(doctor).into_iter()),
            None => Box::new(self.doctors.iter()),
        };
        doctors
            .filter_map(|(doctor, known)| {
                let hospital = self.hospitals.get(&known.hospital)?;
                fits(known, hospital).then(|| Candidate {
                    doctor: *doctor,
                    known,
                    hospital,
                    planned: self.schedules.get(doctor),
                    days: self.days.get(doctor),
                })
            })
            .collect()
    }

    /// Whether a room or device of each class is free then. A class that is needed twice
    /// needs two of them.
    fn meets(
        &self,
        hospital: &Hospital,
        needs: &[Code],
        date: NaiveDate,
        span: (DateTime<Utc>, DateTime<Utc>),
    ) -> bool {
        let days = || around(date).chain([date]);
        let mut taken = Vec::new();
        needs.iter().all(|class| {
            let free = hospital.assets.iter().find(|(asset, of)| {
                let mut busy = days().filter_map(|day| self.occupied.get(&(*asset, day)));
                of == class && !taken.contains(asset) && busy.all(|busy| busy.is_free(span))
            });
            free.map(|(asset, _)| taken.push(*asset)).is_some()
        })
    }
}

impl Candidate<'_> {
    /// What the schedule says of a day.
    fn plan(&self, date: NaiveDate) -> Cow<'_, DayPlan> {
        self.planned.map_or_else(Cow::default, |planned| {
            planned.day(date, &self.hospital.holidays)
        })
    }

    /// What is booked and opened by hand on a day.
    fn day(&self, date: NaiveDate) -> Option<&Day> {
        self.days?.get(&date)
    }

    /// When the first slot of a day could start; `None` when none does.
    fn earliest(
        &self,
        date: NaiveDate,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
    ) -> Option<DateTime<Utc>> {
        let plan = self.plan(date);
        let scheduled = plan.openings.iter();
        let scheduled = scheduled.filter_map(|opening| opening.first_at_or_after(from));
        let windows = self.day(date).into_iter().flat_map(|day| &day.windows);
        let by_hand = windows.filter_map(|window| Opening::from(window).first_at_or_after(from));
        scheduled.chain(by_hand).filter(|at| *at < to).min()
    }

    fn free(
        &self,
        tenancy: &Tenancy,
        date: NaiveDate,
        visit: &Visit,
        needs: &[Code],
        span: (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Vec<FreeSlot> {
        let plan = self.plan(date);
        let nothing = Day::default();
        let day = self.day(date).unwrap_or(&nothing);
        let neighbours: Vec<_> = around(date)
            .filter_map(|other| self.day(other))
            .flat_map(|other| other.reservations.iter().map(Reservation::occupies))
            .collect();
        let (windows, taken) = (&day.windows, &day.reservations);
        let slots = free_slots(&plan, windows, taken, &neighbours, visit, span, now);
        slots
            .into_iter()
            .filter(|slot| {
                needs.is_empty() || tenancy.meets(self.hospital, needs, date, slot.occupies(visit))
            })
            .map(|slot| FreeSlot {
                slot,
                doctor: self.doctor,
                hospital: self.known.hospital,
                department: self.known.department,
            })
            .collect()
    }
}
