-- Read models: everything in this schema is derived from the log and can be thrown away.
-- The projector creates one table per model and generation, behind a view of the model's name.
CREATE SCHEMA read;

CREATE SEQUENCE read.generations AS integer;
COMMENT ON SEQUENCE read.generations IS 'Never reused, so that the table of a killed rebuild is never taken for another.';

CREATE TABLE read.checkpoints (
    projection text COLLATE "C" NOT NULL,
    generation integer NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    state text NOT NULL CHECK (state IN ('building', 'live', 'retired')),
    position bigint NOT NULL CHECK (position >= 0),
    started_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, generation)
) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 100);
CREATE UNIQUE INDEX checkpoints_one_live ON read.checkpoints (projection) WHERE state = 'live';
COMMENT ON COLUMN read.checkpoints.position IS 'Moves in the transaction that writes the rows: every event up to here is in the table, once.';
COMMENT ON COLUMN read.checkpoints.version IS 'The version of the fold and of the columns that the table was built with.';

CREATE TABLE read.dead_letters (
    projection text COLLATE "C" NOT NULL,
    generation integer NOT NULL,
    position bigint NOT NULL,
    stream text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    code text NOT NULL,
    attempts integer NOT NULL CHECK (attempts >= 0),
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, generation, position),
    FOREIGN KEY (projection, generation) REFERENCES read.checkpoints ON DELETE CASCADE
);
CREATE INDEX dead_letters_stream ON read.dead_letters (projection, generation, stream, position);
COMMENT ON TABLE read.dead_letters IS 'Events that a projection could not fold, and those of the same stream after them, in order. The payload stays in the log.';
COMMENT ON COLUMN read.dead_letters.attempts IS '0: never tried, waits behind an earlier event of its stream.';

GRANT USAGE ON SCHEMA read TO medilink_app, medilink_projector;
-- The projector creates the tables and views of the models, and grants the views itself.
GRANT CREATE ON SCHEMA read TO medilink_projector;
GRANT USAGE ON SEQUENCE read.generations TO medilink_projector;
GRANT SELECT, INSERT, UPDATE, DELETE ON read.checkpoints, read.dead_letters TO medilink_projector;
GRANT SELECT ON read.checkpoints, read.dead_letters TO medilink_app;
