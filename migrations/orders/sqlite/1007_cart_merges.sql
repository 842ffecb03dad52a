-- A guest's cart goes into that of the person who signs in.

-- Problems that a merge left behind: what found no room; absent if there are none.
ALTER TABLE carts ADD COLUMN left_out TEXT;
-- Of a closed cart: that which took what it held.
ALTER TABLE carts ADD COLUMN merged_into BLOB
    CONSTRAINT carts_merged_are_closed CHECK (merged_into IS NULL OR (status = 'closed' AND length(merged_into) = 16));

-- The newest open cart of a person.
CREATE INDEX carts_open_by_owner ON carts (owner_id, currency, id) WHERE status = 'active' AND owner_id IS NOT NULL;
