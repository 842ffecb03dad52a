-- A table of every type, for the store's own tests.
CREATE TABLE things (
    id      BLOB    PRIMARY KEY,
    name    TEXT    NOT NULL,
    place   TEXT    NOT NULL,
    amount  INTEGER NOT NULL,
    active  INTEGER NOT NULL,
    data    BLOB,
    note    TEXT,
    details TEXT,
    at      INTEGER NOT NULL,
    UNIQUE (place, name),
    CONSTRAINT things_amount_not_negative CHECK (amount >= 0)
) STRICT;

CREATE TRIGGER things_never_renamed BEFORE UPDATE OF name ON things
BEGIN
    SELECT RAISE (ABORT, 'things_never_renamed');
END;
