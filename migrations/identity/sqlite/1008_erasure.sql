-- Accounts that are to be erased, and those that were: of these nothing is left but that there was one with this id.
CREATE TABLE user_erasures (
    user_id      BLOB    NOT NULL PRIMARY KEY CHECK (length(user_id) = 16),
    requested_at INTEGER NOT NULL,
    -- until then it can be taken back, which deletes the row
    erase_at     INTEGER NOT NULL,
    -- from then on the row stays: the id is never given again
    erased_at    INTEGER,
    CONSTRAINT user_erasures_wait CHECK (erase_at > requested_at),
    CONSTRAINT user_erasures_happen_in_time CHECK (erased_at >= erase_at)
) STRICT, WITHOUT ROWID;
-- what is due
CREATE INDEX user_erasures_due ON user_erasures (erase_at) WHERE erased_at IS NULL;

-- an erasure: everything of a person
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX oauth_codes_by_user ON oauth_codes (user_id);
CREATE INDEX sign_in_challenges_by_user ON sign_in_challenges (user_id);
