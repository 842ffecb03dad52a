//! The audit log on both engines: what is kept, who may read it, and that no change goes unnoticed.

mod masking;
mod query;
mod recording;
mod tampering;
mod world;
