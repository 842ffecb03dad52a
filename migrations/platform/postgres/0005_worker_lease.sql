-- Which deployment's workers work on this store: relay, jobs, schedules. One row; the token grows with each owner.

CREATE TABLE worker_lease (
    id         bigint PRIMARY KEY CHECK (id = 1),
    deployment text   NOT NULL,
    token      bigint NOT NULL CHECK (token >= 0)
);

-- The running processes of that deployment. The store is free once none of them is left.
CREATE TABLE worker_instances (
    instance     uuid        PRIMARY KEY,
    leased_until timestamptz NOT NULL
);
