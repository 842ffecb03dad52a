-- Requests that a caller may repeat: one row a key, written in the transaction of the effect it stands for.
-- The primary key is what makes a second copy of a request wait for the first.
CREATE TABLE idempotency_keys (
    subject     text        NOT NULL, -- whose key: a user, a client, a saga; never a token
    operation   text        NOT NULL, -- what was asked for, 'place_order'
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL, -- SHA-256 of the request
    state       text        NOT NULL,
    outcome     text,                 -- JSON, exactly as it was answered
    resource    text,                 -- what it made or works on
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (subject, operation, key),
    CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_keys_fingerprint_length CHECK (length(fingerprint) = 32),
    CONSTRAINT idempotency_keys_state_known CHECK (state IN ('running', 'done')),
    CONSTRAINT idempotency_keys_outcome_when_done CHECK ((state = 'done') = (outcome IS NOT NULL)),
    CONSTRAINT idempotency_keys_outcome_size CHECK (length(outcome) <= 65536),
    CONSTRAINT idempotency_keys_expiry_after_creation CHECK (expires_at > created_at)
);

-- Serves the purge of expired rows.
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

-- Serves the completion of a key that is held for a resource.
CREATE INDEX idempotency_keys_running_by_resource ON idempotency_keys (resource, operation)
    WHERE state = 'running' AND resource IS NOT NULL;
