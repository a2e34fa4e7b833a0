-- What jobs remember of their work. Nothing here is the only record of anything: a lost row
-- means that an effect is tried once more, which its idempotency key makes harmless.
CREATE SCHEMA work;

CREATE TABLE work.checkpoints (
    job text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL CHECK (position >= 0),
    updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 100);
COMMENT ON COLUMN work.checkpoints.position IS 'Every event up to here had its effect, or its stream is in work.dead_letters.';

CREATE TABLE work.attempts (
    job text COLLATE "C" NOT NULL,
    item text COLLATE "C" NOT NULL,
    attempts integer NOT NULL CHECK (attempts >= 0),
    next_at timestamptz NOT NULL,
    code text COLLATE "C",
    settled_at timestamptz,
    PRIMARY KEY (job, item)
) WITH (fillfactor = 60);
CREATE INDEX attempts_settled ON work.attempts (job, settled_at) WHERE settled_at IS NOT NULL;
COMMENT ON TABLE work.attempts IS 'Timers and outgoing calls: who works on one, how often it was tried, and when it comes again.';
COMMENT ON COLUMN work.attempts.next_at IS 'Until then nobody else takes it: a claim while it is being done, a pause after it failed.';

CREATE TABLE work.dead_letters (
    consumer text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    stream text COLLATE "C" NOT NULL,
    tenant uuid NOT NULL,
    item text COLLATE "C",
    code text COLLATE "C" NOT NULL,
    attempts integer NOT NULL CHECK (attempts >= 0),
    retry_at timestamptz,
    verdict text CHECK (verdict IN ('retry', 'skip')),
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, position)
);
CREATE INDEX dead_letters_stream ON work.dead_letters (consumer, stream, position);
COMMENT ON TABLE work.dead_letters IS 'Events whose effect failed, and those of the same stream after them, in order. The payload stays in the log.';
COMMENT ON COLUMN work.dead_letters.attempts IS '0: never tried, waits behind an earlier event of its stream.';
COMMENT ON COLUMN work.dead_letters.retry_at IS 'When it is tried again by itself; without it only an operator''s verdict helps.';
COMMENT ON COLUMN work.dead_letters.item IS 'The timer or outgoing call, when it is not the event itself that failed.';

GRANT USAGE ON SCHEMA work TO medilink_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON work.checkpoints, work.attempts, work.dead_letters TO medilink_app;
