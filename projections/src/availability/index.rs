//! What is kept in memory, and how it follows the read models.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::LazyLock;

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
use crate::runtime::row::{Row, cell};
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

/// The last change of each read model, in the order of [`SOURCES`].
pub(super) type Seen = [Position; SOURCES.len()];

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
    /// Every change up to these is.
    seen: Seen,
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
    // Before the rows: they are then at least as new. Most often it is all there is to read.
    let (position, newest) = newest(database).await?;
    let today = Some(Utc::now().date_naive() - Days::new(1));
    let [calendar, doctor, hospital, occupancy, schedule, visit_type] =
        std::array::from_fn(|model| (newest[model] > seen[model]).then_some(seen[model]));
    Ok(Changes {
        calendars: since(reads, calendar, today).await?,
        doctors: since(reads, doctor, None).await?,
        hospitals: since(reads, hospital, None).await?,
        occupancies: since(reads, occupancy, today).await?,
        schedules: since(reads, schedule, None).await?,
        visit_types: since(reads, visit_type, None).await?,
        position,
        seen: newest,
    })
}

/// How far all the read models are, and which event last changed each.
async fn newest(database: &Database) -> Result<(Position, Seen), ReadError> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let newest = SOURCES
            .map(|model| format!("(SELECT coalesce(max(position), 0) FROM read.{model})"))
            .join(", ");
        format!(
            "SELECT count(*), min(position), {newest} FROM read.checkpoints
             WHERE state = 'live' AND projection = ANY($1)"
        )
    });
    let client = database.client().await?;
    let statement = client.prepare_cached(&SQL).await?;
    let row = client.query_one(&statement, &[&SOURCES.as_slice()]).await?;
    if row.get::<_, i64>(0) < SOURCES.len() as i64 {
        return Err(ReadError::NotBuilt);
    }
    Ok((
        Position::from_sql(row.get(1)),
        std::array::from_fn(|model| Position::from_sql(row.get(2 + model))),
    ))
}

/// The rows of a read model, those of days from `first` on if they have a day, that changed
/// after a position; none without one.
async fn since<R: Row>(
    reads: &Reads,
    after: Option<Position>,
    first: Option<NaiveDate>,
) -> Result<Vec<R>, ReadError> {
    let (mut found, mut rest) = (Vec::new(), after);
    while let Some(after) = rest {
        let mut select = of_all_tenants::<R>();
        select
            .and_where(Expr::col("position").gt(after.sql()))
            .order_by("position", Order::Asc)
            .limit(PAGE);
        if let Some(first) = first {
            select.and_where(Expr::col("date").gte(first));
        }
        let stored = reads.stored(&select).await?;
        // Of the last one that is stored: what is erased is not among those that are opened.
        rest = match stored.last() {
            Some(last) if stored.len() as u64 == PAGE => {
                Some(cell::<R, Position>(last, "position")?)
            }
            _ => None,
        };
        found.extend(reads.opened::<R>(stored).await?);
    }
    Ok(found)
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
        for row in changes.hospitals {
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
            let post = (row.hospital, row.department);
            self.of(row.tenant)
                .take_doctor(row.doctor, post, row.languages);
        }
        for row in changes.schedules {
            self.of(row.tenant)
                .take_schedule(row.doctor, row.schedule.0);
        }
        for row in changes.visit_types {
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
            let day = Day {
                windows: row.windows.0,
                reservations: row.reservations.0,
            };
            self.of(row.tenant).take_day(row.doctor, row.date, day);
        }
        for row in changes.occupancies {
            let busy = Busy::new(row.taken.0.iter().map(|taken| (taken.from, taken.until)));
            self.of(row.tenant)
                .occupied
                .insert((row.asset, row.date), busy);
        }
        self.seen = changes.seen;
        self.position = self.position.max(changes.position);
    }

    fn of(&mut self, tenant: TenantId) -> &mut Tenancy {
        self.tenants.entry(tenant).or_default()
    }
}

fn by<T, K: Eq + Hash, V>(list: Vec<T>, pair: impl Fn(T) -> (K, V)) -> HashMap<K, V> {
    list.into_iter().map(pair).collect()
}
