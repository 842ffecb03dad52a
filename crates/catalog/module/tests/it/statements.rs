//! What the checkout pays for: statements are counted, so that nobody adds one without noticing.

use catalog_contract::{CommitReservation, GetVariants, Release};
use tenon_testkit::engines;

use crate::shop::Shop;

/// Statements of the platform for each thing that a unit of work does.
struct Platform {
    key: u32,
    event: u32,
    job: u32,
}

const PLATFORM: Platform = Platform {
    key: 2,
    event: 1, // numbered and written at once
    job: 1,
};

#[tokio::test]
async fn commands_of_the_checkout_send_few_statements() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let mut variants = Vec::new();
        for number in 0..4 {
            variants.push(shop.variant(&format!("TEA-{number}"), 50).await);
        }
        for lines in [1, 4] {
            let demand: Vec<_> = variants
                .iter()
                .take(lines)
                .map(|&variant| (variant, 1))
                .collect();
            let id = shop.new_reservation();
            let ctx = shop.ctx();
            shop.direct
                .reserve(&ctx, shop.request(id, &demand))
                .await
                .expect("in stock");
            let reserve = ctx.stats().statements();
            let ctx = shop.ctx();
            let commit = CommitReservation {
                reservation_id: id,
                order_id: "ord_1".to_owned(),
            };
            shop.direct
                .commit_reservation(&ctx, commit)
                .await
                .expect("held");
            let commit = ctx.stats().statements();
            let id = shop.new_reservation();
            shop.reserve(id, &demand).await.expect("in stock");
            let ctx = shop.ctx();
            let release = Release {
                reservation_id: id,
                reason: "test".to_owned(),
            };
            shop.direct.release(&ctx, release).await.expect("held");
            let release = ctx.stats().statements();

            // A level each; the reservation; the ledger; and what the platform adds: key, outcome, event, job.
            let lines = u32::try_from(lines).expect("small");
            assert_eq!(
                reserve,
                lines + 2 + PLATFORM.key + PLATFORM.event + PLATFORM.job,
                "{engine:?}: reserve"
            );
            assert_eq!(
                commit,
                lines + 2 + PLATFORM.key + PLATFORM.event,
                "{engine:?}: commit"
            );
            assert_eq!(
                release,
                lines + 2 + PLATFORM.key + PLATFORM.event,
                "{engine:?}: release"
            );
        }
    }
}

#[tokio::test]
async fn reads_send_two_statements_however_many_variants() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let ctx = shop.app.kit().ctx();
        let req = GetVariants {
            variant_ids: vec![tea; 200],
            currency: "EUR".parse().expect("known"),
            buyer: None,
        };
        let found = shop.direct.get_variants(&ctx, req).await.expect("found");
        assert_eq!((found.variants.len(), ctx.stats().statements()), (1, 2));
        assert_eq!(found.variants[0].available, 5);
        assert_eq!(
            found.variants[0].price.map(tenon_kernel::Money::minor),
            Some(450)
        );
    }
}
