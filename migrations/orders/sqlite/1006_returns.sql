-- Returns: which pieces of an order come back, in what state they arrived, and what the buyer gets back for them.

-- Pieces that are to come back or came back. What keeps two returns from naming one piece.
ALTER TABLE order_lines ADD COLUMN returned INTEGER NOT NULL DEFAULT 0
    CONSTRAINT order_lines_returned_was_shipped CHECK (returned BETWEEN 0 AND shipped);

CREATE TABLE returns (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    order_id        BLOB    NOT NULL REFERENCES orders (id),
    version         INTEGER NOT NULL CHECK (version >= 1),
    status          TEXT    NOT NULL CHECK (status IN ('requested', 'approved', 'received', 'rejected', 'cancelled')),
    by_buyer        INTEGER NOT NULL CHECK (by_buyer IN (0, 1)),
    note            TEXT    CHECK (length(note) <= 500),
    decision_note   TEXT    CHECK (length(decision_note) <= 500),
    currency        TEXT    NOT NULL CHECK (length(currency) = 3),
    -- What goes back to the buyer, decided when the pieces arrive, and what of it is for delivery.
    refund_amount   INTEGER NOT NULL CHECK (refund_amount >= 0),
    delivery_refund INTEGER NOT NULL CHECK (delivery_refund >= 0),
    refund_id       BLOB    NOT NULL UNIQUE,
    refund_status   TEXT    NOT NULL
        CHECK (refund_status IN ('none', 'due', 'waiting', 'requested', 'awaiting_approval', 'succeeded', 'failed', 'nothing_left')),
    refund_failure  TEXT   ,
    restock_status  TEXT    NOT NULL CHECK (restock_status IN ('none', 'due', 'done')),
    received_by     BLOB   ,
    created_at      INTEGER NOT NULL,
    approved_at     INTEGER,
    received_at     INTEGER,
    closed_at       INTEGER, -- rejected or cancelled
    updated_at      INTEGER NOT NULL,
    CONSTRAINT returns_received_say_when CHECK ((status = 'received') = (received_at IS NOT NULL)),
    CONSTRAINT returns_closed_say_when CHECK ((status IN ('rejected', 'cancelled')) = (closed_at IS NOT NULL)),
    CONSTRAINT returns_refund_what_arrived CHECK (status = 'received' OR (refund_status = 'none' AND restock_status = 'none'))
) STRICT, WITHOUT ROWID;

-- The returns of an order, oldest first.
CREATE INDEX returns_by_order ON returns (order_id, id);
-- Delivery is paid back once for each order.
CREATE UNIQUE INDEX returns_pay_delivery_once ON returns (order_id) WHERE delivery_refund > 0;
-- What is still to be done for returns that arrived.
CREATE INDEX returns_unsettled ON returns (received_at) WHERE refund_status = 'due' OR restock_status = 'due';

CREATE TABLE return_lines (
    return_id  BLOB    NOT NULL REFERENCES returns (id),
    line_id    BLOB    NOT NULL,
    order_id   BLOB    NOT NULL,
    position   INTEGER NOT NULL CHECK (position >= 1), -- lines are shown in this order
    variant_id BLOB    NOT NULL,
    quantity   INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
    reason     TEXT    NOT NULL,
    -- All present once the return was received.
    received   INTEGER,
    restock    INTEGER CHECK (restock IN (0, 1)),
    condition  TEXT   ,
    amount     INTEGER CHECK (amount >= 0),
    PRIMARY KEY (return_id, line_id),
    FOREIGN KEY (order_id, line_id) REFERENCES order_lines (order_id, id),
    CONSTRAINT return_lines_no_more_than_asked CHECK (received BETWEEN 0 AND quantity),
    CONSTRAINT return_lines_are_whole
        CHECK ((received IS NULL) = (restock IS NULL) AND (received IS NULL) = (amount IS NULL))
) STRICT, WITHOUT ROWID;

-- What came back of a line so far.
CREATE INDEX return_lines_by_line ON return_lines (order_id, line_id);
