-- A saga is one row that says which step of a longer business process comes next.
-- Each transition is one transaction that compares and swaps `version`.

CREATE TABLE sagas (
    id         uuid        NOT NULL PRIMARY KEY,
    kind       text        NOT NULL,
    step       text        NOT NULL,
    status     text        NOT NULL CHECK (status IN ('running', 'compensating', 'completed', 'compensated')),
    state      jsonb       NOT NULL,
    version    bigint      NOT NULL CHECK (version >= 1),
    wake_at    timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT sagas_finished_sleeps CHECK (status IN ('running', 'compensating') OR wake_at IS NULL)
);

-- Sweeper: sagas of a kind that nobody has moved in time.
CREATE INDEX sagas_due ON sagas (kind, wake_at) WHERE wake_at IS NOT NULL;
-- Operators: what is unfinished, oldest first.
CREATE INDEX sagas_unfinished ON sagas (created_at) WHERE status IN ('running', 'compensating');
