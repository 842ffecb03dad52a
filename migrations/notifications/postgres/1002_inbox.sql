-- What signed-in people find in the shop itself: one row for each event that concerns them.
CREATE TABLE user_notifications (
    id          uuid        NOT NULL PRIMARY KEY,
    user_id     uuid        NOT NULL,
    event_id    uuid        NOT NULL,
    kind        text        NOT NULL, -- type of the event
    subject     text        NOT NULL, -- id of the thing it is about
    title       text        NOT NULL,
    body        text        NOT NULL,
    version     bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    seen_at     timestamptz,
    archived_at timestamptz,
    CONSTRAINT user_notifications_once_for_each_event UNIQUE (event_id, user_id),
    CONSTRAINT user_notifications_version_counts CHECK (version >= 1)
);

-- A person's inbox, latest first: ids are time-ordered.
CREATE INDEX user_notifications_inbox ON user_notifications (user_id, id) WHERE archived_at IS NULL;
-- The same, with what was put away.
CREATE INDEX user_notifications_all ON user_notifications (user_id, id);
-- A person's unread ones: the list and the count.
CREATE INDEX user_notifications_unread ON user_notifications (user_id, id)
    WHERE seen_at IS NULL AND archived_at IS NULL;
