-- The log of record. Append-only: triggers refuse every change of history, whoever asks, and
-- the application's role could not ask in the first place.
CREATE SCHEMA log;

CREATE TABLE log.head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL CHECK (position >= 0),
    recorded_at timestamptz NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 100);
COMMENT ON TABLE log.head IS 'The last position. Moving it by compare-and-set is the fence between writers.';
COMMENT ON COLUMN log.head.recorded_at IS 'The time of the last event: the next one, whichever process records it, is no earlier.';
INSERT INTO log.head (position, recorded_at) VALUES (0, 'epoch');

CREATE TABLE log.events (
    position bigint NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    recorded_at timestamptz NOT NULL,
    tenant uuid NOT NULL,
    subject uuid,
    schema_version smallint NOT NULL CHECK (schema_version > 0),
    stream text COLLATE "C" NOT NULL CHECK (stream <> '' AND octet_length(stream) <= 255),
    type text COLLATE "C" NOT NULL CHECK (type <> ''),
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    metadata bytea NOT NULL,
    payload bytea NOT NULL CHECK (octet_length(payload) > 0),
    CONSTRAINT events_position PRIMARY KEY (position),
    CONSTRAINT events_stream_version UNIQUE (stream, version)
);
CREATE INDEX events_subject_position ON log.events (subject, position) WHERE subject IS NOT NULL;
-- Ciphertext does not compress; trying costs time on every append.
ALTER TABLE log.events ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE log.events ALTER COLUMN metadata SET STORAGE EXTERNAL;
COMMENT ON COLUMN log.events.position IS 'Global, gapless, in commit order, from 1; RFC 6962 leaf index = position - 1.';
COMMENT ON COLUMN log.events.payload IS 'Canonical JSON (RFC 8785), or ciphertext when the type is personal.';

-- What a command answered, so that a repeated request gets the first answer.
CREATE TABLE log.receipts (
    scope bytea PRIMARY KEY CHECK (octet_length(scope) = 32),
    body_hash bytea NOT NULL CHECK (octet_length(body_hash) = 32),
    position bigint NOT NULL,
    answer bytea NOT NULL,
    recorded_at timestamptz NOT NULL
);
COMMENT ON COLUMN log.receipts.scope IS 'SHA-256 of tenant, actor, operation, target and Idempotency-Key.';

-- Names that only one stream may hold, such as a registration number (as a blind index).
CREATE TABLE log.claims (
    claim bytea PRIMARY KEY CHECK (octet_length(claim) = 32),
    stream text NOT NULL
);

-- A cache: anything here may be deleted at any time.
CREATE TABLE log.snapshots (
    stream text COLLATE "C" PRIMARY KEY,
    tenant uuid NOT NULL,
    subject uuid,
    version bigint NOT NULL,
    shape bytea NOT NULL CHECK (octet_length(shape) = 32),
    state bytea NOT NULL
);

-- The Merkle tree over leaf_hash: full hash tiles of the C2SP tlog-tiles format (height 8),
-- and the checkpoints signed over it. Derived: can be rebuilt from log.events.
CREATE TABLE log.tiles (
    level smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
    number bigint NOT NULL CHECK (number >= 0),
    hashes bytea NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (level, number)
);

CREATE TABLE log.checkpoints (
    size bigint PRIMARY KEY CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note bytea NOT NULL,
    signed_at timestamptz NOT NULL
);
COMMENT ON COLUMN log.checkpoints.note IS 'C2SP tlog-checkpoint as a signed note.';

CREATE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'log.% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Correct a fact by appending an event that corrects it.';
END $$;

CREATE TRIGGER events_refuse_change BEFORE UPDATE OR DELETE ON log.events
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER events_refuse_truncate BEFORE TRUNCATE ON log.events
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER checkpoints_refuse_change BEFORE UPDATE OR DELETE ON log.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
CREATE TRIGGER checkpoints_refuse_truncate BEFORE TRUNCATE ON log.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
-- A session that sets session_replication_role = replica would skip ordinary triggers.
ALTER TABLE log.events ENABLE ALWAYS TRIGGER events_refuse_change;
ALTER TABLE log.events ENABLE ALWAYS TRIGGER events_refuse_truncate;
ALTER TABLE log.checkpoints ENABLE ALWAYS TRIGGER checkpoints_refuse_change;
ALTER TABLE log.checkpoints ENABLE ALWAYS TRIGGER checkpoints_refuse_truncate;

CREATE FUNCTION log.refuse_lower_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR NEW.position < OLD.position OR NEW.recorded_at < OLD.recorded_at THEN
        RAISE EXCEPTION 'log.head only ever moves up' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER head_refuse_lower BEFORE UPDATE OR DELETE ON log.head
    FOR EACH ROW EXECUTE FUNCTION log.refuse_lower_head();

-- postgres-es's shape, for tools that read cqrs-es tables. Personal payloads are ciphertext:
-- their data is null here, so that a reader fails on them instead of missing them.
CREATE VIEW log.cqrs_events AS
SELECT
    split_part(type, '.', 1) AS aggregate_type,
    substr(stream, length(split_part(type, '.', 1)) + 2) AS aggregate_id,
    version AS sequence,
    type::text AS event_type,
    schema_version::text AS event_version,
    json_build_object(
        'type', type,
        -- Canonical JSON of event data is an object: it begins with an opening brace.
        'data', CASE WHEN get_byte(payload, 0) = 123 THEN convert_from(payload, 'UTF8')::json END
    ) AS payload,
    (
        SELECT coalesce(json_object_agg(key, value), '{}'::json)
        FROM json_each_text(convert_from(metadata, 'UTF8')::json)
    ) AS metadata
FROM log.events;

GRANT USAGE ON SCHEMA log TO medilink_app, medilink_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA log TO medilink_app;
GRANT SELECT ON log.events, log.head TO medilink_projector;
GRANT INSERT ON log.events, log.receipts, log.claims, log.checkpoints TO medilink_app;
GRANT UPDATE (position, recorded_at) ON log.head TO medilink_app;
GRANT INSERT, UPDATE, DELETE ON log.snapshots, log.tiles TO medilink_app;
