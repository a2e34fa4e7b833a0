//! What is kept of one tenant, laid out for searches over thousands of doctors.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use chrono::{Days, NaiveDate, Utc};
use medilink_domain::calendar::{Busy, Reservation, Starts, Window};
use medilink_domain::schedule::{DayPlan, Opening, Schedule};
use medilink_domain::values::{Code, Language};
use medilink_domain::visit_type::VisitTypeTerms;
use medilink_domain::{AssetId, DepartmentId, DoctorId, HospitalId, VisitTypeId};

/// For how many days from yesterday on what was worked out once is kept.
const KEPT: usize = 128;

/// The place of a doctor among the tenant's.
pub(super) type Place = usize;

/// One tenant.
#[derive(Debug)]
pub(super) struct Tenancy {
    doctors: Vec<Doctor>,
    places: HashMap<DoctorId, Place>,
    /// Who works where.
    pub(super) rosters: BTreeMap<(HospitalId, DepartmentId), BTreeSet<Place>>,
    pub(super) hospitals: HashMap<HospitalId, Hospital>,
    pub(super) visit_types: HashMap<VisitTypeId, VisitType>,
    pub(super) occupied: HashMap<(AssetId, NaiveDate), Busy>,
    /// The first day of those that are kept.
    first: NaiveDate,
    columns: Kept<Column>,
}

type Kept<T> = Box<[OnceLock<T>]>;

fn kept<T>() -> Kept<T> {
    (0..KEPT).map(|_| OnceLock::new()).collect()
}

/// A doctor, as far as known: the rows of the read models come in any order.
#[derive(Debug)]
pub(super) struct Doctor {
    pub(super) id: DoctorId,
    pub(super) post: Option<(HospitalId, DepartmentId)>,
    pub(super) languages: Vec<Language>,
    schedule: Schedule,
    /// What the schedule says of the next days. Most of a search would otherwise be spent on
    /// time zones.
    plans: Kept<DayPlan>,
    days: BTreeMap<NaiveDate, Day>,
}

#[derive(Debug)]
pub(super) struct Hospital {
    /// What its departments treat, in small letters.
    pub(super) specialties: HashMap<DepartmentId, String>,
    pub(super) holidays: Vec<NaiveDate>,
    pub(super) assets: Vec<(AssetId, Code)>,
}

#[derive(Debug)]
pub(super) struct VisitType {
    pub(super) hospital: HospitalId,
    pub(super) terms: VisitTypeTerms,
    pub(super) retired: bool,
}

/// What is booked and opened by hand on a doctor's day.
#[derive(Debug, Default)]
pub(super) struct Day {
    pub(super) windows: Vec<Window>,
    pub(super) reservations: Vec<Reservation>,
}

/// When each doctor can be booked on one date, side by side: a search over all of them runs
/// along it instead of looking each one up.
#[derive(Debug)]
struct Column {
    starts: Vec<Starts>,
    /// Where each doctor's end.
    ends: Vec<usize>,
}

impl Column {
    fn of(&self, place: Place) -> &[Starts] {
        let begin = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.starts[begin..self.ends[place]]
    }
}

impl Default for Tenancy {
    fn default() -> Self {
        Self {
            doctors: Vec::new(),
            places: HashMap::new(),
            rosters: BTreeMap::new(),
            hospitals: HashMap::new(),
            visit_types: HashMap::new(),
            occupied: HashMap::new(),
            first: Utc::now().date_naive() - Days::new(1),
            columns: kept(),
        }
    }
}

impl Tenancy {
    pub(super) fn take_hospital(&mut self, id: HospitalId, hospital: Hospital) {
        self.hospitals.insert(id, hospital);
        // Its holidays may be others now, for whoever works there.
        let theirs = |doctor: &&mut Doctor| doctor.post.is_some_and(|(at, _)| at == id);
        for doctor in self.doctors.iter_mut().filter(theirs) {
            doctor.plans = kept();
        }
        self.columns = kept();
    }

    pub(super) fn take_doctor(
        &mut self,
        id: DoctorId,
        post: (HospitalId, DepartmentId),
        languages: Vec<Language>,
    ) {
        let place = self.place(id);
        let doctor = &mut self.doctors[place];
        doctor.languages = languages;
        let former = doctor.post.replace(post);
        if former == Some(post) {
            return;
        }
        // Another hospital keeps other holidays.
        doctor.plans = kept();
        self.columns = kept();
        if let Some(roster) = former.and_then(|former| self.rosters.get_mut(&former)) {
            roster.remove(&place);
        }
        self.rosters.entry(post).or_default().insert(place);
    }

    pub(super) fn take_schedule(&mut self, id: DoctorId, schedule: Schedule) {
        let place = self.place(id);
        let doctor = &mut self.doctors[place];
        doctor.schedule = schedule;
        doctor.plans = kept();
        self.columns = kept();
    }

    pub(super) fn take_day(&mut self, id: DoctorId, date: NaiveDate, day: Day) {
        let place = self.place(id);
        let by_hand = !day.windows.is_empty();
        let former = self.doctors[place].days.insert(date, day);
        if (by_hand || former.is_some_and(|day| !day.windows.is_empty()))
            && let Some(index) = self.near(date)
        {
            self.columns[index] = OnceLock::new();
        }
    }

    fn place(&mut self, id: DoctorId) -> Place {
        let doctors = &mut self.doctors;
        *self.places.entry(id).or_insert_with(|| {
            doctors.push(Doctor {
                id,
                post: None,
                languages: Vec::new(),
                schedule: Schedule::default(),
                plans: kept(),
                days: BTreeMap::new(),
            });
            // Whoever comes new is in none of them.
            self.columns = kept();
            doctors.len() - 1
        })
    }

    pub(super) fn find(&self, id: DoctorId) -> Option<Place> {
        self.places.get(&id).copied()
    }

    pub(super) fn doctor(&self, place: Place) -> &Doctor {
        &self.doctors[place]
    }

    /// Which of the days that are kept a date is.
    fn near(&self, date: NaiveDate) -> Option<usize> {
        let index = usize::try_from((date - self.first).num_days()).ok()?;
        (index < KEPT).then_some(index)
    }

    /// What the schedule says of a day.
    pub(super) fn plan<'a>(&'a self, doctor: &'a Doctor, date: NaiveDate) -> Cow<'a, DayPlan> {
        let hospital = doctor.post.and_then(|(at, _)| self.hospitals.get(&at));
        let holiday = || hospital.is_some_and(|hospital| hospital.holidays.contains(&date));
        let plan = || doctor.schedule.day(date, holiday());
        match self.near(date) {
            Some(index) => Cow::Borrowed(doctor.plans[index].get_or_init(plan)),
            None => Cow::Owned(plan()),
        }
    }

    /// When each doctor's slots of a date may start.
    pub(super) fn starts(&self, date: NaiveDate) -> DateStarts<'_> {
        let column = self.near(date).map(|index| {
            self.columns[index].get_or_init(|| {
                let (mut starts, mut ends) = (Vec::new(), Vec::new());
                for doctor in &self.doctors {
                    starts.extend(self.starts_of(doctor, date));
                    ends.push(starts.len());
                }
                Column { starts, ends }
            })
        });
        DateStarts {
            tenancy: self,
            date,
            column,
        }
    }

    fn starts_of(&self, doctor: &Doctor, date: NaiveDate) -> Vec<Starts> {
        let plan = self.plan(doctor, date);
        let windows = doctor.day(date).into_iter().flat_map(|day| &day.windows);
        let by_hand = windows.filter(|_| !plan.on_leave);
        let by_hand = by_hand.map(|window| Opening::from(window).starts());
        let scheduled = plan.openings.iter().map(Opening::starts);
        scheduled.chain(by_hand).collect()
    }
}

/// When the slots of one date may start, whoever's.
pub(super) struct DateStarts<'a> {
    tenancy: &'a Tenancy,
    date: NaiveDate,
    column: Option<&'a Column>,
}

impl DateStarts<'_> {
    /// The first start of a doctor's slots in `from..to`, in microseconds since 1970; `None`
    /// when there is none.
    pub(super) fn first(&self, place: Place, (from, to): (i64, i64)) -> Option<i64> {
        let starts = match self.column {
            Some(column) => Cow::Borrowed(column.of(place)),
            None => {
                let doctor = self.tenancy.doctor(place);
                Cow::Owned(self.tenancy.starts_of(doctor, self.date))
            }
        };
        let firsts = starts
            .iter()
            .filter_map(|starts| starts.first_at_or_after(from));
        firsts.min().filter(|at| *at < to)
    }
}

impl Doctor {
    /// What is booked and opened by hand on a day.
    pub(super) fn day(&self, date: NaiveDate) -> Option<&Day> {
        self.days.get(&date)
    }
}
