-- Every type and every kind of rule that makes a row hard to move.
CREATE TABLE owners (
    id uuid PRIMARY KEY
);

CREATE TABLE samples (
    id      uuid        PRIMARY KEY REFERENCES owners (id),
    label   text        NOT NULL UNIQUE,
    amount  bigint      NOT NULL,
    active  boolean     NOT NULL,
    data    bytea,
    note    text,
    details jsonb,
    at      timestamptz NOT NULL,
    twin    uuid        REFERENCES samples (id)
);

CREATE TABLE parts (
    sample_id uuid   NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
    place     bigint NOT NULL,
    name      text   NOT NULL,
    PRIMARY KEY (sample_id, place)
);

CREATE TABLE words (
    language text   NOT NULL,
    word     text   NOT NULL,
    seen     bigint NOT NULL,
    PRIMARY KEY (language, word)
);

-- Only ever added to, and folded into a sum by the database.
CREATE TABLE deeds (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    writer bigint NOT NULL,
    turn   bigint NOT NULL,
    CONSTRAINT deeds_once UNIQUE (writer, turn)
);

CREATE TABLE totals (
    writer bigint NOT NULL PRIMARY KEY,
    deeds  bigint NOT NULL
);

CREATE FUNCTION deeds_fold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO totals (writer, deeds) VALUES (NEW.writer, 1)
    ON CONFLICT (writer) DO UPDATE SET deeds = totals.deeds + 1;
    RETURN NULL;
END;
$$;

CREATE FUNCTION deeds_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'deeds_stay';
END;
$$;

CREATE TRIGGER deeds_fold AFTER INSERT ON deeds
    FOR EACH ROW EXECUTE FUNCTION deeds_fold();
CREATE TRIGGER deeds_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON deeds
    FOR EACH STATEMENT EXECUTE FUNCTION deeds_stay();
