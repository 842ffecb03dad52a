//! Codes that stand in for a lost phone.

use serde_json::json;

use super::{CONFIRM, EMAIL, FACTORS, both_steps, codes_of, first_step, guarded, refused};
use crate::world::{PASSWORD, on_each_engine};

#[tokio::test]
async fn a_recovery_code_counts_once() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let typed = format!(" {} ", ada.codes[0].replace('-', " ").to_uppercase());
        both_steps(world, EMAIL, &typed).await.expect(201);
        let created = world.events("session.created").await;
        assert_eq!(created.last().expect("one")["amr"], json!(["pwd", "mfa"]));
        let reply = both_steps(world, EMAIL, &ada.codes[0]).await;
        refused(&reply, 422, "identity.wrong_code");
        let tokens = both_steps(world, EMAIL, &ada.codes[9]).await.expect(201);
        let list = world.with(&tokens).get(FACTORS).await.json();
        assert_eq!(list["recovery_codes_left"], 8);
        let used = world.events("recovery_code.used").await;
        assert_eq!((&used[0]["left"], &used[1]["left"]), (&json!(9), &json!(8)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_send_one_recovery_code_at_once_one_is_let_in() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let mut tokens = Vec::new();
        for _ in 0..4 {
            tokens.push(first_step(world, EMAIL).await);
        }
        let tries = tokens.into_iter().map(|token| {
            let client = world.app.anonymous();
            let body = json!({ "challenge_token": token, "one_time_code": ada.codes[0] });
            tokio::spawn(async move { client.post(CONFIRM).json(&body).await.status().as_u16() })
        });
        let mut statuses = Vec::new();
        for answer in tries.collect::<Vec<_>>() {
            statuses.push(answer.await.expect("no panic"));
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422, 422, 422]);
        assert_eq!(world.events("recovery_code.used").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn new_codes_void_the_old_ones() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let renewed = ada.client.post("/v1/me/recovery-codes").await.expect(200);
        let renewed = codes_of(&renewed);
        assert_eq!(renewed.len(), 10);
        assert!(renewed.iter().all(|code| !ada.codes.contains(code)));
        let reply = both_steps(world, EMAIL, &ada.codes[0]).await;
        refused(&reply, 422, "identity.wrong_code");
        both_steps(world, EMAIL, &renewed[0]).await.expect(201);
        assert_eq!(world.events("recovery_codes.renewed").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn codes_of_one_person_are_nobody_elses() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let eve = guarded(world, "eve@example.org").await;
        for code in [&eve.codes[0], &eve.phone.code(world, 0)] {
            let reply = both_steps(world, EMAIL, code).await;
            refused(&reply, 422, "identity.wrong_code");
        }
        both_steps(world, EMAIL, &ada.codes[0]).await.expect(201);
        world
            .try_sign_in("eve@example.org", PASSWORD)
            .await
            .expect(401);
        both_steps(world, "eve@example.org", &eve.codes[0])
            .await
            .expect(201);
    })
    .await;
}
