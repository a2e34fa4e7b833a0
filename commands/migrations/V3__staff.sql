-- What people may act as at a hospital (or in the whole network, where there is none), and what
-- else they were allowed.
CREATE TABLE inline.staff_roles (
    person uuid NOT NULL,
    tenant uuid NOT NULL,
    role text NOT NULL,
    hospital uuid,
    department uuid,
    until timestamptz,
    position bigint NOT NULL,
    UNIQUE NULLS NOT DISTINCT (person, hospital, role)
);
CREATE INDEX staff_roles_of_hospital ON inline.staff_roles (hospital);

CREATE TABLE inline.staff_permissions (
    person uuid NOT NULL,
    tenant uuid NOT NULL,
    action text NOT NULL,
    hospital uuid NOT NULL,
    until timestamptz,
    position bigint NOT NULL,
    PRIMARY KEY (person, hospital, action)
);
CREATE INDEX staff_permissions_of_hospital ON inline.staff_permissions (hospital);

GRANT SELECT, INSERT, UPDATE, DELETE ON inline.staff_roles, inline.staff_permissions TO medilink_app;
