//! What our gateway is measured against: poem handlers with nothing around them. No sign-in,
//! no policies, no limits, no audit, no log: a request, one statement, an answer.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use medilink_database::{Database, DatabaseConfig};
use medilink_domain::calendar::{Reservation, Visit, Window, free_slots};
use medilink_domain::schedule::DayPlan;
use poem::http::StatusCode;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::{Data, Json, Path, Query};
use poem::{EndpointExt, Route, Server, get, handler, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::child::{Child, Parent};
use crate::client::Callee;

/// The name of the role.
pub const ROLE: &str = "handler";

/// The table that the bare handler books in; a slot is given once here too.
pub const TABLE: &str = "
CREATE SCHEMA bare;
CREATE TABLE bare.bookings (
    id uuid PRIMARY KEY,
    patient uuid NOT NULL,
    doctor uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    reason text,
    UNIQUE (doctor, starts_at)
);
GRANT USAGE ON SCHEMA bare TO medilink_app;
GRANT INSERT, SELECT ON bare.bookings TO medilink_app";

const INSERT: &str = "
INSERT INTO bare.bookings (id, patient, doctor, starts_at, reason) VALUES ($1, $2, $3, $4, $5)";
const SELECT: &str = "
SELECT windows, reservations FROM read.calendar
WHERE tenant = $1 AND doctor = $2 AND date BETWEEN $3 AND $4 ORDER BY date";
const SELECT_APPOINTMENT: &str = "
SELECT patient, doctor, hospital, department, starts_at, ends_at, time_zone, status, version
FROM read.appointment WHERE tenant = $1 AND appointment = $2";

/// Where a handler process works.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    /// The main database as `medilink_app`.
    pub url: String,
    /// How many connections it may use.
    pub pool: usize,
    /// Whose rows it reads.
    pub tenant: Uuid,
}

/// Starts a handler process.
pub async fn start(place: &Place) -> (Child, Callee) {
    let mut child = Child::start(ROLE);
    let address = child.ask(place).await;
    let token = "not looked at".to_owned();
    (child, Callee { address, token })
}

struct Shared {
    database: Database,
    tenant: Uuid,
}

/// The role itself.
pub async fn run() {
    let mut parent = Parent::default();
    let Some(place) = parent.question::<Place>().await else {
        return;
    };
    let config = DatabaseConfig {
        pool_size: place.pool,
        ..DatabaseConfig::at(place.url)
    };
    let shared = Arc::new(Shared {
        database: Database::new(config).unwrap(),
        tenant: place.tenant,
    });
    let app = Route::new()
        .at("/v1/appointments", post(book))
        .at("/v1/appointments/:id", get(appointment))
        .at("/v1/doctors/:id/slots", get(slots))
        .data(shared);
    let acceptor = TcpListener::bind("127.0.0.1:0")
        .into_acceptor()
        .await
        .unwrap();
    let address = acceptor.local_addr().remove(0);
    parent.answer(address.as_socket_addr().expect("it listens on TCP"));
    let ended = async { while parent.question::<()>().await.is_some() {} };
    Server::new_with_acceptor(acceptor)
        .run_with_graceful_shutdown(app, ended, None)
        .await
        .unwrap();
}

#[derive(Deserialize)]
struct Booking {
    patient: Uuid,
    doctor: Uuid,
    starts_at: DateTime<Utc>,
    reason: Option<String>,
}

#[handler]
async fn book(
    Data(shared): Data<&Arc<Shared>>,
    Json(given): Json<Booking>,
) -> (StatusCode, Json<Value>) {
    let id = Uuid::now_v7();
    let client = shared.database.client().await.unwrap();
    let statement = client.prepare_cached(INSERT).await.unwrap();
    client
        .execute(
            &statement,
            &[
                &id,
                &given.patient,
                &given.doctor,
                &given.starts_at,
                &given.reason,
            ],
        )
        .await
        .unwrap();
    let body = json!({"id": id, "starts_at": given.starts_at, "version": 1});
    (StatusCode::CREATED, Json(body))
}

#[derive(Deserialize)]
struct Span {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// The same answer as the gateway's, computed from the same row by the same function.
#[handler]
async fn slots(
    Data(shared): Data<&Arc<Shared>>,
    Path(doctor): Path<Uuid>,
    Query(span): Query<Span>,
) -> Json<Value> {
    let day = chrono::Days::new(1);
    let (first, last): (NaiveDate, NaiveDate) =
        (span.from.date_naive() - day, span.to.date_naive() + day);
    let client = shared.database.client().await.unwrap();
    let statement = client.prepare_cached(SELECT).await.unwrap();
    let rows = client
        .query(&statement, &[&shared.tenant, &doctor, &first, &last])
        .await
        .unwrap();
    let (mut windows, mut taken) = (Vec::<Window>::new(), Vec::<Reservation>::new());
    for row in &rows {
        let tokio_postgres::types::Json(of_day) =
            row.get::<_, tokio_postgres::types::Json<Vec<Window>>>(0);
        windows.extend(of_day);
        let tokio_postgres::types::Json(of_day) =
            row.get::<_, tokio_postgres::types::Json<Vec<Reservation>>>(1);
        taken.extend(of_day);
    }
    let (plan, visit) = (DayPlan::default(), Visit::default());
    let within = (span.from, span.to);
    let free = free_slots(&plan, &windows, &taken, &[], &visit, within, Utc::now());
    let items: Vec<Value> = free
        .iter()
        .map(|slot| json!({"starts_at": slot.starts_at, "ends_at": slot.ends_at, "window": slot.window}))
        .collect();
    Json(json!({"items": items}))
}

#[handler]
async fn appointment(Data(shared): Data<&Arc<Shared>>, Path(id): Path<Uuid>) -> Json<Value> {
    let client = shared.database.client().await.unwrap();
    let statement = client.prepare_cached(SELECT_APPOINTMENT).await.unwrap();
    let row = client
        .query_one(&statement, &[&shared.tenant, &id])
        .await
        .unwrap();
    let person = |at: usize| row.get::<_, Uuid>(at);
    let instant = |at: usize| row.get::<_, DateTime<Utc>>(at);
    Json(json!({
        "id": id, "patient": person(0), "doctor": person(1), "hospital": person(2), "department": person(3),
        "starts_at": instant(4), "ends_at": instant(5), "time_zone": row.get::<_, &str>(6),
        "status": row.get::<_, &str>(7), "version": row.get::<_, i64>(8),
    }))
}
