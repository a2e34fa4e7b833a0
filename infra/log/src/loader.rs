//! Loading streams for commands. What is known of a stream is had without waiting, and the
//! append holds it to be true or refuses; what is not known is read in batches, one statement
//! for all that wait, as the writer records it with one. A query of its own for each command
//! costs more in system calls and context switches than in reading (measured: half the
//! processor at 64 in flight).

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use medilink_database::{Database, DatabaseError};
use medilink_domain::{SubjectId, TenantId};
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{Client, Row, Statement};
use uuid::Uuid;

use crate::append::StreamWrite;
use crate::connection::patiently;
use crate::epoch::Epochs;
use crate::kept::Kept;
use crate::loaded::{LoadedEvent, LoadedStream, Snapshot};

/// Loads that may wait before callers are held back.
const QUEUE: usize = 4_096;
/// The most streams read with one statement.
const BATCH: usize = 256;
/// The most events of one stream that one statement reads: with a snapshot at every hundred,
/// all that most streams have.
const PAGE: i64 = 250;
const LOAD: &str = "
WITH wanted AS MATERIALIZED (
    SELECT w.request, w.name, greatest(w.after, s.version) AS after,
           s.version, s.tenant, s.subject, s.state
    FROM unnest($1::int[], $2::text[], $3::bigint[], $4::uuid[], $5::bytea[])
         AS w (request, name, after, tenant, shape)
    LEFT JOIN log.snapshots s
        ON s.stream = w.name AND s.tenant = w.tenant AND s.shape = w.shape AND s.version > w.after
)
SELECT request, version, tenant, subject, NULL AS type, 0::smallint AS schema_version, state
FROM wanted WHERE version IS NOT NULL
UNION ALL
SELECT request, found.* FROM wanted CROSS JOIN LATERAL (
    SELECT e.version, e.tenant, e.subject, e.type, e.schema_version, e.payload FROM log.events e
    WHERE e.stream = wanted.name AND e.version > wanted.after
    ORDER BY e.version LIMIT $6
) AS found";

type Reply = oneshot::Sender<Result<Arc<LoadedStream>, DatabaseError>>;

/// Which stream to load.
#[derive(Clone, Debug)]
struct Wanted {
    stream: String,
    tenant: TenantId,
    /// Snapshots of this shape are of use; none is when it is empty.
    shape: Vec<u8>,
    /// Only events after this version.
    after: u64,
}

struct Request {
    wanted: Wanted,
    reply: Reply,
}

/// Reads streams in batches, on a connection of its own that is opened at the first load and
/// closed with the loader.
pub struct StreamLoader {
    database: Database,
    epochs: Epochs,
    kept: Arc<Kept>,
    requests: OnceLock<mpsc::Sender<Request>>,
}

impl std::fmt::Debug for StreamLoader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamLoader").finish_non_exhaustive()
    }
}

impl StreamLoader {
    /// Loads as the role of `database`, which needs SELECT on `log.events` and
    /// `log.snapshots`; what it keeps is good for one of the writer's `epochs`.
    pub fn new(database: Database, epochs: Epochs) -> Self {
        Self {
            database,
            epochs,
            kept: Arc::default(),
            requests: OnceLock::new(),
        }
    }

    /// The present epoch of what is read and known.
    pub fn epoch(&self) -> u64 {
        self.epochs.current()
    }

    /// What is known of a stream, and in which epoch; another process may have gone on with it
    /// since. Only for a decision that is appended with
    /// [`LogWriter::append_presumed`](crate::LogWriter::append_presumed).
    pub fn known(&self, stream: &str) -> Option<(Arc<LoadedStream>, u64)> {
        let epoch = self.epochs.current();
        Some((self.kept.get(epoch, stream)?, epoch))
    }

    /// A stream as it is now, from its snapshot of this shape on, if it has one.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn load(
        &self,
        tenant: TenantId,
        stream: &str,
        shape: &[u8; 32],
    ) -> Result<Arc<LoadedStream>, DatabaseError> {
        self.ask(Wanted {
            stream: stream.to_owned(),
            tenant,
            shape: shape.to_vec(),
            after: 0,
        })
        .await
    }

    /// The next events of a stream after a version, without any snapshot.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn after(
        &self,
        tenant: TenantId,
        stream: &str,
        version: u64,
    ) -> Result<Arc<LoadedStream>, DatabaseError> {
        self.ask(Wanted {
            stream: stream.to_owned(),
            tenant,
            shape: Vec::new(),
            after: version,
        })
        .await
    }

    async fn ask(&self, wanted: Wanted) -> Result<Arc<LoadedStream>, DatabaseError> {
        let (reply, answer) = oneshot::channel();
        let stopped = || DatabaseError::Unavailable("the loader has stopped".into());
        let sent = self.requests().send(Request { wanted, reply }).await;
        sent.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// Tells what the log has taken, so that it need not be read. Only ever call it after the
    /// append was answered with success; `epoch` is the one before it was sent.
    pub fn recorded(&self, epoch: u64, tenant: TenantId, writes: Vec<StreamWrite>) {
        for write in writes {
            let versions = write.expected + 1..;
            let events = versions
                .zip(write.events)
                .map(|(version, event)| LoadedEvent {
                    version,
                    tenant,
                    kind: event.kind.into(),
                    schema_version: event.schema_version,
                    subject: event.subject,
                    payload: event.payload,
                });
            self.kept.extend(epoch, &write.stream, events);
        }
    }

    /// Takes a snapshot, which may be stored or not, so that the events before it need not be
    /// kept, nor opened and folded again.
    pub fn shorten(&self, stream: &str, snapshot: Snapshot, stored: bool) {
        self.kept
            .shorten(self.epochs.current(), stream, snapshot, stored);
    }

    fn requests(&self) -> &mpsc::Sender<Request> {
        self.requests.get_or_init(|| {
            let (requests, queue) = mpsc::channel(QUEUE);
            let server = Server {
                database: self.database.clone(),
                epochs: self.epochs.clone(),
                kept: Arc::clone(&self.kept),
                open: None,
            };
            // Ends when the loader, and with it the last sender, is dropped.
            tokio::spawn(server.run(queue));
            requests
        })
    }
}

struct Open {
    client: Client,
    select: Statement,
    epoch: u64,
}

impl Open {
    /// Whether it leads, as far as is known, to the server that the writer writes to.
    fn is_good(&self, epochs: &Epochs) -> bool {
        !self.client.is_closed() && self.epoch == epochs.current()
    }
}

struct Server {
    database: Database,
    epochs: Epochs,
    kept: Arc<Kept>,
    open: Option<Open>,
}

/// A request, and what of its stream is known already.
struct Loading {
    request: Request,
    known: Arc<LoadedStream>,
}

impl Server {
    async fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        let mut waiting = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut waiting, BATCH).await > 0 {
            // First the connection: only what is known of the server behind it may be gone on
            // with there.
            let epoch = match patiently(self.ensure()).await {
                Ok(epoch) => epoch,
                Err(error) => {
                    fail(waiting.drain(..), &error);
                    continue;
                }
            };
            let batch: Vec<Loading> = waiting
                .drain(..)
                .map(|request| Loading::of(request, epoch, &self.kept))
                .collect();
            match patiently(self.load(&batch)).await {
                Ok(loaded) => {
                    for (loading, newer) in batch.into_iter().zip(loaded) {
                        loading.complete(newer, epoch, &self.kept);
                    }
                }
                Err(error) => {
                    self.open = None;
                    fail(batch.into_iter().map(|loading| loading.request), &error);
                }
            }
        }
    }

    /// Connects if there is no connection; returns the epoch of the server behind it.
    async fn ensure(&mut self) -> Result<u64, DatabaseError> {
        if let Some(open) = &self.open
            && open.is_good(&self.epochs)
        {
            return Ok(open.epoch);
        }
        self.open = None;
        let open = connect(&self.database, &self.epochs).await?;
        Ok(self.open.insert(open).epoch)
    }

    /// What the log has of each stream beyond what is known.
    async fn load(&mut self, batch: &[Loading]) -> Result<Vec<LoadedStream>, DatabaseError> {
        let Some(Open { client, select, .. }) = &self.open else {
            return Err(DatabaseError::Unavailable("not connected".into()));
        };
        let numbers: Vec<i32> = (0..batch.len() as i32).collect();
        let of = batch.iter().map(|loading| &loading.request.wanted);
        let streams: Vec<&str> = of.clone().map(|wanted| wanted.stream.as_str()).collect();
        let tenants: Vec<Uuid> = of.map(|wanted| wanted.tenant.uuid()).collect();
        let versions: Vec<i64> = batch.iter().map(|loading| loading.after() as i64).collect();
        let shapes: Vec<&[u8]> = batch.iter().map(Loading::shape).collect();
        let rows = client
            .query(
                select,
                &[&numbers, &streams, &versions, &tenants, &shapes, &PAGE],
            )
            .await?;
        let mut loaded = vec![LoadedStream::default(); batch.len()];
        for row in &rows {
            take(&mut loaded[row.get::<_, i32>(0) as usize], row);
        }
        for stream in &mut loaded {
            // SQL promises no order across the join; versions are cheap to sort when sorted.
            stream.events.sort_by_key(|event| event.version);
            stream.more = stream.events.len() as i64 == PAGE;
        }
        Ok(loaded)
    }
}

/// A row of [`LOAD`]: a snapshot when it has no type.
fn take(stream: &mut LoadedStream, row: &Row) {
    let (version, tenant) = (row.get::<_, i64>(1) as u64, TenantId(row.get(2)));
    let subject = row.get::<_, Option<Uuid>>(3).map(SubjectId);
    let bytes = Bytes::copy_from_slice(row.get(6));
    match row.get::<_, Option<String>>(4) {
        Some(kind) => stream.events.push(LoadedEvent {
            version,
            tenant,
            kind: Cow::Owned(kind),
            schema_version: row.get::<_, i16>(5) as u16,
            subject,
            payload: bytes,
        }),
        None => {
            stream.stored = version;
            stream.snapshot = Some(Snapshot {
                version,
                tenant,
                subject,
                state: bytes,
            });
        }
    }
}

async fn connect(database: &Database, epochs: &Epochs) -> Result<Open, DatabaseError> {
    let client = database.connect().await?;
    let epoch = epochs.look(&client).await?;
    // The plan is made once, perhaps while the log is still empty and reading all of it cheap:
    // an index, row by row, is right whatever the tables hold.
    client
        .batch_execute(
            "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
             SET jit = off; SET plan_cache_mode = force_generic_plan",
        )
        .await?;
    let select = client.prepare(LOAD).await?;
    Ok(Open {
        client,
        select,
        epoch,
    })
}

impl Loading {
    fn of(request: Request, epoch: u64, kept: &Kept) -> Self {
        let known = (request.wanted.after == 0)
            .then(|| kept.get(epoch, &request.wanted.stream))
            .flatten()
            .unwrap_or_default();
        Self { request, known }
    }

    fn after(&self) -> u64 {
        self.request.wanted.after.max(self.known.version())
    }

    fn shape(&self) -> &[u8] {
        // What is known begins with a snapshot already, or needs none.
        if self.known.version() > 0 {
            &[]
        } else {
            &self.request.wanted.shape
        }
    }

    /// Puts together what was known and what is newer, and keeps it if it is the whole stream.
    fn complete(self, newer: LoadedStream, epoch: u64, kept: &Kept) {
        let Self { request, known } = self;
        let loaded = if known.version() == 0 {
            Arc::new(newer)
        } else if newer.events.is_empty() {
            known
        } else {
            let mut loaded = known;
            let both = Arc::make_mut(&mut loaded);
            both.events.extend(newer.events);
            both.more = newer.more;
            loaded
        };
        if request.wanted.after == 0 {
            kept.put(epoch, &request.wanted.stream, &loaded);
        }
        // A caller that has gone away needs no answer.
        let _ = request.reply.send(Ok(loaded));
    }
}

fn fail(requests: impl Iterator<Item = Request>, error: &DatabaseError) {
    let why = error.to_string();
    for request in requests {
        let error = if error.is_transient() {
            DatabaseError::Unavailable(why.clone())
        } else {
            DatabaseError::Statement(why.clone())
        };
        let _ = request.reply.send(Err(error));
    }
}
