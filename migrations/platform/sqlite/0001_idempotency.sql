-- Requests that a caller may repeat: one row a key, written in the transaction of the effect it stands for.
-- The primary key is what makes a second copy of a request wait for the first.
CREATE TABLE idempotency_keys (
    subject     TEXT    NOT NULL, -- whose key: a user, a client, a saga; never a token
    operation   TEXT    NOT NULL, -- what was asked for, 'place_order'
    key         TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL, -- SHA-256 of the request
    state       TEXT    NOT NULL,
    outcome     TEXT,             -- JSON, exactly as it was answered
    resource    TEXT,             -- what it made or works on
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (subject, operation, key),
    CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_keys_fingerprint_length CHECK (length(fingerprint) = 32),
    CONSTRAINT idempotency_keys_state_known CHECK (state IN ('running', 'done')),
    CONSTRAINT idempotency_keys_outcome_when_done CHECK ((state = 'done') = (outcome IS NOT NULL)),
    CONSTRAINT idempotency_keys_outcome_size CHECK (length(outcome) <= 65536),
    CONSTRAINT idempotency_keys_expiry_after_creation CHECK (expires_at > created_at)
) STRICT, WITHOUT ROWID;

-- Serves the purge of expired rows.
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

-- Serves the completion of a key that is held for a resource.
CREATE INDEX idempotency_keys_running_by_resource ON idempotency_keys (resource, operation)
    WHERE state = 'running' AND resource IS NOT NULL;
