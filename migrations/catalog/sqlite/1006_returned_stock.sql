-- Pieces that buyers sent back and that were put on the shelf again: each line of each return once, for good.

CREATE TABLE returned_stock (
    return_id      BLOB    NOT NULL CHECK (length(return_id) = 16),
    line_id        BLOB    NOT NULL CHECK (length(line_id) = 16),
    reservation_id BLOB    NOT NULL REFERENCES reservations (id),
    variant_id     BLOB    NOT NULL,
    location_id    BLOB    NOT NULL,
    quantity       INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
    at             INTEGER NOT NULL,
    PRIMARY KEY (return_id, line_id),
    FOREIGN KEY (variant_id, location_id) REFERENCES stock_levels (variant_id, location_id)
) STRICT, WITHOUT ROWID;

-- What came back of a reservation so far, which is never more than was sold from it.
CREATE INDEX returned_stock_by_reservation ON returned_stock (reservation_id, return_id, line_id);
