-- Passkeys: factors of another kind, which also sign in without a password. Public keys only: nothing about them is secret.
-- contract: SQLite changes no CHECK, so tables and columns are made anew with what stood in the old ones; all of this happens in one
-- transaction, and nothing reads the old ones after it.

CREATE TABLE factors_of_all_kinds (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id       BLOB    NOT NULL REFERENCES users (id),
    kind          TEXT    NOT NULL CHECK (kind IN ('totp', 'passkey')),
    name          TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    sealed_secret BLOB    CHECK (length(sealed_secret) > 50),
    -- the step of time (30 s) whose code counted last: it, and those before it, count no more
    last_step     INTEGER,
    last_used_at  INTEGER,
    -- until then it is pending, and nobody is asked for it
    confirmed_at  INTEGER,
    created_at    INTEGER NOT NULL,
    -- what a new passkey has to answer
    challenge     BLOB    CHECK (length(challenge) = 32),
    credential_id BLOB    CHECK (length(credential_id) BETWEEN 16 AND 1023),
    -- public key, counter and flags, in JSON
    credential    TEXT,
    CONSTRAINT factors_of_a_kind CHECK
        ((kind = 'totp') = (sealed_secret IS NOT NULL) AND (kind = 'passkey') = (challenge IS NOT NULL)),
    CONSTRAINT factors_confirmed_by_a_proof CHECK
        ((confirmed_at IS NOT NULL) = (last_step IS NOT NULL OR credential IS NOT NULL)),
    CONSTRAINT factors_with_a_credential CHECK ((credential IS NULL) = (credential_id IS NULL))
) STRICT;
INSERT INTO factors_of_all_kinds
       (id, user_id, kind, name, sealed_secret, last_step, last_used_at, confirmed_at, created_at)
SELECT id, user_id, kind, name, sealed_secret, last_step, last_used_at, confirmed_at, created_at
  FROM factors;
DROP TABLE factors;
ALTER TABLE factors_of_all_kinds RENAME TO factors;
-- the factors of a person: lists, limits, sign-ins
CREATE INDEX factors_by_user ON factors (user_id, id);
-- housekeeping: those that were never confirmed
CREATE INDEX factors_pending ON factors (created_at) WHERE confirmed_at IS NULL;
-- whose passkey it is; nobody else has the same
CREATE UNIQUE INDEX factors_by_credential ON factors (credential_id) WHERE credential_id IS NOT NULL;

-- Challenges that wait for a passkey, to sign in with it. Whose it will be is not known yet.
CREATE TABLE passkey_challenges (
    -- SHA-256 of the token that whoever asked for it holds
    hash         BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    -- what comes of it: it starts nothing else
    purpose      TEXT    NOT NULL CHECK (purpose IN ('first_party', 'browser')),
    challenge    BLOB    NOT NULL CHECK (length(challenge) = 32),
    -- SHA-256 of the mark of the form it was made for; of nothing, where there is no form
    bound_to     BLOB    NOT NULL CHECK (length(bound_to) = 32),
    -- the sign-in with a right password that it completes; absent: none began
    sign_in_hash BLOB    CHECK (length(sign_in_hash) = 32),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
-- housekeeping
CREATE INDEX passkey_challenges_by_expiry ON passkey_challenges (expires_at);

-- Two more ways in which a person can prove who they are.
ALTER TABLE sessions ADD COLUMN amr_now TEXT NOT NULL DEFAULT 'pwd'
    CHECK (amr_now IN ('pwd', 'pwd otp mfa', 'pwd mfa', 'pwd pop user mfa', 'pop user mfa'));
UPDATE sessions SET amr_now = amr;
ALTER TABLE sessions DROP COLUMN amr;
ALTER TABLE sessions RENAME COLUMN amr_now TO amr;
ALTER TABLE oauth_codes ADD COLUMN amr_now TEXT NOT NULL DEFAULT 'pwd'
    CHECK (amr_now IN ('pwd', 'pwd otp mfa', 'pwd mfa', 'pwd pop user mfa', 'pop user mfa'));
UPDATE oauth_codes SET amr_now = amr;
ALTER TABLE oauth_codes DROP COLUMN amr;
ALTER TABLE oauth_codes RENAME COLUMN amr_now TO amr;
