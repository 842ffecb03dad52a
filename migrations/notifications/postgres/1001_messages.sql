-- Messages on their way to people. A row holds neither text nor address nor token: the recipient is the id of the
-- thing that knows the address (`usr_…`, `ord_…`, `chl_…`), asked at the moment of sending.
CREATE TABLE messages (
    id             uuid        NOT NULL PRIMARY KEY, -- also serves the list, latest first: ids are time-ordered
    event_id       uuid        NOT NULL,             -- the event that asked for it
    template       text        NOT NULL,
    recipient      text        NOT NULL,
    subject        text        NOT NULL,             -- id of the thing it is about
    data           jsonb       NOT NULL,             -- what the template needs and the event said; no personal data
    status         text        NOT NULL,
    attempts       bigint      NOT NULL,
    uncertain      bigint      NOT NULL,             -- attempts whose outcome nobody knows
    recipient_hash text,                             -- keyed hash of the address, once it was looked up
    last_error     text,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    send_before    timestamptz,                      -- of no use later than this
    sent_at        timestamptz,
    CONSTRAINT messages_once_for_each_event UNIQUE (event_id, recipient, template),
    CONSTRAINT messages_status_known CHECK (status IN ('queued', 'sending', 'sent', 'bounced', 'failed', 'dropped')),
    CONSTRAINT messages_recipient_is_an_id CHECK (substr(recipient, 1, 4) IN ('usr_', 'ord_', 'chl_')),
    CONSTRAINT messages_counts_make_sense CHECK (attempts >= 0 AND uncertain BETWEEN 0 AND attempts),
    CONSTRAINT messages_sent_has_time CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT messages_sent_has_recipient CHECK (status <> 'sent' OR recipient_hash IS NOT NULL)
);

-- Each serves the list, latest first, with the filter it begins with.
CREATE INDEX messages_by_subject ON messages (subject, id);
CREATE INDEX messages_by_template ON messages (template, id);
CREATE INDEX messages_by_status ON messages (status, id); -- also serves the search for messages that are stuck
