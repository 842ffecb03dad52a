-- What the shop sells: categories, products, their variants, and a price for each variant and currency.
-- Ids are UUIDv7, so the order of ids is the order of creation and lists page by id.

CREATE TABLE categories (
    id          uuid        NOT NULL PRIMARY KEY,
    slug        text        NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 80),
    title       text        NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    description text        NOT NULL CHECK (length(description) <= 2000),
    position    bigint      NOT NULL CHECK (position >= 0),
    version     bigint      NOT NULL CHECK (version > 0),
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);

CREATE TABLE products (
    id          uuid        NOT NULL PRIMARY KEY,
    slug        text        NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 80),
    title       text        NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description text        NOT NULL CHECK (length(description) <= 10000),
    image       text        CHECK (length(image) <= 8192),
    category_id uuid        REFERENCES categories (id),
    status      text        NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
    -- Lower-case title and SKUs: what `q` looks into.
    search_text text        NOT NULL,
    -- Grows with every change of the product, its variants and prices, and when a variant sells out or comes back:
    -- it is the product's ETag.
    version     bigint      NOT NULL CHECK (version > 0),
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);

-- GET /v1/products: newest first within a status.
CREATE INDEX products_by_status ON products (status, id);
-- GET /v1/products?category=…
CREATE INDEX products_by_category ON products (category_id, status, id);

CREATE TABLE variants (
    id         uuid        NOT NULL PRIMARY KEY,
    product_id uuid        NOT NULL REFERENCES products (id),
    sku        text        NOT NULL UNIQUE CHECK (length(sku) BETWEEN 1 AND 64),
    title      text        NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    position   bigint      NOT NULL CHECK (position >= 0),
    status     text        NOT NULL CHECK (status IN ('active', 'archived')),
    version    bigint      NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The variants of a product, as its page shows them.
CREATE INDEX variants_by_product ON variants (product_id, position);

CREATE TABLE prices (
    variant_id uuid        NOT NULL REFERENCES variants (id),
    currency   text        NOT NULL CHECK (length(currency) = 3),
    -- Minor units; the upper bound is 2^53 - 1.
    amount     bigint      NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (variant_id, currency)
);
