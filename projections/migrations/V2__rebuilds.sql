-- What a rebuild tells of itself while it goes on, and by which it is known whether it was asked
-- for before or after the rows that are read were begun.
ALTER TABLE read.checkpoints
    ADD COLUMN begun bigint NOT NULL DEFAULT 0 CHECK (begun >= 0),
    ADD COLUMN folded bigint NOT NULL DEFAULT 0 CHECK (folded >= 0);
COMMENT ON COLUMN read.checkpoints.begun IS 'The last event of the log when this generation was begun.';
COMMENT ON COLUMN read.checkpoints.folded IS 'While it is built: up to where the log has been folded in memory.';
