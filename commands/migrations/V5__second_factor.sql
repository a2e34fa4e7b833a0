-- What a session was begun with, and since when its person has shown again who they are.
ALTER TABLE inline.accounts ADD COLUMN era integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN inline.accounts.era IS 'How often it was disabled: sessions of an earlier era are over.';

ALTER TABLE inline.sessions
    ADD COLUMN era integer NOT NULL DEFAULT 0,
    ADD COLUMN second_factor boolean NOT NULL DEFAULT false,
    ADD COLUMN proven_at timestamptz;
