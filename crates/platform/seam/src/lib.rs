//! The seam: where one module calls another, wherever that module runs.
//!
//! A contract is a trait marked [`contract`]; the macro generates its client, its server and the list of
//! its methods. [`Edge`] is the one layer stack that every call passes, [`Binding`] is the end it reaches.

pub mod audit;
mod codec;
mod edge;
mod event;
mod fault;
mod method;

pub use tenon_seam_macros::contract;

pub use self::codec::{Dispatch, WireCall, WireOutcome, WireReply};
pub use self::edge::{Binding, Edge, EdgeSettings, Mode, Seam};
pub use self::event::{Event, EventShape};
pub use self::fault::{DomainError, Executed, SeamError, SeamFault, SeamResult};
pub use self::method::{Contract, Method, MethodKind, Recode};

/// Names the macro's output refers to; not for people.
#[doc(hidden)]
pub mod private {
    pub use async_trait::async_trait;

    pub use crate::codec::{call, close, open, unknown_method};
    pub use crate::method::{recode_as, schema_of};
}
