-- The audit log: a hash chain of entries that are only ever added. Each entry's hash covers all its columns and
-- the hash before it, so a change, a gap or another order shows; `audit_head` is the end of the chain.
-- What people did to data is kept as the exact text that was hashed: jsonb would write it anew.
CREATE TABLE audit_entries (
    seq            bigint      NOT NULL PRIMARY KEY, -- place in the chain, gap-free from 1
    id             uuid        NOT NULL,             -- serves: one entry by its id
    event_id       uuid        NOT NULL,             -- an event makes one entry, however often it arrives
    occurred_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    actor          text        NOT NULL,
    interface      text        NOT NULL,
    action         text        NOT NULL,
    target         text        NOT NULL,
    source         text        NOT NULL,
    trace_id       text,
    correlation_id text,
    causation_id   text,
    state_before   text,                             -- canonical JSON, personal data masked
    state_after    text,
    data           text,
    previous_hash  bytea       NOT NULL,
    hash           bytea       NOT NULL,             -- SHA-256
    CONSTRAINT audit_entries_seq_starts_at_one CHECK (seq >= 1),
    CONSTRAINT audit_entries_id_is_unique UNIQUE (id),
    CONSTRAINT audit_entries_one_for_each_event UNIQUE (event_id),
    CONSTRAINT audit_entries_hashes_are_sha256 CHECK (length(previous_hash) = 32 AND length(hash) = 32)
);

-- Each serves the list, latest first, with the filter it begins with.
CREATE INDEX audit_entries_by_time ON audit_entries (occurred_at, seq);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, occurred_at, seq);
CREATE INDEX audit_entries_by_action ON audit_entries (action, occurred_at, seq);
CREATE INDEX audit_entries_by_target ON audit_entries (target, occurred_at, seq);

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'check_violation';
END;
$$;

CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_refuse('audit_entries_are_append_only');
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse('audit_entries_are_append_only');

-- The end of the chain: one row. Writers queue up behind its lock.
CREATE TABLE audit_head (
    id   bigint NOT NULL PRIMARY KEY,
    seq  bigint NOT NULL,
    hash bytea  NOT NULL,
    CONSTRAINT audit_head_is_one_row CHECK (id = 1),
    CONSTRAINT audit_head_hash_is_sha256 CHECK (length(hash) = 32)
) WITH (fillfactor = 10); -- room for updates in place

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE TRIGGER audit_head_moves_by_one BEFORE UPDATE ON audit_head
    FOR EACH ROW WHEN (NEW.id <> OLD.id OR NEW.seq <> OLD.seq + 1)
    EXECUTE FUNCTION audit_refuse('audit_head_moves_by_one');
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_refuse('audit_head_moves_by_one');
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse('audit_head_moves_by_one');
