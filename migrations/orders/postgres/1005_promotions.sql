-- Promotions, how often each was redeemed and by whom, and what they take off carts and orders.
-- What is there stays as it is: the checks of orders and their lines hold with a discount of nothing, and go on to hold.

CREATE TABLE promotions (
    id                uuid NOT NULL PRIMARY KEY,
    version           bigint NOT NULL CHECK (version >= 1), -- of what staff decides; redemptions do not count
    code              text NOT NULL UNIQUE, -- capital letters; also serves the search by code
    kind              text NOT NULL CHECK (kind IN ('percent', 'fixed')),
    rate              text, -- decimal string
    amounts           jsonb, -- minor units by currency
    minimum_subtotals jsonb NOT NULL, -- minor units by currency
    valid_from        timestamptz,
    valid_until       timestamptz, -- not valid any more at this moment
    status            text NOT NULL CHECK (status IN ('active', 'disabled')),
    total_limit       bigint CHECK (total_limit >= 1),
    customer_limit    bigint CHECK (customer_limit >= 1),
    combinable        boolean NOT NULL,
    redeemed          bigint NOT NULL CHECK (redeemed >= 0), -- rows of promotion_redemptions that are not released
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT promotions_take_something_off
        CHECK ((kind = 'percent') = (rate IS NOT NULL) AND (kind = 'fixed') = (amounts IS NOT NULL)),
    CONSTRAINT promotions_end_after_they_begin CHECK (valid_from < valid_until),
    CONSTRAINT promotions_keep_their_limit CHECK (redeemed <= total_limit)
);

-- How often each buyer redeemed a promotion. A buyer is a keyed hash: of the account, or of a guest's mail address.
CREATE TABLE promotion_customers (
    promotion_id uuid NOT NULL REFERENCES promotions (id),
    customer     bytea NOT NULL CHECK (length(customer) = 32),
    redeemed     bigint NOT NULL CHECK (redeemed >= 0), -- their rows of promotion_redemptions that are not released
    PRIMARY KEY (promotion_id, customer)
);

-- One row for each promotion of a checkout, written with its order.
CREATE TABLE promotion_redemptions (
    checkout_id  uuid NOT NULL,
    promotion_id uuid NOT NULL REFERENCES promotions (id),
    order_id     uuid NOT NULL,
    customer     bytea NOT NULL CHECK (length(customer) = 32),
    discount     bigint NOT NULL CHECK (discount >= 0), -- minor units of the order's currency
    status       text NOT NULL CHECK (status IN ('held', 'confirmed', 'released')),
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    -- Also serves all of a checkout.
    PRIMARY KEY (checkout_id, promotion_id)
);

-- The invariant that counts them.
CREATE INDEX promotion_redemptions_live ON promotion_redemptions (promotion_id, customer) WHERE status <> 'released';
-- Those of an order that is cancelled.
CREATE INDEX promotion_redemptions_by_order ON promotion_redemptions (order_id);

-- Ids of the promotions whose codes were entered, in this order; absent if there are none.
ALTER TABLE carts ADD COLUMN promotions jsonb;
-- {"codes", "total"}: which promotions were used up, and what the cart costs without them.
ALTER TABLE checkouts ADD COLUMN exhausted jsonb;
-- What was taken off. `subtotal` is what the lines cost after it, so `orders_total_is_its_parts` holds as it is: total is
-- subtotal and shipping, and tax unless it is included. Before the discount the lines come to subtotal and discount.
ALTER TABLE orders ADD COLUMN discount bigint NOT NULL DEFAULT 0 CHECK (discount >= 0);
-- Its share of that. `total` stays unit_price * quantity; what is paid for the line is the rest, which is never negative.
ALTER TABLE order_lines ADD COLUMN discount bigint NOT NULL DEFAULT 0 CHECK (discount BETWEEN 0 AND total);
