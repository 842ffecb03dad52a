-- Webhooks that a private key signs: the sealed secret is that key, and beside it stands what its receivers verify with.
-- Where there is no public key, the secret is one that both sides have, as it was for all before.
ALTER TABLE webhook_endpoints
    ADD COLUMN public_key bytea,
    ADD COLUMN previous_public_key bytea,
    ADD CONSTRAINT webhook_endpoints_public_key_is_one
        CHECK (public_key IS NULL OR length(public_key) = 32) NOT VALID,
    ADD CONSTRAINT webhook_endpoints_previous_public_key_is_one
        CHECK (previous_public_key IS NULL OR length(previous_public_key) = 32) NOT VALID;

-- Webhooks go on in the trace of what caused their event.
ALTER TABLE event_log ADD COLUMN traceparent text;
