//! A rush on few pieces: exactly what is there is sold.

use std::sync::Arc;

use catalog_contract::{CatalogError, CommitReservation};
use futures_util::future::join_all;
use tenon_seam::{SeamError, SeamFault};
use tenon_testkit::{engines, rounds};

use crate::shop::Shop;

const BUYERS: usize = 500;
const PIECES: i64 = 10;

/// Reserves a piece and buys it at once; `false` if there is none left.
async fn buy(shop: &Shop, variant: catalog_contract::VariantId) -> bool {
    let (reservation_id, ctx) = (shop.new_reservation(), shop.ctx());
    loop {
        let request = shop.request(reservation_id, &[(variant, 1)]);
        match shop.direct.reserve(&ctx, request).await {
            Ok(_) => break,
            Err(SeamError::Domain(CatalogError::OutOfStock { lines })) => {
                assert_eq!((lines[0].requested, lines[0].available), (1, 0));
                return false;
            }
            // So many at once wait for longer than a unit of work may: ask again, as callers do.
            Err(SeamError::Seam(SeamFault::Overloaded { .. } | SeamFault::Unavailable { .. })) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    let commit = CommitReservation {
        reservation_id,
        order_id: format!("ord_{reservation_id}"),
    };
    shop.direct
        .commit_reservation(&shop.ctx(), commit)
        .await
        .expect("it is held");
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_hundred_buyers_of_ten_pieces_get_ten() {
    for engine in engines() {
        let shop = Arc::new(Shop::open(engine).await);
        for round in 0..rounds(1) {
            let rare = shop.variant(&format!("RARE-{round}"), PIECES).await;
            let buyers = (0..BUYERS).map(|_| {
                let shop = Arc::clone(&shop);
                tokio::spawn(async move { buy(&shop, rare).await })
            });
            let bought = join_all(buyers).await.into_iter();
            let bought = bought.filter(|it| *it.as_ref().expect("no panic")).count();
            assert_eq!(
                i64::try_from(bought),
                Ok(PIECES),
                "{engine:?}, round {round}"
            );
            assert_eq!(shop.stock(rare).await, (0, 0), "{engine:?}, round {round}");
        }
        shop.app.assert_invariants().await;
    }
}
