//! What orders says, and what payments does about it.

use orders_contract::{
    CancelReason, CapturePolicy, Customer, FulfillmentId, OrderCancelled, OrderId, OrderShipped,
    PaymentRef,
};
use payment_simulator::Status;
use payments_contract::{Payment, PaymentStatus};
use tenon_events::Emit as _;
use tenon_kernel::{CallCtx, Money};
use tenon_seam::Event;
use tenon_testkit::{TestEngine, engines};
use uuid::Uuid;

use crate::support::{OtherModule, World, eur};

const ORDERS: tenon_store::Migrations = tenon_store::Migrations {
    module: "orders",
    sqlite: None,
    postgres: None,
};

async fn world(engine: TestEngine) -> World {
    World::with(engine, None, vec![OtherModule { name: "orders" }]).await
}

async fn say<E: Event>(world: &World, event: &E) {
    let db = world.app.kit().db(ORDERS).await;
    let mut ctx: CallCtx = world.ctx();
    let mut tx = db
        .begin(&mut ctx, "test.say")
        .await
        .expect("a transaction begins");
    tx.emit(event).await.expect("the event is written");
    tx.commit().await.expect("it commits");
    world.app.settle().await;
}

fn customer() -> Customer {
    Customer {
        user_id: None,
        email: "alice@shop.test".to_owned(),
    }
}

fn cancelled(payment: &Payment, refund_due: Money) -> OrderCancelled {
    OrderCancelled {
        order_id: OrderId::from_uuid(payment.order_id.uuid()),
        number: "1001".to_owned(),
        customer: customer(),
        reason: CancelReason::CustomerRequest,
        was_placed: true,
        refund_due,
        payment_id: PaymentRef::from_uuid(payment.payment_id.uuid()),
    }
}

fn shipped(payment: &Payment, parcel: u128, value: Money) -> OrderShipped {
    OrderShipped {
        order_id: OrderId::from_uuid(payment.order_id.uuid()),
        number: "1001".to_owned(),
        customer: customer(),
        fulfillment_id: FulfillmentId::from_uuid(Uuid::from_u128(parcel)),
        lines: Vec::new(),
        tracking: None,
        payment_id: PaymentRef::from_uuid(payment.payment_id.uuid()),
        capture: CapturePolicy::OnShip,
        value,
        complete: false,
    }
}

#[tokio::test]
async fn a_cancelled_order_gets_its_money_back_once() {
    for engine in engines() {
        let world = world(engine).await;
        let paid = world.open("pm_success").await;
        world.app.settle().await;
        say(&world, &cancelled(&paid, paid.amount)).await;
        // Orders asks for the same by command.
        world.void(paid.payment_id).await;
        world.app.settle().await;
        assert_eq!(world.now(&paid).await.status, PaymentStatus::Refunded);
        assert_eq!(world.intent().refunded, 2_500);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn a_cancelled_order_that_owes_nothing_or_a_part_is_left_to_orders() {
    for engine in engines() {
        let world = world(engine).await;
        let paid = world.open("pm_success").await;
        world.app.settle().await;
        for due in [eur(0), eur(1_000)] {
            say(&world, &cancelled(&paid, due)).await;
        }
        assert_eq!(world.now(&paid).await.status, PaymentStatus::Captured);
    }
}

#[tokio::test]
async fn each_parcel_takes_what_it_is_worth_once() {
    for engine in engines() {
        let world = world(engine).await;
        let opened = world.open_on_ship("pm_success").await;
        for parcel in [1, 1, 2] {
            say(&world, &shipped(&opened, parcel, eur(1_200))).await;
        }
        assert_eq!(
            (world.intent().status, world.intent().captured),
            (Status::Captured, 2_400)
        );
        // Worth more than is left: what is left.
        say(&world, &shipped(&opened, 3, eur(1_200))).await;
        assert_eq!(world.intent().captured, 2_500);
        assert_eq!(world.events("payment.captured").await.len(), 3);
        world.assert_sound().await;
    }
}

#[tokio::test]
async fn an_order_that_was_paid_at_once_takes_nothing_on_shipping() {
    for engine in engines() {
        let world = world(engine).await;
        let opened = world.open("pm_success").await;
        world.app.settle().await;
        say(&world, &shipped(&opened, 1, eur(2_500))).await;
        assert_eq!(world.events("payment.captured").await.len(), 1);
        assert_eq!(world.now(&opened).await.status, PaymentStatus::Captured);
    }
}
