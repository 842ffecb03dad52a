-- Passkeys: factors of another kind, which also sign in without a password. Public keys only: nothing about them is secret.

ALTER TABLE factors
    DROP CONSTRAINT factors_kind_check,
    ADD CONSTRAINT factors_kind_check CHECK (kind IN ('totp', 'passkey')),
    ALTER COLUMN sealed_secret DROP NOT NULL,
    -- what a new passkey has to answer
    ADD COLUMN challenge     bytea CHECK (length(challenge) = 32),
    ADD COLUMN credential_id bytea CHECK (length(credential_id) BETWEEN 16 AND 1023),
    -- public key, counter and flags, in JSON
    ADD COLUMN credential    text,
    DROP CONSTRAINT factors_confirmed_by_a_code,
    ADD CONSTRAINT factors_of_a_kind CHECK
        ((kind = 'totp') = (sealed_secret IS NOT NULL) AND (kind = 'passkey') = (challenge IS NOT NULL)),
    ADD CONSTRAINT factors_confirmed_by_a_proof CHECK
        ((confirmed_at IS NOT NULL) = (last_step IS NOT NULL OR credential IS NOT NULL)),
    ADD CONSTRAINT factors_with_a_credential CHECK ((credential IS NULL) = (credential_id IS NULL));
-- whose passkey it is; nobody else has the same
CREATE UNIQUE INDEX factors_by_credential ON factors (credential_id) WHERE credential_id IS NOT NULL;

-- Challenges that wait for a passkey, to sign in with it. Whose it will be is not known yet.
CREATE TABLE passkey_challenges (
    -- SHA-256 of the token that whoever asked for it holds
    hash         bytea       NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    -- what comes of it: it starts nothing else
    purpose      text        NOT NULL CHECK (purpose IN ('first_party', 'browser')),
    challenge    bytea       NOT NULL CHECK (length(challenge) = 32),
    -- SHA-256 of the mark of the form it was made for; of nothing, where there is no form
    bound_to     bytea       NOT NULL CHECK (length(bound_to) = 32),
    -- the sign-in with a right password that it completes; absent: none began
    sign_in_hash bytea       CHECK (length(sign_in_hash) = 32),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
-- housekeeping
CREATE INDEX passkey_challenges_by_expiry ON passkey_challenges (expires_at);

-- Two more ways in which a person can prove who they are.
ALTER TABLE sessions
    DROP CONSTRAINT sessions_amr_check,
    ADD CONSTRAINT sessions_amr_check CHECK (amr IN ('pwd', 'pwd otp mfa', 'pwd mfa', 'pwd pop user mfa', 'pop user mfa'));
ALTER TABLE oauth_codes
    DROP CONSTRAINT oauth_codes_amr_check,
    ADD CONSTRAINT oauth_codes_amr_check CHECK (amr IN ('pwd', 'pwd otp mfa', 'pwd mfa', 'pwd pop user mfa', 'pop user mfa'));
