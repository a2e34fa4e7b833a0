//! Loading streams for commands, many at a time: what waits is read with one statement, as
//! the writer records it with one. A query of its own for each command costs more in system
//! calls and context switches than in reading (measured: half the processor at 64 in flight).

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use medilink_database::{Database, DatabaseError};
use medilink_domain::{SubjectId, TenantId};
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

use crate::append::StreamWrite;
use crate::event::StoredPayload;
use crate::kept::Kept;

/// Loads that may wait before callers are held back.
const QUEUE: usize = 4_096;
/// The most streams read with one statement.
const BATCH: usize = 256;
/// The most events that one statement may ask for, so that memory stays bounded.
const EVENTS: usize = 20_000;
const LOAD: &str = "
SELECT request, version, tenant, type, schema_version, subject, payload
FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[]) AS wanted (request, name, after, most)
CROSS JOIN LATERAL (
    SELECT version, tenant, type, schema_version, subject, payload FROM log.events
    WHERE stream = wanted.name AND version > wanted.after
    ORDER BY version LIMIT wanted.most
) AS found";
/// A statement that takes longer has lost its connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// An event as a command needs it: what an aggregate folds, without the audit part, which is
/// half of what is stored.
#[derive(Clone, Debug)]
pub struct LoadedEvent {
    /// Its place in the stream, from 1.
    pub version: u64,
    /// The tenant that owns it.
    pub tenant: TenantId,
    kind: Cow<'static, str>,
    schema_version: u16,
    subject: Option<SubjectId>,
    payload: Bytes,
}

impl LoadedEvent {
    pub(crate) const fn new(
        tenant: TenantId,
        version: u64,
        kind: Cow<'static, str>,
        schema_version: u16,
        subject: Option<SubjectId>,
        payload: Bytes,
    ) -> Self {
        Self {
            version,
            tenant,
            kind,
            schema_version,
            subject,
            payload,
        }
    }

    /// As stored: sealed when it is personal.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// What the codec opens, when the event was loaded from this stream.
    pub fn stored<'a>(&'a self, stream: &'a str) -> StoredPayload<'a> {
        StoredPayload {
            tenant: self.tenant,
            stream,
            version: self.version,
            kind: &self.kind,
            schema_version: self.schema_version,
            subject: self.subject,
            payload: &self.payload,
        }
    }
}

type Reply = oneshot::Sender<Result<Arc<Vec<LoadedEvent>>, DatabaseError>>;

struct Request {
    stream: String,
    after_version: u64,
    limit: usize,
    reply: Reply,
}

enum Message {
    Load(Request),
    Recorded(TenantId, Vec<StreamWrite>),
}

/// Reads streams in batches, on a connection of its own that is opened at the first load and
/// closed with the loader.
#[derive(Debug)]
pub struct StreamLoader {
    database: Database,
    messages: OnceLock<mpsc::Sender<Message>>,
}

impl StreamLoader {
    /// Loads as the role of `database`, which needs SELECT on `log.events`.
    pub const fn new(database: Database) -> Self {
        Self {
            database,
            messages: OnceLock::new(),
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
    ) -> Result<Arc<Vec<LoadedEvent>>, DatabaseError> {
        let (reply, answer) = oneshot::channel();
        let request = Request {
            stream: stream.to_owned(),
            after_version,
            limit,
            reply,
        };
        let stopped = || DatabaseError::Unavailable("the loader has stopped".into());
        let sent = self.messages().send(Message::Load(request)).await;
        sent.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Tells what the log has taken, so that it need not be read. Only ever call it after the
    /// append was answered with success.
    pub fn recorded(&self, tenant: TenantId, writes: Vec<StreamWrite>) {
        // Not told is only slower.
        let _ = self.messages().try_send(Message::Recorded(tenant, writes));
    }

    fn messages(&self) -> &mpsc::Sender<Message> {
        self.messages.get_or_init(|| {
            let (messages, queue) = mpsc::channel(QUEUE);
            // Ends when the loader, and with it the last sender, is dropped.
            tokio::spawn(serve(self.database.clone(), queue));
            messages
        })
    }
}

struct Open {
    client: Client,
    select: Statement,
}

async fn serve(database: Database, mut queue: mpsc::Receiver<Message>) {
    let mut open: Option<Open> = None;
    let mut kept = Kept::default();
    let mut arrived = Vec::with_capacity(BATCH);
    let mut waiting = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut arrived, BATCH).await > 0 {
        for message in arrived.drain(..) {
            match message {
                Message::Load(request) => waiting.push(request),
                Message::Recorded(tenant, writes) => remember(&mut kept, tenant, writes),
            }
        }
        while !waiting.is_empty() {
            let batch: Vec<Wanted> = next_batch(&mut waiting)
                .into_iter()
                .map(|request| Wanted::of(request, &mut kept))
                .collect();
            let loading = load(&database, &mut open, &mut kept, &batch);
            let loaded = match tokio::time::timeout(PATIENCE, loading).await {
                Ok(loaded) => loaded,
                Err(_) => Err(DatabaseError::Unavailable("no answer in time".into())),
            };
            if loaded.is_err() {
                open = None;
            }
            answer(batch, loaded, &mut kept);
        }
    }
}

fn remember(kept: &mut Kept, tenant: TenantId, writes: Vec<StreamWrite>) {
    for write in writes {
        let versions = write.expected + 1..;
        let events = versions.zip(write.events).map(|(version, event)| {
            LoadedEvent::new(
                tenant,
                version,
                event.kind.into(),
                event.schema_version,
                event.subject,
                event.payload,
            )
        });
        kept.extend(&write.stream, events);
    }
}

/// A request, and what of its stream is known already.
struct Wanted {
    request: Request,
    known: Arc<Vec<LoadedEvent>>,
}

impl Wanted {
    fn of(request: Request, kept: &mut Kept) -> Self {
        let known = (request.after_version == 0)
            .then(|| kept.get(&request.stream))
            .flatten()
            .filter(|known| known.len() < request.limit)
            .unwrap_or_default();
        Self { request, known }
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
    kept: &mut Kept,
    batch: &[Wanted],
) -> Result<HashMap<i32, Vec<LoadedEvent>>, DatabaseError> {
    let Open { client, select } = match open {
        Some(connected) if !connected.client.is_closed() => connected,
        _ => {
            // Who knows what server this will be: perhaps one that an older backup was
            // restored to. This batch may still be decided from what is known; the append
            // would refuse it.
            kept.clear();
            open.insert(connect(database).await?)
        }
    };
    let numbers: Vec<i32> = (0..batch.len() as i32).collect();
    let streams: Vec<&str> = batch
        .iter()
        .map(|wanted| wanted.request.stream.as_str())
        .collect();
    let versions: Vec<i64> = batch
        .iter()
        .map(|wanted| wanted.request.after_version as i64 + wanted.known.len() as i64)
        .collect();
    let limits: Vec<i64> = batch
        .iter()
        .map(|wanted| (wanted.request.limit - wanted.known.len()) as i64)
        .collect();
    let rows = client
        .query(select, &[&numbers, &streams, &versions, &limits])
        .await?;
    let mut loaded: HashMap<i32, Vec<LoadedEvent>> = HashMap::with_capacity(batch.len());
    for row in &rows {
        loaded.entry(row.get(0)).or_default().push(LoadedEvent::new(
            TenantId(row.get(2)),
            row.get::<_, i64>(1) as u64,
            Cow::Owned(row.get(3)),
            row.get::<_, i16>(4) as u16,
            row.get::<_, Option<Uuid>>(5).map(SubjectId),
            Bytes::copy_from_slice(row.get(6)),
        ));
    }
    Ok(loaded)
}

async fn connect(database: &Database) -> Result<Open, DatabaseError> {
    let client = database.connect().await?;
    // The plan is made once, perhaps while the log is still empty and reading all of it cheap.
    client.batch_execute("SET enable_seqscan = off").await?;
    let select = client.prepare(LOAD).await?;
    Ok(Open { client, select })
}

fn answer(
    batch: Vec<Wanted>,
    loaded: Result<HashMap<i32, Vec<LoadedEvent>>, DatabaseError>,
    kept: &mut Kept,
) {
    match loaded {
        Ok(mut loaded) => {
            for (number, wanted) in batch.into_iter().enumerate() {
                let newer = loaded.remove(&(number as i32)).unwrap_or_default();
                let events = complete(&wanted.request, wanted.known, newer, kept);
                // A caller that has gone away needs no answer.
                let _ = wanted.request.reply.send(Ok(events));
            }
        }
        Err(error) => {
            let why = error.to_string();
            for wanted in batch {
                let error = if error.is_transient() {
                    DatabaseError::Unavailable(why.clone())
                } else {
                    DatabaseError::Statement(why.clone())
                };
                let _ = wanted.request.reply.send(Err(error));
            }
        }
    }
}

/// Puts together what was known and what is newer, and keeps it if it is the whole stream.
fn complete(
    request: &Request,
    known: Arc<Vec<LoadedEvent>>,
    mut newer: Vec<LoadedEvent>,
    kept: &mut Kept,
) -> Arc<Vec<LoadedEvent>> {
    if newer.is_empty() {
        return known;
    }
    // SQL promises no order across the join; versions are cheap to sort when sorted.
    newer.sort_by_key(|event| event.version);
    let mut events = known;
    Arc::make_mut(&mut events).extend(newer);
    if request.after_version == 0 {
        if events.len() < request.limit {
            kept.put(&request.stream, &events);
        } else {
            // A long stream is read from its snapshot on.
            kept.forget(&request.stream);
        }
    }
    events
}
