-- What signed-in people find in the shop itself: one row for each event that concerns them.
CREATE TABLE user_notifications (
    id          BLOB    NOT NULL PRIMARY KEY,
    user_id     BLOB    NOT NULL,
    event_id    BLOB    NOT NULL,
    kind        TEXT    NOT NULL, -- type of the event
    subject     TEXT    NOT NULL, -- id of the thing it is about
    title       TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER,
    archived_at INTEGER,
    CONSTRAINT user_notifications_ids_are_uuids CHECK (length(id) = 16 AND length(user_id) = 16),
    CONSTRAINT user_notifications_once_for_each_event UNIQUE (event_id, user_id),
    CONSTRAINT user_notifications_version_counts CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

-- A person's inbox, latest first: ids are time-ordered.
CREATE INDEX user_notifications_inbox ON user_notifications (user_id, id) WHERE archived_at IS NULL;
-- The same, with what was put away.
CREATE INDEX user_notifications_all ON user_notifications (user_id, id);
-- A person's unread ones: the list and the count.
CREATE INDEX user_notifications_unread ON user_notifications (user_id, id)
    WHERE seen_at IS NULL AND archived_at IS NULL;
