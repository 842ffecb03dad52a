//! Failures behind a receipt, refunds that wait, and money that is gone.

use super::*;

/// Catalog and payments fail, answer late or not at all: in the end each was asked with one effect.
#[tokio::test]
async fn a_receipt_survives_every_failure_behind_it() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let approved = it.approved("r1", &[(0, 2)]).await;
        let gone = || SeamFault::Unavailable {
            executed: Executed::No,
        };
        it.shop.catalog.fail_next(gone());
        it.shop.payments.fail_next(gone());
        it.receive(&approved, "a1", false).await.expect(202);
        for _ in 0..6 {
            it.shop.wait(Duration::from_mins(2)).await;
        }
        assert_eq!(it.shop.catalog.on_hand(it.tea), 9);
        assert_eq!((it.refunds().len(), it.given()), (1, 1_000));

        // The effect was there, and its answer was lost.
        let approved = it.approved("r2", &[(0, 1)]).await;
        it.shop.slow_catalog.stall_next("return_stock", When::After);
        it.receive(&approved, "a2", false).await.expect(202);
        for _ in 0..4 {
            it.shop.wait(Duration::from_mins(2)).await;
        }
        let now = it.look(&approved).await;
        assert_eq!(now["restock_status"], "done", "{now}");
        assert_eq!(now["refund"]["status"], "requested", "{now}");
        assert_eq!(it.shop.catalog.on_hand(it.tea), 10);
        assert_eq!((it.refunds().len(), it.given()), (2, 1_500));
        it.shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_refund_waits_for_its_second_person_and_may_fail() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        it.shop
            .payments
            .answer_refunds(RefundStatus::AwaitingApproval);
        let approved = it.approved("r1", &[(1, 1)]).await;
        it.receive(&approved, "a1", false).await.expect(202);
        it.shop.app.settle().await;
        let now = it.look(&approved).await;
        assert_eq!(now["refund"]["status"], "awaiting_approval");
        let asked = it
            .shop
            .payments
            .calls()
            .into_iter()
            .find_map(|call| match call {
                Call::Refund(refund) => Some(refund),
                _ => None,
            });
        let asked = asked.expect("payments was asked");
        assert!(asked.requested_by.is_some(), "a person received it");
        let refund = it.refunds()[0].clone();
        it.shop.feed.push(&RefundFailed {
            refund_id: refund.refund_id,
            payment_id: refund.payment_id,
            order_id: refund.order_id,
            amount: refund.amount,
            reason: refund.reason.clone(),
            failure: "approval_rejected".to_owned(),
        });
        it.shop.app.settle().await;
        let now = it.look(&approved).await;
        assert_eq!(now["refund"]["status"], "failed");
        assert_eq!(now["refund"]["failure"], "approval_rejected");
        it.shop.app.assert_invariants().await;
    }
}

/// The shop gave money back by hand before: the return gives back what is left, and says so.
#[tokio::test]
async fn no_more_goes_back_than_is_left() {
    for engine in engines() {
        let it = Sold::new(engine).await;
        let by_hand = payments_contract::RefundPayment {
            payment_id: it.payment.parse().expect("a payment id"),
            refund_id: it.shop.app.kit().env().new_id(),
            amount: crate::support::eur(2_600),
            reason: "goodwill".to_owned(),
            requested_by: None,
        };
        let payments: &dyn payments_contract::Payments = it.shop.payments.as_ref();
        let ctx = it.shop.app.kit().ctx();
        payments.refund_payment(&ctx, by_hand).await.expect("given");
        let approved = it.approved("r1", &[(0, 1)]).await;
        it.receive(&approved, "a1", false).await.expect(202);
        it.shop.app.settle().await;
        let now = it.look(&approved).await;
        assert_eq!(now["refund"]["amount"]["amount"], 290, "{now}");
        let next = it.approved("r2", &[(0, 1)]).await;
        it.receive(&next, "a2", false).await.expect(202);
        it.shop.app.settle().await;
        let now = it.look(&next).await;
        assert_eq!(now["refund"]["status"], "nothing_left", "{now}");
        assert_eq!(it.given(), 2_890);
    }
}
