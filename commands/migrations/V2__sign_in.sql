-- Who may sign in, and who has.
CREATE TABLE inline.accounts (
    account uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    roles text[] NOT NULL,
    passwords integer NOT NULL DEFAULT 0,
    disabled_at timestamptz,
    position bigint NOT NULL
);
COMMENT ON COLUMN inline.accounts.passwords IS 'How many passwords it has had: sessions of an earlier one are over.';

CREATE TABLE inline.sessions (
    session uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    person uuid NOT NULL,
    passwords integer NOT NULL,
    started_at timestamptz NOT NULL,
    idle_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    position bigint NOT NULL
);
CREATE INDEX sessions_of_person ON inline.sessions (person, idle_until) WHERE ended_at IS NULL;

-- How often something was tried of late. Not of the log: losing it only forgets who has to wait.
CREATE TABLE inline.attempts (
    key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    tries integer NOT NULL,
    last_at timestamptz NOT NULL,
    next_at timestamptz NOT NULL
);
CREATE INDEX attempts_by_age ON inline.attempts (last_at);
COMMENT ON COLUMN inline.attempts.key IS 'A blind index, such as that of an e-mail address: it tells nobody whose.';

CREATE FUNCTION inline.wait_after(tries integer, free integer, first float8, longest float8)
RETURNS interval LANGUAGE sql IMMUTABLE AS $$
    SELECT make_interval(secs => CASE
        WHEN tries <= free THEN 0
        ELSE least(longest, first * power(2, least(tries - free - 1, 30)))
    END)
$$;

GRANT SELECT, INSERT, UPDATE ON inline.accounts, inline.sessions TO medilink_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON inline.attempts TO medilink_app;
