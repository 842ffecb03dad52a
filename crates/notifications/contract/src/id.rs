//! Ids of notifications and webhooks, and of the people they are for.

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
    /// Names a telephone or a device of a person.
    ContactPointKind, ContactPointId, "ctp";
    /// Names an address that nothing is sent to.
    SuppressionKind, SuppressionId, "sup";
    /// Names a receiver of webhooks.
    WebhookEndpointKind, WebhookEndpointId, "whe";
    /// Names the delivery of one event to one receiver.
    WebhookDeliveryKind, WebhookDeliveryId, "whd";
    /// Names the sending again of a stretch of the log.
    WebhookReplayKind, WebhookReplayId, "whr";
    /// Names a person; the identity module owns it.
    UserRefKind, UserRef, "usr";
}
