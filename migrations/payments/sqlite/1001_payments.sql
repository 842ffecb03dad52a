-- Payments: what is to be paid, every attempt, capture, void and refund with the provider, and the provider's own events.
-- Each row that stands for a call to the provider is written before the call; its id is the provider's idempotency key.

-- Every payment id ever seen: opened, or voided before it could be opened. Whoever inserts first decides.
CREATE TABLE payment_ids (
    payment_id BLOB PRIMARY KEY CHECK (length(payment_id) = 16),
    void_reason TEXT,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE payments (
    id BLOB PRIMARY KEY REFERENCES payment_ids (payment_id),
    order_id BLOB NOT NULL CHECK (length(order_id) = 16),
    customer_id BLOB CHECK (length(customer_id) = 16),
    provider TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    capture_mode TEXT NOT NULL CHECK (capture_mode IN ('immediate', 'on_ship')),
    return_url TEXT CHECK (length(return_url) <= 2048),
    status TEXT NOT NULL CHECK (status IN ('pending', 'requires_action', 'authorized', 'captured', 'declined', 'unknown',
        'voided', 'refunded', 'partially_refunded', 'failed')),
    attempts INTEGER NOT NULL CHECK (attempts >= 1),
    current_state TEXT NOT NULL,
    next_action_url TEXT,
    decline_class TEXT,
    unknown_since INTEGER,
    winner_id BLOB,
    authorized INTEGER NOT NULL,
    captured INTEGER NOT NULL CHECK (captured >= 0),
    refunded INTEGER NOT NULL CHECK (refunded >= 0),
    failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
    void_requested_at INTEGER,
    void_reason TEXT,
    voided_at INTEGER,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT authorized_is_all_or_nothing CHECK (authorized IN (0, amount)),
    CONSTRAINT captured_within_authorized CHECK (captured <= authorized),
    CONSTRAINT refunded_within_captured CHECK (refunded <= captured),
    CONSTRAINT authorized_by_one_attempt CHECK (authorized = 0 OR winner_id IS NOT NULL)
) STRICT;

CREATE TABLE attempts (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    payment_id BLOB NOT NULL REFERENCES payments (id),
    attempt_no INTEGER NOT NULL CHECK (attempt_no >= 1),
    payment_method TEXT CHECK (length(payment_method) <= 255),
    state TEXT NOT NULL CHECK (state IN ('to_send', 'processing', 'requires_action', 'unknown', 'authorized', 'declined',
        'releasing', 'voided', 'lost')),
    provider_ref TEXT,
    revision INTEGER NOT NULL,
    posted INTEGER NOT NULL CHECK (posted IN (0, 1)),
    next_action_url TEXT,
    decline_class TEXT,
    decline_code TEXT,
    polls INTEGER NOT NULL,
    next_poll_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT one_attempt_per_number UNIQUE (payment_id, attempt_no),
    CONSTRAINT open_attempts_are_watched CHECK (
        next_poll_at IS NOT NULL OR state NOT IN ('to_send', 'processing', 'requires_action', 'unknown'))
) STRICT;

-- The sweeper's list: attempts whose next look at the provider is overdue.
CREATE INDEX attempts_due ON attempts (next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE TABLE captures (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    payment_id BLOB NOT NULL REFERENCES payments (id),
    attempt_id BLOB NOT NULL REFERENCES attempts (id),
    capture_no INTEGER NOT NULL CHECK (capture_no >= 1),
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    status TEXT NOT NULL CHECK (status IN ('to_send', 'in_flight', 'unknown', 'succeeded', 'failed', 'cancelled')),
    failure TEXT,
    tries INTEGER NOT NULL,
    next_try_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT one_capture_per_number UNIQUE (payment_id, capture_no),
    CONSTRAINT open_captures_are_retried CHECK ((next_try_at IS NULL) = (status IN ('succeeded', 'failed', 'cancelled')))
) STRICT;

CREATE INDEX captures_due ON captures (next_try_at) WHERE next_try_at IS NOT NULL; -- the sweeper's list

CREATE TABLE refunds (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    payment_id BLOB NOT NULL REFERENCES payments (id),
    attempt_id BLOB NOT NULL REFERENCES attempts (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    reason TEXT NOT NULL CHECK (length(reason) <= 500),
    status TEXT NOT NULL CHECK (status IN ('to_send', 'in_flight', 'unknown', 'succeeded', 'failed')),
    failure TEXT,
    tries INTEGER NOT NULL,
    next_try_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT open_refunds_are_retried CHECK ((next_try_at IS NULL) = (status IN ('succeeded', 'failed')))
) STRICT;

CREATE INDEX refunds_by_payment ON refunds (payment_id, id); -- a payment with all its parts
CREATE INDEX refunds_due ON refunds (next_try_at) WHERE next_try_at IS NOT NULL; -- the sweeper's list

CREATE TABLE voids (
    attempt_id BLOB PRIMARY KEY REFERENCES attempts (id),
    payment_id BLOB NOT NULL REFERENCES payments (id),
    reason TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('to_send', 'in_flight', 'unknown', 'succeeded', 'failed')),
    failure TEXT,
    tries INTEGER NOT NULL,
    next_try_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT open_voids_are_retried CHECK ((next_try_at IS NULL) = (status IN ('succeeded', 'failed')))
) STRICT;

CREATE INDEX voids_due ON voids (next_try_at) WHERE next_try_at IS NOT NULL; -- the sweeper's list

-- The inbox for what providers send: a row per event, however often it arrives.
CREATE TABLE provider_events (
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL CHECK (length(event_id) BETWEEN 1 AND 255),
    body TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('received', 'processed', 'parked', 'given_up')),
    note TEXT,
    tries INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (provider, event_id)
) STRICT;

-- What needs a person: parked and given-up events.
CREATE INDEX provider_events_open ON provider_events (received_at) WHERE status <> 'processed';
