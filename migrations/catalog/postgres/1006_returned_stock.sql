-- Pieces that buyers sent back and that were put on the shelf again: each line of each return once, for good.

CREATE TABLE returned_stock (
    return_id      uuid        NOT NULL,
    line_id        uuid        NOT NULL,
    reservation_id uuid        NOT NULL REFERENCES reservations (id),
    variant_id     uuid        NOT NULL,
    location_id    uuid        NOT NULL,
    quantity       bigint      NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
    at             timestamptz NOT NULL,
    PRIMARY KEY (return_id, line_id),
    FOREIGN KEY (variant_id, location_id) REFERENCES stock_levels (variant_id, location_id)
);

-- What came back of a reservation so far, which is never more than was sold from it.
CREATE INDEX returned_stock_by_reservation ON returned_stock (reservation_id, return_id, line_id);
