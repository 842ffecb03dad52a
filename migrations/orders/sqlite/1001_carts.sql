-- Carts and their lines. A cart belongs to a person or to whoever holds its token, never to both.
-- Its totals are not stored: they follow from the lines, the settings and the country.

CREATE TABLE carts (
    id               BLOB    NOT NULL PRIMARY KEY,
    version          INTEGER NOT NULL CHECK (version >= 1),
    status           TEXT    NOT NULL CHECK (status IN ('active', 'frozen', 'closed')),
    owner_id         BLOB,
    token_hash       BLOB, -- SHA-256 of the 256-bit token; the token itself is never stored
    currency         TEXT    NOT NULL CHECK (length(currency) = 3),
    email            TEXT,
    shipping_address TEXT,
    billing_address  TEXT,
    shipping_method  TEXT,
    checkout_id      BLOB, -- the live checkout that froze it
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    CONSTRAINT carts_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT carts_token_is_sha256 CHECK (length(token_hash) = 32),
    CONSTRAINT carts_have_one_kind_of_owner CHECK ((owner_id IS NULL) <> (token_hash IS NULL)),
    CONSTRAINT carts_frozen_by_a_checkout CHECK ((status = 'frozen') = (checkout_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE cart_lines (
    cart_id    BLOB    NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    id         BLOB    NOT NULL,
    position   INTEGER NOT NULL, -- lines are shown in this order
    variant_id BLOB    NOT NULL,
    product_id BLOB    NOT NULL,
    sku        TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    quantity   INTEGER NOT NULL,
    unit_price INTEGER NOT NULL, -- minor units of the cart's currency, as the buyer saw it
    -- Also serves all lines of a cart.
    PRIMARY KEY (cart_id, id),
    CONSTRAINT cart_lines_one_for_each_variant UNIQUE (cart_id, variant_id),
    CONSTRAINT cart_lines_quantity_in_range CHECK (quantity BETWEEN 1 AND 9999),
    CONSTRAINT cart_lines_price_not_negative CHECK (unit_price >= 0)
) STRICT, WITHOUT ROWID;
