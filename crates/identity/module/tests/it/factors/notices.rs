//! What others hear of factors, and what is forgotten.

use serde_json::json;
use tenon_store::Queryable as _;

use super::{EMAIL, add, both_steps, first_step, guarded, second_step};
use crate::world::{World, on_each_engine};

async fn count(world: &World, sql: &'static str) -> i64 {
    let db = world.app.kit().db(identity::MIGRATIONS).await;
    let ctx = world.app.kit().ctx();
    let mut read = db.read(&ctx);
    let counted = read.query(sql).fetch_scalar::<i64>().await;
    counted.expect("counted").expect("a number")
}

#[tokio::test]
async fn a_factor_is_heard_of_when_it_counts_and_when_it_does_no_longer() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let me = ada.client.get("/v1/me").await.json()["id"].clone();
        let pending = add(&ada.client).await;
        ada.client.delete(&pending.path()).await.expect(204);
        let expected = json!({ "factor_id": ada.phone.id, "user_id": me, "kind": "totp" });
        let added = world.events("factor.added").await;
        assert_eq!(added, std::slice::from_ref(&expected));
        assert!(world.events("factor.removed").await.is_empty());

        ada.client.delete(&ada.phone.path()).await.expect(204);
        let mut expected = expected;
        expected["was_last"] = json!(true);
        assert_eq!(world.events("factor.removed").await, [expected]);
        let audited = world.events("audit.recorded").await;
        let of_factors: Vec<_> = audited
            .iter()
            .filter(|entry| {
                entry["action"]
                    .as_str()
                    .is_some_and(|it| it.starts_with("factor."))
            })
            .map(|entry| (entry["action"].clone(), entry["target"].clone()))
            .collect();
        assert_eq!(
            of_factors,
            [
                (json!("factor.started"), json!(ada.phone.id)),
                (json!("factor.started"), json!(pending.id)),
                (json!("factor.dropped"), json!(pending.id)),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn what_waited_in_vain_is_deleted() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        add(&ada.client).await;
        first_step(world, EMAIL).await;
        world.app.settle().await;
        assert_eq!(count(world, "SELECT count(*) FROM factors").await, 2);
        assert_eq!(
            count(world, "SELECT count(*) FROM sign_in_challenges").await,
            1
        );
        world.advance(900);
        world.app.settle().await;
        assert_eq!(count(world, "SELECT count(*) FROM factors").await, 1);
        world.advance(86_400);
        world.app.settle().await;
        assert_eq!(
            count(world, "SELECT count(*) FROM sign_in_challenges").await,
            0
        );
        both_steps(world, EMAIL, &ada.phone.code(world, 0))
            .await
            .expect(201);
    })
    .await;
}

/// Wrong codes after a right password are worth a mail, and not one for each.
#[tokio::test]
async fn the_owner_hears_once_a_day_that_somebody_guesses() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let use_up = async |times: u32| {
            let token = first_step(world, EMAIL).await;
            for _ in 0..times {
                second_step(world, &token, &ada.phone.wrong(world))
                    .await
                    .expect(422);
            }
            world.advance(1_800); // the account forgets its tries
        };
        use_up(4).await;
        assert!(world.events("factor.guessed").await.is_empty());
        use_up(5).await;
        use_up(5).await;
        assert_eq!(world.events("factor.guessed").await.len(), 1);
        world.advance(86_400);
        use_up(5).await;
        assert_eq!(world.events("factor.guessed").await.len(), 2);
    })
    .await;
}
