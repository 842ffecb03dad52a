//! Messages; to whom they went is not told, not even as a hash. Receivers of webhooks; their URLs are not told.

use notifications_contract::{
    MessageBounced, MessageSent, WebhookEndpointDisabled, WebhookEndpointFailing,
    WebhookEndpointRecovered,
};

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
    list.add::<WebhookEndpointFailing>(SOURCE, &["endpoint_id", "since", "last_error"], &[]);
    list.add::<WebhookEndpointDisabled>(
        SOURCE,
        &["endpoint_id", "reason", "since", "last_error"],
        &[],
    );
    list.add::<WebhookEndpointRecovered>(SOURCE, &["endpoint_id", "since"], &[]);
}
