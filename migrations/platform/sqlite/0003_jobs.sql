-- Work that a module will do later, at least once, whatever happens to the process.

CREATE TABLE jobs (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    id             BLOB    NOT NULL UNIQUE,
    kind           TEXT    NOT NULL,
    payload        TEXT    NOT NULL CHECK (json_valid(payload)),
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'running', 'done', 'dead', 'cancelled')),
    run_at         INTEGER NOT NULL,
    attempts       INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND max_attempts),
    max_attempts   INTEGER NOT NULL CHECK (max_attempts >= 1),
    unique_key     TEXT,
    lease_token    BLOB,
    leased_until   INTEGER,
    reason         TEXT,
    traceparent    TEXT    NOT NULL,
    correlation_id TEXT,
    causation_id   TEXT,
    created_at     INTEGER NOT NULL,
    finished_at    INTEGER,
    CONSTRAINT jobs_running_is_leased
        CHECK ((state = 'running') = (lease_token IS NOT NULL) AND (state = 'running') = (leased_until IS NOT NULL)),
    CONSTRAINT jobs_finished_has_time
        CHECK ((state IN ('done', 'dead', 'cancelled')) = (finished_at IS NOT NULL))
) STRICT;

-- At most one waiting job of a kind has a key.
CREATE UNIQUE INDEX jobs_waiting_key ON jobs (kind, unique_key) WHERE state = 'pending' AND unique_key IS NOT NULL;
-- At most one job of a kind and key runs at a time.
CREATE UNIQUE INDEX jobs_running_key ON jobs (kind, unique_key) WHERE state = 'running' AND unique_key IS NOT NULL;
-- Claim: what is due, oldest first.
CREATE INDEX jobs_due ON jobs (run_at, seq) WHERE state = 'pending';
-- Rescue: leases that have run out.
CREATE INDEX jobs_leases ON jobs (leased_until) WHERE state = 'running';
-- Dead jobs, and the gauge that counts them.
CREATE INDEX jobs_dead ON jobs (seq) WHERE state = 'dead';
-- Purge: finished rows by age.
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE state IN ('done', 'cancelled');

-- The last tick of each schedule that has been turned into a job. It only moves forward, in the
-- transaction that enqueues the job: a tick fires once, however many instances see it.
CREATE TABLE schedules (
    name       TEXT    NOT NULL PRIMARY KEY,
    last_tick  INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
