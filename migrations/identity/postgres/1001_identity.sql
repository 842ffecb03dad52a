-- People, how they prove who they are, and for how long that counts.
-- Secrets never stand here in plain: passwords as argon2id hashes with a pepper, tokens as SHA-256 of 256 random
-- bits or not at all (derived from the key ring when needed), private keys and refresh successors sealed with
-- AES-256-GCM to their table, column and row.

CREATE TABLE users (
    id                uuid        NOT NULL PRIMARY KEY,
    email             text        NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    -- lower case; one account for each address
    email_key         text        NOT NULL UNIQUE,
    email_verified_at timestamptz,
    display_name      text        CHECK (length(display_name) BETWEEN 1 AND 100),
    password_hash     text        CHECK (password_hash LIKE '$argon2id$%'),
    locked_at         timestamptz,
    lock_reason       text,
    last_signed_in_at timestamptz,
    version           bigint      NOT NULL CHECK (version >= 1),
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    -- nobody can sign in before the address is verified: registering someone else's address gives nothing
    CONSTRAINT users_password_needs_verified_email CHECK (password_hash IS NULL OR email_verified_at IS NOT NULL),
    CONSTRAINT users_lock_has_reason CHECK ((locked_at IS NULL) = (lock_reason IS NULL))
);

CREATE TABLE user_roles (
    user_id     uuid        NOT NULL REFERENCES users (id),
    role        text        NOT NULL CHECK (role IN ('admin', 'customer', 'staff')),
    assigned_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, role)
);
-- who are the administrators (kept from locking each other out, first one only by token)
CREATE INDEX user_roles_by_role ON user_roles (role, user_id) WHERE role = 'admin';

CREATE TABLE sessions (
    id              uuid        NOT NULL PRIMARY KEY,
    user_id         uuid        NOT NULL REFERENCES users (id),
    -- number of the newest refresh token
    generation      bigint      NOT NULL CHECK (generation >= 1),
    client          text,
    created_at      timestamptz NOT NULL,
    last_used_at    timestamptz NOT NULL,
    idle_expires_at timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    end_reason      text,
    CONSTRAINT sessions_idle_within_absolute CHECK (idle_expires_at <= expires_at),
    CONSTRAINT sessions_end_has_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
-- the live sessions of a user: lists, limits, ending all
CREATE INDEX sessions_live_by_user ON sessions (user_id, id) WHERE ended_at IS NULL;
-- housekeeping: sessions that are over
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE refresh_tokens (
    hash       bytea       NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    session_id uuid        NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    generation bigint      NOT NULL CHECK (generation >= 1),
    issued_at  timestamptz NOT NULL,
    used_at    timestamptz,
    -- the next token of the family, sealed, for the moment in which it may be given out again
    successor  bytea,
    CONSTRAINT refresh_tokens_generation UNIQUE (session_id, generation),
    CONSTRAINT refresh_tokens_successor_after_use CHECK (successor IS NULL OR used_at IS NOT NULL)
);
-- at most one unused token in a family
CREATE UNIQUE INDEX refresh_tokens_one_unused ON refresh_tokens (session_id) WHERE used_at IS NULL;
-- housekeeping: sealed successors whose moment is over
CREATE INDEX refresh_tokens_sealed ON refresh_tokens (used_at) WHERE successor IS NOT NULL;

-- What people asked for without being signed in. The answer is worked out by a job, so that the request takes as
-- long, and says as much, whether or not the address is known.
CREATE TABLE auth_requests (
    id            uuid        NOT NULL PRIMARY KEY,
    kind          text        NOT NULL CHECK (kind IN ('register', 'verify_email', 'recover')),
    email         text        NOT NULL,
    display_name  text,
    password_hash text        CHECK (password_hash LIKE '$argon2id$%'),
    created_at    timestamptz NOT NULL,
    CONSTRAINT auth_requests_password_is_for_registration CHECK ((kind = 'register') = (password_hash IS NOT NULL))
);

CREATE TABLE challenges (
    id            uuid        NOT NULL PRIMARY KEY,
    user_id       uuid        NOT NULL REFERENCES users (id),
    purpose       text        NOT NULL CHECK (purpose IN ('verify_email', 'recover', 'already_registered')),
    -- which key of the ring derives the token
    key_id        text        NOT NULL,
    -- what was chosen at the registration that this challenge confirms: it counts once the address is proved
    display_name  text        CHECK (length(display_name) BETWEEN 1 AND 100),
    password_hash text        CHECK (password_hash LIKE '$argon2id$%'),
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    answered_at   timestamptz
);
-- how many a user was sent lately; closing what is open
CREATE INDEX challenges_by_user ON challenges (user_id, created_at);
-- housekeeping
CREATE INDEX challenges_by_expiry ON challenges (expires_at);

-- Tried passwords, by HMAC of the account or device: the table holds no address.
CREATE TABLE sign_in_attempts (
    bucket  bytea       NOT NULL PRIMARY KEY CHECK (length(bucket) = 32),
    count   bigint      NOT NULL CHECK (count >= 0),
    last_at timestamptz NOT NULL
);
-- housekeeping: what is forgotten
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (last_at);

-- At most one token that makes the first administrator.
CREATE TABLE bootstrap_tokens (
    id         bigint      NOT NULL PRIMARY KEY CHECK (id = 1),
    hash       bytea       NOT NULL CHECK (length(hash) = 32),
    expires_at timestamptz NOT NULL
);

CREATE TABLE signing_keys (
    -- 1, 2, …: two instances cannot both make the next
    number      bigint      NOT NULL PRIMARY KEY CHECK (number >= 1),
    kid         text        NOT NULL UNIQUE,
    public_key  bytea       NOT NULL CHECK (length(public_key) = 32),
    sealed_seed bytea       NOT NULL CHECK (length(sealed_seed) > 60),
    created_at  timestamptz NOT NULL,
    -- published before it signs, so that no verifier is surprised
    signs_from  timestamptz NOT NULL,
    -- set when its successor is made: until its last token has expired
    retires_at  timestamptz
);
