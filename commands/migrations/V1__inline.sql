-- Read models that are written in the append's own transaction, because a stale answer would
-- be a fault of security.
CREATE SCHEMA inline;

CREATE TABLE inline.access_tokens (
    secret_hash bytea PRIMARY KEY CHECK (octet_length(secret_hash) = 32),
    token uuid NOT NULL UNIQUE,
    tenant uuid NOT NULL,
    person uuid NOT NULL,
    roles text[] NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    position bigint NOT NULL
);
COMMENT ON COLUMN inline.access_tokens.secret_hash IS 'SHA-256 of a secret of 256 random bits, so no salt is needed.';

GRANT USAGE ON SCHEMA inline TO medilink_app;
GRANT SELECT, INSERT, UPDATE ON inline.access_tokens TO medilink_app;
