//! A cart: what someone may buy, at the prices they have seen.

mod line;
mod merge;

use std::collections::BTreeMap;

use catalog_contract::VariantOffer;
use orders_contract::{
    Address, CartId, CartProblem, CartProblemCode, CheckoutId, LineId, OrdersError, PromotionId,
    UserRef, VariantRef,
};
use tenon_kernel::{Currency, Money, Timestamp};

pub(crate) use self::line::CartLine;
use crate::same_id;

/// Most lines of a cart.
pub(crate) const MAX_LINES: usize = 100;
/// Most pieces of one line.
pub(crate) const MAX_QUANTITY: i64 = 9_999;

/// A cart with its lines, oldest line first.
#[derive(Debug, Clone)]
pub(crate) struct Cart {
    pub(crate) id: CartId,
    pub(crate) version: i64,
    pub(crate) status: CartStatus,
    pub(crate) owner: Option<UserRef>,
    pub(crate) token_hash: Option<Vec<u8>>,
    pub(crate) currency: Currency,
    pub(crate) email: Option<String>,
    pub(crate) shipping_address: Option<Address>,
    pub(crate) billing_address: Option<Address>,
    pub(crate) shipping_method: Option<String>,
    pub(crate) checkout_id: Option<CheckoutId>,
    /// Those whose codes were entered, in this order.
    pub(crate) promotions: Vec<PromotionId>,
    /// What of merged carts found no room, until the buyer has agreed to the cart as it is.
    pub(crate) left_out: Vec<CartProblem>,
    /// Of a closed cart: that which took what it held.
    pub(crate) merged_into: Option<CartId>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) lines: Vec<CartLine>,
}

/// Where a cart stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CartStatus {
    /// Can be changed.
    Active,
    /// Held by a checkout.
    Frozen,
    /// Bought, or merged into another.
    Closed,
}

/// What the catalog says about the variants of a cart.
#[derive(Debug, Default)]
pub(crate) struct Offers(BTreeMap<VariantRef, VariantOffer>);

impl CartStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Frozen => "frozen",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Frozen, Self::Closed]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

impl Offers {
    pub(crate) fn new(offers: Vec<VariantOffer>) -> Self {
        Self(
            offers
                .into_iter()
                .map(|offer| (same_id(offer.variant_id), offer))
                .collect(),
        )
    }

    pub(crate) fn get(&self, variant: VariantRef) -> Option<&VariantOffer> {
        self.0.get(&variant)
    }
}

impl Cart {
    /// Refuses changes of a cart that is being or has been bought.
    pub(crate) fn check_open(&self) -> Result<(), OrdersError> {
        match (self.status, self.checkout_id) {
            (CartStatus::Active, _) => Ok(()),
            (CartStatus::Frozen, Some(checkout_id)) => Err(OrdersError::CartFrozen { checkout_id }),
            (CartStatus::Frozen, None) | (CartStatus::Closed, _) => Err(OrdersError::CartClosed),
        }
    }

    /// Refuses a change of a locked cart, which has its next version already, that was made against another
    /// version than the one before.
    pub(crate) fn check_edit(&self, expected: i64) -> Result<(), OrdersError> {
        self.check_open()?;
        let current = self.version - 1;
        if current == expected {
            Ok(())
        } else {
            Err(OrdersError::StaleVersion { current })
        }
    }

    /// How many of a variant are in the cart.
    pub(crate) fn quantity_of(&self, variant: VariantRef) -> i64 {
        let line = self.lines.iter().find(|line| line.variant_id == variant);
        line.map_or(0, |line| line.quantity)
    }

    /// Puts more of a variant into the cart: into its line, if it has one, at the price
    /// that the addition brings. Returns the changed line.
    pub(crate) fn add(&mut self, new: CartLine) -> Result<CartLine, OrdersError> {
        check_quantity(new.quantity)?;
        let line = match self
            .lines
            .iter()
            .position(|line| line.variant_id == new.variant_id)
        {
            Some(at) => {
                let known = &mut self.lines[at];
                let quantity = check_quantity(known.quantity.saturating_add(new.quantity))?;
                *known = CartLine {
                    id: known.id,
                    position: known.position,
                    quantity,
                    ..new
                };
                known.clone()
            }
            None if self.lines.len() >= MAX_LINES => {
                let detail = format!("a cart has at most {MAX_LINES} lines");
                return Err(OrdersError::field("/variant_id", "too_many_lines", detail));
            }
            None => {
                let line = CartLine {
                    position: self.lines.last().map_or(1, |last| last.position + 1),
                    ..new
                };
                self.lines.push(line.clone());
                line
            }
        };
        self.subtotal().map(|_| line).map_err(|_| out_of_range())
    }

    /// Changes the quantity of a line and takes its price as it is now. Returns the changed line.
    pub(crate) fn set_quantity(
        &mut self,
        line: LineId,
        quantity: i64,
        offer: Option<&VariantOffer>,
    ) -> Result<CartLine, OrdersError> {
        let quantity = check_quantity(quantity)?;
        let line = self
            .lines
            .iter_mut()
            .find(|it| it.id == line)
            .ok_or(OrdersError::CartLineNotFound)?;
        line.quantity = quantity;
        line.take_price(offer);
        let line = line.clone();
        self.subtotal().map(|_| line).map_err(|_| out_of_range())
    }

    /// Takes all prices as they are now: the buyer has seen them. Returns the lines that changed.
    pub(crate) fn reprice(&mut self, offers: &Offers) -> Vec<CartLine> {
        let lines = self.lines.iter_mut();
        lines
            .filter_map(|line| {
                line.take_price(offers.get(line.variant_id))
                    .then(|| line.clone())
            })
            .collect()
    }

    /// Sum of the lines.
    pub(crate) fn subtotal(&self) -> Result<Money, tenon_kernel::MoneyError> {
        let lines = self
            .lines
            .iter()
            .map(|line| line.unit_price.checked_mul(line.quantity));
        Money::sum(self.currency, lines.collect::<Result<Vec<_>, _>>()?)
    }

    /// Compares what the buyer saw with what the catalog says now.
    pub(crate) fn problems(&self, offers: &Offers) -> Vec<CartProblem> {
        let lines = self.lines.iter().enumerate();
        lines
            .flat_map(|(position, line)| line.problems(position, offers.get(line.variant_id)))
            .collect()
    }

    /// Says what is still to be filled in before checkout.
    pub(crate) fn missing(&self, wants_shipping_method: bool) -> Vec<CartProblem> {
        let parts = [
            ("/lines", self.lines.is_empty(), "the cart is empty"),
            (
                "/email",
                self.email.is_none(),
                "an e-mail address is missing",
            ),
            (
                "/shipping_address",
                self.shipping_address.is_none(),
                "an address is missing",
            ),
            (
                "/shipping_method",
                wants_shipping_method && self.shipping_method.is_none(),
                "a way of delivery is missing",
            ),
        ];
        let missing = parts.into_iter().filter(|(_, is_missing, _)| *is_missing);
        missing
            .map(|(pointer, _, detail)| problem(CartProblemCode::Missing, pointer, detail))
            .collect()
    }
}

/// Makes a problem that is not about a line.
pub(crate) fn problem(code: CartProblemCode, pointer: &str, detail: &str) -> CartProblem {
    CartProblem {
        code,
        pointer: pointer.to_owned(),
        detail: detail.to_owned(),
        line_id: None,
        available: None,
        price: None,
        left_out: None,
    }
}

fn check_quantity(quantity: i64) -> Result<i64, OrdersError> {
    if (1..=MAX_QUANTITY).contains(&quantity) {
        return Ok(quantity);
    }
    Err(OrdersError::field(
        "/quantity",
        "out_of_range",
        format!("expected 1 to {MAX_QUANTITY} in one line"),
    ))
}

fn out_of_range() -> OrdersError {
    OrdersError::field(
        "/quantity",
        "out_of_range",
        "the cart would cost more than can be counted",
    )
}
