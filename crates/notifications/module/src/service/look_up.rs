//! Asks the owners of addresses and tokens, at the moment of sending.

use identity_contract::{ChallengeId, GetChallengeMessage, GetUsers, IdentityError, UserId};
use orders_contract::{GetOrders, Order, OrderId};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_seam::{SeamError, SeamFault};

use super::Service;
use crate::domain::{Recipient, plain_name};

/// Who reads a message, and what is known about them at this moment. Never stored, never logged.
pub(super) struct Reader {
    pub(super) address: String,
    pub(super) name: Option<String>,
    pub(super) challenge: Option<OpenChallenge>,
    pub(super) order: Option<Order>,
}

impl Reader {
    /// Of an address of which nothing else is known.
    pub(super) fn at(address: String) -> Self {
        Self {
            address,
            name: None,
            challenge: None,
            order: None,
        }
    }
}

/// A challenge that waits for its answer.
pub(super) struct OpenChallenge {
    pub(super) id: ChallengeId,
    pub(super) token: String,
    pub(super) expires_at: Timestamp,
}

impl Service {
    /// Returns the reader, or `None` if there is nobody to write to any more.
    pub(super) async fn look_up(
        &self,
        ctx: &CallCtx,
        recipient: Recipient,
    ) -> Result<Option<Reader>, SeamFault> {
        match recipient {
            Recipient::Challenge(id) => self.look_up_challenge(ctx, id).await,
            Recipient::User(id) => self.look_up_user(ctx, id).await,
            // One without an address was emptied: its buyer's account was erased.
            Recipient::Order(id) => Ok(self
                .find_order(ctx, id)
                .await?
                .filter(|order| !order.customer.email.is_empty())
                .map(|order| Reader {
                    address: order.customer.email.clone(),
                    name: None,
                    challenge: None,
                    order: Some(order),
                })),
            // This module knows them itself.
            Recipient::ContactPoint(_) | Recipient::Message(_) => Ok(None),
        }
    }

    async fn look_up_challenge(
        &self,
        ctx: &CallCtx,
        id: ChallengeId,
    ) -> Result<Option<Reader>, SeamFault> {
        let request = GetChallengeMessage { challenge_id: id };
        match self
            .identity
            .get_challenge_message(&ctx.calling_from("notifications"), request)
            .await
        {
            Ok(message) => Ok(Some(Reader {
                address: message.email,
                // Whoever asked for the challenge need not be who reads the mail.
                name: None,
                challenge: Some(OpenChallenge {
                    id,
                    token: message.token,
                    expires_at: message.expires_at,
                }),
                order: None,
            })),
            // Answered or expired meanwhile.
            Err(SeamError::Domain(IdentityError::ChallengeNotFound)) => Ok(None),
            Err(error) => Err(fault(error)),
        }
    }

    pub(super) async fn look_up_user(
        &self,
        ctx: &CallCtx,
        id: UserId,
    ) -> Result<Option<Reader>, SeamFault> {
        let request = GetUsers { ids: vec![id] };
        let found = self
            .identity
            .get_users(&ctx.calling_from("notifications"), request)
            .await
            .map_err(fault)?;
        Ok(found
            .users
            .into_iter()
            .find(|user| user.id == id)
            .map(|user| Reader {
                address: user.email,
                name: user.display_name.as_deref().and_then(plain_name),
                challenge: None,
                order: None,
            }))
    }

    /// Returns an order, if it is known.
    pub(crate) async fn find_order(
        &self,
        ctx: &CallCtx,
        id: OrderId,
    ) -> Result<Option<Order>, SeamFault> {
        let request = GetOrders {
            order_ids: vec![id],
        };
        let found = self
            .orders
            .get_orders(&ctx.calling_from("notifications"), request)
            .await
            .map_err(fault)?;
        Ok(found.orders.into_iter().find(|order| order.order_id == id))
    }
}

/// A refusal that this module does not expect is as good as no answer: ask again later.
fn fault<E: std::fmt::Display>(error: SeamError<E>) -> SeamFault {
    match error {
        SeamError::Seam(fault) => fault,
        SeamError::Domain(refusal) => {
            tracing::error!(%refusal, "a lookup was refused");
            SeamFault::Internal {
                incident: "lookup-refused".to_owned(),
            }
        }
    }
}
