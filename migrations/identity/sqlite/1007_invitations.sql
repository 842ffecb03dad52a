-- An account that an administrator made: its owner gets a mail to choose a password by.
-- contract: SQLite changes no CHECK, so the column is made anew with what stood in the old one; all of this happens in one
-- transaction, and nothing reads the old one after it.

ALTER TABLE challenges ADD COLUMN purpose_now TEXT NOT NULL DEFAULT 'recover'
    CHECK (purpose_now IN ('verify_email', 'recover', 'already_registered', 'invite'));
UPDATE challenges SET purpose_now = purpose;
ALTER TABLE challenges DROP COLUMN purpose;
ALTER TABLE challenges RENAME COLUMN purpose_now TO purpose;
