//! Merges that are refused, of which nothing is left; and several at once, of which one is done.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{TestReply, engines};

use super::{into, lines};
use crate::support::{Buyer, Shop};

fn is_refused(reply: &TestReply, status: u16, code: &str) {
    assert_eq!(reply.expect(status)["code"], code);
}

#[tokio::test]
async fn nobody_gets_a_cart_without_its_secret_or_gives_one_to_others() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let own = shop.customer("ada", &[(tea, 1)]).await;
        let bobs = shop.customer("bob", &[(tea, 1)]).await;
        let guest = shop.guest(&[(tea, 2)]).await;
        let etag = guest.etag().await;
        let before = guest.get(&guest.path()).await.expect(200);

        let nobody = shop.app.anonymous();
        guest.merge_at(&nobody, &etag).await.expect(401);
        let path = format!("{}/merge", guest.path());
        for person in [&own.client, &shop.staff()] {
            let blind = person.post(&path).header("if-match", &etag).await;
            is_refused(&blind, 404, "orders.cart_not_found");
            let wrong = person.post(&path).header("if-match", &etag);
            let wrong = wrong.header("cart-token", "not-the-secret").await;
            is_refused(&wrong, 404, "orders.cart_not_found");
        }
        let others = guest.merge(&own.client, &into(&bobs)).await;
        is_refused(&others, 404, "orders.cart_not_found");
        let into_itself = guest.merge(&own.client, &into(&guest)).await;
        assert_eq!(into_itself.expect(422)["errors"][0]["pointer"], "/into");
        let dollars = json!({ "currency": "USD" });
        let dollars = own
            .client
            .post("/v1/carts")
            .json(&dollars)
            .await
            .expect(201);
        let mixed = guest
            .merge(&own.client, &json!({ "into": dollars["id"] }))
            .await;
        assert_eq!(mixed.expect(422)["errors"][0]["code"], "currency_mismatch");
        // The cart of a person is nobody's to give, their own neither.
        let hers = Buyer {
            token: None,
            ..own.clone()
        };
        is_refused(
            &hers.merge(&bobs.client, &json!({})).await,
            404,
            "orders.cart_not_found",
        );
        is_refused(
            &hers.merge(&own.client, &json!({})).await,
            409,
            "orders.cart_has_owner",
        );

        assert_eq!(guest.get(&guest.path()).await.expect(200), before);
        for cart in [&own, &bobs] {
            assert_eq!(lines(&cart.get(&cart.path()).await.expect(200)).len(), 1);
        }
    }
}

#[tokio::test]
async fn a_merge_names_the_version_of_the_guests_cart() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let own = shop.customer("ada", &[(tea, 1)]).await;
        let guest = shop.guest(&[(tea, 2)]).await;
        let seen = guest.etag().await;
        guest.add(tea, 1).await.expect(201);
        let stale = guest.merge_at(&own.client, &seen).await;
        is_refused(&stale, 412, "orders.stale_version");
        assert_eq!(stale.header("etag"), Some(guest.etag().await.as_str()));
        let path = format!("{}/merge", guest.path());
        let blind = guest.with_token(own.client.post(&path)).await;
        blind.expect(428);
        assert_eq!(
            lines(&own.get(&own.path()).await.expect(200)),
            [json!(["TEA-1", 1, 500])]
        );
    }
}

#[tokio::test]
async fn a_cart_in_checkout_is_not_merged_and_takes_nothing() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let own = shop.customer("ada", &[(tea, 1)]).await;
        let guest = shop.guest(&[(tea, 2)]).await;
        let checkout = guest.checkout("k1", Some("pm_3ds")).await.expect(201);
        let frozen = guest.merge(&own.client, &json!({})).await;
        is_refused(&frozen, 409, "orders.cart_frozen");
        assert_eq!(frozen.json()["checkout_id"], checkout["id"]);
        guest.cancel_checkout(&checkout).await.expect(200);

        let held = own.checkout("k2", Some("pm_3ds")).await.expect(201);
        let version = own.etag().await;
        let frozen = guest.merge(&own.client, &into(&own)).await;
        is_refused(&frozen, 409, "orders.cart_frozen");
        assert_eq!(
            own.etag().await,
            version,
            "the checkout's cart is as it was"
        );
        own.cancel_checkout(&held).await.expect(200);
        let merged = guest.merge(&own.client, &into(&own)).await.expect(201);
        assert_eq!(lines(&merged), [json!(["TEA-1", 3, 500])]);
        let again = guest.merge_at(&own.client, "\"v9\"").await;
        is_refused(&again, 409, "orders.cart_closed");
        own.checkout("k3", Some("pm_success")).await.expect(201);
        let other = shop.guest(&[(tea, 1)]).await;
        let bought = other.merge(&own.client, &into(&own)).await;
        is_refused(&bought, 409, "orders.cart_closed");
        shop.app.assert_invariants().await;
    }
}

/// Eight people who were given one secret, and eight requests of one: each time, one gets what there is.
#[tokio::test(flavor = "multi_thread")]
async fn of_several_at_once_one_merges() {
    for engine in engines() {
        for is_one_person in [true, false] {
            let shop = Shop::open(engine).await;
            let tea = shop.sell("TEA-1", 500, 99);
            let name = |number: u8| {
                let number = if is_one_person { 0 } else { number };
                format!("p{number}")
            };
            let names: BTreeSet<String> = (0..8).map(name).collect();
            let mut carts = Vec::new();
            for name in &names {
                carts.push(shop.customer(name, &[(tea, 1)]).await);
            }
            let guest = shop.guest(&[(tea, 10)]).await;
            let etag = guest.etag().await;
            let tasks: Vec<_> = (0..8)
                .map(|number| {
                    let person = shop.app.user(&name(number), &[Role::Customer]);
                    let (guest, etag) = (guest.clone(), etag.clone());
                    tokio::spawn(async move { guest.merge_at(&person, &etag).await })
                })
                .collect();
            let (mut won, mut lost) = (0, Vec::new());
            for task in tasks {
                let reply = task.await.expect("no request panics");
                match reply.status().as_u16() {
                    201 => won += 1,
                    status => lost.push(status),
                }
            }
            assert_eq!(won, 1, "{engine:?}: the others got {lost:?}");
            let expected = if is_one_person { 409 } else { 404 };
            assert_eq!(lost, [expected; 7]);
            let mut pieces = 0;
            for cart in &carts {
                let cart: Value = cart.get(&cart.path()).await.expect(200);
                pieces += cart["lines"][0]["quantity"].as_i64().expect("a number");
            }
            let people = i64::try_from(carts.len()).expect("few");
            assert_eq!(pieces, 10 + people, "nothing twice, nothing lost");
            guest.get(&guest.path()).await.expect(404);
        }
    }
}
