-- Signing in with accounts of other OpenID Connect providers.
-- What a browser carries stands here as SHA-256 of 256 random bits. What the provider is sent and must send back (nonce, code
-- verifier) stands nowhere: it is derived from what the browser carries, with a key of the ring.
-- contract: SQLite changes no CHECK, so two columns are made anew with what stood in the old ones; all of this happens in one
-- transaction, and nothing reads the old ones after it.

-- Accounts of providers that sign a person in: whoever shows this subject of this issuer is this user.
CREATE TABLE federated_identities (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id      BLOB    NOT NULL REFERENCES users (id),
    issuer       TEXT    NOT NULL,
    subject      TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    -- as the provider told it last: for its owner's list, and nothing else
    email        TEXT,
    last_used_at INTEGER,
    created_at   INTEGER NOT NULL,
    CONSTRAINT federated_identities_key UNIQUE (issuer, subject)
) STRICT;
-- the linked accounts of a person: lists, limits
CREATE INDEX federated_identities_by_user ON federated_identities (user_id, id);

-- People who are at a provider.
CREATE TABLE federation_flows (
    -- SHA-256 of the state
    state_hash   BLOB    NOT NULL PRIMARY KEY CHECK (length(state_hash) = 32),
    -- SHA-256 of the cookie of the browser that began it
    browser_hash BLOB    NOT NULL CHECK (length(browser_hash) = 32),
    provider     TEXT    NOT NULL,
    issuer       TEXT    NOT NULL,
    -- which key of the ring nonce and verifier are derived with
    key_id       TEXT    NOT NULL,
    -- seconds since the person signed in there, at most
    max_age      INTEGER,
    -- an API client that is sent a code; or a page of ours, and the request it was shown for
    return_url   TEXT,
    client_state TEXT,
    challenge    TEXT    CHECK (length(challenge) = 43),
    request      TEXT,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER,
    CONSTRAINT federation_flows_client_or_page CHECK ((return_url IS NULL) <> (request IS NULL)),
    CONSTRAINT federation_flows_client_has_challenge CHECK ((return_url IS NULL) = (challenge IS NULL))
) STRICT;
-- housekeeping
CREATE INDEX federation_flows_by_expiry ON federation_flows (expires_at);

-- What providers said, until the API client that sent the browser there asks for it.
CREATE TABLE federation_codes (
    hash           BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    -- SHA-256 of the client's verifier (RFC 7636), in base64url
    challenge      TEXT    NOT NULL CHECK (length(challenge) = 43),
    issuer         TEXT    NOT NULL,
    subject        TEXT    NOT NULL,
    email          TEXT,
    email_verified INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
    name           TEXT,
    proved_at      INTEGER,
    says_mfa       INTEGER NOT NULL CHECK (says_mfa IN (0, 1)),
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL
) STRICT;
-- housekeeping
CREATE INDEX federation_codes_by_expiry ON federation_codes (expires_at);

-- The provider's account that stood in for the password; it completes nothing once it is no longer linked.
ALTER TABLE sign_in_challenges ADD COLUMN identity_id BLOB CHECK (length(identity_id) = 16);

-- Further ways in which a person can prove who they are.
ALTER TABLE sessions ADD COLUMN amr_now TEXT NOT NULL DEFAULT 'pwd'
    CHECK (amr_now IN ('pwd', 'pwd otp mfa', 'pwd mfa', 'pwd pop user mfa', 'pop user mfa', 'fed', 'fed otp mfa', 'fed mfa', 'fed pop user mfa'));
UPDATE sessions SET amr_now = amr;
ALTER TABLE sessions DROP COLUMN amr;
ALTER TABLE sessions RENAME COLUMN amr_now TO amr;
ALTER TABLE oauth_codes ADD COLUMN amr_now TEXT NOT NULL DEFAULT 'pwd'
    CHECK (amr_now IN ('pwd', 'pwd otp mfa', 'pwd mfa', 'pwd pop user mfa', 'pop user mfa', 'fed', 'fed otp mfa', 'fed mfa', 'fed pop user mfa'));
UPDATE oauth_codes SET amr_now = amr;
ALTER TABLE oauth_codes DROP COLUMN amr;
ALTER TABLE oauth_codes RENAME COLUMN amr_now TO amr;
-- When a provider saw the person, where that was before the session began.
ALTER TABLE sessions ADD COLUMN proved_at INTEGER;
