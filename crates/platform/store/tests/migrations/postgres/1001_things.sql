-- A table of every type, for the store's own tests.
CREATE TABLE things (
    id      uuid        PRIMARY KEY,
    name    text        NOT NULL,
    place   text        NOT NULL,
    amount  bigint      NOT NULL,
    active  boolean     NOT NULL,
    data    bytea,
    note    text,
    details jsonb,
    at      timestamptz NOT NULL,
    UNIQUE (place, name),
    CONSTRAINT things_amount_not_negative CHECK (amount >= 0)
);

CREATE FUNCTION refuse_renaming() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'things_never_renamed';
END $$;

CREATE TRIGGER things_never_renamed BEFORE UPDATE OF name ON things
    FOR EACH ROW EXECUTE FUNCTION refuse_renaming();
