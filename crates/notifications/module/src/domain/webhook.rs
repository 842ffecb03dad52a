//! Webhooks: who receives them, what becomes of a delivery, and how a receiver knows that it comes from us.

mod attempt;
mod delivery;
mod endpoint;
mod pace;
mod secret;

pub(crate) use self::attempt::{Attempt, AttemptPlan, Reply, after_webhook};
pub(crate) use self::delivery::{
    DeliveryKind, DeliveryState, TEST_EVENT, WebhookDelivery, test_event,
};
pub(crate) use self::endpoint::{
    EndpointPatch, EndpointStatus, Mode, NewEndpoint, WebhookEndpoint, Wish, wants,
};
pub(crate) use self::pace::Pace;
pub use self::secret::WebhookKey;
pub(crate) use self::secret::{PublicKey, Secret, SecretPlace, Signature, signatures};
