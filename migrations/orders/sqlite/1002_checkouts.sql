-- One row a checkout: the frozen price and what its buyer sees. Where its saga stands is in `sagas`.

CREATE TABLE checkouts (
    id             BLOB    NOT NULL PRIMARY KEY,
    version        INTEGER NOT NULL CHECK (version >= 1),
    status         TEXT    NOT NULL CHECK (status IN (
        'working', 'processing', 'requires_action', 'payment_declined', 'closing',
        'completed', 'failed', 'expired', 'cancelled'
    )),
    reason         TEXT,
    cart_id        BLOB    NOT NULL,
    order_id       BLOB    NOT NULL UNIQUE, -- also serves: the checkout of an order
    payment_id     BLOB    NOT NULL,
    reservation_id BLOB    NOT NULL,
    owner_id       BLOB,
    token_hash     BLOB,
    quote          TEXT    NOT NULL CHECK (json_valid(quote)),
    has_order      INTEGER NOT NULL CHECK (has_order IN (0, 1)),
    payment        TEXT, -- what the last look at the payment showed
    shortages      TEXT, -- why it was out of stock
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    CONSTRAINT checkouts_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT checkouts_have_one_kind_of_owner CHECK ((owner_id IS NULL) <> (token_hash IS NULL)),
    CONSTRAINT checkouts_completed_have_an_order CHECK (status <> 'completed' OR has_order = 1),
    CONSTRAINT checkouts_ended_badly_say_why
        CHECK ((status IN ('closing', 'failed', 'expired', 'cancelled')) = (reason IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- At most one live checkout of a cart; serves the search for it.
CREATE UNIQUE INDEX checkouts_one_live_for_each_cart ON checkouts (cart_id)
    WHERE status IN ('working', 'processing', 'requires_action', 'payment_declined', 'closing');
