-- Which deployment's workers work on this store: relay, jobs, schedules. One row; the token grows with each owner.

CREATE TABLE worker_lease (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    deployment TEXT    NOT NULL,
    token      INTEGER NOT NULL CHECK (token >= 0)
) STRICT;

-- The running processes of that deployment. The store is free once none of them is left.
CREATE TABLE worker_instances (
    instance     BLOB    PRIMARY KEY,
    leased_until INTEGER NOT NULL
) STRICT;
