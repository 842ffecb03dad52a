//! What orders tells other modules.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_kernel::{Cursor, Money, PageRequest, Timestamp};

use crate::{
    CartId, FulfillmentId, LineId, OrderId, PaymentRef, ProductRef, ReservationRef, UserRef,
    VariantRef,
};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OrderStatus {
    /// Written down before the payment provider is asked, so that no payment is without its order.
    PendingPayment,
    /// Paid for, or at least authorised for exactly its total.
    Placed,
    /// Some of it has left.
    PartiallyFulfilled,
    /// All of it has left.
    Fulfilled,
    /// Will not be delivered; the reason stands beside it.
    Cancelled,
    /// A status this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why an order or a checkout came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CancelReason {
    /// The buyer changed their mind.
    CustomerRequest,
    /// The shop could not or would not deliver.
    ShopRequest,
    /// Nobody paid in time.
    Expired,
    /// Not enough stock.
    OutOfStock,
    /// The provider reported another amount or currency than the order's total.
    PaymentMismatch,
    /// The payment ended for good without money.
    PaymentFailed,
    /// A promotion of the cart was used up before the order could be written.
    PromotionExhausted,
    /// A reason this version does not know.
    #[serde(other)]
    Unknown,
}

/// When the money is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapturePolicy {
    /// As soon as the order is placed.
    #[default]
    Immediate,
    /// When goods leave.
    OnShip,
}

/// Where the tax rate and the price of delivery of an order come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RatesSource {
    /// The shop's settings: it has no provider of rates.
    #[default]
    Settings,
    /// The provider of rates, asked when the checkout began.
    Provider,
    /// The shop's settings, because the provider did not answer.
    Fallback,
    /// One that this version does not know.
    #[serde(other)]
    Unknown,
}

/// What orders knows about the money of one order, from the events of payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PaymentState {
    /// Nothing has been decided yet.
    Pending,
    /// The provider did not answer; it will be asked until it does.
    Processing,
    /// The total is held for us.
    Authorized,
    /// The money was taken.
    Captured,
    /// Some of it was given back.
    PartiallyRefunded,
    /// All of it was given back.
    Refunded,
    /// The hold was let go.
    Voided,
    /// There will be no money.
    Failed,
    /// The money is promised, but the provider refuses to hand it over: a person must look.
    Issue,
    /// A state this version does not know.
    #[serde(other)]
    Unknown,
}

/// What an order costs; `total = subtotal - discount + shipping`, plus `tax` unless it is included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Sum of the lines at their prices, before the discount.
    pub subtotal: Money,
    /// What promotions take off: the sum over the lines. Absent from peers that know no promotions: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Money>,
    /// Delivery.
    pub shipping: Money,
    /// Tax on what is paid for lines and delivery.
    pub tax: Money,
    /// Whether the prices of lines and delivery contain the tax already.
    pub tax_included: bool,
    /// What the buyer pays.
    pub total: Money,
}

/// Who bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Customer {
    /// Absent for guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserRef>,
    /// Where mails about the order go.
    #[schemars(extend("x-pii" = true))]
    pub email: String,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Address {
    /// Who receives it.
    #[schemars(extend("x-pii" = true))]
    pub name: String,
    /// Street and number.
    #[schemars(extend("x-pii" = true))]
    pub line1: String,
    /// Flat, floor, company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-pii" = true))]
    pub line2: Option<String>,
    /// Town.
    #[schemars(extend("x-pii" = true))]
    pub city: String,
    /// State or province, where addresses have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code, where addresses have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-pii" = true))]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// For the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-pii" = true))]
    pub phone: Option<String>,
}

/// One line of an order, as it was when the price was frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderLine {
    /// Names the line inside its order.
    pub line_id: LineId,
    /// What was bought.
    pub variant_id: VariantRef,
    /// The product it is a variant of.
    pub product_id: ProductRef,
    /// Stock keeping unit.
    pub sku: String,
    /// Product and variant for people.
    pub title: String,
    /// How many.
    pub quantity: i64,
    /// How many have left.
    pub shipped: i64,
    /// Price of one.
    pub unit_price: Money,
    /// The line's share of what promotions take off. Absent from peers that know no promotions: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Money>,
    /// `unit_price × quantity - discount`.
    pub total: Money,
    /// The line's share of the order's tax.
    pub tax: Money,
}

impl Totals {
    /// What promotions take off; zero without them.
    pub fn discount(&self) -> Money {
        self.discount.unwrap_or(Money::zero(self.total.currency()))
    }
}

impl OrderLine {
    /// The line's share of what promotions take off; zero without them.
    pub fn discount(&self) -> Money {
        self.discount.unwrap_or(Money::zero(self.total.currency()))
    }
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// Its id.
    pub order_id: OrderId,
    /// For people: on mails and invoices.
    pub number: String,
    /// Grows with each change.
    pub version: i64,
    /// Where it stands.
    pub status: OrderStatus,
    /// Why it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
    /// Who bought.
    pub customer: Customer,
    /// What was bought; 1 to 100 lines.
    pub lines: Vec<OrderLine>,
    /// What it costs.
    pub totals: Totals,
    /// Where tax rate and price of delivery come from.
    #[serde(default)]
    pub rates_source: RatesSource,
    /// How it is delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_method: Option<String>,
    /// Where it is delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// Who gets the invoice; the shipping address if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
    /// The cart it came from.
    pub cart_id: CartId,
    /// Its payment.
    pub payment_id: PaymentRef,
    /// Its stock.
    pub reservation_id: ReservationRef,
    /// When its money is taken.
    pub capture: CapturePolicy,
    /// What became of its money so far.
    pub payment_status: PaymentState,
    /// Taken so far.
    pub captured: Money,
    /// Given back so far.
    pub refunded: Money,
    /// Parcels, oldest first.
    pub fulfillments: Vec<FulfillmentId>,
    /// Written down.
    pub created_at: Timestamp,
    /// Authorised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed_at: Option<Timestamp>,
    /// Given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
}

/// Asks for orders.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct GetOrders {
    /// At most 200.
    #[schemars(length(max = 200))]
    pub order_ids: Vec<OrderId>,
}

/// Orders that exist.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrdersFound {
    /// In no particular order.
    pub orders: Vec<Order>,
}

/// Asks what orders expect of their payments.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ListOrderPayments {
    /// Which part of the list.
    pub page: PageRequest,
}

/// A part of the list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderPayments {
    /// Oldest first.
    pub data: Vec<OrderPayment>,
    /// Present if there is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
}

/// What an order expects of its payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrderPayment {
    /// The order.
    pub order_id: OrderId,
    /// Its payment.
    pub payment_id: PaymentRef,
    /// Where the order stands.
    pub status: OrderStatus,
    /// What became of the money, as far as orders was told.
    pub payment_status: PaymentState,
    /// What the payment must be worth.
    pub total: Money,
    /// Taken, as far as orders was told.
    pub captured: Money,
    /// Given back, as far as orders was told.
    pub refunded: Money,
    /// Written down.
    pub created_at: Timestamp,
}

/// Something about a cart that its owner should know; data, not an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CartProblem {
    /// What is wrong.
    pub code: CartProblemCode,
    /// JSON pointer into the cart: `/lines/0` or `/email`.
    pub pointer: String,
    /// One sentence for people.
    pub detail: String,
    /// The line it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_id: Option<LineId>,
    /// How many can be had, if there are too few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    /// The price now, if it changed; for `promotion_minimum` what the lines must cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What of a merged cart found no room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
}

/// Pieces of a merged cart that found no room in the other one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Of what.
    pub variant_id: VariantRef,
    /// How many.
    pub quantity: i64,
}

/// What can be wrong with a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CartProblemCode {
    /// Fewer are available than the line wants.
    OutOfStock,
    /// The price is no longer the one the buyer saw.
    PriceChanged,
    /// It is not sold any more.
    VariantUnavailable,
    /// It has no price in the cart's currency.
    CurrencyMismatch,
    /// The way of delivery does not serve the address or the currency.
    ShippingUnavailable,
    /// A promotion has ended, has not begun, or was withdrawn.
    PromotionEnded,
    /// A promotion was used as often as it may be, by all buyers or by this one.
    PromotionExhausted,
    /// The cart is worth less than a promotion asks for.
    PromotionMinimum,
    /// A promotion takes nothing off in the cart's currency.
    PromotionCurrency,
    /// Something is still to be filled in before checkout.
    Missing,
    /// The catalog could not be asked: prices and stock are as the buyer last saw them.
    NotChecked,
    /// A line has as many pieces as it may: those of a merged cart that came on top were left out.
    QuantityLimit,
    /// The cart has as many lines as it may: one of a merged cart was left out.
    LineLimit,
    /// The code of a merged cart was left out: it does not count beside the others.
    PromotionNotCombinable,
    /// The code of a merged cart was left out: there are as many as there may be.
    PromotionLimit,
    /// A problem this version does not know.
    #[serde(other)]
    Unknown,
}
