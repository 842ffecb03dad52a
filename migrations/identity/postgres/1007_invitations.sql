-- An account that an administrator made: its owner gets a mail to choose a password by.

ALTER TABLE challenges DROP CONSTRAINT challenges_purpose_check;
ALTER TABLE challenges ADD CONSTRAINT challenges_purpose_check
    CHECK (purpose IN ('verify_email', 'recover', 'already_registered', 'invite'));
