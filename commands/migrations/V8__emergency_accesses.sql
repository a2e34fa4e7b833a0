-- Which records are open in emergencies: asked for with every read that nothing else allows.
CREATE TABLE inline.emergency_accesses (
    access uuid PRIMARY KEY,
    tenant uuid NOT NULL,
    patient uuid NOT NULL,
    clinician uuid NOT NULL,
    until timestamptz NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    position bigint NOT NULL
);
CREATE INDEX emergency_accesses_open ON inline.emergency_accesses (clinician, patient, until)
    WHERE NOT closed;
COMMENT ON TABLE inline.emergency_accesses IS 'Finds them; what one opens its stream says.';

GRANT SELECT, INSERT, UPDATE ON inline.emergency_accesses TO medilink_app;

-- Who looks into what was done, of whom there are few among many.
CREATE INDEX staff_roles_of_officers ON inline.staff_roles (tenant)
    WHERE role = 'compliance-officer';
CREATE INDEX accounts_of_officers ON inline.accounts (tenant)
    WHERE 'compliance-officer' = ANY (roles);
