-- Where stock lies, how much of it is set aside for whom, and a ledger that explains every piece.
-- on_hand = sum of delta_on_hand and reserved = sum of delta_reserved, always: both change in one transaction.

CREATE TABLE locations (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    code       TEXT    NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 40),
    title      TEXT    NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    -- Stock is taken from the lowest first.
    priority   INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- The location that is meant where none is named.
INSERT INTO locations (id, code, title, priority, created_at)
VALUES (X'00000000000070008000000000000001', 'main', 'Main warehouse', 0, 0);

CREATE TABLE stock_levels (
    variant_id  BLOB    NOT NULL REFERENCES variants (id),
    location_id BLOB    NOT NULL REFERENCES locations (id),
    on_hand     INTEGER NOT NULL,
    reserved    INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    PRIMARY KEY (variant_id, location_id),
    CONSTRAINT stock_levels_on_hand CHECK (on_hand BETWEEN 0 AND 1000000000),
    CONSTRAINT stock_levels_reserved CHECK (reserved >= 0),
    -- What is promised is there: no code path can sell a piece twice.
    CONSTRAINT stock_levels_not_oversold CHECK (reserved <= on_hand)
) STRICT, WITHOUT ROWID;

CREATE TABLE reservations (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    status     TEXT    NOT NULL CHECK (status IN ('held', 'committed', 'released', 'expired', 'restocked')),
    -- [{"variant_id", "location_id", "quantity"}]: what was taken where; empty if released before it arrived.
    lines      TEXT    NOT NULL CHECK (json_valid(lines)),
    expires_at INTEGER NOT NULL,
    order_id   TEXT    CHECK (length(order_id) BETWEEN 1 AND 100),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK (status NOT IN ('committed', 'restocked') OR order_id IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- list_reservations with a status, and the invariants over what is held now.
CREATE INDEX reservations_by_status ON reservations (status, id);

CREATE TABLE stock_movements (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    variant_id     BLOB    NOT NULL,
    location_id    BLOB    NOT NULL,
    reservation_id BLOB,
    delta_on_hand  INTEGER NOT NULL,
    delta_reserved INTEGER NOT NULL,
    reason         TEXT    NOT NULL CHECK (length(reason) BETWEEN 1 AND 100),
    -- What it was for: an order id, or a note.
    reference      TEXT    CHECK (length(reference) <= 500),
    actor          TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    FOREIGN KEY (variant_id, location_id) REFERENCES stock_levels (variant_id, location_id),
    CONSTRAINT stock_movements_move_something CHECK (delta_on_hand <> 0 OR delta_reserved <> 0)
) STRICT, WITHOUT ROWID;

-- GET /v1/inventory/movements?variant_id=…, newest first.
CREATE INDEX stock_movements_by_variant ON stock_movements (variant_id, id);

-- A ledger is corrected by a further entry, never changed.
CREATE TRIGGER stock_movements_no_update BEFORE UPDATE ON stock_movements
BEGIN
    SELECT RAISE(ABORT, 'stock movements are append-only');
END;

CREATE TRIGGER stock_movements_no_delete BEFORE DELETE ON stock_movements
BEGIN
    SELECT RAISE(ABORT, 'stock movements are append-only');
END;
