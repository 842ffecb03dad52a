//! Access tokens from issue to refusal.

mod api_keys;
mod forged_tokens;
mod lifecycle;
mod world;
