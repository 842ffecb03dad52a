//! Reservations: the rules of the contract, through the encoded end of the seam.

use std::time::Duration;

use catalog_contract::{
    CatalogError, CommitReservation, ExtendReservation, GetReservations, ListReservations,
    ReservationStatus, Restock, Shortage,
};
use serde_json::json;
use tenon_kernel::PageRequest;
use tenon_store::Queryable as _;
use tenon_testkit::engines;

use crate::shop::{HOLD, Shop, refusal};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn reserved_stock_is_held_and_comes_back_when_released() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let (tea, pot) = (shop.variant("TEA", 5).await, shop.variant("POT", 2).await);
        let id = shop.new_reservation();

        let held = shop
            .reserve(id, &[(tea, 1), (pot, 2), (tea, 2)])
            .await
            .expect("in stock");
        assert_eq!(held.status, ReservationStatus::Held);
        let mut expected = [(tea, 3), (pot, 2)];
        expected.sort_unstable();
        let lines: Vec<_> = held
            .lines
            .iter()
            .map(|line| (line.variant_id, line.quantity))
            .collect();
        assert_eq!(lines, expected, "added up, by variant");
        assert_eq!(
            (shop.stock(tea).await, shop.stock(pot).await),
            ((5, 3), (2, 2))
        );

        let released = shop.release(id).await.expect("held");
        assert_eq!(released.status, ReservationStatus::Released);
        assert_eq!(shop.release(id).await.expect("released already"), released);
        assert_eq!(
            (shop.stock(tea).await, shop.stock(pot).await),
            ((5, 0), (2, 0))
        );

        let causes: Vec<_> = shop.app.events("catalog", "inventory.released").await;
        assert_eq!(causes.len(), 1, "two releases are one fact");
        assert_eq!(causes[0].data["cause"], "checkout_cancelled");
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_reservation_takes_all_lines_or_none_and_names_every_line_that_is_short() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let (pot, cup) = (shop.variant("POT", 1).await, shop.variant("CUP", 0).await);

        let refused = refusal(
            shop.reserve(shop.new_reservation(), &[(tea, 5), (pot, 2), (cup, 1)])
                .await,
        );
        let mut lines = vec![
            Shortage {
                variant_id: pot,
                requested: 2,
                available: 1,
            },
            Shortage {
                variant_id: cup,
                requested: 1,
                available: 0,
            },
        ];
        lines.sort_unstable_by_key(|line| line.variant_id);
        assert_eq!(refused, CatalogError::OutOfStock { lines });
        assert_eq!(
            (shop.stock(tea).await, shop.stock(pot).await),
            ((5, 0), (1, 0))
        );
        assert!(
            shop.app
                .events("catalog", "inventory.reserved")
                .await
                .is_empty()
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn the_same_reservation_again_is_the_same_reservation() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 1).await;
        let id = shop.new_reservation();

        let first = shop.reserve(id, &[(tea, 1)]).await.expect("in stock");
        // Another key, and no stock left but what this reservation holds itself.
        assert_eq!(
            shop.reserve(id, &[(tea, 1)]).await.expect("held already"),
            first
        );
        shop.receive(tea, 9).await;
        assert_eq!(
            shop.reserve(id, &[(tea, 1)]).await.expect("held already"),
            first
        );
        assert_eq!(shop.stock(tea).await, (10, 1));

        let other = refusal(shop.reserve(id, &[(tea, 2)]).await);
        assert_eq!(
            other,
            CatalogError::ReservationMismatch { reservation_id: id }
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_repeated_key_gets_the_stored_answer_also_for_refusals() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 1).await;
        let (first, second) = (shop.new_reservation(), shop.new_reservation());

        let ctx = shop.keyed("one");
        let held = shop
            .catalog
            .reserve(&ctx, shop.request(first, &[(tea, 1)]))
            .await
            .expect("in stock");
        let again = shop.keyed("one");
        assert_eq!(
            shop.catalog
                .reserve(&again, shop.request(first, &[(tea, 1)]))
                .await,
            Ok(held)
        );
        assert!(again.was_replayed());

        let refused = shop
            .catalog
            .reserve(&shop.keyed("two"), shop.request(second, &[(tea, 1)]))
            .await;
        shop.receive(tea, 5).await;
        let replayed = shop
            .catalog
            .reserve(&shop.keyed("two"), shop.request(second, &[(tea, 1)]))
            .await;
        assert_eq!(replayed, refused, "the refusal was stored");
        assert!(
            shop.reserve(second, &[(tea, 1)]).await.is_ok(),
            "a new key is a new attempt"
        );
    }
}

#[tokio::test]
async fn what_is_not_for_sale_cannot_be_reserved() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let unknown = shop.app.kit().env().new_id();
        let refused = refusal(
            shop.reserve(shop.new_reservation(), &[(tea, 1), (unknown, 1)])
                .await,
        );
        assert_eq!(
            refused,
            CatalogError::NotForSale {
                variant_ids: vec![unknown]
            }
        );

        let archive = json!({ "status": "archived" });
        let path = format!("/v1/variants/{tea}");
        shop.staff
            .patch(&path)
            .header("if-match", "\"v1\"")
            .json(&archive)
            .await
            .expect(200);
        let refused = refusal(shop.reserve(shop.new_reservation(), &[(tea, 1)]).await);
        assert_eq!(
            refused,
            CatalogError::NotForSale {
                variant_ids: vec![tea]
            }
        );
        assert_eq!(shop.stock(tea).await, (5, 0));
    }
}

#[tokio::test]
async fn a_reservation_that_arrives_after_its_release_is_refused() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let id = shop.new_reservation();
        let tombstone = shop.release(id).await.expect("remembered");
        assert_eq!(
            (tombstone.status, tombstone.lines.len()),
            (ReservationStatus::Released, 0)
        );

        let late = refusal(shop.reserve(id, &[(tea, 1)]).await);
        assert_eq!(
            late,
            CatalogError::ReservationConflict {
                reservation_id: id,
                status: ReservationStatus::Released
            }
        );
        assert_eq!(shop.stock(tea).await, (5, 0));
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn sold_stock_never_expires_and_is_sold_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let id = shop.new_reservation();
        shop.reserve(id, &[(tea, 2)]).await.expect("in stock");

        let sold = shop.commit(id, "ord_1").await.expect("held");
        assert_eq!(
            (sold.status, sold.order_id.as_deref()),
            (ReservationStatus::Committed, Some("ord_1"))
        );
        assert_eq!(
            shop.commit(id, "ord_1")
                .await
                .expect("the same order again"),
            sold
        );
        let other = refusal(shop.commit(id, "ord_2").await);
        assert!(matches!(
            other,
            CatalogError::ReservationConflict {
                status: ReservationStatus::Committed,
                ..
            }
        ));
        assert!(matches!(
            refusal(shop.release(id).await),
            CatalogError::ReservationConflict { .. }
        ));

        shop.pass(HOLD * 3).await;
        assert_eq!(shop.stock(tea).await, (3, 0));
        assert_eq!(
            shop.app
                .events("catalog", "inventory.committed")
                .await
                .len(),
            1
        );
        assert!(
            shop.app
                .events("catalog", "inventory.released")
                .await
                .is_empty()
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_reservation_expires_at_its_moment_and_not_before() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let id = shop.new_reservation();
        shop.reserve(id, &[(tea, 5)]).await.expect("in stock");

        shop.pass(HOLD.saturating_sub(SECOND)).await;
        assert_eq!(shop.stock(tea).await, (5, 5), "still held");
        shop.pass(SECOND).await;
        assert_eq!(shop.stock(tea).await, (5, 0), "given back");

        let released = shop.app.events("catalog", "inventory.released").await;
        assert_eq!(released[0].data["cause"], "expired");
        let late = refusal(shop.reserve(id, &[(tea, 5)]).await);
        assert!(matches!(
            late,
            CatalogError::ReservationConflict {
                status: ReservationStatus::Expired,
                ..
            }
        ));
        assert_eq!(
            shop.release(id).await.expect("nothing to do").status,
            ReservationStatus::Expired
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn an_extended_reservation_expires_later() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let id = shop.new_reservation();
        let held = shop.reserve(id, &[(tea, 1)]).await.expect("in stock");
        let extend = |expires_at| ExtendReservation {
            reservation_id: id,
            expires_at,
        };

        let longer = shop
            .catalog
            .extend_reservation(&shop.ctx(), extend(held.expires_at + HOLD))
            .await
            .expect("held");
        assert_eq!(longer.expires_at, held.expires_at + HOLD);
        let sooner = shop
            .catalog
            .extend_reservation(&shop.ctx(), extend(held.expires_at))
            .await
            .expect("held");
        assert_eq!(
            sooner.expires_at, longer.expires_at,
            "an extension never shortens"
        );

        shop.pass(HOLD + SECOND).await;
        assert_eq!(shop.stock(tea).await, (5, 1), "still held at the old time");
        shop.pass(HOLD).await;
        assert_eq!(shop.stock(tea).await, (5, 0));
        let late = shop
            .catalog
            .extend_reservation(&shop.ctx(), extend(longer.expires_at + HOLD * 2))
            .await;
        assert!(matches!(
            refusal(late),
            CatalogError::ReservationConflict {
                status: ReservationStatus::Expired,
                ..
            }
        ));
    }
}

#[tokio::test]
async fn an_expired_reservation_is_sold_if_its_stock_can_still_be_had() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 3).await;
        let (first, second, third) = (
            shop.new_reservation(),
            shop.new_reservation(),
            shop.new_reservation(),
        );
        for id in [first, second] {
            shop.reserve(id, &[(tea, 1)]).await.expect("in stock");
        }
        shop.pass(HOLD).await;
        assert_eq!(
            shop.commit(first, "ord_1")
                .await
                .expect("can be had")
                .status,
            ReservationStatus::Committed
        );
        assert_eq!(shop.stock(tea).await, (2, 0));

        shop.reserve(third, &[(tea, 2)]).await.expect("in stock");
        let refused = refusal(shop.commit(second, "ord_2").await);
        let expected = vec![Shortage {
            variant_id: tea,
            requested: 1,
            available: 0,
        }];
        assert_eq!(refused, CatalogError::OutOfStock { lines: expected });
        assert_eq!(shop.stock(tea).await, (2, 2));
        let found = GetReservations {
            reservation_ids: vec![second],
        };
        let found = shop
            .catalog
            .get_reservations(&shop.app.kit().ctx(), found)
            .await
            .expect("found");
        assert_eq!(
            found.reservations[0].status,
            ReservationStatus::Expired,
            "the refusal changed nothing"
        );

        let sell = || CommitReservation {
            reservation_id: second,
            order_id: "ord_2".to_owned(),
        };
        let short = shop
            .catalog
            .commit_reservation(&shop.keyed("sell"), sell())
            .await;
        assert!(matches!(refusal(short), CatalogError::OutOfStock { .. }));
        shop.receive(tea, 1).await;
        let sold = shop
            .catalog
            .commit_reservation(&shop.keyed("sell"), sell())
            .await;
        assert_eq!(
            sold.expect("stock has come").status,
            ReservationStatus::Committed,
            "the same key, tried again"
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn stock_of_a_cancelled_order_goes_back_once() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let id = shop.new_reservation();
        let restock = || Restock {
            reservation_id: id,
            reason: "order_cancelled".to_owned(),
        };
        let unknown = refusal(shop.catalog.restock(&shop.ctx(), restock()).await);
        assert_eq!(
            unknown,
            CatalogError::ReservationNotFound { reservation_id: id }
        );
        shop.reserve(id, &[(tea, 2)]).await.expect("in stock");
        let held = refusal(shop.catalog.restock(&shop.ctx(), restock()).await);
        assert!(matches!(
            held,
            CatalogError::ReservationConflict {
                status: ReservationStatus::Held,
                ..
            }
        ));

        shop.commit(id, "ord_1").await.expect("held");
        for _ in 0..2 {
            let back = shop
                .catalog
                .restock(&shop.ctx(), restock())
                .await
                .expect("committed");
            assert_eq!(back.status, ReservationStatus::Restocked);
        }
        assert_eq!(shop.stock(tea).await, (5, 0));
        assert!(matches!(
            refusal(shop.commit(id, "ord_1").await),
            CatalogError::ReservationConflict { .. }
        ));
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn pieces_are_taken_from_several_locations_if_none_has_them_all() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 2).await;
        let branch: catalog_contract::LocationId = shop.app.kit().env().new_id();
        let mut ctx = shop.app.kit().ctx();
        let mut tx = shop
            .db
            .begin(&mut ctx, "test.open_branch")
            .await
            .expect("begins");
        let now = tx.now();
        tx.query("INSERT INTO locations (id, code, title, priority, created_at) VALUES ($1, 'branch', 'Branch', 1, $2)")
            .bind(branch)
            .bind(now)
            .execute()
            .await
            .expect("inserted");
        tx.commit().await.expect("committed");
        let body =
            json!({ "variant_id": tea, "location_id": branch, "delta": 3, "reason": "received" });
        shop.staff
            .post("/v1/inventory/adjustments")
            .key("branch")
            .json(&body)
            .await
            .expect(201);

        let (whole, split) = (shop.new_reservation(), shop.new_reservation());
        shop.reserve(whole, &[(tea, 3)])
            .await
            .expect("the branch has three");
        shop.release(whole).await.expect("held");
        let held = shop
            .reserve(split, &[(tea, 5)])
            .await
            .expect("two and three");
        assert_eq!(held.lines.len(), 1);
        assert_eq!(shop.stock(tea).await, (5, 5));
        let short = refusal(shop.reserve(shop.new_reservation(), &[(tea, 1)]).await);
        assert!(matches!(short, CatalogError::OutOfStock { .. }));
        shop.commit(split, "ord_1").await.expect("held");
        assert_eq!(shop.stock(tea).await, (0, 0));
        assert_eq!(
            shop.app.events("catalog", "inventory.depleted").await.len(),
            1
        );
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn reservations_are_listed_by_status_page_by_page() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 50).await;
        let mut held = Vec::new();
        for number in 0..5 {
            let id = shop.new_reservation();
            shop.reserve(id, &[(tea, 1)]).await.expect("in stock");
            if number == 0 {
                shop.release(id).await.expect("held");
            } else {
                held.push(id);
            }
        }
        let (mut listed, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest { limit: 3, cursor };
            let req = ListReservations {
                status: Some(ReservationStatus::Held),
                page,
            };
            let page = shop
                .catalog
                .list_reservations(&shop.app.kit().ctx(), req)
                .await
                .expect("listed");
            listed.extend(page.reservations.iter().map(|it| it.reservation_id));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        held.sort_unstable();
        assert_eq!(listed, held);
    }
}

#[tokio::test]
async fn bad_requests_name_the_member_and_change_nothing() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.variant("TEA", 5).await;
        let pointers = |error: CatalogError| match error {
            CatalogError::Invalid { errors } => {
                errors.into_iter().map(|it| it.pointer).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        };
        let id = shop.new_reservation();
        assert_eq!(pointers(refusal(shop.reserve(id, &[]).await)), ["/lines"]);
        let worst = refusal(shop.reserve(id, &[(tea, 0), (tea, 1_000_000_000)]).await);
        assert_eq!(pointers(worst), ["/lines/0/quantity", "/lines/1/quantity"]);

        let mut past = shop.request(id, &[(tea, 1)]);
        past.expires_at = shop.app.kit().env().now();
        assert_eq!(
            pointers(refusal(shop.catalog.reserve(&shop.ctx(), past).await)),
            ["/expires_at"]
        );
        let mut distant = shop.request(id, &[(tea, 1)]);
        distant.expires_at = shop.app.kit().env().now() + Duration::from_hours(24 * 31);
        assert_eq!(
            pointers(refusal(shop.catalog.reserve(&shop.ctx(), distant).await)),
            ["/expires_at"]
        );
        assert_eq!(pointers(refusal(shop.commit(id, "").await)), ["/order_id"]);
        assert_eq!(shop.stock(tea).await, (5, 0));
    }
}
