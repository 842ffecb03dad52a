//! The audit log on both engines: what is kept, who may read it, and that no change goes unnoticed.

mod masking;
mod proof;
mod query;
mod recording;
mod rfc9162;
mod tampering;
mod world;
