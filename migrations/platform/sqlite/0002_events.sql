-- Events leave a module through its outbox, in the transaction of the fact they tell,
-- and arrive in the consumer's inbox once. See docs/ARCHITECTURE.md, "Events".

-- The last number given to an event of each subject: gap-free, because the transaction that
-- takes a number also writes the event.
CREATE TABLE event_subjects (
    subject       TEXT    NOT NULL PRIMARY KEY,
    last_sequence INTEGER NOT NULL CHECK (last_sequence >= 1)
) STRICT, WITHOUT ROWID;

-- With one writer the order of ids is the order of commits, and a rolled back id is given
-- again: the id is the position in the feed.
CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id      BLOB    NOT NULL,
    type          TEXT    NOT NULL,
    version       INTEGER NOT NULL CHECK (version >= 1),
    subject       TEXT    NOT NULL,
    sequence      INTEGER NOT NULL CHECK (sequence >= 1),
    data          TEXT    NOT NULL CHECK (json_valid(data)),
    actor         TEXT    NOT NULL,
    interface     TEXT    NOT NULL,
    correlationid TEXT,
    causationid   TEXT,
    traceparent   TEXT    NOT NULL,
    time          INTEGER NOT NULL,
    CONSTRAINT outbox_sequence_is_unique UNIQUE (subject, sequence)
) STRICT;

-- How far a consumer has read a producer's feed.
CREATE TABLE event_cursors (
    consumer   TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    position   INTEGER NOT NULL CHECK (position >= 0),
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (consumer, source)
) STRICT, WITHOUT ROWID;

-- What a consumer has received. The effect of an event and `state = 'done'` commit together.
CREATE TABLE inbox (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    consumer     TEXT    NOT NULL,
    source       TEXT    NOT NULL,
    event_id     BLOB    NOT NULL,
    position     INTEGER NOT NULL,
    subject      TEXT    NOT NULL,
    type         TEXT    NOT NULL,
    envelope     TEXT    NOT NULL CHECK (json_valid(envelope)),
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'running', 'done', 'dead')),
    run_at       INTEGER NOT NULL,
    attempts     INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND max_attempts),
    max_attempts INTEGER NOT NULL CHECK (max_attempts >= 1),
    lease_token  BLOB,
    leased_until INTEGER,
    reason       TEXT,
    received_at  INTEGER NOT NULL,
    finished_at  INTEGER,
    CONSTRAINT inbox_event_is_unique UNIQUE (consumer, event_id),
    CONSTRAINT inbox_running_is_leased
        CHECK ((state = 'running') = (lease_token IS NOT NULL) AND (state = 'running') = (leased_until IS NOT NULL)),
    CONSTRAINT inbox_finished_has_time CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL))
) STRICT;

-- Claim: what is due, oldest first.
CREATE INDEX inbox_due ON inbox (consumer, run_at, seq) WHERE state = 'pending';
-- Claim: is an earlier event of the same subject unfinished?
CREATE INDEX inbox_unfinished ON inbox (consumer, source, subject, position) WHERE state IN ('pending', 'running');
-- Rescue: leases that have run out.
CREATE INDEX inbox_leases ON inbox (leased_until) WHERE state = 'running';
-- Dead letters, and the gauge that counts them.
CREATE INDEX inbox_dead ON inbox (consumer, seq) WHERE state = 'dead';
-- Purge: done rows by age.
CREATE INDEX inbox_done ON inbox (finished_at) WHERE state = 'done';
