//! What must hold in the end (I1 to I8 of the oracle): looked for in the stores, after all processes are gone.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use orders_contract::{Order, OrderPayment, OrderStatus};
use payment_simulator::{Intent, Status};
use payments_contract::Settlement;
use tenon_kernel::testing::ManualClock;
use tenon_kernel::{CallCtx, Env, Interface};
use tenon_server::compose::Tenon;
use tenon_server::verify;
use tenon_store::{Db, Queryable as _};

use crate::asked;
use crate::books::Books;
use crate::feeds::{FEEDS, Feed};
use crate::process::Site;
use crate::trace::Trace;

/// Everything that is compared.
struct Judge<'a> {
    books: &'a Books,
    intents: &'a [Intent],
    trace: &'a Trace,
    failures: &'a mut Vec<String>,
}

/// Compares what buyers were told with orders, money, stock and events; returns how many orders there are.
pub(crate) fn judge(
    site: &Site,
    env: Env,
    books: &Books,
    intents: &[Intent],
    trace: &Trace,
    failures: &mut Vec<String>,
) -> usize {
    // The time of the end, for ever: nothing more comes due.
    let clock = ManualClock::starting_at(env.now());
    let env = Env::new(Arc::new(clock), Arc::new(tenon_kernel::SystemEntropy));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let judge = Judge {
        books,
        intents,
        trace,
        failures,
    };
    let judged = runtime.expect("starts").block_on(judge.all(site, &env));
    judged.expect("what is left can be read")
}

impl Judge<'_> {
    async fn all(mut self, site: &Site, env: &Env) -> Result<usize> {
        let tenon = Tenon::build(&site.template.server(&site.stores), env).await?;
        let ctx = CallCtx::service(env, Interface::Cli, "simulation");
        let contracts = &tenon.edge.as_ref().expect("a public process").contracts;

        let (payments, orders) = asked::orders(contracts, &ctx).await?;
        let settlements = asked::settlements(contracts, &ctx).await?;
        self.acknowledged(&orders);
        self.money(&orders, &settlements, &payments);
        for feed in &FEEDS {
            self.events(&tenon, &ctx, feed).await?;
        }
        // Ledger, stock and everything that modules hold true of themselves (I4, I5), and what holds across them.
        let broken = verify::all(&tenon, env).await?;
        if broken > 0 {
            self.failures
                .push(format!("{broken} invariants are broken"));
        }
        for order in &orders {
            let Order {
                order_id, status, ..
            } = order;
            self.trace.end(format_args!(
                "{order_id} {status:?} {} {}",
                order.captured, order.refunded
            ));
        }
        for intent in self.intents {
            self.trace.end(format_args!(
                "{} {:?} {} {} {}",
                intent.id, intent.status, intent.amount, intent.captured, intent.refunded
            ));
        }
        tenon.node.close().await;
        Ok(orders.len())
    }

    fn fail(&mut self, what: String) {
        self.failures.push(what);
    }

    /// I1, I2: every acknowledged order is there, and no cart became two.
    fn acknowledged(&mut self, orders: &[Order]) {
        let mut by_cart: BTreeMap<String, Vec<&Order>> = BTreeMap::new();
        for order in orders {
            by_cart
                .entry(order.cart_id.to_string())
                .or_default()
                .push(order);
        }
        let purchases = self.books.purchases();
        for (cart, orders) in &by_cart {
            let live = orders.iter().filter(|order| is_live(order.status)).count();
            if live > 1 {
                self.fail(format!("cart {cart} became {live} live orders"));
            }
            if !purchases.contains_key(cart) {
                self.fail(format!("nobody asked for the order of cart {cart}"));
            }
            if let Some(order) = orders
                .iter()
                .find(|order| order.status == OrderStatus::PendingPayment)
            {
                self.fail(format!("order {} is pending for ever", order.order_id));
            }
        }
        for (cart, purchase) in purchases {
            let all = by_cart.get(&cart).into_iter().flatten();
            let live = all.filter(|order| is_live(order.status)).count();
            if purchase.is_refused && live > 0 {
                self.fail(format!(
                    "cart {cart} was told that nothing comes of it, and has an order"
                ));
            }
            let Some(told) = &purchase.order else {
                continue;
            };
            let orders = by_cart.get(&cart).map_or(&[][..], Vec::as_slice);
            let found = orders
                .iter()
                .find(|order| order.order_id.to_string() == *told);
            match found {
                None => self.fail(format!("order {told}, acknowledged, is lost")),
                Some(order)
                    if purchase.is_cancelled != (order.status == OrderStatus::Cancelled) =>
                {
                    let status = order.status;
                    let cancelled = purchase.is_cancelled;
                    self.fail(format!(
                        "order {told} is {status:?}; its cancellation was acknowledged: {cancelled}"
                    ));
                }
                Some(_) => {}
            }
        }
    }

    /// I3: what the provider holds is what payments know, and what orders are worth.
    fn money(&mut self, orders: &[Order], settlements: &[Settlement], heard: &[OrderPayment]) {
        let held = |status: Status| status == Status::Authorized;
        for intent in self
            .intents
            .iter()
            .filter(|intent| held(intent.status) && intent.captured == 0)
        {
            self.fail(format!("{} is held and never taken", intent.id));
        }
        let sum = |amounts: &mut dyn Iterator<Item = i64>| amounts.sum::<i64>();
        let taken = sum(&mut self.intents.iter().map(|intent| intent.captured));
        let known = sum(&mut settlements.iter().map(|of| of.captured.minor()));
        if taken != known {
            self.fail(format!(
                "the provider took {taken}, payments know of {known}"
            ));
        }
        let returned = sum(&mut self.intents.iter().map(|intent| intent.refunded));
        let known = sum(&mut settlements.iter().map(|of| of.refunded.minor()));
        if returned != known {
            self.fail(format!(
                "the provider gave {returned} back, payments know of {known}"
            ));
        }
        let refunds: BTreeMap<String, Vec<i64>> = self
            .books
            .purchases()
            .into_iter()
            .map(|(cart, purchase)| (cart, purchase.refunds))
            .collect();
        for order in orders {
            let settlement = settlements
                .iter()
                .find(|of| of.payment_id.uuid() == order.payment_id.uuid());
            let (captured, refunded) =
                settlement.map_or((0, 0), |of| (of.captured.minor(), of.refunded.minor()));
            let asked: i64 = refunds
                .get(&order.cart_id.to_string())
                .map_or(0, |all| all.iter().sum());
            let id = order.order_id;
            if is_live(order.status) {
                let total = order.totals.total.minor();
                if captured != total || refunded != asked {
                    self.fail(format!(
                        "{id}: worth {total}, {asked} to be given back; taken {captured}, given back {refunded}"
                    ));
                }
            } else if captured != refunded {
                self.fail(format!(
                    "{id} is cancelled: taken {captured}, given back {refunded}"
                ));
            }
            // I7: what payments published came to orders, once.
            let heard = heard.iter().find(|of| of.order_id == id);
            let heard = heard.map_or((0, 0), |of| (of.captured.minor(), of.refunded.minor()));
            if heard != (captured, refunded) {
                self.fail(format!(
                    "{id}: orders heard {heard:?}, payments did {:?}",
                    (captured, refunded)
                ));
            }
        }
    }

    /// I7: every event that a module takes is in its inbox, once, and done.
    async fn events(&mut self, tenon: &Tenon, ctx: &CallCtx, feed: &Feed) -> Result<()> {
        let Feed {
            consumer, source, ..
        } = feed;
        let sent: Vec<(Vec<u8>, String)> = db(tenon, source)
            .read(ctx)
            .query("SELECT event_id, type FROM outbox ORDER BY id LIMIT 100000")
            .fetch_all()
            .await?;
        let taken: Vec<(Vec<u8>, String, String)> = db(tenon, consumer)
            .read(ctx)
            .query("SELECT event_id, type, state FROM inbox WHERE source = $1 ORDER BY seq LIMIT 100000")
            .bind(*source)
            .fetch_all()
            .await?;
        for (id, kind, state) in &taken {
            if state != "done" {
                self.fail(format!("{consumer}: {kind} of {source} is {state}"));
            }
            if sent.iter().filter(|(sent, _)| sent == id).count() != 1 {
                self.fail(format!("{consumer}: {kind} was never sent by {source}"));
            }
        }
        for (id, kind) in &sent {
            let copies = taken.iter().filter(|(taken, ..)| taken == id).count();
            if copies != usize::from(feed.takes(kind)) {
                self.fail(format!(
                    "{consumer}: {kind} of {source} came {copies} times"
                ));
            }
        }
        Ok(())
    }
}

fn is_live(status: OrderStatus) -> bool {
    matches!(
        status,
        OrderStatus::Placed | OrderStatus::PartiallyFulfilled | OrderStatus::Fulfilled
    )
}

fn db<'t>(tenon: &'t Tenon, module: &str) -> &'t Db {
    let found = tenon.node.modules().find(|found| found.name == module);
    &found.expect("hosted here").db
}
