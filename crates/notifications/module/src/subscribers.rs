//! What this module reacts to, one file for each event.

mod api_keys;
mod challenge_created;
mod erasure_cancelled;
mod erasure_requested;
mod event_log;
mod factor_added;
mod factor_guessed;
mod factor_removed;
mod identity_linked;
mod identity_removed;
mod order_cancelled;
mod order_delivered;
mod order_placed;
mod order_shipped;
mod passkey_suspected;
mod payment_returned;
mod recovery_code_used;
mod recovery_codes_renewed;
mod refund_succeeded;
mod return_approved;
mod return_received;
mod return_rejected;
mod return_requested;
mod session_compromised;
mod session_created;
mod user_erased;
mod user_updated;

use std::sync::Arc;

use identity_contract::{
    ApiKeyCreated, ApiKeyRevoked, ApiKeyRotated, ChallengeCreated, FactorAdded, FactorGuessed,
    FactorRemoved, FederatedIdentityLinked, FederatedIdentityRemoved, PasskeySuspected,
    RecoveryCodeUsed, RecoveryCodesRenewed, SessionCompromised, SessionCreated, UserErased,
    UserErasureCancelled, UserErasureRequested, UserUpdated,
};
use notifications_contract::UserRef;
use orders_contract::{
    Customer, OrderCancelled, OrderDelivered, OrderId, OrderPaymentReturned, OrderPlaced,
    OrderReturnApproved, OrderReturnReceived, OrderReturnRejected, OrderReturnRequested,
    OrderShipped,
};
use payments_contract::RefundSucceeded;
use serde_json::Value;
use tenon_events::{HandlerError, Subscription};
use tenon_seam::Event;

use crate::domain::NewNote;
use crate::service::{EventLog, Service};

/// All subscriptions.
pub(crate) fn subscriptions(service: &Arc<Service>, log: &Arc<EventLog>) -> Vec<Subscription> {
    let identity = Subscription::new("notifications", "identity")
        .on::<ChallengeCreated>(Arc::clone(service) as _)
        .on::<UserUpdated>(Arc::clone(service) as _)
        .on_where::<SessionCreated>(Arc::clone(service) as _, |event| !event.known_device)
        .on::<SessionCompromised>(Arc::clone(service) as _)
        .on::<FactorAdded>(Arc::clone(service) as _)
        .on::<FactorRemoved>(Arc::clone(service) as _)
        .on::<FactorGuessed>(Arc::clone(service) as _)
        .on::<PasskeySuspected>(Arc::clone(service) as _)
        .on::<RecoveryCodesRenewed>(Arc::clone(service) as _)
        .on::<RecoveryCodeUsed>(Arc::clone(service) as _)
        .on::<FederatedIdentityLinked>(Arc::clone(service) as _)
        .on::<FederatedIdentityRemoved>(Arc::clone(service) as _)
        .on::<UserErasureRequested>(Arc::clone(service) as _)
        .on::<UserErasureCancelled>(Arc::clone(service) as _)
        .on::<UserErased>(Arc::clone(service) as _)
        .on::<ApiKeyCreated>(Arc::clone(service) as _)
        .on::<ApiKeyRotated>(Arc::clone(service) as _)
        .on_where::<ApiKeyRevoked>(Arc::clone(service) as _, |event| event.notice_to.is_some());
    let orders = Subscription::new("notifications", "orders")
        .on::<OrderPlaced>(Arc::clone(service) as _)
        .on::<OrderCancelled>(Arc::clone(service) as _)
        .on::<OrderShipped>(Arc::clone(service) as _)
        .on::<OrderDelivered>(Arc::clone(service) as _)
        .on::<OrderPaymentReturned>(Arc::clone(service) as _)
        .on::<OrderReturnRequested>(Arc::clone(service) as _)
        .on::<OrderReturnApproved>(Arc::clone(service) as _)
        .on::<OrderReturnRejected>(Arc::clone(service) as _)
        .on::<OrderReturnReceived>(Arc::clone(service) as _);
    let payments = Subscription::new("notifications", "payments")
        .on::<RefundSucceeded>(Arc::clone(service) as _);
    let mut all = vec![identity, orders, payments];
    all.extend(event_log::subscriptions(log));
    all
}

/// A note about an order, if its buyer has an inbox.
fn order_note<E: Event>(
    service: &Service,
    customer: &Customer,
    order_id: OrderId,
    name: &str,
    data: &Value,
) -> Result<Option<NewNote>, HandlerError> {
    let Some(user) = customer.user_id else {
        return Ok(None);
    };
    Ok(Some(NewNote {
        user: UserRef::from_uuid(user.uuid()),
        kind: E::TYPE,
        subject: order_id.to_string(),
        text: service.note_text(name, data)?,
    }))
}
