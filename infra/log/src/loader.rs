//! Loading streams for commands, many at a time: what waits is read with one statement, as
//! the writer records it with one. A query of its own for each command costs more in system
//! calls and context switches than in reading (measured: half the processor at 64 in flight).

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use medilink_database::{Database, DatabaseError};
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{Client, Statement};

use crate::event::RecordedEvent;
use crate::reader::{COLUMNS, event};

/// Loads that may wait before callers are held back.
const QUEUE: usize = 4_096;
/// The most streams read with one statement.
const BATCH: usize = 256;
/// The most events that one statement may ask for, so that memory stays bounded.
const EVENTS: usize = 20_000;
/// A statement that takes longer has lost its connection.
const PATIENCE: Duration = Duration::from_secs(10);

type Reply = oneshot::Sender<Result<Vec<RecordedEvent>, DatabaseError>>;

struct Request {
    stream: String,
    after_version: u64,
    limit: usize,
    reply: Reply,
}

/// Reads streams in batches, on a connection of its own that is opened at the first load and
/// closed with the loader.
#[derive(Debug)]
pub struct StreamLoader {
    database: Database,
    requests: OnceLock<mpsc::Sender<Request>>,
}

impl StreamLoader {
    /// Loads as the role of `database`, which needs SELECT on `log.events`.
    pub const fn new(database: Database) -> Self {
        Self {
            database,
            requests: OnceLock::new(),
        }
    }

    /// Up to `limit` events of one stream after a version, in order.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn stream(
        &self,
        stream: &str,
        after_version: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, DatabaseError> {
        let requests = self.requests.get_or_init(|| {
            let (requests, queue) = mpsc::channel(QUEUE);
            // Ends when the loader, and with it the last sender, is dropped.
            tokio::spawn(serve(self.database.clone(), queue));
            requests
        });
        let (reply, answer) = oneshot::channel();
        let request = Request {
            stream: stream.to_owned(),
            after_version,
            limit,
            reply,
        };
        let stopped = || DatabaseError::Unavailable("the loader has stopped".into());
        requests.send(request).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

struct Open {
    client: Client,
    select: Statement,
}

async fn serve(database: Database, mut queue: mpsc::Receiver<Request>) {
    let mut open: Option<Open> = None;
    let mut waiting = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut waiting, BATCH).await > 0 {
        while !waiting.is_empty() {
            let batch = next_batch(&mut waiting);
            let loaded =
                match tokio::time::timeout(PATIENCE, load(&database, &mut open, &batch)).await {
                    Ok(loaded) => loaded,
                    Err(_) => Err(DatabaseError::Unavailable("no answer in time".into())),
                };
            if loaded.is_err() {
                open = None;
            }
            answer(batch, loaded);
        }
    }
}

fn next_batch(waiting: &mut Vec<Request>) -> Vec<Request> {
    let mut events = 0;
    let fits = waiting
        .iter()
        .take_while(|request| {
            events += request.limit;
            events <= EVENTS
        })
        .count();
    let rest = waiting.split_off(fits.max(1));
    std::mem::replace(waiting, rest)
}

async fn load(
    database: &Database,
    open: &mut Option<Open>,
    batch: &[Request],
) -> Result<HashMap<i32, Vec<RecordedEvent>>, DatabaseError> {
    let Open { client, select } = match open {
        Some(connected) if !connected.client.is_closed() => connected,
        _ => open.insert(connect(database).await?),
    };
    let numbers: Vec<i32> = (0..batch.len() as i32).collect();
    let streams: Vec<&str> = batch
        .iter()
        .map(|request| request.stream.as_str())
        .collect();
    let versions: Vec<i64> = batch
        .iter()
        .map(|request| request.after_version as i64)
        .collect();
    let limits: Vec<i64> = batch.iter().map(|request| request.limit as i64).collect();
    let rows = client
        .query(select, &[&numbers, &streams, &versions, &limits])
        .await?;
    let mut loaded: HashMap<i32, Vec<RecordedEvent>> = HashMap::with_capacity(batch.len());
    for row in &rows {
        loaded.entry(row.get(11)).or_default().push(event(row));
    }
    Ok(loaded)
}

async fn connect(database: &Database) -> Result<Open, DatabaseError> {
    let client = database.connect().await?;
    let select = format!(
        "SELECT {COLUMNS}, request
         FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[]) AS wanted (request, name, after, most)
         CROSS JOIN LATERAL (
             SELECT {COLUMNS} FROM log.events
             WHERE stream = wanted.name AND version > wanted.after
             ORDER BY version LIMIT wanted.most
         ) AS found"
    );
    let select = client.prepare(&select).await?;
    Ok(Open { client, select })
}

fn answer(batch: Vec<Request>, loaded: Result<HashMap<i32, Vec<RecordedEvent>>, DatabaseError>) {
    match loaded {
        Ok(mut loaded) => {
            for (number, request) in batch.into_iter().enumerate() {
                let mut events = loaded.remove(&(number as i32)).unwrap_or_default();
                // SQL promises no order across the join; versions are cheap to sort when sorted.
                events.sort_by_key(|event| event.version);
                // A caller that has gone away needs no answer.
                let _ = request.reply.send(Ok(events));
            }
        }
        Err(error) => {
            let why = error.to_string();
            for request in batch {
                let error = if error.is_transient() {
                    DatabaseError::Unavailable(why.clone())
                } else {
                    DatabaseError::Statement(why.clone())
                };
                let _ = request.reply.send(Err(error));
            }
        }
    }
}
