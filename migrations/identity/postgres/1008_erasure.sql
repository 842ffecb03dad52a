-- Accounts that are to be erased, and those that were: of these nothing is left but that there was one with this id.
CREATE TABLE user_erasures (
    user_id      uuid        NOT NULL PRIMARY KEY,
    requested_at timestamptz NOT NULL,
    -- until then it can be taken back, which deletes the row
    erase_at     timestamptz NOT NULL,
    -- from then on the row stays: the id is never given again
    erased_at    timestamptz,
    CONSTRAINT user_erasures_wait CHECK (erase_at > requested_at),
    CONSTRAINT user_erasures_happen_in_time CHECK (erased_at >= erase_at)
);
-- what is due
CREATE INDEX user_erasures_due ON user_erasures (erase_at) WHERE erased_at IS NULL;

-- an erasure: everything of a person
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX oauth_codes_by_user ON oauth_codes (user_id);
CREATE INDEX sign_in_challenges_by_user ON sign_in_challenges (user_id);
