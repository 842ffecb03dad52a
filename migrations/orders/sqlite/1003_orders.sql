-- Orders, their lines and parcels, and what payments told about their money.
-- The number that people see is the key: given once, never again, in the order of creation.

CREATE TABLE orders (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    id               BLOB    NOT NULL UNIQUE,
    version          INTEGER NOT NULL CHECK (version >= 1),
    status           TEXT    NOT NULL
        CHECK (status IN ('pending_payment', 'placed', 'partially_fulfilled', 'fulfilled', 'cancelled')),
    cancel_reason    TEXT,
    cart_id          BLOB    NOT NULL,
    checkout_id      BLOB    NOT NULL UNIQUE,
    payment_id       BLOB    NOT NULL UNIQUE,
    reservation_id   BLOB    NOT NULL UNIQUE,
    owner_id         BLOB,
    token_hash       BLOB,
    email            TEXT    NOT NULL,
    currency         TEXT    NOT NULL CHECK (length(currency) = 3),
    subtotal         INTEGER NOT NULL CHECK (subtotal >= 0),
    shipping         INTEGER NOT NULL CHECK (shipping >= 0),
    tax              INTEGER NOT NULL CHECK (tax >= 0),
    tax_included     INTEGER NOT NULL CHECK (tax_included IN (0, 1)),
    tax_rate         TEXT    NOT NULL,
    total            INTEGER NOT NULL CHECK (total > 0),
    shipping_method  TEXT,
    shipping_address TEXT    NOT NULL CHECK (json_valid(shipping_address)),
    billing_address  TEXT,
    capture          TEXT    NOT NULL CHECK (capture IN ('immediate', 'on_ship')),
    payment_status   TEXT    NOT NULL,
    captured         INTEGER NOT NULL CHECK (captured >= 0),
    refunded         INTEGER NOT NULL CHECK (refunded >= 0),
    shipped_value    INTEGER NOT NULL CHECK (shipped_value BETWEEN 0 AND total),
    created_at       INTEGER NOT NULL,
    placed_at        INTEGER,
    cancelled_at     INTEGER,
    updated_at       INTEGER NOT NULL,
    CONSTRAINT orders_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT orders_have_one_kind_of_owner CHECK ((owner_id IS NULL) <> (token_hash IS NULL)),
    CONSTRAINT orders_total_is_its_parts
        CHECK (total = subtotal + shipping + CASE WHEN tax_included = 1 THEN 0 ELSE tax END),
    CONSTRAINT orders_cancelled_say_why
        CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL) AND (status = 'cancelled') = (cancelled_at IS NOT NULL)),
    CONSTRAINT orders_placed_say_when CHECK (status IN ('pending_payment', 'cancelled') OR placed_at IS NOT NULL)
) STRICT;

-- Numbers start with six digits, so that nobody counts the shop's orders by them too easily.
INSERT INTO sqlite_sequence (name, seq) VALUES ('orders', 100000);

-- Lists of one buyer's orders, newest first.
CREATE INDEX orders_by_owner ON orders (owner_id, number) WHERE owner_id IS NOT NULL;
-- Lists of the orders that mails about went to one address, newest first.
CREATE INDEX orders_by_email ON orders (email, number);
-- Lists of all orders in a state, newest first.
CREATE INDEX orders_by_status ON orders (status, number);

CREATE TABLE order_lines (
    order_id   BLOB    NOT NULL REFERENCES orders (id),
    id         BLOB    NOT NULL,
    position   INTEGER NOT NULL CHECK (position >= 1), -- lines are shown in this order
    variant_id BLOB    NOT NULL,
    product_id BLOB    NOT NULL,
    sku        TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    quantity   INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
    packed     INTEGER NOT NULL, -- pieces in parcels, shipped or not
    shipped    INTEGER NOT NULL,
    unit_price INTEGER NOT NULL CHECK (unit_price >= 0),
    total      INTEGER NOT NULL,
    tax        INTEGER NOT NULL CHECK (tax >= 0),
    -- Also serves all lines of an order.
    PRIMARY KEY (order_id, id),
    CONSTRAINT order_lines_total_is_its_parts CHECK (total = unit_price * quantity),
    CONSTRAINT order_lines_nothing_is_packed_twice CHECK (packed BETWEEN 0 AND quantity),
    CONSTRAINT order_lines_shipped_was_packed CHECK (shipped BETWEEN 0 AND packed)
) STRICT, WITHOUT ROWID;

CREATE TABLE fulfillments (
    id              BLOB    NOT NULL PRIMARY KEY,
    order_id        BLOB    NOT NULL REFERENCES orders (id),
    version         INTEGER NOT NULL CHECK (version >= 1),
    status          TEXT    NOT NULL CHECK (status IN ('pending', 'shipped', 'delivered', 'cancelled')),
    carrier         TEXT,
    tracking_number TEXT,
    tracking_url    TEXT,
    lines           TEXT    NOT NULL CHECK (json_valid(lines)), -- written once, read whole; counted in order_lines
    created_at      INTEGER NOT NULL,
    shipped_at      INTEGER,
    delivered_at    INTEGER,
    CONSTRAINT fulfillments_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT fulfillments_shipped_say_when CHECK ((status IN ('shipped', 'delivered')) = (shipped_at IS NOT NULL)),
    CONSTRAINT fulfillments_delivered_say_when CHECK ((status = 'delivered') = (delivered_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- The parcels of an order, oldest first.
CREATE INDEX fulfillments_by_order ON fulfillments (order_id, id);

-- What payments told about the money of an order, for its timeline.
CREATE TABLE order_payment_facts (
    event_id BLOB    NOT NULL PRIMARY KEY,
    order_id BLOB    NOT NULL,
    at       INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    amount   INTEGER,
    currency TEXT,
    reason   TEXT,
    CONSTRAINT order_payment_facts_money_is_whole CHECK ((amount IS NULL) = (currency IS NULL))
) STRICT, WITHOUT ROWID;

-- The facts of an order in order of time.
CREATE INDEX order_payment_facts_by_order ON order_payment_facts (order_id, at);
