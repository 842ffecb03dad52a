-- One row a checkout: the frozen price and what its buyer sees. Where its saga stands is in `sagas`.

CREATE TABLE checkouts (
    id             uuid        NOT NULL PRIMARY KEY,
    version        bigint      NOT NULL CHECK (version >= 1),
    status         text        NOT NULL CHECK (status IN (
        'working', 'processing', 'requires_action', 'payment_declined', 'closing',
        'completed', 'failed', 'expired', 'cancelled'
    )),
    reason         text,
    cart_id        uuid        NOT NULL,
    order_id       uuid        NOT NULL UNIQUE, -- also serves: the checkout of an order
    payment_id     uuid        NOT NULL,
    reservation_id uuid        NOT NULL,
    owner_id       uuid,
    token_hash     bytea,
    quote          jsonb       NOT NULL,
    has_order      boolean     NOT NULL,
    payment        jsonb, -- what the last look at the payment showed
    shortages      jsonb, -- why it was out of stock
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT checkouts_have_one_kind_of_owner CHECK ((owner_id IS NULL) <> (token_hash IS NULL)),
    CONSTRAINT checkouts_completed_have_an_order CHECK (status <> 'completed' OR has_order),
    CONSTRAINT checkouts_ended_badly_say_why
        CHECK ((status IN ('closing', 'failed', 'expired', 'cancelled')) = (reason IS NOT NULL))
);

-- At most one live checkout of a cart; serves the search for it.
CREATE UNIQUE INDEX checkouts_one_live_for_each_cart ON checkouts (cart_id)
    WHERE status IN ('working', 'processing', 'requires_action', 'payment_declined', 'closing');
