-- What GET /v1/search looks into: an inverted index in plain tables, the same on both engines, written in the transaction
-- that changes a product. Only products on sale are in it.

CREATE TABLE search_products (
    product_id BLOB    NOT NULL PRIMARY KEY REFERENCES products (id),
    -- {"category", "variants": [{"title", "in_stock", "prices": {"EUR": 450}}]}: what filters and facets ask.
    facts      TEXT    NOT NULL CHECK (json_valid(facts)),
    -- A line for each word: `darjeeling 8`, with what the word weighs here.
    words      TEXT    NOT NULL,
    -- How words were made; lower than the program's own means that the row is to be written again.
    format     INTEGER NOT NULL CHECK (format >= 0)
) STRICT, WITHOUT ROWID;

-- catalog.refresh_search: rows to be written again.
CREATE INDEX search_products_by_format ON search_products (format, product_id);

CREATE TABLE search_postings (
    term       TEXT    NOT NULL CHECK (length(term) BETWEEN 1 AND 80),
    weight     INTEGER NOT NULL CHECK (weight > 0),
    product_id BLOB    NOT NULL REFERENCES search_products (product_id),
    -- GET /v1/search: where a word weighs most, read from the end; words with a beginning, by their order.
    PRIMARY KEY (term, weight, product_id)
) STRICT, WITHOUT ROWID;

-- The postings of a product that changes.
CREATE INDEX search_postings_by_product ON search_postings (product_id);

-- The beginning of each word with up to two letters left out: two words with few typos between them share a key.
-- Words stay when the last product with them goes; a word without postings finds nothing.
CREATE TABLE search_near (
    near_key TEXT NOT NULL,
    term     TEXT NOT NULL,
    PRIMARY KEY (near_key, term)
) STRICT, WITHOUT ROWID;

-- What is on sale already is indexed by the job, which finds these rows.
INSERT INTO search_products (product_id, facts, words, format)
SELECT id, '{}', '', 0 FROM products WHERE status = 'active';
