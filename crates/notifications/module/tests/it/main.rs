//! Notifications on both engines, with the mail catcher and fakes of identity and orders.

mod bad_days;
mod contact_points;
mod digests;
mod erasure;
mod event_log;
mod event_race;
mod event_stream;
mod events;
mod inbox;
mod log;
mod mails;
mod preferences;
mod privacy;
mod receivers;
mod requested_messages;
mod suppressions;
mod texts;
mod webhook_bad_days;
mod webhook_endpoints;
mod webhook_order;
mod webhook_signatures;
mod webhook_wire;
mod webhooks;
mod world;
