//! Ids of notifications, and of the people they are for.

use tenon_kernel::{Id, IdKind};

macro_rules! ids {
    ($($(#[$doc:meta])* $kind:ident, $id:ident, $prefix:literal;)+) => {$(
        #[doc = concat!("Kind of [`", stringify!($id), "`].")]
        #[derive(Debug)]
        pub struct $kind;

        impl IdKind for $kind {
            const PREFIX: &'static str = $prefix;
        }

        $(#[$doc])*
        pub type $id = Id<$kind>;
    )+};
}

ids! {
    /// Names a message; its SMTP `Message-ID` is made from it and never changes.
    MessageKind, MessageId, "msg";
    /// Names an entry of a person's inbox.
    NotificationKind, NotificationId, "ntf";
    /// Names a person; the identity module owns it.
    UserRefKind, UserRef, "usr";
}
