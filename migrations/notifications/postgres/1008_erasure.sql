-- People whose accounts were erased. What still arrives about them is written into no inbox.

CREATE TABLE erased_users (
    user_id   uuid        NOT NULL PRIMARY KEY,
    erased_at timestamptz NOT NULL
);

-- An erasure: everything of a person. Other tables have such an index already.
CREATE INDEX message_digests_by_user ON message_digests (user_id);
