-- Where tax rate and price of delivery of an order come from.
ALTER TABLE orders ADD COLUMN rates_source TEXT NOT NULL DEFAULT 'settings'
    CHECK (rates_source IN ('settings', 'provider', 'fallback'));
