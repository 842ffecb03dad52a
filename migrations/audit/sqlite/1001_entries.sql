-- The audit log: a hash chain of entries that are only ever added. Each entry's hash covers all its columns and
-- the hash before it, so a change, a gap or another order shows; `audit_head` is the end of the chain.
-- What people did to data is kept as the exact text that was hashed: jsonb would write it anew.
CREATE TABLE audit_entries (
    seq            INTEGER PRIMARY KEY, -- place in the chain, gap-free from 1
    id             BLOB    NOT NULL,    -- serves: one entry by its id
    event_id       BLOB    NOT NULL,    -- an event makes one entry, however often it arrives
    occurred_at    INTEGER NOT NULL,
    recorded_at    INTEGER NOT NULL,
    actor          TEXT    NOT NULL,
    interface      TEXT    NOT NULL,
    action         TEXT    NOT NULL,
    target         TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    trace_id       TEXT,
    correlation_id TEXT,
    causation_id   TEXT,
    state_before   TEXT,                -- canonical JSON, personal data masked
    state_after    TEXT,
    data           TEXT,
    previous_hash  BLOB    NOT NULL,
    hash           BLOB    NOT NULL,    -- SHA-256
    CONSTRAINT audit_entries_seq_starts_at_one CHECK (seq >= 1),
    CONSTRAINT audit_entries_id_is_unique UNIQUE (id),
    CONSTRAINT audit_entries_one_for_each_event UNIQUE (event_id),
    CONSTRAINT audit_entries_hashes_are_sha256 CHECK (length(previous_hash) = 32 AND length(hash) = 32)
) STRICT;

-- Each serves the list, latest first, with the filter it begins with.
CREATE INDEX audit_entries_by_time ON audit_entries (occurred_at, seq);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, occurred_at, seq);
CREATE INDEX audit_entries_by_action ON audit_entries (action, occurred_at, seq);
CREATE INDEX audit_entries_by_target ON audit_entries (target, occurred_at, seq);

CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit_entries_are_append_only');
END;

CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit_entries_are_append_only');
END;

-- INSERT OR REPLACE would delete without the trigger above: recursive_triggers is off by default.
CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
WHEN EXISTS (SELECT 1 FROM audit_entries WHERE seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'audit_entries_are_append_only');
END;

-- The end of the chain: one row. Writers queue up behind it.
CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY,
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL,
    CONSTRAINT audit_head_is_one_row CHECK (id = 1),
    CONSTRAINT audit_head_hash_is_sha256 CHECK (length(hash) = 32)
) STRICT;

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_head_moves_by_one BEFORE UPDATE ON audit_head
WHEN NEW.id <> OLD.id OR NEW.seq <> OLD.seq + 1
BEGIN
    SELECT RAISE(ABORT, 'audit_head_moves_by_one');
END;

CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
BEGIN
    SELECT RAISE(ABORT, 'audit_head_moves_by_one');
END;
