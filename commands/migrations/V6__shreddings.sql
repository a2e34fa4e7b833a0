-- Which keys were destroyed, as the log tells it: whoever opens the vault sees to it that they
-- are, whatever backup of the keys it finds.
CREATE TABLE inline.shreddings (
    tenant uuid NOT NULL,
    person uuid NOT NULL,
    category text NOT NULL,
    erasure uuid NOT NULL,
    tombstone bigint NOT NULL,
    shredded_at timestamptz NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (tenant, person, category)
);

GRANT SELECT, INSERT ON inline.shreddings TO medilink_app;
-- The projector opens the vault, too.
GRANT USAGE ON SCHEMA inline TO medilink_projector;
GRANT SELECT ON inline.shreddings TO medilink_projector;
