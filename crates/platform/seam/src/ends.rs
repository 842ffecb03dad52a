//! Ends for rehearsals and tests: they stand before another end.

mod difference;
mod fault;
mod shadow;

pub(crate) use self::fault::FaultEnd;
pub(crate) use self::shadow::ShadowEnd;
