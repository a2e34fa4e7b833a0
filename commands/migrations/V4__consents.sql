-- Who may see whose record: asked for with every read that needs consent.
CREATE TABLE inline.consents (
    consent uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    patient uuid NOT NULL,
    grantee_kind text NOT NULL,
    grantee uuid NOT NULL,
    state text NOT NULL,
    period_from timestamptz NOT NULL,
    period_to timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX consents_of_patient ON inline.consents (patient, expires_at) WHERE state = 'granted';
CREATE INDEX consents_of_grantee ON inline.consents (grantee, expires_at) WHERE state = 'granted';
COMMENT ON TABLE inline.consents IS 'Finds them; what one covers its stream says.';

GRANT SELECT, INSERT, UPDATE ON inline.consents TO medilink_app;
