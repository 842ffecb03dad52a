//! The seam: where one module calls another, wherever that module runs.
//!
//! A contract is a trait marked [`contract`]; the macro generates its client, its server and the list of
//! its methods. [`Edge`] is the one layer stack that every call passes, whichever end it reaches ([`Mode`]).
//! [`Seam`] builds edges from settings. Raw calls pass the same layers by a [`Relay`].

#![expect(
    clippy::similar_names,
    reason = "caller and callee are the words of the field"
)]

mod access;
pub mod audit;
mod codec;
mod edge;
mod ends;
mod event;
mod fault;
pub mod invariant;
mod listen;
mod method;
mod relay;
mod seam;
mod settings;

pub use tenon_seam_macros::contract;

pub use self::access::AccessList;
pub use self::codec::{Dispatch, Surface, WireCall, WireOutcome, WireReply};
pub use self::edge::Edge;
pub use self::event::{Event, EventShape};
pub use self::fault::{DomainError, Executed, SeamError, SeamFault, SeamResult};
pub use self::listen::Listen;
pub use self::method::{Contract, Method, MethodKind, Recode};
pub use self::relay::{Relay, RelayMethod};
pub use self::seam::{Peers, Seam};
pub use self::settings::{EdgeSettings, FaultEffect, FaultSettings, Mode, SetupError};

/// Names the macro's output refers to; not for people.
#[doc(hidden)]
pub mod private {
    pub use async_trait::async_trait;

    pub use crate::codec::{call, close, open, unknown_method};
    pub use crate::method::{is_query, recode_as, schema_of};
    pub use crate::seam::Binding;
}
