-- Programs of others: asked for with each request that one of them makes.
CREATE TABLE inline.integrators (
    integrator uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    scopes text[] NOT NULL,
    hospitals uuid[] NOT NULL,
    era integer NOT NULL DEFAULT 0,
    expires_at timestamptz,
    disabled_at timestamptz,
    position bigint NOT NULL
);
COMMENT ON COLUMN inline.integrators.hospitals IS 'Empty: all of the network.';
COMMENT ON COLUMN inline.integrators.era IS 'How often all of its tokens were taken from it: those of an earlier era are over.';

-- What a program has signed in with, until it could not be used any more anyway. Not of the log:
-- nobody is told of it.
CREATE TABLE inline.assertions (
    integrator uuid NOT NULL,
    id bytea NOT NULL CHECK (octet_length(id) = 32),
    forget_at timestamptz NOT NULL,
    PRIMARY KEY (integrator, id)
);
CREATE INDEX assertions_by_age ON inline.assertions (forget_at);

GRANT SELECT, INSERT, UPDATE ON inline.integrators TO medilink_app;
GRANT SELECT, INSERT, DELETE ON inline.assertions TO medilink_app;
