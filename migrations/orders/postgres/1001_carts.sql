-- Carts and their lines. A cart belongs to a person or to whoever holds its token, never to both.
-- Its totals are not stored: they follow from the lines, the settings and the country.

CREATE TABLE carts (
    id               uuid        NOT NULL PRIMARY KEY,
    version          bigint      NOT NULL CHECK (version >= 1),
    status           text        NOT NULL CHECK (status IN ('active', 'frozen', 'closed')),
    owner_id         uuid,
    token_hash       bytea, -- SHA-256 of the 256-bit token; the token itself is never stored
    currency         text        NOT NULL CHECK (length(currency) = 3),
    email            text,
    shipping_address jsonb,
    billing_address  jsonb,
    shipping_method  text,
    checkout_id      uuid, -- the live checkout that froze it
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CONSTRAINT carts_token_is_sha256 CHECK (length(token_hash) = 32),
    CONSTRAINT carts_have_one_kind_of_owner CHECK ((owner_id IS NULL) <> (token_hash IS NULL)),
    CONSTRAINT carts_frozen_by_a_checkout CHECK ((status = 'frozen') = (checkout_id IS NOT NULL))
);

CREATE TABLE cart_lines (
    cart_id    uuid   NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    id         uuid   NOT NULL,
    position   bigint NOT NULL, -- lines are shown in this order
    variant_id uuid   NOT NULL,
    product_id uuid   NOT NULL,
    sku        text   NOT NULL,
    title      text   NOT NULL,
    quantity   bigint NOT NULL,
    unit_price bigint NOT NULL, -- minor units of the cart's currency, as the buyer saw it
    -- Also serves all lines of a cart.
    PRIMARY KEY (cart_id, id),
    CONSTRAINT cart_lines_one_for_each_variant UNIQUE (cart_id, variant_id),
    CONSTRAINT cart_lines_quantity_in_range CHECK (quantity BETWEEN 1 AND 9999),
    CONSTRAINT cart_lines_price_not_negative CHECK (unit_price >= 0)
);
