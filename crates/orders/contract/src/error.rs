//! Failures of the orders module, in words that callers can act on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tenon_kernel::{ErrorKind, FieldError, Money, Retry, ServiceError, Timestamp};

use crate::{CartProblem, CheckoutId, OrderStatus, VariantRef};

/// What orders refuses. `Display` never repeats a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum OrdersError {
    /// No such cart, or not the caller's.
    #[error("there is no such cart")]
    CartNotFound,
    /// No such line in this cart.
    #[error("there is no such line in the cart")]
    CartLineNotFound,
    /// No such checkout, or not the caller's.
    #[error("there is no such checkout")]
    CheckoutNotFound,
    /// No such order, or not the caller's.
    #[error("there is no such order")]
    OrderNotFound,
    /// No such fulfilment.
    #[error("there is no such fulfilment")]
    FulfillmentNotFound,
    /// Values that can be read but break a rule.
    #[error("the request breaks a rule")]
    InvalidRequest {
        /// Each wrong member.
        fields: Vec<FieldError>,
    },
    /// The version named in `If-Match` is stale.
    #[error("it has changed meanwhile; the current version is v{current}")]
    StaleVersion {
        /// The version now.
        current: i64,
    },
    /// A checkout holds the cart.
    #[error("the cart is being checked out")]
    CartFrozen {
        /// Which checkout.
        checkout_id: CheckoutId,
    },
    /// The cart became an order, or a part of another cart.
    #[error("the cart was bought or merged into another; start a new one")]
    CartClosed,
    /// The cart belongs to a person: only those of guests are merged.
    #[error("the cart belongs to a person already")]
    CartHasOwner,
    /// Something is still to be filled in before checkout.
    #[error("the cart is not ready for checkout")]
    CartIncomplete {
        /// What is missing.
        problems: Vec<CartProblem>,
    },
    /// Something changed that the buyer has not seen yet. The cart now shows it: look at it and start again.
    #[error("the cart has changed since the buyer saw it")]
    CartChanged {
        /// What changed.
        problems: Vec<CartProblem>,
    },
    /// The cart already has a live checkout.
    #[error("the cart already has a checkout")]
    CheckoutExists {
        /// That checkout.
        checkout_id: CheckoutId,
    },
    /// Not enough stock; nothing was reserved, ordered or charged.
    #[error("not enough stock")]
    OutOfStock {
        /// Each line that is short.
        lines: Vec<Shortage>,
    },
    /// The checkout is over.
    #[error("the checkout is over: it {status}")]
    CheckoutClosed {
        /// How it ended: `completed`, `cancelled`, `failed`.
        status: String,
    },
    /// The frozen price is no longer held.
    #[error("the price is no longer held; the cart costs {total} now")]
    QuoteExpired {
        /// What the cart costs now.
        total: Money,
    },
    /// Whoever knows taxes and prices of delivery does not answer; nothing was ordered or charged.
    #[error("taxes and delivery cannot be priced just now")]
    RatesUnavailable,
    /// The order cannot be cancelled any more.
    #[error("the order cannot be cancelled any more")]
    OrderNotCancellable {
        /// Where it stands.
        status: OrderStatus,
    },
    /// The order cannot be sent, not yet or not any more.
    #[error("nothing of this order can be sent")]
    OrderNotFulfillable {
        /// Where it stands.
        status: OrderStatus,
    },
    /// The fulfilment cannot go there from where it is.
    #[error("a fulfilment that is {from} cannot become {to}")]
    FulfillmentTransition {
        /// Where it stands.
        from: String,
        /// Where it should have gone.
        to: String,
    },
    /// No such promotion.
    #[error("there is no such promotion")]
    PromotionNotFound,
    /// Another promotion has the code.
    #[error("another promotion has the code {taken}")]
    PromotionCodeTaken {
        /// As it is stored.
        taken: String,
    },
    /// No promotion that counts now has this code: unknown, not begun, ended and withdrawn ones are not told apart.
    #[error("no promotion with this code counts now")]
    PromotionCodeInvalid,
    /// The cart has no such code.
    #[error("the cart has no such promotion code")]
    PromotionCodeNotInCart,
    /// One of the promotions does not count beside others.
    #[error("it cannot be combined with the promotions of the cart")]
    PromotionNotCombinable {
        /// The codes of the cart.
        codes: Vec<String>,
    },
    /// A promotion was used as often as it may be, by all buyers or by this one; nothing was ordered or charged.
    #[error("a promotion is used up; without it the cart costs {total}")]
    PromotionExhausted {
        /// Codes that are used up.
        codes: Vec<String>,
        /// What the cart costs without them.
        total: Money,
    },
    /// No such return, or not the caller's.
    #[error("there is no such return")]
    ReturnNotFound,
    /// Nothing of the order has left, so nothing can come back.
    #[error("nothing of this order can come back")]
    OrderNotReturnable {
        /// Where it stands.
        status: OrderStatus,
    },
    /// The buyer had time to send things back, and that is over.
    #[error("this could be sent back until {closed_at}")]
    ReturnWindowClosed {
        /// Until when the line that closed first could be sent back.
        closed_at: Timestamp,
    },
    /// The return cannot go there from where it is.
    #[error("a return that is {from} cannot become {to}")]
    ReturnTransition {
        /// Where it stands.
        from: String,
        /// Where it should have gone.
        to: String,
    },
    /// The cursor belongs to another list or filter.
    #[error("the cursor does not belong to this list and filter")]
    InvalidCursor,
    /// An error this version does not know.
    #[error("the orders module refused")]
    #[serde(other)]
    Unknown,
}

/// A line with too little stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shortage {
    /// Of what.
    pub variant_id: VariantRef,
    /// How many were wanted.
    pub requested: i64,
    /// How many can be had.
    pub available: i64,
}

impl OrdersError {
    /// Refuses one member.
    pub fn field(
        pointer: impl Into<String>,
        code: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self::InvalidRequest {
            fields: vec![FieldError::new(pointer, code, detail)],
        }
    }
}

impl ServiceError for OrdersError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::CartNotFound
            | Self::CartLineNotFound
            | Self::CheckoutNotFound
            | Self::OrderNotFound
            | Self::ReturnNotFound
            | Self::FulfillmentNotFound
            | Self::PromotionNotFound
            | Self::PromotionCodeNotInCart => ErrorKind::NotFound,
            Self::InvalidRequest { .. } | Self::PromotionCodeInvalid => ErrorKind::Invalid,
            Self::StaleVersion { .. } => ErrorKind::PreconditionFailed,
            Self::CartFrozen { .. }
            | Self::CartClosed
            | Self::CartHasOwner
            | Self::CartIncomplete { .. }
            | Self::CartChanged { .. }
            | Self::CheckoutExists { .. }
            | Self::OutOfStock { .. }
            | Self::CheckoutClosed { .. }
            | Self::QuoteExpired { .. }
            | Self::OrderNotCancellable { .. }
            | Self::OrderNotFulfillable { .. }
            | Self::OrderNotReturnable { .. }
            | Self::ReturnWindowClosed { .. }
            | Self::ReturnTransition { .. }
            | Self::FulfillmentTransition { .. }
            | Self::PromotionCodeTaken { .. }
            | Self::PromotionNotCombinable { .. }
            | Self::PromotionExhausted { .. } => ErrorKind::Conflict,
            Self::RatesUnavailable => ErrorKind::Unavailable,
            Self::InvalidCursor => ErrorKind::Malformed,
            Self::Unknown => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::CartNotFound => "orders.cart_not_found",
            Self::CartLineNotFound => "orders.cart_line_not_found",
            Self::CheckoutNotFound => "orders.checkout_not_found",
            Self::OrderNotFound => "orders.order_not_found",
            Self::FulfillmentNotFound => "orders.fulfillment_not_found",
            Self::InvalidRequest { .. } => "orders.invalid_request",
            Self::StaleVersion { .. } => "orders.stale_version",
            Self::CartFrozen { .. } => "orders.cart_frozen",
            Self::CartClosed => "orders.cart_closed",
            Self::CartHasOwner => "orders.cart_has_owner",
            Self::CartIncomplete { .. } => "orders.cart_incomplete",
            Self::CartChanged { .. } => "orders.cart_changed",
            Self::CheckoutExists { .. } => "orders.checkout_exists",
            Self::OutOfStock { .. } => "orders.out_of_stock",
            Self::CheckoutClosed { .. } => "orders.checkout_closed",
            Self::QuoteExpired { .. } => "orders.quote_expired",
            Self::RatesUnavailable => "orders.rates_unavailable",
            Self::OrderNotCancellable { .. } => "orders.order_not_cancellable",
            Self::OrderNotFulfillable { .. } => "orders.order_not_fulfillable",
            Self::FulfillmentTransition { .. } => "orders.fulfillment_transition",
            Self::PromotionNotFound => "orders.promotion_not_found",
            Self::PromotionCodeTaken { .. } => "orders.promotion_code_taken",
            Self::PromotionCodeInvalid => "orders.promotion_code_invalid",
            Self::PromotionCodeNotInCart => "orders.promotion_code_not_in_cart",
            Self::PromotionNotCombinable { .. } => "orders.promotion_not_combinable",
            Self::PromotionExhausted { .. } => "orders.promotion_exhausted",
            Self::ReturnNotFound => "orders.return_not_found",
            Self::OrderNotReturnable { .. } => "orders.order_not_returnable",
            Self::ReturnWindowClosed { .. } => "orders.return_window_closed",
            Self::ReturnTransition { .. } => "orders.return_transition",
            Self::InvalidCursor => "orders.invalid_cursor",
            Self::Unknown => "orders.unknown",
        }
    }

    fn retry(&self) -> Retry {
        match self {
            // The stored refusal answers this key for ever; what it complains about can be mended.
            Self::CartIncomplete { .. }
            | Self::CartChanged { .. }
            | Self::CheckoutExists { .. }
            | Self::OutOfStock { .. }
            | Self::PromotionExhausted { .. }
            | Self::QuoteExpired { .. } => Retry::NewKey,
            Self::RatesUnavailable => Retry::After,
            Self::Unknown => Retry::SameKey,
            _ => Retry::Never,
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::InvalidRequest { fields } => fields.clone(),
            Self::InvalidCursor => vec![FieldError::new(
                "?cursor",
                "invalid_cursor",
                self.to_string(),
            )],
            Self::PromotionCodeInvalid => {
                vec![FieldError::new("/code", "invalid_code", self.to_string())]
            }
            Self::PromotionCodeTaken { .. } => {
                vec![FieldError::new("/code", "taken", self.to_string())]
            }
            Self::CartIncomplete { problems } => problems
                .iter()
                .map(|problem| {
                    FieldError::new(problem.pointer.clone(), "missing", problem.detail.clone())
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn extensions(&self) -> Option<Map<String, Value>> {
        let members = match self {
            Self::StaleVersion { current } => json!({ "current_version": format!("v{current}") }),
            Self::CartFrozen { checkout_id } | Self::CheckoutExists { checkout_id } => {
                json!({ "checkout_id": checkout_id, "checkout": format!("/v1/checkouts/{checkout_id}") })
            }
            Self::CartIncomplete { problems } | Self::CartChanged { problems } => {
                json!({ "problems": problems })
            }
            Self::OutOfStock { lines } => json!({ "lines": lines }),
            Self::CheckoutClosed { status } => json!({ "checkout_status": status }),
            Self::QuoteExpired { total } => json!({ "total": total }),
            Self::PromotionNotCombinable { codes } => json!({ "codes": codes }),
            Self::PromotionExhausted { codes, total } => json!({ "codes": codes, "total": total }),
            Self::OrderNotCancellable { status }
            | Self::OrderNotFulfillable { status }
            | Self::OrderNotReturnable { status } => {
                json!({ "order_status": status })
            }
            Self::ReturnWindowClosed { closed_at } => json!({ "closed_at": closed_at }),
            Self::FulfillmentTransition { from, to } | Self::ReturnTransition { from, to } => {
                json!({ "from": from, "to": to })
            }
            _ => return None,
        };
        match members {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<OrdersError> {
        let env = tenon_kernel::Env::system();
        let (checkout_id, variant_id): (CheckoutId, VariantRef) = (env.new_id(), env.new_id());
        let status = OrderStatus::Fulfilled;
        vec![
            OrdersError::CartNotFound,
            OrdersError::CartLineNotFound,
            OrdersError::CheckoutNotFound,
            OrdersError::OrderNotFound,
            OrdersError::FulfillmentNotFound,
            OrdersError::RatesUnavailable,
            OrdersError::field("/quantity", "out_of_range", "expected 1 to 9999"),
            OrdersError::StaleVersion { current: 3 },
            OrdersError::CartFrozen { checkout_id },
            OrdersError::CartClosed,
            OrdersError::CartIncomplete {
                problems: Vec::new(),
            },
            OrdersError::CartChanged {
                problems: Vec::new(),
            },
            OrdersError::CheckoutExists { checkout_id },
            OrdersError::OutOfStock {
                lines: vec![Shortage {
                    variant_id,
                    requested: 2,
                    available: 1,
                }],
            },
            OrdersError::CheckoutClosed {
                status: "completed".to_owned(),
            },
            OrdersError::QuoteExpired {
                total: Money::zero("EUR".parse().expect("known")),
            },
            OrdersError::OrderNotCancellable { status },
            OrdersError::OrderNotFulfillable { status },
            OrdersError::FulfillmentTransition {
                from: "pending".to_owned(),
                to: "delivered".to_owned(),
            },
            OrdersError::PromotionNotFound,
            OrdersError::PromotionCodeTaken {
                taken: "TEA10".to_owned(),
            },
            OrdersError::PromotionCodeInvalid,
            OrdersError::PromotionCodeNotInCart,
            OrdersError::PromotionNotCombinable {
                codes: vec!["TEA10".to_owned()],
            },
            OrdersError::PromotionExhausted {
                codes: vec!["TEA10".to_owned()],
                total: Money::zero("EUR".parse().expect("known")),
            },
            OrdersError::ReturnNotFound,
            OrdersError::OrderNotReturnable { status },
            OrdersError::ReturnWindowClosed {
                closed_at: Timestamp::EPOCH,
            },
            OrdersError::ReturnTransition {
                from: "received".to_owned(),
                to: "cancelled".to_owned(),
            },
            OrdersError::InvalidCursor,
            OrdersError::Unknown,
        ]
    }

    /// Refusals are kept under idempotency keys and travel over the seam.
    #[test]
    fn every_refusal_survives_encoding() {
        for error in all() {
            let text = serde_json::to_string(&error).expect("plain data");
            assert_eq!(
                serde_json::from_str::<OrdersError>(&text).expect("decodes"),
                error,
                "{text}"
            );
        }
        let newer = r#"{ "code": "moon_eclipse", "phase": 3 }"#;
        assert_eq!(
            serde_json::from_str::<OrdersError>(newer).expect("decodes"),
            OrdersError::Unknown
        );
    }

    #[test]
    fn every_code_has_its_page() {
        let pages = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/errors");
        for error in all() {
            let page = pages.join(format!("{}.md", error.code()));
            let text = std::fs::read_to_string(&page)
                .unwrap_or_else(|error| panic!("{}: {error}", page.display()));
            assert!(text.contains(error.code()), "{}", page.display());
        }
    }
}
