//! What the way of an order's money costs in statements: checkout waits for it.

use tenon_testkit::engines;

use crate::support::World;

/// Rows, events and jobs before the provider is called, then the same after it has answered.
const OPEN: u32 = 18;

#[tokio::test]
async fn opening_a_payment_sends_few_statements() {
    for engine in engines() {
        let world = World::new(engine).await;
        let ctx = world.ctx();
        let request = world.request(Some("pm_success"));
        world
            .payments
            .open_payment(&ctx, request)
            .await
            .expect("opens");
        let sent = ctx.stats().statements();
        assert!(sent <= OPEN, "{engine:?}: {sent} statements");
    }
}
