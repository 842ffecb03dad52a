-- An account that an administrator made: its owner gets a mail to choose a password by.
-- contract: SQLite changes no CHECK, so the table is made anew with what stood in the old one; all of this happens in one
-- transaction, and nothing reads the old one after it.

CREATE TABLE challenges_now (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id       BLOB    NOT NULL REFERENCES users (id),
    purpose       TEXT    NOT NULL CHECK (purpose IN ('verify_email', 'recover', 'already_registered', 'invite')),
    -- which key of the ring derives the token
    key_id        TEXT    NOT NULL,
    -- what was chosen at the registration that this challenge confirms: it counts once the address is proved
    display_name  TEXT    CHECK (length(display_name) BETWEEN 1 AND 100),
    password_hash TEXT    CHECK (password_hash LIKE '$argon2id$%'),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    answered_at   INTEGER
) STRICT;
INSERT INTO challenges_now
SELECT id, user_id, purpose, key_id, display_name, password_hash, created_at, expires_at, answered_at FROM challenges;
DROP TABLE challenges;
ALTER TABLE challenges_now RENAME TO challenges;
-- how many a user was sent lately; closing what is open
CREATE INDEX challenges_by_user ON challenges (user_id, created_at);
-- housekeeping
CREATE INDEX challenges_by_expiry ON challenges (expires_at);
