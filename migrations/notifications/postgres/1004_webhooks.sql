-- Receivers of webhooks, and what is on its way to them. Events are not copied: a delivery names one of the log, whose
-- text is read at each attempt.
CREATE TABLE webhook_endpoints (
    id              uuid        NOT NULL PRIMARY KEY,
    url             text        NOT NULL,
    description     text        NOT NULL,
    event_types     text        NOT NULL, -- JSON list of the types that are wanted; all if it is empty
    mode            text        NOT NULL,
    max_per_second  bigint      NOT NULL,
    status          text        NOT NULL,
    disabled_reason text,
    failing_since   timestamptz,          -- first of the failed attempts since the last success
    failing_told_at timestamptz,          -- when that was published
    last_error      text,                 -- of the last failed attempt, until one succeeds
    secret_number   bigint      NOT NULL, -- grows with each rotation
    secret          bytea,                -- sealed; absent when it was deleted
    previous_secret bytea,                -- sealed; signs too until `previous_until`
    previous_until  timestamptz,
    version         bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT webhook_endpoints_mode_known CHECK (mode IN ('unordered', 'keyed')),
    CONSTRAINT webhook_endpoints_status_known CHECK (status IN ('enabled', 'disabled', 'deleted')),
    CONSTRAINT webhook_endpoints_disabled_has_reason CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL)),
    CONSTRAINT webhook_endpoints_rate_makes_sense CHECK (max_per_second BETWEEN 1 AND 1000),
    CONSTRAINT webhook_endpoints_deleted_has_no_secret CHECK ((status = 'deleted') = (secret IS NULL)),
    CONSTRAINT webhook_endpoints_overlap_ends CHECK ((previous_secret IS NULL) = (previous_until IS NULL)),
    CONSTRAINT webhook_endpoints_version_counts CHECK (version >= 1 AND secret_number >= 1)
);

-- How far the log was read for each receiver: moves in the transaction that writes the deliveries.
CREATE TABLE webhook_places (
    endpoint_id  uuid        NOT NULL PRIMARY KEY,
    position     bigint      NOT NULL, -- of the log: up to here everything that is wanted has a delivery
    wanted_after bigint      NOT NULL, -- of the log: after here the list of types has been as it is
    next_seq     bigint      NOT NULL, -- of the next delivery
    slot_at      timestamptz NOT NULL, -- when what was sent so far is within the rate
    CONSTRAINT webhook_places_make_sense CHECK (wanted_after BETWEEN 0 AND position AND next_seq >= 1)
) WITH (fillfactor = 10); -- room for updates in place

-- Stretches of the log that are sent again: a second place.
CREATE TABLE webhook_replays (
    id             uuid        NOT NULL PRIMARY KEY,
    endpoint_id    uuid        NOT NULL,
    event_types    text        NOT NULL, -- as of the receiver when it was asked for
    position       bigint      NOT NULL, -- up to here it is scheduled
    until_position bigint      NOT NULL,
    created_at     timestamptz NOT NULL,
    finished_at    timestamptz,
    CONSTRAINT webhook_replays_go_forward CHECK (position BETWEEN 0 AND until_position)
);

-- Those of a receiver that are not done.
CREATE INDEX webhook_replays_open ON webhook_replays (endpoint_id, id) WHERE finished_at IS NULL;
-- Those that were done long ago.
CREATE INDEX webhook_replays_by_end ON webhook_replays (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE webhook_deliveries (
    id           uuid        NOT NULL PRIMARY KEY, -- also serves the list, latest first: ids are time-ordered
    endpoint_id  uuid        NOT NULL,
    seq          bigint      NOT NULL,             -- order within the receiver
    kind         text        NOT NULL,
    origin       uuid        NOT NULL,             -- what asked for it: the receiver, a replay, itself
    event_id     uuid        NOT NULL,             -- `webhook-id`
    type         text        NOT NULL,
    subject      text        NOT NULL,             -- of the event
    state        text        NOT NULL,             -- waiting: for an earlier one of its subject
    attempts     bigint      NOT NULL,
    due_at       timestamptz NOT NULL,             -- of the next attempt
    last_error   text,
    attempted_at timestamptz,
    created_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    CONSTRAINT webhook_deliveries_in_turn UNIQUE (endpoint_id, seq),
    CONSTRAINT webhook_deliveries_scheduled_once UNIQUE (endpoint_id, event_id, origin),
    CONSTRAINT webhook_deliveries_kind_known CHECK (kind IN ('event', 'replay', 'test')),
    CONSTRAINT webhook_deliveries_state_known CHECK (state IN ('waiting', 'pending', 'sending', 'delivered', 'dead')),
    CONSTRAINT webhook_deliveries_finished_has_time
        CHECK ((state IN ('delivered', 'dead')) = (finished_at IS NOT NULL)),
    CONSTRAINT webhook_deliveries_attempts_count CHECK (attempts >= 0)
);

-- What a receiver is to be sent next.
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at, seq)
    WHERE state IN ('pending', 'sending');
-- Whether something of a subject is still on its way, and what comes next.
CREATE INDEX webhook_deliveries_open ON webhook_deliveries (endpoint_id, subject, seq)
    WHERE state IN ('waiting', 'pending', 'sending');
-- Each serves the list, latest first, with the filter it begins with.
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (state, id);
-- Those that were done long ago.
CREATE INDEX webhook_deliveries_by_end ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;
