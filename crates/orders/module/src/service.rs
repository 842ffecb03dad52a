//! Use cases, one for each file; together they implement the contract.

pub(crate) mod add_cart_line;
pub(crate) mod add_promotion_code;
pub(crate) mod ask_rates;
pub(crate) mod cancel_checkout;
pub(crate) mod cancel_order;
pub(crate) mod cancel_return;
pub(crate) mod confirm_checkout;
pub(crate) mod contract;
pub(crate) mod create_cart;
pub(crate) mod create_fulfillment;
pub(crate) mod create_promotion;
pub(crate) mod create_return;
pub(crate) mod decide_return;
pub(crate) mod drive;
pub(crate) mod drive_checkout;
mod empty_buyer;
mod expand_orders;
pub(crate) mod explain_order;
pub(crate) mod get_cart;
pub(crate) mod get_checkout;
pub(crate) mod get_order;
pub(crate) mod get_promotion;
pub(crate) mod get_return;
pub(crate) mod list_orders;
pub(crate) mod list_promotions;
pub(crate) mod list_shipping_options;
pub(crate) mod merge_cart;
pub(crate) mod plan_checkout;
pub(crate) mod promotion_codes;
pub(crate) mod receive_return;
pub(crate) mod remove_cart_line;
pub(crate) mod remove_promotion_code;
pub(crate) mod settle_cancellation;
pub(crate) mod settle_return;
pub(crate) mod start_checkout;
pub(crate) mod update_cart;
pub(crate) mod update_cart_line;
pub(crate) mod update_fulfillment;
pub(crate) mod update_promotion;

use std::sync::Arc;

use catalog_contract::Catalog;
use orders_contract::OrdersError;
use payments_contract::Payments;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tenon_kernel::{CallCtx, CursorKey, IdempotencyScope, Role};
use tenon_seam::{SeamError, SeamFault, SeamResult};
use tenon_store::Db;

use crate::customers::CustomerKey;
use crate::rates::RatesProvider;
use crate::settings::OrdersSettings;
use crate::store::Access;

/// What a use case answers.
pub(crate) type Outcome<T> = SeamResult<T, OrdersError>;

/// Everything the use cases need.
pub(crate) struct Service {
    pub(crate) db: Db,
    pub(crate) catalog: Arc<dyn Catalog>,
    pub(crate) payments: Arc<dyn Payments>,
    pub(crate) rates: Option<Arc<dyn RatesProvider>>,
    pub(crate) cursor_key: CursorKey,
    pub(crate) customer_key: CustomerKey,
    pub(crate) settings: OrdersSettings,
}

impl Access {
    /// Takes the signed-in person and the cart token of a request.
    pub(crate) fn of(ctx: &CallCtx, cart_token: Option<&str>) -> Self {
        let user = ctx.principal.user();
        Self {
            user: user.map(|user| user.user),
            token_hash: cart_token.map(hash_token),
            staff: user.is_some()
                && (ctx.principal.has_role(Role::Staff) || ctx.principal.has_role(Role::Admin)),
        }
    }
}

/// SHA-256 of a cart token: what is stored of it.
pub(crate) fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// The context of a command to another module: repeated under the same key it has one effect.
pub(crate) fn command(ctx: &CallCtx, key: String, request: &impl Serialize) -> CallCtx {
    let body = serde_json::to_vec(request).unwrap_or_default(); // requests of contracts are plain data
    let fingerprint = Sha256::digest(body).into();
    ctx.calling_from("orders")
        .with_idempotency(IdempotencyScope {
            key,
            subject: "orders".to_owned(),
            fingerprint,
        })
}

/// What a caller learns when a module that orders needs did not do its part.
pub(crate) fn upstream<E: std::fmt::Display>(error: &SeamError<E>) -> SeamFault {
    if let SeamError::Seam(fault) = error
        && fault.retry_after().is_some()
    {
        return fault.clone(); // away, slow or busy
    }
    tracing::error!(%error, "another module refused what orders asked");
    internal("refused by another module")
}

/// A fault of our own; the log line beside it says more.
pub(crate) fn internal(incident: &str) -> SeamFault {
    SeamFault::Internal {
        incident: incident.to_owned(),
    }
}
