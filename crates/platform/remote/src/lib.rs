//! Calls and events between modules in different processes.
//!
//! [`RemotePeers`] reaches modules that run elsewhere: one HTTP/2 connection over mutual TLS for each peer, opened
//! when it is needed, opened again when it is lost. [`SeamHost`] is the other side: a listener of its own, never
//! part of the public router.
//!
//! Who speaks is proved twice. The certificates of both sides carry `spiffe://tenon/<service>`, and each request brings
//! a pass and a proof. The pass is signed with the service's own key and names the service, the calling module, the
//! receiver and the one connection that it is good on. The proof is made for method, path and body with a key that only
//! the two ends of that connection have; that of a command carries an id and counts once. What may be called is then
//! looked up in the same access list that the caller's own edge has checked.
//!
//! A call that fails says honestly whether it ran: `No` if it was never sent or was refused, `Unknown` once it was
//! sent and no answer came. Dropping a call resets its stream; the other side drops the query then, while a command
//! runs on, because its caller may ask for it again by its key.
//!
//! **Architecture invariant:** without keys, certificates and an access list nothing is sent and nothing is heard:
//! [`RemotePeers::new`] and [`SeamHost::new`] name the setting that is missing.

mod channel;
mod feed;
mod frame;
mod host;
mod identity;
#[cfg(feature = "issue")]
pub mod issue;
mod peers;
mod settings;
mod tls;
mod token;

pub use self::channel::Dial;
pub use self::host::SeamHost;
pub use self::peers::RemotePeers;
pub use self::settings::{HostLimits, SeamSettings};
