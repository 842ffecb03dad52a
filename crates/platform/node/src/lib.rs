//! A process that hosts modules: the monolith, a gateway and an extracted service are the same thing with other
//! modules in it.
//!
//! A process names the whole installation ([`ModuleEntry`]) and which modules it hosts. For each it asks
//! [`Node::parts`], puts the module together and gives it to [`Node::host`]; [`Node::serve`] runs what is hosted
//! until the process is told to stop. Of a module that runs elsewhere nothing runs here: no store, migration, job,
//! schedule, subscription or invariant. Its contract and its REST operations are reached over the seam.
//!
//! Boot waits for no peer, and a peer that is down does not make the process unready: it can still do everything
//! that does not need the peer, and taking it out of traffic would make a part's outage everybody's.

mod backup;
mod development;
mod error;
mod installation;
mod network;
mod node;
mod peers;
mod readiness;
mod secrets;
mod serve;
pub mod service;
mod settings;
mod store;

pub use self::development::DevelopmentSettings;
pub use self::error::NodeError;
pub use self::installation::{Installation, ModuleEntry};
pub use self::network::{MachineNetwork, Network};
pub use self::node::Node;
pub use self::serve::{Listeners, PublicApi, Stop};
pub use self::settings::{HasNode, NodeSettings, SecretSettings, StoreSettings};
pub use tenon_backup::BackupSettings;

/// Names [`node_settings!`] refers to; not for people.
#[doc(hidden)]
pub mod private {
    pub use schemars;
    pub use serde;
    pub use tenon_backup::BackupSettings;
    pub use tenon_remote::SeamSettings;
    pub use tenon_seam::EdgeSettings;
    pub use tenon_telemetry::TelemetrySettings;
}
