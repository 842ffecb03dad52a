//! Many at once: what the guards in the store are for.

use std::collections::HashSet;
use std::sync::Arc;

use catalog_contract::{CatalogError, CommitReservation, Release, ReservationStatus, Shortage};
use futures_util::future::join_all;
use tenon_testkit::engines;

use crate::shop::{HOLD, Shop, refusal};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_reservations_race_for_one_piece_and_exactly_one_wins() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let last = shop.variant("LAST", 1).await;
        let racers = (0..50).map(|_| {
            let (catalog, ctx) = (Arc::clone(&shop.direct), shop.ctx());
            let req = shop.request(shop.new_reservation(), &[(last, 1)]);
            tokio::spawn(async move { catalog.reserve(&ctx, req).await })
        });
        let outcomes = join_all(racers).await;
        let (won, beaten): (Vec<_>, Vec<_>) = outcomes
            .into_iter()
            .map(|outcome| outcome.expect("no panic"))
            .partition(Result::is_ok);
        assert_eq!((won.len(), beaten.len()), (1, 49), "{engine:?}");
        let shortage = Shortage {
            variant_id: last,
            requested: 1,
            available: 0,
        };
        for outcome in beaten {
            assert_eq!(
                refusal(outcome),
                CatalogError::OutOfStock {
                    lines: vec![shortage]
                }
            );
        }
        assert_eq!(shop.stock(last).await, (1, 1));
        shop.app.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reservations_of_the_same_goods_in_any_order_do_not_block_each_other() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, pot, cup) = (
            shop.variant("TEA", 40).await,
            shop.variant("POT", 40).await,
            shop.variant("CUP", 40).await,
        );
        let orders = [
            [tea, pot, cup],
            [cup, pot, tea],
            [pot, cup, tea],
            [tea, cup, pot],
        ];
        let racers = (0..40).map(|number| {
            let lines = orders[number % 4].map(|variant| (variant, 1));
            let (catalog, ctx) = (Arc::clone(&shop.direct), shop.ctx());
            let req = shop.request(shop.new_reservation(), &lines);
            tokio::spawn(async move { catalog.reserve(&ctx, req).await })
        });
        for outcome in join_all(racers).await {
            outcome.expect("no panic").expect("there is enough for all");
        }
        for variant in [tea, pot, cup] {
            assert_eq!(shop.stock(variant).await, (40, 40));
        }
        shop.app.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reservation_sent_many_times_at_once_is_one_reservation() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 10).await;
        let id = shop.new_reservation();
        // Each copy under a key of its own: only the reservation's id makes them one.
        let copies = (0..10).map(|_| {
            let (catalog, ctx, req) = (
                Arc::clone(&shop.direct),
                shop.ctx(),
                shop.request(id, &[(tea, 3)]),
            );
            tokio::spawn(async move { catalog.reserve(&ctx, req).await })
        });
        let answers: HashSet<String> = join_all(copies)
            .await
            .into_iter()
            .map(|outcome| {
                format!(
                    "{:?}",
                    outcome.expect("no panic").expect("the one reservation")
                )
            })
            .collect();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(shop.stock(tea).await, (10, 3));
        shop.app.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_release_beside_its_reservation_leaves_nothing_held() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 100).await;
        let pairs = (0..20).map(|_| {
            let id = shop.new_reservation();
            let (reserving, releasing) = (Arc::clone(&shop.direct), Arc::clone(&shop.direct));
            let (first, second) = (shop.ctx(), shop.ctx());
            let reserve = shop.request(id, &[(tea, 1)]);
            let release = Release {
                reservation_id: id,
                reason: "gave_up".to_owned(),
            };
            let reserve = tokio::spawn(async move { reserving.reserve(&first, reserve).await });
            let release = tokio::spawn(async move { releasing.release(&second, release).await });
            async move {
                (
                    reserve.await.expect("no panic"),
                    release.await.expect("no panic"),
                )
            }
        });
        for (reserved, released) in join_all(pairs).await {
            assert_eq!(
                released.expect("always").status,
                ReservationStatus::Released
            );
            if let Err(error) = reserved {
                assert!(
                    matches!(
                        error.domain(),
                        Some(CatalogError::ReservationConflict { .. })
                    ),
                    "{error:?}"
                );
            }
        }
        assert_eq!(shop.stock(tea).await, (100, 0));
        shop.app.assert_invariants().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_beside_the_expiry_sells_every_piece_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 20).await;
        let ids: Vec<_> = (0..20).map(|_| shop.new_reservation()).collect();
        for id in &ids {
            shop.reserve(*id, &[(tea, 1)]).await.expect("in stock");
        }
        shop.app.kit().advance(HOLD);
        let commits = ids.iter().map(|&reservation_id| {
            let (catalog, ctx) = (Arc::clone(&shop.direct), shop.ctx());
            let req = CommitReservation {
                reservation_id,
                order_id: format!("ord_{reservation_id}"),
            };
            tokio::spawn(async move { catalog.commit_reservation(&ctx, req).await })
        });
        let (sold, ()) = tokio::join!(join_all(commits), shop.app.settle());
        for outcome in sold {
            outcome
                .expect("no panic")
                .expect("there is enough, expired or not");
        }
        shop.app.settle().await;
        assert_eq!(shop.stock(tea).await, (0, 0));
        shop.app.assert_invariants().await;
    }
}
