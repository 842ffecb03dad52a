-- Orders, their lines and parcels, and what payments told about their money.
-- The number that people see is the key: given once, never again, about in the order of creation.
-- Numbers start with six digits, so that nobody counts the shop's orders by them too easily.

CREATE TABLE orders (
    number           bigint      GENERATED ALWAYS AS IDENTITY (START WITH 100001) PRIMARY KEY,
    id               uuid        NOT NULL UNIQUE,
    version          bigint      NOT NULL CHECK (version >= 1),
    status           text        NOT NULL
        CHECK (status IN ('pending_payment', 'placed', 'partially_fulfilled', 'fulfilled', 'cancelled')),
    cancel_reason    text,
    cart_id          uuid        NOT NULL,
    checkout_id      uuid        NOT NULL UNIQUE,
    payment_id       uuid        NOT NULL UNIQUE,
    reservation_id   uuid        NOT NULL UNIQUE,
    owner_id         uuid,
    token_hash       bytea,
    email            text        NOT NULL,
    currency         text        NOT NULL CHECK (length(currency) = 3),
    subtotal         bigint      NOT NULL CHECK (subtotal >= 0),
    shipping         bigint      NOT NULL CHECK (shipping >= 0),
    tax              bigint      NOT NULL CHECK (tax >= 0),
    tax_included     boolean     NOT NULL,
    tax_rate         text        NOT NULL,
    total            bigint      NOT NULL CHECK (total > 0),
    shipping_method  text,
    shipping_address jsonb       NOT NULL,
    billing_address  jsonb,
    capture          text        NOT NULL CHECK (capture IN ('immediate', 'on_ship')),
    payment_status   text        NOT NULL,
    captured         bigint      NOT NULL CHECK (captured >= 0),
    refunded         bigint      NOT NULL CHECK (refunded >= 0),
    shipped_value    bigint      NOT NULL CHECK (shipped_value BETWEEN 0 AND total),
    created_at       timestamptz NOT NULL,
    placed_at        timestamptz,
    cancelled_at     timestamptz,
    updated_at       timestamptz NOT NULL,
    CONSTRAINT orders_have_one_kind_of_owner CHECK ((owner_id IS NULL) <> (token_hash IS NULL)),
    CONSTRAINT orders_total_is_its_parts
        CHECK (total = subtotal + shipping + CASE WHEN tax_included THEN 0 ELSE tax END),
    CONSTRAINT orders_cancelled_say_why
        CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL) AND (status = 'cancelled') = (cancelled_at IS NOT NULL)),
    CONSTRAINT orders_placed_say_when CHECK (status IN ('pending_payment', 'cancelled') OR placed_at IS NOT NULL)
);

-- Lists of one buyer's orders, newest first.
CREATE INDEX orders_by_owner ON orders (owner_id, number) WHERE owner_id IS NOT NULL;
-- Lists of the orders that mails about went to one address, newest first.
CREATE INDEX orders_by_email ON orders (email, number);
-- Lists of all orders in a state, newest first.
CREATE INDEX orders_by_status ON orders (status, number);

CREATE TABLE order_lines (
    order_id   uuid        NOT NULL REFERENCES orders (id),
    id         uuid        NOT NULL,
    position   bigint      NOT NULL CHECK (position >= 1), -- lines are shown in this order
    variant_id uuid        NOT NULL,
    product_id uuid        NOT NULL,
    sku        text        NOT NULL,
    title      text        NOT NULL,
    quantity   bigint      NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
    packed     bigint      NOT NULL, -- pieces in parcels, shipped or not
    shipped    bigint      NOT NULL,
    unit_price bigint      NOT NULL CHECK (unit_price >= 0),
    total      bigint      NOT NULL,
    tax        bigint      NOT NULL CHECK (tax >= 0),
    -- Also serves all lines of an order.
    PRIMARY KEY (order_id, id),
    CONSTRAINT order_lines_total_is_its_parts CHECK (total = unit_price * quantity),
    CONSTRAINT order_lines_nothing_is_packed_twice CHECK (packed BETWEEN 0 AND quantity),
    CONSTRAINT order_lines_shipped_was_packed CHECK (shipped BETWEEN 0 AND packed)
);

CREATE TABLE fulfillments (
    id              uuid        NOT NULL PRIMARY KEY,
    order_id        uuid        NOT NULL REFERENCES orders (id),
    version         bigint      NOT NULL CHECK (version >= 1),
    status          text        NOT NULL CHECK (status IN ('pending', 'shipped', 'delivered', 'cancelled')),
    carrier         text,
    tracking_number text,
    tracking_url    text,
    lines           jsonb       NOT NULL, -- written once, read whole; counted in order_lines
    created_at      timestamptz NOT NULL,
    shipped_at      timestamptz,
    delivered_at    timestamptz,
    CONSTRAINT fulfillments_shipped_say_when CHECK ((status IN ('shipped', 'delivered')) = (shipped_at IS NOT NULL)),
    CONSTRAINT fulfillments_delivered_say_when CHECK ((status = 'delivered') = (delivered_at IS NOT NULL))
);

-- The parcels of an order, oldest first.
CREATE INDEX fulfillments_by_order ON fulfillments (order_id, id);

-- What payments told about the money of an order, for its timeline.
CREATE TABLE order_payment_facts (
    event_id uuid        NOT NULL PRIMARY KEY,
    order_id uuid        NOT NULL,
    at       timestamptz NOT NULL,
    kind     text        NOT NULL,
    amount   bigint,
    currency text,
    reason   text,
    CONSTRAINT order_payment_facts_money_is_whole CHECK ((amount IS NULL) = (currency IS NULL))
);

-- The facts of an order in order of time.
CREATE INDEX order_payment_facts_by_order ON order_payment_facts (order_id, at);
