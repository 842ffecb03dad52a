-- What the workers found when they last looked at the invariants of this store: one row, written anew by each look.
-- `looked_at` keeps processes of one deployment from looking at the same time.

CREATE TABLE invariant_watch (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    version   INTEGER NOT NULL CHECK (version >= 1),
    looked_at INTEGER NOT NULL,
    report    TEXT    NOT NULL CHECK (json_valid(report))
) STRICT;
