-- Payments: what is to be paid, every attempt, capture, void and refund with the provider, and the provider's own events.
-- Each row that stands for a call to the provider is written before the call; its id is the provider's idempotency key.

-- Every payment id ever seen: opened, or voided before it could be opened. Whoever inserts first decides.
CREATE TABLE payment_ids (
    payment_id uuid PRIMARY KEY,
    void_reason text,
    created_at timestamptz NOT NULL
);

CREATE TABLE payments (
    id uuid PRIMARY KEY REFERENCES payment_ids (payment_id),
    order_id uuid NOT NULL,
    customer_id uuid,
    provider text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (length(currency) = 3),
    capture_mode text NOT NULL CHECK (capture_mode IN ('immediate', 'on_ship')),
    return_url text CHECK (length(return_url) <= 2048),
    status text NOT NULL CHECK (status IN ('pending', 'requires_action', 'authorized', 'captured', 'declined', 'unknown',
        'voided', 'refunded', 'partially_refunded', 'failed')),
    attempts bigint NOT NULL CHECK (attempts >= 1),
    current_state text NOT NULL,
    next_action_url text,
    decline_class text,
    unknown_since timestamptz,
    winner_id uuid,
    authorized bigint NOT NULL,
    captured bigint NOT NULL CHECK (captured >= 0),
    refunded bigint NOT NULL CHECK (refunded >= 0),
    failed boolean NOT NULL,
    void_requested_at timestamptz,
    void_reason text,
    voided_at timestamptz,
    version bigint NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT authorized_is_all_or_nothing CHECK (authorized IN (0, amount)),
    CONSTRAINT captured_within_authorized CHECK (captured <= authorized),
    CONSTRAINT refunded_within_captured CHECK (refunded <= captured),
    CONSTRAINT authorized_by_one_attempt CHECK (authorized = 0 OR winner_id IS NOT NULL)
);

CREATE TABLE attempts (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL REFERENCES payments (id),
    attempt_no bigint NOT NULL CHECK (attempt_no >= 1),
    payment_method text CHECK (length(payment_method) <= 255),
    state text NOT NULL CHECK (state IN ('to_send', 'processing', 'requires_action', 'unknown', 'authorized', 'declined',
        'releasing', 'voided', 'lost')),
    provider_ref text,
    revision bigint NOT NULL,
    posted boolean NOT NULL,
    next_action_url text,
    decline_class text,
    decline_code text,
    polls bigint NOT NULL,
    next_poll_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT one_attempt_per_number UNIQUE (payment_id, attempt_no),
    CONSTRAINT open_attempts_are_watched CHECK (
        next_poll_at IS NOT NULL OR state NOT IN ('to_send', 'processing', 'requires_action', 'unknown'))
);

-- The sweeper's list: attempts whose next look at the provider is overdue.
CREATE INDEX attempts_due ON attempts (next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE TABLE captures (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL REFERENCES payments (id),
    attempt_id uuid NOT NULL REFERENCES attempts (id),
    capture_no bigint NOT NULL CHECK (capture_no >= 1),
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (length(currency) = 3),
    status text NOT NULL CHECK (status IN ('to_send', 'in_flight', 'unknown', 'succeeded', 'failed', 'cancelled')),
    failure text,
    tries bigint NOT NULL,
    next_try_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT one_capture_per_number UNIQUE (payment_id, capture_no),
    CONSTRAINT open_captures_are_retried CHECK ((next_try_at IS NULL) = (status IN ('succeeded', 'failed', 'cancelled')))
);

CREATE INDEX captures_due ON captures (next_try_at) WHERE next_try_at IS NOT NULL; -- the sweeper's list

CREATE TABLE refunds (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL REFERENCES payments (id),
    attempt_id uuid NOT NULL REFERENCES attempts (id),
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (length(currency) = 3),
    reason text NOT NULL CHECK (length(reason) <= 500),
    status text NOT NULL CHECK (status IN ('to_send', 'in_flight', 'unknown', 'succeeded', 'failed')),
    failure text,
    tries bigint NOT NULL,
    next_try_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT open_refunds_are_retried CHECK ((next_try_at IS NULL) = (status IN ('succeeded', 'failed')))
);

CREATE INDEX refunds_by_payment ON refunds (payment_id, id); -- a payment with all its parts
CREATE INDEX refunds_due ON refunds (next_try_at) WHERE next_try_at IS NOT NULL; -- the sweeper's list

CREATE TABLE voids (
    attempt_id uuid PRIMARY KEY REFERENCES attempts (id),
    payment_id uuid NOT NULL REFERENCES payments (id),
    reason text NOT NULL,
    status text NOT NULL CHECK (status IN ('to_send', 'in_flight', 'unknown', 'succeeded', 'failed')),
    failure text,
    tries bigint NOT NULL,
    next_try_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT open_voids_are_retried CHECK ((next_try_at IS NULL) = (status IN ('succeeded', 'failed')))
);

CREATE INDEX voids_due ON voids (next_try_at) WHERE next_try_at IS NOT NULL; -- the sweeper's list

-- The inbox for what providers send: a row per event, however often it arrives.
CREATE TABLE provider_events (
    provider text NOT NULL,
    event_id text NOT NULL CHECK (length(event_id) BETWEEN 1 AND 255),
    body text NOT NULL,
    status text NOT NULL CHECK (status IN ('received', 'processed', 'parked', 'given_up')),
    note text,
    tries bigint NOT NULL,
    received_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (provider, event_id)
);

-- What needs a person: parked and given-up events.
CREATE INDEX provider_events_open ON provider_events (received_at) WHERE status <> 'processed';
