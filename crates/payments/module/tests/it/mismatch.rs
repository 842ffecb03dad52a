//! A provider that reports the wrong money.

use payment_simulator::Status;
use payments_contract::{PaymentStatus, PaymentsError};
use tenon_testkit::engines;

use crate::support::World;

#[tokio::test]
async fn the_wrong_amount_is_never_authorised_and_is_let_go() {
    for engine in engines() {
        let world = World::new(engine).await;
        let failed = world.open("pm_wrong_amount").await;
        assert_eq!(failed.status, PaymentStatus::Failed);
        assert_eq!(failed.authorized.minor(), 0);

        world.app.settle().await;

        assert_eq!(world.intent().status, Status::Canceled);
        let mismatch = &world.events("payment.mismatch").await[0];
        assert_eq!(
            (
                &mismatch["expected"]["amount"],
                &mismatch["reported_amount"]
            ),
            (&2_500.into(), &2_501.into())
        );
        assert!(world.events("payment.authorized").await.is_empty());
        assert!(world.ledger(&failed).await.is_empty());
        let error = world
            .attempt(&failed, "pm_success")
            .await
            .expect_err("it is over");
        assert!(
            matches!(error.domain(), Some(PaymentsError::PaymentClosed { .. })),
            "{error}"
        );
        world.assert_sound().await;
    }
}
