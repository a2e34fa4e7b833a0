-- Two timers of one event may both fail: each has its letter, and both wait for the verdict.
ALTER TABLE work.dead_letters
    DROP CONSTRAINT dead_letters_pkey,
    ADD CONSTRAINT dead_letters_once UNIQUE NULLS NOT DISTINCT (consumer, position, item);
