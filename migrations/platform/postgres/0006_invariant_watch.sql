-- What the workers found when they last looked at the invariants of this store: one row, written anew by each look.
-- `looked_at` keeps processes of one deployment from looking at the same time.

CREATE TABLE invariant_watch (
    id        bigint      PRIMARY KEY CHECK (id = 1),
    version   bigint      NOT NULL CHECK (version >= 1),
    looked_at timestamptz NOT NULL,
    report    jsonb       NOT NULL
);
