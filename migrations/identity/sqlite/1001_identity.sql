-- People, how they prove who they are, and for how long that counts.
-- Secrets never stand here in plain: passwords as argon2id hashes with a pepper, tokens as SHA-256 of 256 random
-- bits or not at all (derived from the key ring when needed), private keys and refresh successors sealed with
-- AES-256-GCM to their table, column and row.

CREATE TABLE users (
    id                BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email             TEXT    NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    -- lower case; one account for each address
    email_key         TEXT    NOT NULL UNIQUE,
    email_verified_at INTEGER,
    display_name      TEXT    CHECK (length(display_name) BETWEEN 1 AND 100),
    password_hash     TEXT    CHECK (password_hash LIKE '$argon2id$%'),
    locked_at         INTEGER,
    lock_reason       TEXT,
    last_signed_in_at INTEGER,
    version           INTEGER NOT NULL CHECK (version >= 1),
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    -- nobody can sign in before the address is verified: registering someone else's address gives nothing
    CONSTRAINT users_password_needs_verified_email CHECK (password_hash IS NULL OR email_verified_at IS NOT NULL),
    CONSTRAINT users_lock_has_reason CHECK ((locked_at IS NULL) = (lock_reason IS NULL))
) STRICT;

CREATE TABLE user_roles (
    user_id     BLOB    NOT NULL REFERENCES users (id),
    role        TEXT    NOT NULL CHECK (role IN ('admin', 'customer', 'staff')),
    assigned_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, role)
) STRICT, WITHOUT ROWID;
-- who are the administrators (kept from locking each other out, first one only by token)
CREATE INDEX user_roles_by_role ON user_roles (role, user_id) WHERE role = 'admin';

CREATE TABLE sessions (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id         BLOB    NOT NULL REFERENCES users (id),
    -- number of the newest refresh token
    generation      INTEGER NOT NULL CHECK (generation >= 1),
    client          TEXT,
    created_at      INTEGER NOT NULL,
    last_used_at    INTEGER NOT NULL,
    idle_expires_at INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    ended_at        INTEGER,
    end_reason      TEXT,
    CONSTRAINT sessions_idle_within_absolute CHECK (idle_expires_at <= expires_at),
    CONSTRAINT sessions_end_has_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;
-- the live sessions of a user: lists, limits, ending all
CREATE INDEX sessions_live_by_user ON sessions (user_id, id) WHERE ended_at IS NULL;
-- housekeeping: sessions that are over
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE refresh_tokens (
    hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    session_id BLOB    NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    generation INTEGER NOT NULL CHECK (generation >= 1),
    issued_at  INTEGER NOT NULL,
    used_at    INTEGER,
    -- the next token of the family, sealed, for the moment in which it may be given out again
    successor  BLOB,
    CONSTRAINT refresh_tokens_generation UNIQUE (session_id, generation),
    CONSTRAINT refresh_tokens_successor_after_use CHECK (successor IS NULL OR used_at IS NOT NULL)
) STRICT;
-- at most one unused token in a family
CREATE UNIQUE INDEX refresh_tokens_one_unused ON refresh_tokens (session_id) WHERE used_at IS NULL;
-- housekeeping: sealed successors whose moment is over
CREATE INDEX refresh_tokens_sealed ON refresh_tokens (used_at) WHERE successor IS NOT NULL;

-- What people asked for without being signed in. The answer is worked out by a job, so that the request takes as
-- long, and says as much, whether or not the address is known.
CREATE TABLE auth_requests (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind          TEXT    NOT NULL CHECK (kind IN ('register', 'verify_email', 'recover')),
    email         TEXT    NOT NULL,
    display_name  TEXT,
    password_hash TEXT    CHECK (password_hash LIKE '$argon2id$%'),
    created_at    INTEGER NOT NULL,
    CONSTRAINT auth_requests_password_is_for_registration CHECK ((kind = 'register') = (password_hash IS NOT NULL))
) STRICT;

CREATE TABLE challenges (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id       BLOB    NOT NULL REFERENCES users (id),
    purpose       TEXT    NOT NULL CHECK (purpose IN ('verify_email', 'recover', 'already_registered')),
    -- which key of the ring derives the token
    key_id        TEXT    NOT NULL,
    -- what was chosen at the registration that this challenge confirms: it counts once the address is proved
    display_name  TEXT    CHECK (length(display_name) BETWEEN 1 AND 100),
    password_hash TEXT    CHECK (password_hash LIKE '$argon2id$%'),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    answered_at   INTEGER
) STRICT;
-- how many a user was sent lately; closing what is open
CREATE INDEX challenges_by_user ON challenges (user_id, created_at);
-- housekeeping
CREATE INDEX challenges_by_expiry ON challenges (expires_at);

-- Tried passwords, by HMAC of the account or device: the table holds no address.
CREATE TABLE sign_in_attempts (
    bucket  BLOB    NOT NULL PRIMARY KEY CHECK (length(bucket) = 32),
    count   INTEGER NOT NULL CHECK (count >= 0),
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- housekeeping: what is forgotten
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (last_at);

-- At most one token that makes the first administrator.
CREATE TABLE bootstrap_tokens (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE signing_keys (
    -- 1, 2, …: two instances cannot both make the next
    number      INTEGER NOT NULL PRIMARY KEY CHECK (number >= 1),
    kid         TEXT    NOT NULL UNIQUE,
    public_key  BLOB    NOT NULL CHECK (length(public_key) = 32),
    sealed_seed BLOB    NOT NULL CHECK (length(sealed_seed) > 60),
    created_at  INTEGER NOT NULL,
    -- published before it signs, so that no verifier is surprised
    signs_from  INTEGER NOT NULL,
    -- set when its successor is made: until its last token has expired
    retires_at  INTEGER
) STRICT;
