-- Messages on their way to people. A row holds neither text nor address nor token: the recipient is the id of the
-- thing that knows the address (`usr_…`, `ord_…`, `chl_…`), asked at the moment of sending.
CREATE TABLE messages (
    id             BLOB    NOT NULL PRIMARY KEY, -- also serves the list, latest first: ids are time-ordered
    event_id       BLOB    NOT NULL,             -- the event that asked for it
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
    CONSTRAINT messages_id_is_uuid CHECK (length(id) = 16),
    CONSTRAINT messages_once_for_each_event UNIQUE (event_id, recipient, template),
    CONSTRAINT messages_status_known CHECK (status IN ('queued', 'sending', 'sent', 'bounced', 'failed', 'dropped')),
    CONSTRAINT messages_recipient_is_an_id CHECK (substr(recipient, 1, 4) IN ('usr_', 'ord_', 'chl_')),
    CONSTRAINT messages_counts_make_sense CHECK (attempts >= 0 AND uncertain BETWEEN 0 AND attempts),
    CONSTRAINT messages_sent_has_time CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT messages_sent_has_recipient CHECK (status <> 'sent' OR recipient_hash IS NOT NULL),
    CONSTRAINT messages_data_is_json CHECK (json_valid(data))
) STRICT, WITHOUT ROWID;

-- Each serves the list, latest first, with the filter it begins with.
CREATE INDEX messages_by_subject ON messages (subject, id);
CREATE INDEX messages_by_template ON messages (template, id);
CREATE INDEX messages_by_status ON messages (status, id); -- also serves the search for messages that are stuck
