//! Rows of `orders` and how whole orders are put together from them.

use std::collections::BTreeMap;

use orders_contract::{
    Address, CartId, CheckoutId, Customer, FulfillmentId, LineId, Order, OrderId, OrderLine,
    PaymentRef, ReservationRef, Totals, UserRef,
};
use tenon_kernel::{Money, Timestamp};
use tenon_store::{Json, Queryable, StoreError};

use super::{currency, document, enum_name, fulfillments, money, order_lines};

#[derive(sqlx::FromRow)]
pub(super) struct OrderRow {
    pub(super) number: i64,
    pub(super) id: OrderId,
    version: i64,
    status: String,
    cancel_reason: Option<String>,
    cart_id: CartId,
    checkout_id: CheckoutId,
    payment_id: PaymentRef,
    reservation_id: ReservationRef,
    owner_id: Option<UserRef>,
    email: String,
    currency: String,
    /// What the lines cost after the discount.
    subtotal: i64,
    discount: i64,
    shipping: i64,
    tax: i64,
    tax_included: bool,
    total: i64,
    shipping_method: Option<String>,
    shipping_address: Json<Address>,
    billing_address: Option<Json<Address>>,
    capture: String,
    payment_status: String,
    captured: i64,
    refunded: i64,
    shipped_value: i64,
    rates_source: String,
    created_at: Timestamp,
    placed_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
}

/// An order with what only this module knows about it.
#[derive(Debug, Clone)]
pub(crate) struct StoredOrder {
    pub(crate) order: Order,
    pub(crate) checkout_id: CheckoutId,
    /// Worth of the parcels that have left.
    pub(crate) shipped_value: Money,
    /// Pieces of each line that are in parcels, shipped or not.
    pub(crate) packed: BTreeMap<LineId, i64>,
}

macro_rules! columns {
    () => {
        "number, id, version, status, cancel_reason, cart_id, checkout_id, payment_id, reservation_id, owner_id, \
         email, currency, subtotal, discount, shipping, tax, tax_included, total, shipping_method, shipping_address, \
         billing_address, capture, payment_status, captured, refunded, shipped_value, rates_source, \
         created_at, placed_at, cancelled_at"
    };
}
pub(super) use columns;

/// Completes rows with their lines and parcels: two statements, however many orders; keeps the order of the rows.
pub(super) async fn complete(
    db: &mut dyn Queryable,
    rows: Vec<OrderRow>,
) -> Result<Vec<StoredOrder>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<OrderId> = rows.iter().map(|row| row.id).collect();
    let mut lines: BTreeMap<OrderId, Vec<order_lines::LineRow>> = BTreeMap::new();
    for line in order_lines::of_orders(db, &ids).await? {
        lines.entry(line.order_id).or_default().push(line);
    }
    let mut parcels: BTreeMap<OrderId, Vec<FulfillmentId>> = BTreeMap::new();
    for (order, parcel) in fulfillments::ids_of_orders(db, &ids).await? {
        parcels.entry(order).or_default().push(parcel);
    }
    rows.into_iter()
        .map(|row| {
            let lines = lines.remove(&row.id).unwrap_or_default();
            let parcels = parcels.remove(&row.id).unwrap_or_default();
            row.into_order(lines, parcels)
        })
        .collect()
}

impl OrderRow {
    fn into_order(
        self,
        lines: Vec<order_lines::LineRow>,
        fulfillments: Vec<FulfillmentId>,
    ) -> Result<StoredOrder, StoreError> {
        let currency = currency("orders.currency", &self.currency)?;
        let packed = lines.iter().map(order_lines::LineRow::packed).collect();
        let lines: Vec<OrderLine> = lines
            .into_iter()
            .map(|line| line.into_line(currency))
            .collect::<Result<_, _>>()?;
        let totals = Totals {
            subtotal: money("orders.subtotal", self.subtotal + self.discount, currency)?,
            discount: Some(money("orders.discount", self.discount, currency)?),
            shipping: money("orders.shipping", self.shipping, currency)?,
            tax: money("orders.tax", self.tax, currency)?,
            tax_included: self.tax_included,
            total: money("orders.total", self.total, currency)?,
        };
        let order = Order {
            order_id: self.id,
            number: self.number.to_string(),
            version: self.version,
            status: enum_name("orders.status", &self.status)?,
            cancel_reason: self
                .cancel_reason
                .map(|it| enum_name("orders.cancel_reason", &it))
                .transpose()?,
            customer: Customer {
                user_id: self.owner_id,
                email: self.email,
            },
            lines,
            totals,
            rates_source: enum_name("orders.rates_source", &self.rates_source)?,
            shipping_method: self.shipping_method,
            shipping_address: Some(self.shipping_address.0),
            billing_address: document(self.billing_address),
            cart_id: self.cart_id,
            payment_id: self.payment_id,
            reservation_id: self.reservation_id,
            capture: enum_name("orders.capture", &self.capture)?,
            payment_status: enum_name("orders.payment_status", &self.payment_status)?,
            captured: money("orders.captured", self.captured, currency)?,
            refunded: money("orders.refunded", self.refunded, currency)?,
            fulfillments,
            created_at: self.created_at,
            placed_at: self.placed_at,
            cancelled_at: self.cancelled_at,
        };
        let shipped_value = money("orders.shipped_value", self.shipped_value, currency)?;
        Ok(StoredOrder {
            order,
            checkout_id: self.checkout_id,
            shipped_value,
            packed,
        })
    }
}
