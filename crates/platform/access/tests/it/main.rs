//! Access tokens from issue to refusal.

mod forged_tokens;
mod lifecycle;
mod world;
