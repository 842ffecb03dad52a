-- Events leave a module through its outbox, in the transaction of the fact they tell,
-- and arrive in the consumer's inbox once. See docs/ARCHITECTURE.md, "Events".

-- The last number given to an event of each subject: gap-free, because the transaction that
-- takes a number also writes the event. Taking it locks the row, so transactions that emit for
-- one subject commit one after the other.
CREATE TABLE event_subjects (
    subject       text   NOT NULL PRIMARY KEY,
    last_sequence bigint NOT NULL CHECK (last_sequence >= 1)
);

-- Ids are given before the commit, so their order is not the order of commits: `feedposition`
-- is given afterwards, by whoever holds the row of `feed_head`.
CREATE TABLE outbox (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      uuid        NOT NULL,
    type          text        NOT NULL,
    version       bigint      NOT NULL CHECK (version >= 1),
    subject       text        NOT NULL,
    sequence      bigint      NOT NULL CHECK (sequence >= 1),
    data          jsonb       NOT NULL,
    actor         text        NOT NULL,
    interface     text        NOT NULL,
    correlationid text,
    causationid   text,
    traceparent   text        NOT NULL,
    time          timestamptz NOT NULL,
    feedposition  bigint      CHECK (feedposition >= 1),
    CONSTRAINT outbox_sequence_is_unique UNIQUE (subject, sequence),
    CONSTRAINT outbox_feedposition_is_unique UNIQUE (feedposition)
);

-- Positioner: committed events without a position.
CREATE INDEX outbox_unpositioned ON outbox (id) WHERE feedposition IS NULL;

-- The last position given; one row, whose lock makes positioners take turns.
CREATE TABLE feed_head (
    one      boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
    position bigint  NOT NULL CHECK (position >= 0)
);
INSERT INTO feed_head (position) VALUES (0);

-- How far a consumer has read a producer's feed.
CREATE TABLE event_cursors (
    consumer   text        NOT NULL,
    source     text        NOT NULL,
    position   bigint      NOT NULL CHECK (position >= 0),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, source)
);

-- What a consumer has received. The effect of an event and `state = 'done'` commit together.
CREATE TABLE inbox (
    seq          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer     text        NOT NULL,
    source       text        NOT NULL,
    event_id     uuid        NOT NULL,
    position     bigint      NOT NULL,
    subject      text        NOT NULL,
    type         text        NOT NULL,
    envelope     jsonb       NOT NULL,
    state        text        NOT NULL CHECK (state IN ('pending', 'running', 'done', 'dead')),
    run_at       timestamptz NOT NULL,
    attempts     bigint      NOT NULL,
    max_attempts bigint      NOT NULL CHECK (max_attempts >= 1),
    lease_token  uuid,
    leased_until timestamptz,
    reason       text,
    received_at  timestamptz NOT NULL,
    finished_at  timestamptz,
    CONSTRAINT inbox_event_is_unique UNIQUE (consumer, event_id),
    CONSTRAINT inbox_attempts_are_bounded CHECK (attempts BETWEEN 0 AND max_attempts),
    CONSTRAINT inbox_running_is_leased
        CHECK ((state = 'running') = (lease_token IS NOT NULL) AND (state = 'running') = (leased_until IS NOT NULL)),
    CONSTRAINT inbox_finished_has_time CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL))
);

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
