-- What the shop sells: categories, products, their variants, and a price for each variant and currency.
-- Ids are UUIDv7, so the order of ids is the order of creation and lists page by id.

CREATE TABLE categories (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    slug        TEXT    NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 80),
    title       TEXT    NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    description TEXT    NOT NULL CHECK (length(description) <= 2000),
    position    INTEGER NOT NULL CHECK (position >= 0),
    version     INTEGER NOT NULL CHECK (version > 0),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE products (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    slug        TEXT    NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 80),
    title       TEXT    NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description TEXT    NOT NULL CHECK (length(description) <= 10000),
    image       TEXT    CHECK (length(image) <= 8192),
    category_id BLOB    REFERENCES categories (id),
    status      TEXT    NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
    -- Lower-case title and SKUs: what `q` looks into.
    search_text TEXT    NOT NULL,
    -- Grows with every change of the product, its variants and prices, and when a variant sells out or comes back:
    -- it is the product's ETag.
    version     INTEGER NOT NULL CHECK (version > 0),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

-- GET /v1/products: newest first within a status.
CREATE INDEX products_by_status ON products (status, id);
-- GET /v1/products?category=…
CREATE INDEX products_by_category ON products (category_id, status, id);

CREATE TABLE variants (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    product_id BLOB    NOT NULL REFERENCES products (id),
    sku        TEXT    NOT NULL UNIQUE CHECK (length(sku) BETWEEN 1 AND 64),
    title      TEXT    NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    position   INTEGER NOT NULL CHECK (position >= 0),
    status     TEXT    NOT NULL CHECK (status IN ('active', 'archived')),
    version    INTEGER NOT NULL CHECK (version > 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The variants of a product, as its page shows them.
CREATE INDEX variants_by_product ON variants (product_id, position);

CREATE TABLE prices (
    variant_id BLOB    NOT NULL REFERENCES variants (id),
    currency   TEXT    NOT NULL CHECK (length(currency) = 3),
    -- Minor units; the upper bound is 2^53 - 1.
    amount     INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (variant_id, currency)
) STRICT, WITHOUT ROWID;
