-- Keys with which programs act for people or for accounts of their own.
-- A key stands here as a hash only: SHA-256 of the proof that the edge makes of it, which is SHA-256 of its text.

-- Accounts of programs: no address, no password, nobody signs in with one.
CREATE TABLE service_accounts (
    id          uuid        NOT NULL PRIMARY KEY,
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    -- words with spaces between
    roles       text        NOT NULL CHECK (length(roles) > 0),
    locked_at   timestamptz,
    lock_reason text,
    version     bigint      NOT NULL CHECK (version >= 1),
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT service_accounts_lock_has_reason CHECK ((locked_at IS NULL) = (lock_reason IS NULL))
);

CREATE TABLE api_keys (
    id                 uuid        NOT NULL PRIMARY KEY,
    user_id            uuid        REFERENCES users (id),
    service_account_id uuid        REFERENCES service_accounts (id),
    name               text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    -- words with spaces between
    scope              text        NOT NULL CHECK (length(scope) > 0),
    -- a JSON list of networks; anywhere if it is empty
    networks           text        NOT NULL,
    hash               bytea       NOT NULL CHECK (length(hash) = 32),
    -- the secret before goes on for a while, so that it can be replaced without a moment in which none is right
    previous_hash      bytea       CHECK (length(previous_hash) = 32),
    previous_until     timestamptz,
    expires_at         timestamptz,
    -- written about once a minute; changes no version
    last_used_at       timestamptz,
    version            bigint      NOT NULL CHECK (version >= 1),
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    CONSTRAINT api_keys_one_owner CHECK ((user_id IS NULL) <> (service_account_id IS NULL)),
    CONSTRAINT api_keys_previous_ends CHECK ((previous_hash IS NULL) = (previous_until IS NULL))
);
-- the keys of an owner: lists, limits, deleting all
CREATE INDEX api_keys_by_user ON api_keys (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX api_keys_by_service_account ON api_keys (service_account_id, id) WHERE service_account_id IS NOT NULL;
-- housekeeping
CREATE INDEX api_keys_by_expiry ON api_keys (expires_at) WHERE expires_at IS NOT NULL;
