-- What people want to be told and where: choices, contact points, and addresses that no longer take anything. Messages
-- get a channel, the person whose choices count, and why one was dropped. SQLite cannot change a constraint, so the
-- table is written anew, with every row.
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
    CONSTRAINT messages_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT messages_once_for_each_event UNIQUE (event_id, recipient, template),
    CONSTRAINT messages_status_known
        CHECK (status IN ('queued', 'sending', 'sent', 'bounced', 'failed', 'dropped')),
    CONSTRAINT messages_recipient_is_an_id CHECK (substr(recipient, 1, 4) IN ('usr_', 'ord_', 'chl_', 'ctp_')),
    CONSTRAINT messages_counts_make_sense CHECK (attempts >= 0 AND uncertain BETWEEN 0 AND attempts),
    CONSTRAINT messages_sent_has_time CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT messages_sent_has_recipient CHECK (status <> 'sent' OR recipient_hash IS NOT NULL),
    CONSTRAINT messages_data_is_json CHECK (json_valid(data)),
    CONSTRAINT messages_channel_known CHECK (channel IN ('email', 'sms', 'push')),
    CONSTRAINT messages_only_dropped_has_reason CHECK (drop_reason IS NULL OR status = 'dropped'),
    CONSTRAINT messages_user_is_uuid CHECK (user_id IS NULL OR length(user_id) = 16)
) STRICT, WITHOUT ROWID;

INSERT INTO messages_next (id, event_id, template, recipient, subject, data, status, attempts, uncertain,
                           recipient_hash, last_error, created_at, updated_at, send_before, sent_at)
SELECT id, event_id, template, recipient, subject, data, status, attempts, uncertain,
       recipient_hash, last_error, created_at, updated_at, send_before, sent_at
  FROM messages;

DROP TABLE messages;
ALTER TABLE messages_next RENAME TO messages;

-- Each serves the list, latest first, with the filter it begins with.
CREATE INDEX messages_by_subject ON messages (subject, id);
CREATE INDEX messages_by_template ON messages (template, id);
CREATE INDEX messages_by_status ON messages (status, id); -- also serves the search for messages that are stuck
-- What a person was sent of late: codes are counted.
CREATE INDEX messages_by_user ON messages (user_id, status, id) WHERE user_id IS NOT NULL;

-- What was put away, and nothing else.
CREATE INDEX user_notifications_archived ON user_notifications (user_id, id) WHERE archived_at IS NOT NULL;

-- What a person has chosen; of what is not chosen the defaults of the program count, also those of tomorrow.
CREATE TABLE notification_preferences (
    user_id     BLOB    NOT NULL PRIMARY KEY,
    choices     TEXT    NOT NULL, -- JSON list of topic, channel and mode
    time_zone   TEXT    NOT NULL, -- IANA name
    quiet_from  INTEGER,          -- hour of that zone
    quiet_until INTEGER,          -- the first hour that is not quiet
    version     INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CONSTRAINT notification_preferences_user_is_uuid CHECK (length(user_id) = 16),
    CONSTRAINT notification_preferences_choices_are_json CHECK (json_valid(choices)),
    CONSTRAINT notification_preferences_quiet_hours_make_sense
        CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)
               AND (quiet_from IS NULL OR (quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23
                                           AND quiet_from <> quiet_until))),
    CONSTRAINT notification_preferences_version_counts CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

-- Addresses that a provider refused for good, as keyed hashes. Nothing is sent there.
CREATE TABLE message_suppressions (
    id             BLOB    NOT NULL PRIMARY KEY, -- also serves the list, latest first: ids are time-ordered
    channel        TEXT    NOT NULL,
    recipient_hash TEXT    NOT NULL,
    message_id     BLOB    NOT NULL,             -- the message that was refused
    last_error     TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    CONSTRAINT message_suppressions_ids_are_uuids CHECK (length(id) = 16 AND length(message_id) = 16),
    CONSTRAINT message_suppressions_once UNIQUE (channel, recipient_hash),
    CONSTRAINT message_suppressions_channel_known CHECK (channel IN ('email', 'sms', 'push'))
) STRICT, WITHOUT ROWID;

-- Telephones and devices of people. Numbers and tokens are sealed; the hash tells them apart.
CREATE TABLE contact_points (
    id              BLOB    NOT NULL PRIMARY KEY,
    user_id         BLOB    NOT NULL,
    kind            TEXT    NOT NULL,
    platform        TEXT,             -- of a device
    address         BLOB    NOT NULL, -- sealed: an E.164 number, or a push token
    address_hash    TEXT    NOT NULL, -- keyed
    status          TEXT    NOT NULL,
    code_nonce      BLOB,             -- the code that was sent follows from it and a key
    code_expires_at INTEGER,
    code_tries      INTEGER NOT NULL, -- guesses at this code
    codes_sent      INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    verified_at     INTEGER,
    CONSTRAINT contact_points_ids_are_uuids CHECK (length(id) = 16 AND length(user_id) = 16),
    CONSTRAINT contact_points_once UNIQUE (user_id, kind, address_hash),
    CONSTRAINT contact_points_kind_known CHECK (kind IN ('sms', 'push')),
    CONSTRAINT contact_points_device_has_platform CHECK ((kind = 'push') = (platform IS NOT NULL)),
    CONSTRAINT contact_points_status_known CHECK (status IN ('unverified', 'verified')),
    CONSTRAINT contact_points_verified_has_time CHECK ((status = 'verified') = (verified_at IS NOT NULL)),
    CONSTRAINT contact_points_code_ends CHECK ((code_nonce IS NULL) = (code_expires_at IS NULL)),
    CONSTRAINT contact_points_counts CHECK (code_tries >= 0 AND codes_sent >= 0 AND version >= 1)
) STRICT, WITHOUT ROWID;
