//! Messages; to whom they went is not told, not even as a hash.

use notifications_contract::{MessageBounced, MessageSent};

use super::EventTypes;

const SOURCE: &str = "notifications";

pub(super) fn name_all(list: &mut impl EventTypes) {
    list.add::<MessageSent>(
        SOURCE,
        &["message_id", "channel", "template", "about"],
        &["recipient_hash"],
    );
    list.add::<MessageBounced>(
        SOURCE,
        &["message_id", "channel", "template", "about", "reason"],
        &["recipient_hash"],
    );
}
