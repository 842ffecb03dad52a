-- Public events of all modules, for readers outside: only added, never changed, and dropped from the old end alone.
-- Data is kept as text, with the members that are public and no others.
CREATE TABLE event_log (
    position    bigint      NOT NULL PRIMARY KEY, -- place in the log, gap-free from 1, in commit order; also serves the list
    event_id    uuid        NOT NULL,             -- an event is there once, however often it arrives; also serves: one event by its id
    source      text        NOT NULL,             -- the producing module
    type        text        NOT NULL,
    dataschema  text        NOT NULL,
    subject     text        NOT NULL,
    time        timestamptz NOT NULL,
    data        text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT event_log_position_starts_at_one CHECK (position >= 1),
    CONSTRAINT event_log_each_event_once UNIQUE (event_id)
);

-- Each serves the list with the filter it begins with.
CREATE INDEX event_log_by_type ON event_log (type, position);
CREATE INDEX event_log_by_subject ON event_log (subject, position);

-- Both ends of the log: one row. Who adds an event moves it in the same transaction, and holds it until the commit:
-- so positions become visible in their order.
CREATE TABLE event_log_head (
    id       bigint NOT NULL PRIMARY KEY,
    position bigint NOT NULL, -- of the newest event
    purged   bigint NOT NULL, -- up to here events are no longer kept
    CONSTRAINT event_log_head_is_one_row CHECK (id = 1),
    CONSTRAINT event_log_head_makes_sense CHECK (purged BETWEEN 0 AND position)
) WITH (fillfactor = 10); -- room for updates in place

INSERT INTO event_log_head (id, position, purged) VALUES (1, 0, 0);

CREATE FUNCTION event_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = 'event_log_is_immutable', ERRCODE = 'check_violation';
END;
$$;

CREATE FUNCTION event_log_drop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.position > (SELECT purged FROM event_log_head WHERE id = 1) THEN
        RAISE EXCEPTION USING MESSAGE = 'event_log_is_immutable', ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END;
$$;

CREATE TRIGGER event_log_no_update BEFORE UPDATE ON event_log
    FOR EACH ROW EXECUTE FUNCTION event_log_refuse();
CREATE TRIGGER event_log_no_delete BEFORE DELETE ON event_log
    FOR EACH ROW EXECUTE FUNCTION event_log_drop();
CREATE TRIGGER event_log_no_truncate BEFORE TRUNCATE ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION event_log_refuse();
