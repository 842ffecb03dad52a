-- What GET /v1/search looks into: an inverted index in plain tables, the same on both engines, written in the transaction
-- that changes a product. Only products on sale are in it.

CREATE TABLE search_products (
    product_id uuid   NOT NULL PRIMARY KEY REFERENCES products (id),
    -- {"category", "variants": [{"title", "in_stock", "prices": {"EUR": 450}}]}: what filters and facets ask.
    facts      jsonb  NOT NULL,
    -- A line for each word: `darjeeling 8`, with what the word weighs here.
    words      text   NOT NULL,
    -- How words were made; lower than the program's own means that the row is to be written again.
    format     bigint NOT NULL CHECK (format >= 0)
);

-- catalog.refresh_search: rows to be written again.
CREATE INDEX search_products_by_format ON search_products (format, product_id);

-- Words are compared byte by byte, as SQLite does: a beginning is a range, and both engines take the same words.
CREATE TABLE search_postings (
    term       text   COLLATE "C" NOT NULL CHECK (length(term) BETWEEN 1 AND 80),
    weight     bigint NOT NULL CHECK (weight > 0),
    product_id uuid   NOT NULL REFERENCES search_products (product_id),
    -- GET /v1/search: where a word weighs most, read from the end; words with a beginning, by their order.
    PRIMARY KEY (term, weight, product_id)
);

-- The postings of a product that changes.
CREATE INDEX search_postings_by_product ON search_postings (product_id);

-- The beginning of each word with up to two letters left out: two words with few typos between them share a key.
-- Words stay when the last product with them goes; a word without postings finds nothing.
CREATE TABLE search_near (
    near_key text COLLATE "C" NOT NULL,
    term     text COLLATE "C" NOT NULL,
    PRIMARY KEY (near_key, term)
);

-- What is on sale already is indexed by the job, which finds these rows.
INSERT INTO search_products (product_id, facts, words, format)
SELECT id, '{}', '', 0 FROM products WHERE status = 'active';
