-- What people want to be told and where: choices, contact points, and addresses that no longer take anything. Messages
-- get a channel, the person whose choices count, and why one was dropped. Constraints that grow are put back without a
-- look at the rows: those that are there meet the narrower one.
ALTER TABLE messages
    ADD COLUMN channel     text NOT NULL DEFAULT 'email',
    ADD COLUMN user_id     uuid,        -- the person whose choices count, if they have an account
    ADD COLUMN drop_reason text,
    ADD COLUMN send_after  timestamptz, -- not before this
    DROP CONSTRAINT messages_status_known,
    DROP CONSTRAINT messages_recipient_is_an_id,
    ADD CONSTRAINT messages_status_known
        CHECK (status IN ('queued', 'sending', 'sent', 'bounced', 'failed', 'dropped')) NOT VALID,
    ADD CONSTRAINT messages_recipient_is_an_id
        CHECK (substr(recipient, 1, 4) IN ('usr_', 'ord_', 'chl_', 'ctp_')) NOT VALID,
    ADD CONSTRAINT messages_channel_known CHECK (channel IN ('email', 'sms', 'push')) NOT VALID,
    ADD CONSTRAINT messages_only_dropped_has_reason CHECK (drop_reason IS NULL OR status = 'dropped') NOT VALID;

-- What a person was sent of late: codes are counted.
CREATE INDEX messages_by_user ON messages (user_id, status, id) WHERE user_id IS NOT NULL;

-- What was put away, and nothing else.
CREATE INDEX user_notifications_archived ON user_notifications (user_id, id) WHERE archived_at IS NOT NULL;

-- What a person has chosen; of what is not chosen the defaults of the program count, also those of tomorrow.
CREATE TABLE notification_preferences (
    user_id     uuid        NOT NULL PRIMARY KEY,
    choices     jsonb       NOT NULL, -- list of topic, channel and mode
    time_zone   text        NOT NULL, -- IANA name
    quiet_from  bigint,               -- hour of that zone
    quiet_until bigint,               -- the first hour that is not quiet
    version     bigint      NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT notification_preferences_quiet_hours_make_sense
        CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)
               AND (quiet_from IS NULL OR (quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23
                                           AND quiet_from <> quiet_until))),
    CONSTRAINT notification_preferences_version_counts CHECK (version >= 1)
);

-- Addresses that a provider refused for good, as keyed hashes. Nothing is sent there.
CREATE TABLE message_suppressions (
    id             uuid        NOT NULL PRIMARY KEY, -- also serves the list, latest first: ids are time-ordered
    channel        text        NOT NULL,
    recipient_hash text        NOT NULL,
    message_id     uuid        NOT NULL,             -- the message that was refused
    last_error     text        NOT NULL,
    created_at     timestamptz NOT NULL,
    CONSTRAINT message_suppressions_once UNIQUE (channel, recipient_hash),
    CONSTRAINT message_suppressions_channel_known CHECK (channel IN ('email', 'sms', 'push'))
);

-- Telephones and devices of people. Numbers and tokens are sealed; the hash tells them apart.
CREATE TABLE contact_points (
    id              uuid        NOT NULL PRIMARY KEY,
    user_id         uuid        NOT NULL,
    kind            text        NOT NULL,
    platform        text,                 -- of a device
    address         bytea       NOT NULL, -- sealed: an E.164 number, or a push token
    address_hash    text        NOT NULL, -- keyed
    status          text        NOT NULL,
    code_nonce      bytea,                -- the code that was sent follows from it and a key
    code_expires_at timestamptz,
    code_tries      bigint      NOT NULL, -- guesses at this code
    codes_sent      bigint      NOT NULL,
    version         bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    verified_at     timestamptz,
    CONSTRAINT contact_points_once UNIQUE (user_id, kind, address_hash),
    CONSTRAINT contact_points_kind_known CHECK (kind IN ('sms', 'push')),
    CONSTRAINT contact_points_device_has_platform CHECK ((kind = 'push') = (platform IS NOT NULL)),
    CONSTRAINT contact_points_status_known CHECK (status IN ('unverified', 'verified')),
    CONSTRAINT contact_points_verified_has_time CHECK ((status = 'verified') = (verified_at IS NOT NULL)),
    CONSTRAINT contact_points_code_ends CHECK ((code_nonce IS NULL) = (code_expires_at IS NULL)),
    CONSTRAINT contact_points_counts CHECK (code_tries >= 0 AND codes_sent >= 0 AND version >= 1)
);
