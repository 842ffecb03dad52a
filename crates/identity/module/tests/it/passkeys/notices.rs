//! What others learn of passkeys: facts without secrets.

use serde_json::json;
use tenon_store::Queryable as _;

use super::{EMAIL, challenge, guarded, path, sign_in};
use crate::world::{World, on_each_engine};

async fn count(world: &World, sql: &'static str) -> i64 {
    let db = world.app.kit().db(identity::MIGRATIONS).await;
    let ctx = world.app.kit().ctx();
    let count = db.read(&ctx).query(sql).fetch_scalar::<i64>().await;
    count.expect("counted").expect("a number")
}

#[tokio::test]
async fn owners_are_told_what_is_added_and_removed() {
    on_each_engine(async |world| {
        let (mut laptop, ada) = guarded(world, EMAIL).await;
        let added = world.events("factor.added").await;
        assert_eq!(added[0]["kind"], "passkey");
        sign_in(world, &mut laptop).await.expect(201);
        let listed = ada.get(super::FACTORS).await.expect(200);
        ada.delete(&path(&listed["data"][0])).await.expect(204);
        let removed = world.events("factor.removed").await;
        assert_eq!(removed[0]["factor_id"], added[0]["factor_id"]);
        assert_eq!(removed[0]["was_last"], true);
        let started = world.events("audit.recorded").await;
        let actions: Vec<_> = started
            .iter()
            .map(|event| event["action"].clone())
            .collect();
        assert!(actions.contains(&json!("factor.started")), "{actions:?}");
        // The password is enough again.
        world.sign_in(EMAIL).await;
    })
    .await;
}

#[tokio::test]
async fn challenges_that_nobody_answers_are_forgotten() {
    on_each_engine(async |world| {
        const LEFT: &str = "SELECT count(*) FROM passkey_challenges";
        challenge(world).await;
        world.advance(240);
        challenge(world).await;
        assert_eq!(count(world, LEFT).await, 2);
        world.advance(120);
        world.app.settle().await;
        assert_eq!(count(world, LEFT).await, 1);
    })
    .await;
}
