-- Signing in with accounts of other OpenID Connect providers.
-- What a browser carries stands here as SHA-256 of 256 random bits. What the provider is sent and must send back (nonce, code
-- verifier) stands nowhere: it is derived from what the browser carries, with a key of the ring.
-- contract: two checks give way to wider ones, which hold for everything that is there.

-- Accounts of providers that sign a person in: whoever shows this subject of this issuer is this user.
CREATE TABLE federated_identities (
    id           uuid        NOT NULL PRIMARY KEY,
    user_id      uuid        NOT NULL REFERENCES users (id),
    issuer       text        NOT NULL,
    subject      text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    -- as the provider told it last: for its owner's list, and nothing else
    email        text,
    last_used_at timestamptz,
    created_at   timestamptz NOT NULL,
    CONSTRAINT federated_identities_key UNIQUE (issuer, subject)
);
-- the linked accounts of a person: lists, limits
CREATE INDEX federated_identities_by_user ON federated_identities (user_id, id);

-- People who are at a provider.
CREATE TABLE federation_flows (
    -- SHA-256 of the state
    state_hash   bytea       NOT NULL PRIMARY KEY CHECK (length(state_hash) = 32),
    -- SHA-256 of the cookie of the browser that began it
    browser_hash bytea       NOT NULL CHECK (length(browser_hash) = 32),
    provider     text        NOT NULL,
    issuer       text        NOT NULL,
    -- which key of the ring nonce and verifier are derived with
    key_id       text        NOT NULL,
    -- seconds since the person signed in there, at most
    max_age      bigint,
    -- an API client that is sent a code; or a page of ours, and the request it was shown for
    return_url   text,
    client_state text,
    challenge    text        CHECK (length(challenge) = 43),
    request      text,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    CONSTRAINT federation_flows_client_or_page CHECK ((return_url IS NULL) <> (request IS NULL)),
    CONSTRAINT federation_flows_client_has_challenge CHECK ((return_url IS NULL) = (challenge IS NULL))
);
-- housekeeping
CREATE INDEX federation_flows_by_expiry ON federation_flows (expires_at);

-- What providers said, until the API client that sent the browser there asks for it.
CREATE TABLE federation_codes (
    hash           bytea       NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    -- SHA-256 of the client's verifier (RFC 7636), in base64url
    challenge      text        NOT NULL CHECK (length(challenge) = 43),
    issuer         text        NOT NULL,
    subject        text        NOT NULL,
    email          text,
    email_verified boolean     NOT NULL,
    name           text,
    proved_at      timestamptz,
    says_mfa       boolean     NOT NULL,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL
);
-- housekeeping
CREATE INDEX federation_codes_by_expiry ON federation_codes (expires_at);

-- The provider's account that stood in for the password; it completes nothing once it is no longer linked.
ALTER TABLE sign_in_challenges ADD COLUMN identity_id uuid;

-- Further ways in which a person can prove who they are.
ALTER TABLE sessions
    DROP CONSTRAINT sessions_amr_check,
    ADD CONSTRAINT sessions_amr_check
        CHECK (amr IN ('pwd', 'pwd otp mfa', 'pwd mfa', 'pwd pop user mfa', 'pop user mfa', 'fed', 'fed otp mfa', 'fed mfa', 'fed pop user mfa'));
ALTER TABLE oauth_codes
    DROP CONSTRAINT oauth_codes_amr_check,
    ADD CONSTRAINT oauth_codes_amr_check
        CHECK (amr IN ('pwd', 'pwd otp mfa', 'pwd mfa', 'pwd pop user mfa', 'pop user mfa', 'fed', 'fed otp mfa', 'fed mfa', 'fed pop user mfa'));
-- When a provider saw the person, where that was before the session began.
ALTER TABLE sessions ADD COLUMN proved_at timestamptz;
