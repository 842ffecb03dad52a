-- Second factors: what a person has to show beside the password, the codes that stand in for it, and sign-ins that wait for it.
-- The secret of an app must be known to check its codes: it stands here sealed with AES-256-GCM to its row. Recovery codes
-- have 120 random bits and stand here as SHA-256.

CREATE TABLE factors (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id       BLOB    NOT NULL REFERENCES users (id),
    kind          TEXT    NOT NULL CHECK (kind IN ('totp')),
    name          TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    sealed_secret BLOB    NOT NULL CHECK (length(sealed_secret) > 50),
    -- the step of time (30 s) whose code counted last: it, and those before it, count no more
    last_step     INTEGER,
    last_used_at  INTEGER,
    -- until then it is pending, and nobody is asked for it
    confirmed_at  INTEGER,
    created_at    INTEGER NOT NULL,
    CONSTRAINT factors_confirmed_by_a_code CHECK ((confirmed_at IS NULL) = (last_step IS NULL))
) STRICT;
-- the factors of a person: lists, limits, sign-ins
CREATE INDEX factors_by_user ON factors (user_id, id);
-- housekeeping: those that were never confirmed
CREATE INDEX factors_pending ON factors (created_at) WHERE confirmed_at IS NULL;

CREATE TABLE recovery_codes (
    user_id    BLOB    NOT NULL REFERENCES users (id),
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    created_at INTEGER NOT NULL,
    used_at    INTEGER,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- Sign-ins with a right password that wait for a code.
CREATE TABLE sign_in_challenges (
    -- SHA-256 of the token that whoever gave the password holds
    hash            BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    user_id         BLOB    NOT NULL REFERENCES users (id),
    -- what comes of it: it completes nothing else
    purpose         TEXT    NOT NULL CHECK (purpose IN ('first_party', 'browser')),
    -- SHA-256 of the hash of the password that was given: another password voids it
    password_mark   BLOB    NOT NULL CHECK (length(password_mark) = 32),
    -- where tries are counted, of passwords and of codes
    password_bucket BLOB    NOT NULL CHECK (length(password_bucket) = 32),
    code_bucket     BLOB    NOT NULL CHECK (length(code_bucket) = 32),
    known_device    INTEGER NOT NULL CHECK (known_device IN (0, 1)),
    guesses         INTEGER NOT NULL CHECK (guesses BETWEEN 0 AND 5),
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    completed_at    INTEGER,
    -- when its owner was told that all guesses were wrong
    told_at         INTEGER
) STRICT;
-- whether the owner was told lately
CREATE INDEX sign_in_challenges_told ON sign_in_challenges (user_id, told_at) WHERE told_at IS NOT NULL;
-- housekeeping
CREATE INDEX sign_in_challenges_by_expiry ON sign_in_challenges (expires_at);

-- How a person proved who they are (RFC 8176), words with spaces between; of a program's session, when they let it in.
ALTER TABLE sessions ADD COLUMN amr TEXT NOT NULL DEFAULT 'pwd' CHECK (amr IN ('pwd', 'pwd otp mfa', 'pwd mfa'));
ALTER TABLE oauth_codes ADD COLUMN amr TEXT NOT NULL DEFAULT 'pwd' CHECK (amr IN ('pwd', 'pwd otp mfa', 'pwd mfa'));
