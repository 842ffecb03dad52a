-- What the tests write and look for again.
CREATE TABLE notes (
    id    INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
