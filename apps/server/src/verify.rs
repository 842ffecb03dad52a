//! The oracle: every module's invariants, the platform's, and those that span modules.

use std::collections::BTreeMap;

use anyhow::Result;
use catalog_contract::{ListReservations, ReservationStatus};
use orders_contract::{GetOrders, ListOrderPayments, Order, OrderPayment, OrderStatus};
use payments_contract::{ListSettlements, Settlement};
use tenon_kernel::{CallCtx, Cursor, Env, Interface, PageRequest};
use tenon_module::{Violation, platform_invariants};
use tenon_seam::{SeamError, SeamFault, SeamResult};
use uuid::Uuid;

use crate::compose::{Contracts, INSTALLATION, Tenon};

/// Rows asked for at a time.
const PAGE: u32 = 200;
/// How often a query that takes too long is repeated.
const PATIENCE: u32 = 10;

/// Checks everything, prints a line for each rule; returns how many rules are broken.
pub async fn all(tenon: &Tenon, env: &Env) -> Result<usize> {
    let ctx = CallCtx::service(env, Interface::Cli, "tenon");
    let mut broken = 0;
    for module in tenon.node.modules() {
        for invariant in module
            .invariants
            .iter()
            .chain(&platform_invariants(&module.db))
        {
            if !invariant.asks().iter().all(|asked| tenon.node.hosts(asked)) {
                left_out(&format!("{}, which asks other modules", invariant.name()));
                continue;
            }
            let name = format!("{} ({})", invariant.name(), module.name);
            broken += report(&name, &invariant.check(&ctx).await?);
        }
    }
    match &tenon.edge {
        Some(edge) => {
            for (name, violations) in across_modules(&edge.contracts, &ctx).await? {
                broken += report(name, &violations);
            }
        }
        None => left_out("the rules across modules: the process with the public API checks them"),
    }
    for name in INSTALLATION
        .names()
        .iter()
        .filter(|name| !tenon.node.hosts(name))
    {
        left_out(&format!(
            "the rules of {name}: the process that hosts it checks them"
        ));
    }
    Ok(broken)
}

#[expect(clippy::print_stdout, reason = "the report of a command")]
fn left_out(what: &str) {
    println!("       left out: {what}");
}

#[expect(clippy::print_stdout, reason = "the report of a command")]
fn report(name: &str, violations: &[Violation]) -> usize {
    println!(
        "{} {name}",
        if violations.is_empty() {
            "ok    "
        } else {
            "BROKEN"
        }
    );
    for violation in violations {
        println!(
            "       {}: expected {}, is {}",
            violation.subject, violation.expected, violation.actual
        );
    }
    usize::from(!violations.is_empty())
}

/// What must hold between orders, payments and catalog (I1, I3, I5 of the oracle).
async fn across_modules(
    contracts: &Contracts,
    ctx: &CallCtx,
) -> Result<Vec<(&'static str, Vec<Violation>)>> {
    let orders = order_payments(contracts, ctx).await?;
    let settlements = settlements(contracts, ctx).await?;
    let by_payment: BTreeMap<Uuid, &Settlement> = settlements
        .iter()
        .map(|settlement| (settlement.payment_id.uuid(), settlement))
        .collect();
    let mut paid = Vec::new();
    let mut told = Vec::new();
    for order in &orders {
        let settlement = by_payment.get(&order.payment_id.uuid()).copied();
        paid.extend(placed_means_paid(order, settlement));
        told.extend(both_tell_the_same(order, settlement));
    }
    let mut live = BTreeMap::<Uuid, usize>::new();
    for order in orders.iter().filter(|order| is_live(order.status)) {
        *live.entry(order.payment_id.uuid()).or_default() += 1;
    }
    let mut one_order = Vec::new();
    for settlement in settlements
        .iter()
        .filter(|settlement| settlement.captured.minor() > settlement.refunded.minor())
    {
        let count = live
            .get(&settlement.payment_id.uuid())
            .copied()
            .unwrap_or_default();
        if count != 1 {
            one_order.push(violation(
                settlement.payment_id,
                "exactly one live order for money taken",
                count,
            ));
        }
    }
    Ok(vec![
        ("app.placed_orders_are_paid", paid),
        ("app.orders_and_payments_agree", told),
        ("app.money_taken_has_one_order", one_order),
        (
            "app.stock_follows_orders",
            stock_follows_orders(contracts, ctx, &orders).await?,
        ),
    ])
}

/// Placed, and not given up since.
fn is_live(status: OrderStatus) -> bool {
    matches!(
        status,
        OrderStatus::Placed | OrderStatus::PartiallyFulfilled | OrderStatus::Fulfilled
    )
}

fn placed_means_paid(order: &OrderPayment, settlement: Option<&Settlement>) -> Option<Violation> {
    if !is_live(order.status) {
        return None;
    }
    let Some(settlement) = settlement else {
        return Some(violation(order.order_id, "a payment", "none"));
    };
    let promised = settlement
        .authorized
        .minor()
        .max(settlement.captured.minor());
    (promised != order.total.minor() || settlement.authorized.currency() != order.total.currency())
        .then(|| violation(order.order_id, order.total, settlement.authorized))
}

/// What orders heard of captures and refunds is what payments did. Events in flight are no breach: the
/// server is stopped and settled when this runs.
fn both_tell_the_same(order: &OrderPayment, settlement: Option<&Settlement>) -> Option<Violation> {
    let settlement = settlement?;
    let (heard, did) = (
        (order.captured, order.refunded),
        (settlement.captured, settlement.refunded),
    );
    (heard.0.minor() > did.0.minor() || heard.1.minor() > did.1.minor()).then(|| {
        violation(
            order.order_id,
            format!("at most captured {}, refunded {}", did.0, did.1),
            format!("captured {}, refunded {}", heard.0, heard.1),
        )
    })
}

/// Held stock belongs to a living checkout, committed stock to a living order.
async fn stock_follows_orders(
    contracts: &Contracts,
    ctx: &CallCtx,
    orders: &[OrderPayment],
) -> Result<Vec<Violation>> {
    let mut reservations: BTreeMap<Uuid, (ReservationStatus, Option<String>)> = BTreeMap::new();
    for status in [ReservationStatus::Held, ReservationStatus::Committed] {
        let mut cursor = None;
        loop {
            let request = ListReservations {
                status: Some(status),
                page: page(cursor),
            };
            let found =
                patiently(|| contracts.catalog.list_reservations(ctx, request.clone())).await?;
            for reservation in found.reservations {
                reservations.insert(
                    reservation.reservation_id.uuid(),
                    (reservation.status, reservation.order_id),
                );
            }
            cursor = found.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
    }
    let mut violations = Vec::new();
    let mut claimed = BTreeMap::new();
    let live: Vec<_> = orders
        .iter()
        .filter(|order| is_live(order.status))
        .map(|order| order.order_id)
        .collect();
    for ids in live.chunks(PAGE as usize) {
        let found = patiently(|| {
            contracts.orders.get_orders(
                ctx,
                GetOrders {
                    order_ids: ids.to_vec(),
                },
            )
        })
        .await?;
        for Order {
            order_id,
            reservation_id,
            ..
        } in found.orders
        {
            claimed.insert(reservation_id.uuid(), order_id);
            if !reservations.contains_key(&reservation_id.uuid()) {
                violations.push(violation(order_id, "stock held or committed", "none"));
            }
        }
    }
    for (reservation, (status, order)) in &reservations {
        if *status == ReservationStatus::Committed && !claimed.contains_key(reservation) {
            let order = order.as_deref().unwrap_or("no order").to_owned();
            violations.push(violation(
                order,
                "no stock committed for an order that is not live",
                reservation,
            ));
        }
    }
    Ok(violations)
}

async fn order_payments(contracts: &Contracts, ctx: &CallCtx) -> Result<Vec<OrderPayment>> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let request = ListOrderPayments { page: page(cursor) };
        let found =
            patiently(|| contracts.orders.list_order_payments(ctx, request.clone())).await?;
        all.extend(found.data);
        cursor = found.next_cursor;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

async fn settlements(contracts: &Contracts, ctx: &CallCtx) -> Result<Vec<Settlement>> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let request = ListSettlements { page: page(cursor) };
        let found = patiently(|| contracts.payments.list_settlements(ctx, request.clone())).await?;
        all.extend(found.settlements);
        cursor = found.next_cursor;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

/// Asks again while the answer only takes too long: contracts bound each call for callers in a hurry, and
/// whoever verifies is not. Queries may always be repeated.
async fn patiently<T, E, F>(mut ask: impl FnMut() -> F) -> SeamResult<T, E>
where
    F: Future<Output = SeamResult<T, E>>,
{
    for _ in 0..PATIENCE {
        match ask().await {
            Err(SeamError::Seam(
                SeamFault::DeadlineExceeded { .. } | SeamFault::Overloaded { .. },
            )) => {}
            answer => return answer,
        }
    }
    ask().await
}

fn page(cursor: Option<Cursor>) -> PageRequest {
    PageRequest {
        limit: PAGE,
        cursor,
    }
}

fn violation(subject: impl ToString, expected: impl ToString, actual: impl ToString) -> Violation {
    Violation {
        subject: subject.to_string(),
        expected: expected.to_string(),
        actual: actual.to_string(),
    }
}
