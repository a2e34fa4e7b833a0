//! What is kept in memory, and how it follows the read models.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{Days, NaiveDate, Utc};
use medilink_database::Database;
use medilink_domain::TenantId;
use medilink_domain::calendar::Busy;
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};

use super::SOURCES;
use super::tenancy::{Day, Hospital, Tenancy, VisitType};
use crate::calendar::CalendarRow;
use crate::doctor::DoctorRow;
use crate::hospital::HospitalRow;
use crate::occupancy::OccupancyRow;
use crate::reads::{ReadError, Reads, of_all_tenants};
use crate::runtime::row::Row;
use crate::schedule::ScheduleRow;
use crate::visit_type::VisitTypeRow;

/// How many changed rows are read at once.
const PAGE: u64 = 5_000;

/// Everything that a search asks, by tenant.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) tenants: HashMap<TenantId, Tenancy>,
    seen: Seen,
    position: Position,
}

/// The last change seen of each read model.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    calendar: Position,
    doctor: Position,
    hospital: Position,
    occupancy: Position,
    schedule: Position,
    visit_type: Position,
}

/// Rows that changed.
#[derive(Debug, Default)]
pub(super) struct Changes {
    calendars: Vec<CalendarRow>,
    doctors: Vec<DoctorRow>,
    hospitals: Vec<HospitalRow>,
    occupancies: Vec<OccupancyRow>,
    schedules: Vec<ScheduleRow>,
    visit_types: Vec<VisitTypeRow>,
    /// Every event up to here is in the rows.
    position: Position,
}

/// Reads what changed since.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub(super) async fn changes(
    reads: &Reads,
    database: &Database,
    seen: Seen,
) -> Result<Changes, ReadError> {
    // Before the rows: they are then at least as new.
    let position = checkpoint(database).await?;
    let today = Some(Utc::now().date_naive() - Days::new(1));
    Ok(Changes {
        calendars: since(reads, seen.calendar, today, |row: &CalendarRow| {
            row.position
        })
        .await?,
        doctors: since(reads, seen.doctor, None, |row: &DoctorRow| row.position).await?,
        hospitals: since(reads, seen.hospital, None, |row: &HospitalRow| row.position).await?,
        occupancies: since(reads, seen.occupancy, today, |row: &OccupancyRow| {
            row.position
        })
        .await?,
        schedules: since(reads, seen.schedule, None, |row: &ScheduleRow| row.position).await?,
        visit_types: since(reads, seen.visit_type, None, |row: &VisitTypeRow| {
            row.position
        })
        .await?,
        position,
    })
}

async fn checkpoint(database: &Database) -> Result<Position, ReadError> {
    let client = database.client().await?;
    let sql = "SELECT count(*), min(position) FROM read.checkpoints
         WHERE state = 'live' AND projection = ANY($1)";
    let statement = client.prepare_cached(sql).await?;
    let row = client.query_one(&statement, &[&SOURCES.as_slice()]).await?;
    if row.get::<_, i64>(0) < SOURCES.len() as i64 {
        return Err(ReadError::NotBuilt);
    }
    Ok(Position::from_sql(row.get(1)))
}

/// The rows of a read model, those of days from `first` on if they have a day, that changed
/// after a position.
async fn since<R: Row>(
    reads: &Reads,
    after: Position,
    first: Option<NaiveDate>,
    position: impl Fn(&R) -> Position,
) -> Result<Vec<R>, ReadError> {
    let (mut found, mut after) = (Vec::new(), after);
    loop {
        let mut select = of_all_tenants::<R>();
        select
            .and_where(Expr::col("position").gt(after.sql()))
            .order_by("position", Order::Asc)
            .limit(PAGE);
        if let Some(first) = first {
            select.and_where(Expr::col("date").gte(first));
        }
        let rows: Vec<R> = reads.rows(&select).await?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        after = position(last);
        found.extend(rows);
    }
}

impl Index {
    pub(super) const fn seen(&self) -> Seen {
        self.seen
    }

    pub(super) const fn position(&self) -> Position {
        self.position
    }

    /// Takes changed rows in.
    pub(super) fn take(&mut self, changes: Changes) {
        let mut seen = self.seen;
        for row in changes.hospitals {
            seen.hospital = seen.hospital.max(row.position);
            let hospital = Hospital {
                specialties: by(row.departments.0, |known| {
                    (known.department, known.specialty.as_str().to_lowercase())
                }),
                holidays: row.holidays.0.into_iter().map(|day| day.date).collect(),
                assets: row
                    .assets
                    .0
                    .into_iter()
                    .map(|asset| (asset.asset, asset.class))
                    .collect(),
            };
            self.of(row.tenant).take_hospital(row.hospital, hospital);
        }
        for row in changes.doctors {
            seen.doctor = seen.doctor.max(row.position);
            let post = (row.hospital, row.department);
            self.of(row.tenant)
                .take_doctor(row.doctor, post, row.languages);
        }
        for row in changes.schedules {
            seen.schedule = seen.schedule.max(row.position);
            self.of(row.tenant)
                .take_schedule(row.doctor, row.schedule.0);
        }
        for row in changes.visit_types {
            seen.visit_type = seen.visit_type.max(row.position);
            let visit_type = VisitType {
                hospital: row.hospital,
                terms: row.terms.0,
                retired: row.retired,
            };
            self.of(row.tenant)
                .visit_types
                .insert(row.visit_type, visit_type);
        }
        for row in changes.calendars {
            seen.calendar = seen.calendar.max(row.position);
            let day = Day {
                windows: row.windows.0,
                reservations: row.reservations.0,
            };
            self.of(row.tenant).take_day(row.doctor, row.date, day);
        }
        for row in changes.occupancies {
            seen.occupancy = seen.occupancy.max(row.position);
            let busy = Busy::new(row.taken.0.iter().map(|taken| (taken.from, taken.until)));
            self.of(row.tenant)
                .occupied
                .insert((row.asset, row.date), busy);
        }
        self.seen = seen;
        self.position = self.position.max(changes.position);
    }

    fn of(&mut self, tenant: TenantId) -> &mut Tenancy {
        self.tenants.entry(tenant).or_default()
    }
}

fn by<T, K: Eq + Hash, V>(list: Vec<T>, pair: impl Fn(T) -> (K, V)) -> HashMap<K, V> {
    list.into_iter().map(pair).collect()
}
