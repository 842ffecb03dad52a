-- Every type and every kind of rule that makes a row hard to move.
CREATE TABLE samples (
    id      BLOB    PRIMARY KEY REFERENCES owners (id),
    label   TEXT    NOT NULL UNIQUE,
    amount  INTEGER NOT NULL,
    active  INTEGER NOT NULL CHECK (active IN (0, 1)),
    data    BLOB,
    note    TEXT,
    details TEXT    CHECK (json_valid(details)),
    at      INTEGER NOT NULL,
    twin    BLOB    REFERENCES samples (id)
) STRICT;

-- Parents that are named after their children.
CREATE TABLE owners (
    id BLOB PRIMARY KEY
) STRICT;

CREATE TABLE parts (
    sample_id BLOB    NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
    place     INTEGER NOT NULL,
    name      TEXT    NOT NULL,
    PRIMARY KEY (sample_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE words (
    language TEXT    NOT NULL,
    word     TEXT    NOT NULL,
    seen     INTEGER NOT NULL,
    PRIMARY KEY (language, word)
) STRICT, WITHOUT ROWID;

-- Only ever added to, and folded into a sum by the database.
CREATE TABLE deeds (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    writer INTEGER NOT NULL,
    turn   INTEGER NOT NULL,
    CONSTRAINT deeds_once UNIQUE (writer, turn)
) STRICT;

CREATE TABLE totals (
    writer INTEGER NOT NULL PRIMARY KEY,
    deeds  INTEGER NOT NULL
) STRICT;

CREATE TRIGGER deeds_fold AFTER INSERT ON deeds
BEGIN
    INSERT INTO totals (writer, deeds) VALUES (NEW.writer, 1)
    ON CONFLICT (writer) DO UPDATE SET deeds = deeds + 1;
END;

CREATE TRIGGER deeds_no_update BEFORE UPDATE ON deeds
BEGIN
    SELECT RAISE(ABORT, 'deeds_stay');
END;

CREATE TRIGGER deeds_no_delete BEFORE DELETE ON deeds
BEGIN
    SELECT RAISE(ABORT, 'deeds_stay');
END;
