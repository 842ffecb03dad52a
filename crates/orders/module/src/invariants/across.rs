//! What must hold between orders and the modules they stand on, while everything runs.
//!
//! A live order is paid for and has its stock at every moment. What a cancelled one has to give back takes a while:
//! a payment is undone only when its outcome is known; so it is looked at once nothing has happened to it for a while.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use catalog_contract::{GetReservations, ReservationStatus};
use payments_contract::{GetPayments, Payment};
use tenon_kernel::{CallCtx, Timestamp};
use tenon_module::{IdRange, Invariant, Stretch, Violation, check_whole};
use tenon_store::StoreError;
use uuid::Uuid;

use crate::same_id;
use crate::service::Service;
use crate::store::invariants::{ORDERS_AT_ONCE, OrderFacts, order_facts};

/// After so long without news a cancelled order has given back what it had.
const QUIET: Duration = Duration::from_mins(10);

/// Live orders are paid for, and cancelled ones hold no money.
pub(super) struct MoneyFollowsOrders(pub(super) Arc<Service>);

/// Live orders have their stock, and cancelled ones have none.
pub(super) struct StockFollowsOrders(pub(super) Arc<Service>);

#[async_trait]
impl Invariant for MoneyFollowsOrders {
    fn name(&self) -> &'static str {
        "orders.money_follows_orders"
    }

    fn description(&self) -> &'static str {
        "The payment of each live order promises or took exactly its total; that of a cancelled one holds nothing, ten minutes after the last news."
    }

    fn asks(&self) -> &'static [&'static str] {
        &["payments"]
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let (orders, next) = stretch(&self.0, ctx, after).await?;
        if orders.is_empty() {
            return Ok(Stretch {
                next,
                ..Stretch::default()
            });
        }
        let ids = orders
            .iter()
            .map(|order| same_id(order.payment_id))
            .collect();
        let found = self.0.payments.get_payments(ctx, GetPayments { ids }).await;
        let payments: BTreeMap<Uuid, Payment> = found
            .map_err(|error| no_answer("payments", &error))?
            .payments
            .into_iter()
            .map(|payment| (payment.payment_id.uuid(), payment))
            .collect();
        let now = self.0.db.env().now();
        let violations = orders
            .iter()
            .filter_map(|order| money(order, payments.get(&order.payment_id.uuid()), now))
            .collect();
        Ok(Stretch { violations, next })
    }
}

#[async_trait]
impl Invariant for StockFollowsOrders {
    fn name(&self) -> &'static str {
        "orders.stock_follows_orders"
    }

    fn description(&self) -> &'static str {
        "The stock of each live order is held or committed; that of a cancelled one went back, ten minutes after the last news."
    }

    fn asks(&self) -> &'static [&'static str] {
        &["catalog"]
    }

    async fn check(&self, ctx: &CallCtx) -> Result<Vec<Violation>, StoreError> {
        check_whole(self, ctx).await
    }

    async fn check_from(&self, ctx: &CallCtx, after: Option<&str>) -> Result<Stretch, StoreError> {
        let (orders, next) = stretch(&self.0, ctx, after).await?;
        if orders.is_empty() {
            return Ok(Stretch {
                next,
                ..Stretch::default()
            });
        }
        let reservation_ids = orders
            .iter()
            .map(|order| same_id(order.reservation_id))
            .collect();
        let request = GetReservations { reservation_ids };
        let found = self.0.catalog.get_reservations(ctx, request).await;
        let reservations: BTreeMap<Uuid, ReservationStatus> = found
            .map_err(|error| no_answer("catalog", &error))?
            .reservations
            .into_iter()
            .map(|it| (it.reservation_id.uuid(), it.status))
            .collect();
        let now = self.0.db.env().now();
        let violations = orders
            .iter()
            .filter_map(|order| {
                let status = reservations.get(&order.reservation_id.uuid());
                stock(order, status.copied(), now)
            })
            .collect();
        Ok(Stretch { violations, next })
    }
}

/// A stretch of orders that are live or cancelled; those in between have a checkout that is responsible.
async fn stretch(
    service: &Service,
    ctx: &CallCtx,
    after: Option<&str>,
) -> Result<(Vec<OrderFacts>, Option<String>), StoreError> {
    let mut db = service.db.read(ctx);
    let range = IdRange::behind(&mut db, ORDERS_AT_ONCE, after).await?;
    Ok((order_facts(&mut db, &range).await?, range.next()))
}

fn money(order: &OrderFacts, payment: Option<&Payment>, now: Timestamp) -> Option<Violation> {
    let (taken, promised, currency) = match payment {
        Some(payment) => (
            payment.captured.minor() - payment.refunded.minor(),
            payment.authorized.minor().max(payment.captured.minor()),
            payment.amount.currency().to_string(),
        ),
        None => (0, 0, order.currency.clone()),
    };
    if order.is_live() {
        let paid = promised == order.total && currency == order.currency;
        return (!paid).then(|| {
            violation(
                order,
                format!("{} {} promised or taken", order.total, order.currency),
                format!("{promised} {currency}"),
            )
        });
    }
    let held = match payment {
        Some(payment) if payment.captured.minor() == 0 => payment.authorized.minor(),
        _ => taken,
    };
    let is_due = order.is_quiet(now) && payment.is_some_and(|payment| !payment.void_requested);
    (held > 0 && is_due).then(|| {
        violation(
            order,
            "no money of a cancelled order".to_owned(),
            format!("{held} {currency} held"),
        )
    })
}

fn stock(
    order: &OrderFacts,
    status: Option<ReservationStatus>,
    now: Timestamp,
) -> Option<Violation> {
    let has_stock = matches!(
        status,
        Some(ReservationStatus::Held | ReservationStatus::Committed)
    );
    let actual = || match status {
        Some(status) => format!("{status:?}").to_lowercase(),
        None => "no reservation".to_owned(),
    };
    if order.is_live() {
        return (!has_stock)
            .then(|| violation(order, "stock held or committed".to_owned(), actual()));
    }
    (has_stock && order.is_quiet(now))
        .then(|| violation(order, "no stock of a cancelled order".to_owned(), actual()))
}

impl OrderFacts {
    fn is_live(&self) -> bool {
        self.status != "cancelled"
    }

    fn is_quiet(&self, now: Timestamp) -> bool {
        self.updated_at + QUIET < now
    }
}

fn violation(order: &OrderFacts, expected: String, actual: String) -> Violation {
    Violation {
        subject: order.id.to_string(),
        expected,
        actual,
    }
}

fn no_answer(module: &str, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::inconsistent(format!("{module} does not answer: {error}"))
}
