-- The keys of data subjects. Lives in a database of its own, so that its backups can be
-- short-lived while the log's are kept for years.

CREATE SCHEMA vault;
REVOKE ALL ON SCHEMA vault FROM PUBLIC;

-- The key-encryption keys that rows may be wrapped by. A row here says that an epoch may be
-- used; the key itself is never in a database. `proof` is a one-way check value: it tells a
-- foreign key of the same number apart before anything is wrapped by it.
CREATE TABLE vault.epochs (
    epoch      integer     PRIMARY KEY CHECK (epoch > 0),
    proof      bytea       NOT NULL CHECK (octet_length(proof) = 32),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- The check value of the secret behind the blind indexes, which outlives every epoch.
CREATE TABLE vault.index_secret (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    proof    bytea   NOT NULL CHECK (octet_length(proof) = 32)
);

-- One row per tenant, subject and category, for ever: either a wrapped key or a tombstone.
-- The foreign key is what makes retiring an epoch safe: the epoch's row can't go while a
-- key, even one not yet committed, is wrapped by it.
CREATE TABLE vault.data_keys (
    id          uuid        PRIMARY KEY,
    tenant      uuid        NOT NULL,
    subject     uuid        NOT NULL,
    category    text        NOT NULL,
    epoch       integer     REFERENCES vault.epochs ON DELETE RESTRICT,
    wrapped     bytea,
    seals       bigint      NOT NULL DEFAULT 0 CHECK (seals >= 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    shredded_at timestamptz,
    shredded_by uuid,
    erasure     bigint,
    UNIQUE (tenant, subject, category),
    CHECK (
        (num_nulls(epoch, wrapped) = 0 AND num_nulls(shredded_at, shredded_by, erasure) = 3)
        OR (num_nulls(epoch, wrapped) = 2 AND num_nulls(shredded_at, shredded_by, erasure) = 0)
    )
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 50);
-- (Dead versions of a row hold the old wrapped key: they are vacuumed away early.)

CREATE INDEX data_keys_to_rewrap ON vault.data_keys (epoch, id) WHERE wrapped IS NOT NULL;

-- A tombstone is final and no row ever goes: otherwise a shredded subject could be given a
-- new key and its erasure would be undone for all that is written next.
CREATE FUNCTION vault.keep_tombstones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'rows of vault.data_keys are never deleted; shred them';
    ELSIF OLD.shredded_at IS NOT NULL THEN
        RAISE EXCEPTION 'a tombstone in vault.data_keys is final';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER keep_tombstones BEFORE UPDATE OR DELETE ON vault.data_keys
    FOR EACH ROW EXECUTE FUNCTION vault.keep_tombstones();
CREATE TRIGGER keep_all_tombstones BEFORE TRUNCATE ON vault.data_keys
    FOR EACH STATEMENT EXECUTE FUNCTION vault.keep_tombstones();

-- Numbers the shreddings in commit order (the row lock is held until commit), so that a
-- listener can tell that it has missed one.
CREATE TABLE vault.erasures (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    number   bigint  NOT NULL DEFAULT 0
);
INSERT INTO vault.erasures DEFAULT VALUES;

-- The processes that hold cached keys: up to which shredding each has dropped its keys, and
-- until when it trusts its cache. Logged, because after a crash of the server a shredding must
-- still wait for a process that hasn't noticed the crash.
CREATE TABLE vault.listeners (
    id          uuid        PRIMARY KEY,
    seen        bigint      NOT NULL,
    alive_until timestamptz NOT NULL
);

GRANT USAGE ON SCHEMA vault TO medilink_vault;
GRANT SELECT, INSERT, DELETE ON vault.epochs TO medilink_vault;
GRANT SELECT, INSERT ON vault.index_secret TO medilink_vault;
GRANT SELECT, INSERT ON vault.data_keys TO medilink_vault;
GRANT UPDATE (epoch, wrapped, seals, shredded_at, shredded_by, erasure) ON vault.data_keys TO medilink_vault;
GRANT SELECT ON vault.erasures TO medilink_vault;
GRANT UPDATE (number) ON vault.erasures TO medilink_vault;
GRANT SELECT, INSERT, UPDATE, DELETE ON vault.listeners TO medilink_vault;
