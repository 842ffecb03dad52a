-- Messages that staff and programs ask for, perhaps for later, and digests: one mail of what a reader wants gathered.
-- What such a message says, and an address that was given with it, are sealed, and gone when the message is closed.
-- Constraints that grow are put back without a look at the rows: those that are there meet the narrower one.
ALTER TABLE messages
    ADD COLUMN digest_id uuid, -- the digest that tells it, which is the id of its mail
    DROP CONSTRAINT messages_status_known,
    DROP CONSTRAINT messages_recipient_is_an_id,
    ADD CONSTRAINT messages_status_known
        CHECK (status IN ('scheduled', 'queued', 'gathered', 'sending', 'sent', 'bounced', 'failed', 'dropped')) NOT VALID,
    ADD CONSTRAINT messages_recipient_is_an_id
        CHECK (substr(recipient, 1, 4) IN ('usr_', 'ord_', 'chl_', 'ctp_', 'msg_')) NOT VALID,
    ADD CONSTRAINT messages_scheduled_has_time CHECK (status <> 'scheduled' OR send_after IS NOT NULL) NOT VALID,
    ADD CONSTRAINT messages_gathered_has_digest CHECK (status <> 'gathered' OR digest_id IS NOT NULL) NOT VALID;

-- What a digest tells.
CREATE INDEX messages_by_digest ON messages (digest_id, id) WHERE digest_id IS NOT NULL;

-- What was asked to be said, and to which address, until the message is closed.
CREATE TABLE message_contents (
    message_id uuid        NOT NULL PRIMARY KEY,
    content    bytea       NOT NULL, -- sealed
    created_at timestamptz NOT NULL
);

-- Periods in which what a person is told about a topic is gathered. When one is closed, a message with its id is written.
CREATE TABLE message_digests (
    id         uuid        NOT NULL PRIMARY KEY,
    user_id    uuid        NOT NULL,
    topic      text        NOT NULL,
    items      bigint      NOT NULL, -- gathered so far
    due_at     timestamptz NOT NULL, -- end of the period
    created_at timestamptz NOT NULL,
    closed_at  timestamptz,
    CONSTRAINT message_digests_have_something CHECK (items >= 1)
);

-- A person has one open period for each topic.
CREATE UNIQUE INDEX message_digests_open ON message_digests (user_id, topic) WHERE closed_at IS NULL;

-- When daily digests come: an hour on the reader's clock.
ALTER TABLE notification_preferences
    ADD COLUMN digest_hour bigint NOT NULL DEFAULT 8,
    ADD CONSTRAINT notification_preferences_digest_hour_is_one CHECK (digest_hour BETWEEN 0 AND 23) NOT VALID;
