-- Which credentials have used a deprecated part of the API: a row for each, written at most once a day. Times are days,
-- at their midnight in UTC. People are not told apart.

CREATE TABLE deprecated_uses (
    part            text        NOT NULL,
    credential_kind text        NOT NULL CHECK (credential_kind IN ('anonymous', 'account', 'client', 'api_key')),
    credential_id   text        NOT NULL, -- empty where there is none
    first_used_at   timestamptz NOT NULL,
    last_used_at    timestamptz NOT NULL CHECK (last_used_at >= first_used_at),
    days            bigint      NOT NULL CHECK (days >= 1),
    PRIMARY KEY (part, credential_kind, credential_id)
);
