-- An erasure: everything of a buyer. Their orders have such an index already.

CREATE INDEX carts_by_owner ON carts (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX checkouts_by_owner ON checkouts (owner_id) WHERE owner_id IS NOT NULL;
