//! The one statement that records a batch.
//!
//! Everything is judged in the statement's own snapshot, and the head's compare-and-set makes
//! that judgement final: the writer learned `head` from a committed read before the statement
//! began, so if the head still stands there when the row is locked, the snapshot holds every
//! event there is, and its stream versions, names and receipts are exact. If the head moved,
//! `moved` is empty and nothing is written.

use medilink_database::DatabaseError;
use tokio_postgres::{Client, Row, Statement};
use uuid::Uuid;

use crate::event::Position;
use crate::pending::Pending;

const RECORD: &str = r#"
WITH checks AS MATERIALIZED (
    SELECT c.append, c.stream, c.expected, coalesce((
        SELECT e.version FROM log.events e WHERE e.stream = c.stream ORDER BY e.version DESC LIMIT 1
    ), 0) AS actual
    FROM unnest($2::int[], $3::text[], $4::bigint[]) AS c (append, stream, expected)
), names AS MATERIALIZED (
    SELECT n.append, n.claim, n.stream, (
        SELECT held.stream FROM log.claims held WHERE held.claim = n.claim
    ) AS holder
    FROM unnest($5::int[], $6::bytea[], $7::text[]) AS n (append, claim, stream)
), answers AS MATERIALIZED (
    SELECT a.append, a.scope, a.body_hash, a.answer, coalesce((
        SELECT true FROM log.receipts r WHERE r.scope = a.scope
    ), false) AS done
    FROM unnest($8::int[], $9::bytea[], $10::bytea[], $11::bytea[]) AS a (append, scope, body_hash, answer)
), losers AS MATERIALIZED (
    SELECT append FROM checks WHERE actual <> expected
    UNION SELECT append FROM names WHERE holder IS NOT NULL
    UNION SELECT append FROM answers WHERE done
), winners AS MATERIALIZED (
    SELECT append, (sum(events) OVER (ORDER BY append))::bigint AS upto, events
    FROM unnest($12::int[], $13::int[]) AS w (append, events)
    WHERE append NOT IN (SELECT append FROM losers)
), moved AS (
    UPDATE log.head SET position = position + coalesce((SELECT max(upto) FROM winners), 0),
                        recorded_at = greatest(recorded_at, $24)
    WHERE position = $1
    RETURNING position
), recorded AS (
    INSERT INTO log.events (position, stream, version, type, schema_version, tenant, subject,
                            payload, metadata, recorded_at, leaf_hash)
    SELECT $1 + w.upto - w.events + e.nth, e.stream, e.version, e.type, e.schema_version, e.tenant,
           e.subject, e.payload, e.metadata, $24, e.leaf_hash
    FROM unnest($14::int[], $15::int[], $16::text[], $17::bigint[], $18::text[], $19::smallint[],
                $20::uuid[], $21::uuid[], $22::bytea[], $23::bytea[], $25::bytea[])
         AS e (append, nth, stream, version, type, schema_version, tenant, subject, payload, metadata,
               leaf_hash)
    JOIN winners w USING (append)
    CROSS JOIN moved
), claimed AS (
    INSERT INTO log.claims (claim, stream)
    SELECT n.claim, n.stream FROM names n JOIN winners USING (append) CROSS JOIN moved
), released AS (
    -- By their places in the table, which this statement's own snapshot has found by an index:
    -- a join would read all names there are, as nested loops are off (see `prepare`).
    DELETE FROM log.claims WHERE ctid = ANY (ARRAY(
        SELECT held.ctid
        FROM unnest($26::int[], $27::bytea[], $28::text[]) AS r (append, claim, stream)
        JOIN winners USING (append) CROSS JOIN moved
        CROSS JOIN LATERAL unnest(CASE WHEN r.claim IS NULL
            THEN ARRAY(SELECT c.ctid FROM log.claims c WHERE c.stream = r.stream)
            ELSE ARRAY(SELECT c.ctid FROM log.claims c WHERE c.claim = r.claim AND c.stream = r.stream)
        END) AS held (ctid)
    ))
), receipted AS (
    INSERT INTO log.receipts (scope, body_hash, position, answer, recorded_at)
    SELECT a.scope, a.body_hash, $1 + w.upto, a.answer, $24
    FROM answers a JOIN winners w USING (append) CROSS JOIN moved
)
SELECT 'head' AS what, NULL::int AS append, position AS number, NULL::text AS stream, NULL::bigint AS expected FROM moved
UNION ALL SELECT 'won', append, $1 + upto, NULL, NULL FROM winners
UNION ALL SELECT 'version', append, actual, stream, expected FROM checks WHERE actual <> expected
UNION ALL SELECT 'name', append, NULL, holder, NULL FROM names WHERE holder IS NOT NULL
UNION ALL SELECT 'done', append, NULL, NULL, NULL FROM answers WHERE done
"#;

/// How one append of a batch fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Recorded; the position of its last event.
    Won(Position),
    /// A stream was elsewhere.
    WrongVersion {
        stream: String,
        expected: u64,
        actual: u64,
    },
    /// A name is held by this stream.
    ClaimTaken(String),
    /// Answered before.
    Done,
}

/// What a batch came to: nothing if the head had moved.
pub(crate) struct Recorded {
    pub head: Position,
    /// By the append's index in the batch.
    pub verdicts: Vec<Verdict>,
}

/// The statement, prepared on the writer's own connection.
pub(crate) async fn prepare(client: &Client) -> Result<Statement, DatabaseError> {
    // The planner can't know how many rows the arrays hold; for a nested loop over two
    // 512-row arrays it would compare each with each. And it may make its plan while a table
    // is still empty, when reading all of it looks cheaper than an index, and keep that plan
    // while the table grows. Left alone it would plan for each batch anew, which takes as long
    // as recording thirty appends (measured: 0.7 ms); with so little left to choose, once is
    // enough. And a writer that is stopped in the midst of a transaction holds the head,
    // without which nobody records anything.
    client
        .batch_execute(
            "SET enable_nestloop = off; SET enable_seqscan = off; SET jit = off;
             SET plan_cache_mode = force_generic_plan;
             SET idle_in_transaction_session_timeout = '4s'",
        )
        .await?;
    Ok(client.prepare(RECORD).await?)
}

#[derive(Default)]
struct Columns<'a> {
    check_append: Vec<i32>,
    check_stream: Vec<&'a str>,
    check_expected: Vec<i64>,
    name_append: Vec<i32>,
    name_claim: Vec<&'a [u8]>,
    name_stream: Vec<&'a str>,
    release_append: Vec<i32>,
    release_claim: Vec<Option<&'a [u8]>>,
    release_stream: Vec<&'a str>,
    answer_append: Vec<i32>,
    answer_scope: Vec<&'a [u8]>,
    answer_body: Vec<&'a [u8]>,
    answer: Vec<&'a [u8]>,
    append: Vec<i32>,
    events: Vec<i32>,
    event_append: Vec<i32>,
    nth: Vec<i32>,
    stream: Vec<&'a str>,
    version: Vec<i64>,
    kind: Vec<&'a str>,
    schema_version: Vec<i16>,
    tenant: Vec<Uuid>,
    subject: Vec<Option<Uuid>>,
    payload: Vec<&'a [u8]>,
    metadata: Vec<&'a [u8]>,
    leaf_hash: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a [Pending]) -> Self {
        let mut columns = Self::default();
        for (index, pending) in batch.iter().enumerate() {
            // A batch holds at most 512 appends of at most 1,000 events.
            columns.take(index as i32, pending);
        }
        columns
    }

    fn take(&mut self, index: i32, pending: &'a Pending) {
        let append = &pending.append;
        self.append.push(index);
        self.events.push(append.len() as i32);
        let expectations = append
            .writes
            .iter()
            .map(|write| (&write.stream, write.expected))
            .chain(
                append
                    .guards
                    .iter()
                    .map(|guard| (&guard.stream, guard.expected)),
            );
        for (stream, expected) in expectations {
            self.check_append.push(index);
            self.check_stream.push(stream);
            self.check_expected.push(expected as i64);
        }
        for claim in &append.claims {
            self.name_append.push(index);
            self.name_claim.push(&claim.key);
            self.name_stream.push(&claim.stream);
        }
        for release in &append.releases {
            self.release_append.push(index);
            let claim = release.key.as_ref().map(<[u8; 32]>::as_slice);
            self.release_claim.push(claim);
            self.release_stream.push(&release.stream);
        }
        if let Some(receipt) = &append.receipt {
            self.answer_append.push(index);
            self.answer_scope.push(&receipt.scope);
            self.answer_body.push(&receipt.body_hash);
            self.answer.push(&receipt.answer);
        }
        let mut nth = 0;
        for write in &append.writes {
            for (offset, event) in write.events.iter().enumerate() {
                self.leaf_hash.push(&pending.leaves[nth as usize]);
                nth += 1;
                self.event_append.push(index);
                self.nth.push(nth);
                self.stream.push(&write.stream);
                self.version
                    .push((write.expected + 1) as i64 + offset as i64);
                self.kind.push(event.kind);
                self.schema_version.push(event.schema_version as i16);
                self.tenant.push(append.tenant.uuid());
                self.subject
                    .push(event.subject.map(|subject| subject.uuid()));
                self.payload.push(&event.payload);
                self.metadata.push(&pending.metadata);
            }
        }
    }
}

/// Records a batch on top of `head`; `None` when the head stands elsewhere and nothing was
/// written.
pub(crate) async fn record(
    client: &Client,
    statement: &Statement,
    head: Position,
    batch: &[Pending],
) -> Result<Option<Recorded>, DatabaseError> {
    let c = Columns::of(batch);
    // A batch has one time, as it has one commit.
    let recorded_at = batch[0].recorded_at;
    let rows = client
        .query(
            statement,
            &[
                &head.sql(),
                &c.check_append,
                &c.check_stream,
                &c.check_expected,
                &c.name_append,
                &c.name_claim,
                &c.name_stream,
                &c.answer_append,
                &c.answer_scope,
                &c.answer_body,
                &c.answer,
                &c.append,
                &c.events,
                &c.event_append,
                &c.nth,
                &c.stream,
                &c.version,
                &c.kind,
                &c.schema_version,
                &c.tenant,
                &c.subject,
                &c.payload,
                &c.metadata,
                &recorded_at,
                &c.leaf_hash,
                &c.release_append,
                &c.release_claim,
                &c.release_stream,
            ],
        )
        .await?;
    Ok(read(&rows, batch.len()))
}

fn read(rows: &[Row], appends: usize) -> Option<Recorded> {
    let mut head = None;
    let mut verdicts: Vec<Option<Verdict>> = vec![None; appends];
    for row in rows {
        let what: &str = row.get(0);
        let number = row.get::<_, Option<i64>>(2).map(Position::from_sql);
        let verdict = match (what, number) {
            ("head", Some(position)) => {
                head = Some(position);
                continue;
            }
            ("won", Some(position)) => Verdict::Won(position),
            ("version", Some(actual)) => Verdict::WrongVersion {
                stream: row.get(3),
                expected: row.get::<_, i64>(4) as u64,
                actual: actual.0,
            },
            ("name", _) => Verdict::ClaimTaken(row.get(3)),
            _ => Verdict::Done,
        };
        let slot = &mut verdicts[row.get::<_, i32>(1) as usize];
        // An answered request is answered again, whatever else has moved since.
        if slot.is_none() || verdict == Verdict::Done {
            *slot = Some(verdict);
        }
    }
    // Each append is a winner or a loser, so each has a verdict.
    let verdicts: Option<Vec<Verdict>> = verdicts.into_iter().collect();
    Some(Recorded {
        head: head?,
        verdicts: verdicts?,
    })
}
