-- Where stock lies, how much of it is set aside for whom, and a ledger that explains every piece.
-- on_hand = sum of delta_on_hand and reserved = sum of delta_reserved, always: both change in one transaction.

CREATE TABLE locations (
    id         uuid        NOT NULL PRIMARY KEY,
    code       text        NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 40),
    title      text        NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    -- Stock is taken from the lowest first.
    priority   bigint      NOT NULL,
    created_at timestamptz NOT NULL
);

-- The location that is meant where none is named.
INSERT INTO locations (id, code, title, priority, created_at)
VALUES ('00000000-0000-7000-8000-000000000001', 'main', 'Main warehouse', 0, 'epoch');

CREATE TABLE stock_levels (
    variant_id  uuid        NOT NULL REFERENCES variants (id),
    location_id uuid        NOT NULL REFERENCES locations (id),
    on_hand     bigint      NOT NULL,
    reserved    bigint      NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (variant_id, location_id),
    CONSTRAINT stock_levels_on_hand CHECK (on_hand BETWEEN 0 AND 1000000000),
    CONSTRAINT stock_levels_reserved CHECK (reserved >= 0),
    -- What is promised is there: no code path can sell a piece twice.
    CONSTRAINT stock_levels_not_oversold CHECK (reserved <= on_hand)
) WITH (fillfactor = 70); -- hot rows: room for updates in place

CREATE TABLE reservations (
    id         uuid        NOT NULL PRIMARY KEY,
    status     text        NOT NULL CHECK (status IN ('held', 'committed', 'released', 'expired', 'restocked')),
    -- [{"variant_id", "location_id", "quantity"}]: what was taken where; empty if released before it arrived.
    lines      jsonb       NOT NULL,
    expires_at timestamptz NOT NULL,
    order_id   text        CHECK (length(order_id) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (status NOT IN ('committed', 'restocked') OR order_id IS NOT NULL)
);

-- list_reservations with a status, and the invariants over what is held now.
CREATE INDEX reservations_by_status ON reservations (status, id);

CREATE TABLE stock_movements (
    id             uuid        NOT NULL PRIMARY KEY,
    variant_id     uuid        NOT NULL,
    location_id    uuid        NOT NULL,
    reservation_id uuid,
    delta_on_hand  bigint      NOT NULL,
    delta_reserved bigint      NOT NULL,
    reason         text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 100),
    -- What it was for: an order id, or a note.
    reference      text        CHECK (length(reference) <= 500),
    actor          text        NOT NULL,
    at             timestamptz NOT NULL,
    FOREIGN KEY (variant_id, location_id) REFERENCES stock_levels (variant_id, location_id),
    CONSTRAINT stock_movements_move_something CHECK (delta_on_hand <> 0 OR delta_reserved <> 0)
);

-- GET /v1/inventory/movements?variant_id=…, newest first.
CREATE INDEX stock_movements_by_variant ON stock_movements (variant_id, id);

-- A ledger is corrected by a further entry, never changed.
CREATE FUNCTION stock_movements_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock movements are append-only';
END
$$;

CREATE TRIGGER stock_movements_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movements
    FOR EACH STATEMENT EXECUTE FUNCTION stock_movements_are_append_only();
