-- Messages that staff and programs ask for, perhaps for later, and digests: one mail of what a reader wants gathered.
-- What such a message says, and an address that was given with it, are sealed, and gone when the message is closed.
-- SQLite cannot change a constraint, so the table is written anew, with every row.
-- contract: the old table is read by nothing after its rows are in the new one, in the same transaction
CREATE TABLE messages_next (
    id             BLOB    NOT NULL PRIMARY KEY, -- also serves the list, latest first: ids are time-ordered
    event_id       BLOB    NOT NULL,             -- the event or request that asked for it
    template       TEXT    NOT NULL,
    recipient      TEXT    NOT NULL,
    subject        TEXT    NOT NULL,             -- id of the thing it is about
    data           TEXT    NOT NULL,             -- what the template needs and the event said; no personal data
    status         TEXT    NOT NULL,
    attempts       INTEGER NOT NULL,
    uncertain      INTEGER NOT NULL,             -- attempts whose outcome nobody knows
    recipient_hash TEXT,                         -- keyed hash of the address, once it was looked up
    last_error     TEXT,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    send_before    INTEGER,                      -- of no use later than this
    sent_at        INTEGER,
    channel        TEXT    NOT NULL DEFAULT 'email',
    user_id        BLOB,                         -- the person whose choices count, if they have an account
    drop_reason    TEXT,
    send_after     INTEGER,                      -- not before this
    digest_id      BLOB,                         -- the digest that tells it, which is the id of its mail
    CONSTRAINT messages_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT messages_once_for_each_event UNIQUE (event_id, recipient, template),
    CONSTRAINT messages_status_known
        CHECK (status IN ('scheduled', 'queued', 'gathered', 'sending', 'sent', 'bounced', 'failed', 'dropped')),
    CONSTRAINT messages_recipient_is_an_id CHECK (substr(recipient, 1, 4) IN ('usr_', 'ord_', 'chl_', 'ctp_', 'msg_')),
    CONSTRAINT messages_counts_make_sense CHECK (attempts >= 0 AND uncertain BETWEEN 0 AND attempts),
    CONSTRAINT messages_sent_has_time CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT messages_sent_has_recipient CHECK (status <> 'sent' OR recipient_hash IS NOT NULL),
    CONSTRAINT messages_data_is_json CHECK (json_valid(data)),
    CONSTRAINT messages_channel_known CHECK (channel IN ('email', 'sms', 'push')),
    CONSTRAINT messages_only_dropped_has_reason CHECK (drop_reason IS NULL OR status = 'dropped'),
    CONSTRAINT messages_user_is_uuid CHECK (user_id IS NULL OR length(user_id) = 16),
    CONSTRAINT messages_scheduled_has_time CHECK (status <> 'scheduled' OR send_after IS NOT NULL),
    CONSTRAINT messages_gathered_has_digest CHECK (status <> 'gathered' OR digest_id IS NOT NULL),
    CONSTRAINT messages_digest_is_uuid CHECK (digest_id IS NULL OR length(digest_id) = 16)
) STRICT, WITHOUT ROWID;

INSERT INTO messages_next (id, event_id, template, recipient, subject, data, status, attempts, uncertain,
                           recipient_hash, last_error, created_at, updated_at, send_before, sent_at, channel,
                           user_id, drop_reason, send_after)
SELECT id, event_id, template, recipient, subject, data, status, attempts, uncertain,
       recipient_hash, last_error, created_at, updated_at, send_before, sent_at, channel,
       user_id, drop_reason, send_after
  FROM messages;

DROP TABLE messages;
ALTER TABLE messages_next RENAME TO messages;

-- Each serves the list, latest first, with the filter it begins with.
CREATE INDEX messages_by_subject ON messages (subject, id);
CREATE INDEX messages_by_template ON messages (template, id);
CREATE INDEX messages_by_status ON messages (status, id); -- also serves the search for messages that are stuck
-- What a person was sent of late: codes are counted.
CREATE INDEX messages_by_user ON messages (user_id, status, id) WHERE user_id IS NOT NULL;
-- What a digest tells.
CREATE INDEX messages_by_digest ON messages (digest_id, id) WHERE digest_id IS NOT NULL;

-- What was asked to be said, and to which address, until the message is closed.
CREATE TABLE message_contents (
    message_id BLOB    NOT NULL PRIMARY KEY,
    content    BLOB    NOT NULL, -- sealed
    created_at INTEGER NOT NULL,
    CONSTRAINT message_contents_message_is_uuid CHECK (length(message_id) = 16)
) STRICT, WITHOUT ROWID;

-- Periods in which what a person is told about a topic is gathered. When one is closed, a message with its id is written.
CREATE TABLE message_digests (
    id         BLOB    NOT NULL PRIMARY KEY,
    user_id    BLOB    NOT NULL,
    topic      TEXT    NOT NULL,
    items      INTEGER NOT NULL, -- gathered so far
    due_at     INTEGER NOT NULL, -- end of the period
    created_at INTEGER NOT NULL,
    closed_at  INTEGER,
    CONSTRAINT message_digests_ids_are_uuids CHECK (length(id) = 16 AND length(user_id) = 16),
    CONSTRAINT message_digests_have_something CHECK (items >= 1)
) STRICT, WITHOUT ROWID;

-- A person has one open period for each topic.
CREATE UNIQUE INDEX message_digests_open ON message_digests (user_id, topic) WHERE closed_at IS NULL;

-- When daily digests come: an hour on the reader's clock.
ALTER TABLE notification_preferences ADD COLUMN digest_hour INTEGER NOT NULL DEFAULT 8
    CONSTRAINT notification_preferences_digest_hour_is_one CHECK (digest_hour BETWEEN 0 AND 23);
