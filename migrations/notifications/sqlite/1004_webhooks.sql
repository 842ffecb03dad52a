-- Receivers of webhooks, and what is on its way to them. Events are not copied: a delivery names one of the log, whose
-- text is read at each attempt.
CREATE TABLE webhook_endpoints (
    id              BLOB    NOT NULL PRIMARY KEY,
    url             TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    event_types     TEXT    NOT NULL, -- JSON list of the types that are wanted; all if it is empty
    mode            TEXT    NOT NULL,
    max_per_second  INTEGER NOT NULL,
    status          TEXT    NOT NULL,
    disabled_reason TEXT,
    failing_since   INTEGER,          -- first of the failed attempts since the last success
    failing_told_at INTEGER,          -- when that was published
    last_error      TEXT,             -- of the last failed attempt, until one succeeds
    secret_number   INTEGER NOT NULL, -- grows with each rotation
    secret          BLOB,             -- sealed; absent when it was deleted
    previous_secret BLOB,             -- sealed; signs too until `previous_until`
    previous_until  INTEGER,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    CONSTRAINT webhook_endpoints_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT webhook_endpoints_types_are_json CHECK (json_valid(event_types)),
    CONSTRAINT webhook_endpoints_mode_known CHECK (mode IN ('unordered', 'keyed')),
    CONSTRAINT webhook_endpoints_status_known CHECK (status IN ('enabled', 'disabled', 'deleted')),
    CONSTRAINT webhook_endpoints_disabled_has_reason CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL)),
    CONSTRAINT webhook_endpoints_rate_makes_sense CHECK (max_per_second BETWEEN 1 AND 1000),
    CONSTRAINT webhook_endpoints_deleted_has_no_secret CHECK ((status = 'deleted') = (secret IS NULL)),
    CONSTRAINT webhook_endpoints_overlap_ends CHECK ((previous_secret IS NULL) = (previous_until IS NULL)),
    CONSTRAINT webhook_endpoints_version_counts CHECK (version >= 1 AND secret_number >= 1)
) STRICT, WITHOUT ROWID;

-- How far the log was read for each receiver: moves in the transaction that writes the deliveries.
CREATE TABLE webhook_places (
    endpoint_id  BLOB    NOT NULL PRIMARY KEY,
    position     INTEGER NOT NULL, -- of the log: up to here everything that is wanted has a delivery
    wanted_after INTEGER NOT NULL, -- of the log: after here the list of types has been as it is
    next_seq     INTEGER NOT NULL, -- of the next delivery
    slot_at      INTEGER NOT NULL, -- when what was sent so far is within the rate
    CONSTRAINT webhook_places_endpoint_is_uuid CHECK (length(endpoint_id) = 16),
    CONSTRAINT webhook_places_make_sense CHECK (wanted_after BETWEEN 0 AND position AND next_seq >= 1)
) STRICT, WITHOUT ROWID;

-- Stretches of the log that are sent again: a second place.
CREATE TABLE webhook_replays (
    id             BLOB    NOT NULL PRIMARY KEY,
    endpoint_id    BLOB    NOT NULL,
    event_types    TEXT    NOT NULL, -- as of the receiver when it was asked for
    position       INTEGER NOT NULL, -- up to here it is scheduled
    until_position INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    finished_at    INTEGER,
    CONSTRAINT webhook_replays_ids_are_uuids CHECK (length(id) = 16 AND length(endpoint_id) = 16),
    CONSTRAINT webhook_replays_types_are_json CHECK (json_valid(event_types)),
    CONSTRAINT webhook_replays_go_forward CHECK (position BETWEEN 0 AND until_position)
) STRICT, WITHOUT ROWID;

-- Those of a receiver that are not done.
CREATE INDEX webhook_replays_open ON webhook_replays (endpoint_id, id) WHERE finished_at IS NULL;
-- Those that were done long ago.
CREATE INDEX webhook_replays_by_end ON webhook_replays (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE webhook_deliveries (
    id           BLOB    NOT NULL PRIMARY KEY, -- also serves the list, latest first: ids are time-ordered
    endpoint_id  BLOB    NOT NULL,
    seq          INTEGER NOT NULL,             -- order within the receiver
    kind         TEXT    NOT NULL,
    origin       BLOB    NOT NULL,             -- what asked for it: the receiver, a replay, itself
    event_id     BLOB    NOT NULL,             -- `webhook-id`
    type         TEXT    NOT NULL,
    subject      TEXT    NOT NULL,             -- of the event
    state        TEXT    NOT NULL,             -- waiting: for an earlier one of its subject
    attempts     INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,             -- of the next attempt
    last_error   TEXT,
    attempted_at INTEGER,
    created_at   INTEGER NOT NULL,
    finished_at  INTEGER,
    CONSTRAINT webhook_deliveries_ids_are_uuids
        CHECK (length(id) = 16 AND length(endpoint_id) = 16 AND length(origin) = 16 AND length(event_id) = 16),
    CONSTRAINT webhook_deliveries_in_turn UNIQUE (endpoint_id, seq),
    CONSTRAINT webhook_deliveries_scheduled_once UNIQUE (endpoint_id, event_id, origin),
    CONSTRAINT webhook_deliveries_kind_known CHECK (kind IN ('event', 'replay', 'test')),
    CONSTRAINT webhook_deliveries_state_known CHECK (state IN ('waiting', 'pending', 'sending', 'delivered', 'dead')),
    CONSTRAINT webhook_deliveries_finished_has_time
        CHECK ((state IN ('delivered', 'dead')) = (finished_at IS NOT NULL)),
    CONSTRAINT webhook_deliveries_attempts_count CHECK (attempts >= 0)
) STRICT, WITHOUT ROWID;

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
