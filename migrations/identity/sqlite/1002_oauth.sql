-- Programs that act for people or for themselves (OAuth), and what they were given.
-- Their secrets and codes stand here as SHA-256 of 256 random bits only.

CREATE TABLE oauth_clients (
    id                   BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name                 TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    kind                 TEXT    NOT NULL CHECK (kind IN ('public', 'confidential')),
    -- a JSON list; compared character by character
    redirect_uris        TEXT    NOT NULL,
    -- words with spaces between
    grants               TEXT    NOT NULL,
    scope                TEXT    NOT NULL,
    secret_hash          BLOB    CHECK (length(secret_hash) = 32),
    -- the secret before goes on for a while, so that it can be replaced without a moment in which none is right
    previous_secret_hash BLOB    CHECK (length(previous_secret_hash) = 32),
    previous_until       INTEGER,
    version              INTEGER NOT NULL CHECK (version >= 1),
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL,
    CONSTRAINT oauth_clients_secret_if_confidential CHECK ((kind = 'confidential') = (secret_hash IS NOT NULL)),
    CONSTRAINT oauth_clients_previous_ends CHECK ((previous_secret_hash IS NULL) = (previous_until IS NULL))
) STRICT;

CREATE TABLE oauth_codes (
    hash             BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    client_id        BLOB    NOT NULL CHECK (length(client_id) = 16),
    user_id          BLOB    NOT NULL REFERENCES users (id),
    redirect_uri     TEXT    NOT NULL,
    scope            TEXT    NOT NULL,
    nonce            TEXT,
    -- SHA-256 of the verifier (RFC 7636), in base64url
    challenge        TEXT    NOT NULL CHECK (length(challenge) = 43),
    authenticated_at INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    used_at          INTEGER,
    -- what it gave: ended if the code comes back
    session_id       BLOB    CHECK (length(session_id) = 16),
    CONSTRAINT oauth_codes_use_gives_session CHECK ((used_at IS NULL) = (session_id IS NULL))
) STRICT;
-- housekeeping
CREATE INDEX oauth_codes_by_expiry ON oauth_codes (expires_at);

CREATE TABLE oauth_consents (
    user_id    BLOB    NOT NULL REFERENCES users (id),
    client_id  BLOB    NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE,
    scope      TEXT    NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, client_id)
) STRICT, WITHOUT ROWID;
-- what goes with a client
CREATE INDEX oauth_consents_by_client ON oauth_consents (client_id);

-- Three kinds of sessions: people with our API, people with our pages in a browser (the one token of the family is the
-- cookie), programs that act for people.
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'first_party' CHECK (kind IN ('first_party', 'browser', 'oauth'));
ALTER TABLE sessions ADD COLUMN client_id BLOB CHECK ((kind = 'oauth') = (client_id IS NOT NULL));
ALTER TABLE sessions ADD COLUMN scope TEXT CHECK ((kind = 'oauth') = (scope IS NOT NULL));
-- when the person gave the password, where the session began later
ALTER TABLE sessions ADD COLUMN authenticated_at INTEGER CHECK ((kind = 'oauth') = (authenticated_at IS NOT NULL));
-- ends with its client, or with a person's consent
CREATE INDEX sessions_live_by_client ON sessions (client_id, user_id) WHERE ended_at IS NULL AND client_id IS NOT NULL;
