-- Price lists: what variants cost for a while, for groups of customers, in quantities. `prices` stays the price that
-- holds where no list says otherwise.

CREATE TABLE customer_groups (
    id         uuid        NOT NULL PRIMARY KEY,
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    created_at timestamptz NOT NULL
);

CREATE TABLE customer_group_members (
    group_id uuid        NOT NULL REFERENCES customer_groups (id),
    -- Identity knows who this is.
    user_id  uuid        NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, user_id)
);

-- The groups of a buyer: GET /v1/customer-groups?user_id=…, and every price that a signed-in person is told.
CREATE INDEX customer_group_members_by_user ON customer_group_members (user_id, group_id);

CREATE TABLE price_lists (
    id           uuid        NOT NULL PRIMARY KEY,
    name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    currency     text        NOT NULL CHECK (length(currency) = 3),
    status       text        NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
    -- Half-open: from the first on, up to and without the second.
    valid_from   timestamptz,
    valid_until  timestamptz,
    -- Higher wins.
    priority     bigint      NOT NULL CHECK (priority BETWEEN 0 AND 1000000),
    -- No row of price_list_groups names it. Written with them.
    for_everyone boolean     NOT NULL,
    version      bigint      NOT NULL CHECK (version > 0),
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT price_lists_end_after_they_begin CHECK (valid_from < valid_until)
);

-- The lists for everybody that count now.
CREATE INDEX price_lists_for_everyone ON price_lists (currency, status, for_everyone);

CREATE TABLE price_list_groups (
    price_list_id uuid        NOT NULL REFERENCES price_lists (id),
    group_id      uuid        NOT NULL REFERENCES customer_groups (id),
    PRIMARY KEY (price_list_id, group_id)
);

-- The lists of a buyer's groups.
CREATE INDEX price_list_groups_by_group ON price_list_groups (group_id, price_list_id);

CREATE TABLE price_list_prices (
    price_list_id uuid        NOT NULL REFERENCES price_lists (id),
    variant_id    uuid        NOT NULL REFERENCES variants (id),
    -- From so many pieces on.
    min_quantity  bigint      NOT NULL CHECK (min_quantity BETWEEN 1 AND 9999),
    -- Minor units of the list's currency; the upper bound is 2^53 - 1.
    amount        bigint      NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (price_list_id, variant_id, min_quantity)
);

-- POST /v1/price-quotes?explain=true: every row about a variant.
CREATE INDEX price_list_prices_by_variant ON price_list_prices (variant_id, price_list_id);
