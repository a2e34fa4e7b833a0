-- A name can be given back: whoever changes an e-mail address, or is erased, must not keep it
-- from everyone else. The log's writer alone does it, as a part of the append that says why, and
-- only for the stream that the append writes. (A name is no part of history: the events that
-- took it and gave it back are.)
GRANT DELETE ON log.claims TO medilink_app;

-- All names of one stream, for a stream whose names can't be told any more.
CREATE INDEX claims_of_stream ON log.claims (stream);
