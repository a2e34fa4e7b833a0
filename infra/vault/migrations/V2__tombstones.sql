-- Whoever opens the vault holds its journal of erasures against the tombstones: there are few of
-- them among many keys.
CREATE INDEX tombstones ON vault.data_keys (shredded_at) WHERE shredded_at IS NOT NULL;
