-- Promotions, how often each was redeemed and by whom, and what they take off carts and orders.
-- What is there stays as it is: the checks of orders and their lines hold with a discount of nothing, and go on to hold.

CREATE TABLE promotions (
    id                BLOB NOT NULL PRIMARY KEY,
    version           INTEGER NOT NULL CHECK (version >= 1), -- of what staff decides; redemptions do not count
    code              TEXT NOT NULL UNIQUE, -- capital letters; also serves the search by code
    kind              TEXT NOT NULL CHECK (kind IN ('percent', 'fixed')),
    rate              TEXT, -- decimal string
    amounts           TEXT, -- minor units by currency
    minimum_subtotals TEXT NOT NULL, -- minor units by currency
    valid_from        INTEGER,
    valid_until       INTEGER, -- not valid any more at this moment
    status            TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    total_limit       INTEGER CHECK (total_limit >= 1),
    customer_limit    INTEGER CHECK (customer_limit >= 1),
    combinable        INTEGER NOT NULL,
    redeemed          INTEGER NOT NULL CHECK (redeemed >= 0), -- rows of promotion_redemptions that are not released
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    CONSTRAINT promotions_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT promotions_take_something_off
        CHECK ((kind = 'percent') = (rate IS NOT NULL) AND (kind = 'fixed') = (amounts IS NOT NULL)),
    CONSTRAINT promotions_end_after_they_begin CHECK (valid_from < valid_until),
    CONSTRAINT promotions_keep_their_limit CHECK (redeemed <= total_limit)
) STRICT, WITHOUT ROWID;

-- How often each buyer redeemed a promotion. A buyer is a keyed hash: of the account, or of a guest's mail address.
CREATE TABLE promotion_customers (
    promotion_id BLOB NOT NULL REFERENCES promotions (id),
    customer     BLOB NOT NULL CHECK (length(customer) = 32),
    redeemed     INTEGER NOT NULL CHECK (redeemed >= 0), -- their rows of promotion_redemptions that are not released
    PRIMARY KEY (promotion_id, customer)
) STRICT, WITHOUT ROWID;

-- One row for each promotion of a checkout, written with its order.
CREATE TABLE promotion_redemptions (
    checkout_id  BLOB NOT NULL,
    promotion_id BLOB NOT NULL REFERENCES promotions (id),
    order_id     BLOB NOT NULL,
    customer     BLOB NOT NULL CHECK (length(customer) = 32),
    discount     INTEGER NOT NULL CHECK (discount >= 0), -- minor units of the order's currency
    status       TEXT NOT NULL CHECK (status IN ('held', 'confirmed', 'released')),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    -- Also serves all of a checkout.
    PRIMARY KEY (checkout_id, promotion_id)
) STRICT, WITHOUT ROWID;

-- The invariant that counts them.
CREATE INDEX promotion_redemptions_live ON promotion_redemptions (promotion_id, customer) WHERE status <> 'released';
-- Those of an order that is cancelled.
CREATE INDEX promotion_redemptions_by_order ON promotion_redemptions (order_id);

-- Ids of the promotions whose codes were entered, in this order; absent if there are none.
ALTER TABLE carts ADD COLUMN promotions TEXT;
-- {"codes", "total"}: which promotions were used up, and what the cart costs without them.
ALTER TABLE checkouts ADD COLUMN exhausted TEXT;
-- What was taken off. `subtotal` is what the lines cost after it, so `orders_total_is_its_parts` holds as it is: total is
-- subtotal and shipping, and tax unless it is included. Before the discount the lines come to subtotal and discount.
ALTER TABLE orders ADD COLUMN discount INTEGER NOT NULL DEFAULT 0 CHECK (discount >= 0);
-- Its share of that. `total` stays unit_price * quantity; what is paid for the line is the rest, which is never negative.
ALTER TABLE order_lines ADD COLUMN discount INTEGER NOT NULL DEFAULT 0 CHECK (discount BETWEEN 0 AND total);
