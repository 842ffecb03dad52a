-- Commands that take long, as their callers see them: a row for each, written in the transaction that enqueues its job.

CREATE TABLE operations (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind       TEXT    NOT NULL, -- the operation id of the command
    owner      TEXT    NOT NULL, -- on whose behalf, 'user:…'
    location   TEXT    NOT NULL, -- where the thing is that it works on
    job_id     BLOB    NOT NULL UNIQUE,
    state      TEXT    NOT NULL CHECK (state IN ('pending', 'running', 'succeeded', 'failed')),
    done       INTEGER NOT NULL CHECK (done >= 0),
    total      INTEGER NOT NULL CHECK (total >= 0),
    result     TEXT,             -- JSON: what it did so far
    problem    TEXT,             -- JSON: why it was refused; absent where its job was given up
    version    INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    ended_at   INTEGER,
    CONSTRAINT operations_done_of_total CHECK (done <= total),
    CONSTRAINT operations_over_has_time
        CHECK ((state IN ('succeeded', 'failed')) = (ended_at IS NOT NULL)),
    CONSTRAINT operations_problem_when_failed CHECK (problem IS NULL OR state = 'failed')
) STRICT, WITHOUT ROWID;

-- Those that go on: is another one at work on the same thing, and whose job was given up?
CREATE INDEX operations_live ON operations (location, id) WHERE ended_at IS NULL;
-- Purge: what is over, by age.
CREATE INDEX operations_over ON operations (ended_at) WHERE ended_at IS NOT NULL;
