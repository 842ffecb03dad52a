-- Public events of all modules, for readers outside: only added, never changed, and dropped from the old end alone.
-- Data is kept as text, with the members that are public and no others.
CREATE TABLE event_log (
    position    INTEGER PRIMARY KEY, -- place in the log, gap-free from 1, in commit order; also serves the list
    event_id    BLOB    NOT NULL,    -- an event is there once, however often it arrives; also serves: one event by its id
    source      TEXT    NOT NULL,    -- the producing module
    type        TEXT    NOT NULL,
    dataschema  TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    time        INTEGER NOT NULL,
    data        TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT event_log_position_starts_at_one CHECK (position >= 1),
    CONSTRAINT event_log_event_id_is_uuid CHECK (length(event_id) = 16),
    CONSTRAINT event_log_each_event_once UNIQUE (event_id),
    CONSTRAINT event_log_data_is_json CHECK (json_valid(data))
) STRICT;

-- Each serves the list with the filter it begins with.
CREATE INDEX event_log_by_type ON event_log (type, position);
CREATE INDEX event_log_by_subject ON event_log (subject, position);

-- Both ends of the log: one row. Who adds an event moves it in the same transaction.
CREATE TABLE event_log_head (
    id       INTEGER PRIMARY KEY,
    position INTEGER NOT NULL, -- of the newest event
    purged   INTEGER NOT NULL, -- up to here events are no longer kept
    CONSTRAINT event_log_head_is_one_row CHECK (id = 1),
    CONSTRAINT event_log_head_makes_sense CHECK (purged BETWEEN 0 AND position)
) STRICT;

INSERT INTO event_log_head (id, position, purged) VALUES (1, 0, 0);

CREATE TRIGGER event_log_no_update BEFORE UPDATE ON event_log
BEGIN
    SELECT RAISE(ABORT, 'event_log_is_immutable');
END;

CREATE TRIGGER event_log_no_delete BEFORE DELETE ON event_log
WHEN OLD.position > (SELECT purged FROM event_log_head WHERE id = 1)
BEGIN
    SELECT RAISE(ABORT, 'event_log_is_immutable');
END;

-- INSERT OR REPLACE would delete without the trigger above: recursive_triggers is off by default.
CREATE TRIGGER event_log_no_replace BEFORE INSERT ON event_log
WHEN EXISTS (SELECT 1 FROM event_log WHERE position = NEW.position)
BEGIN
    SELECT RAISE(ABORT, 'event_log_is_immutable');
END;
