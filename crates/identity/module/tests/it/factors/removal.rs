//! How factors end.

use identity_contract::IdentityError;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_seam::SeamError;

use super::{EMAIL, add, confirm, first_step, guard, guarded, refused, second_step};
use crate::world::{PASSWORD, on_each_engine};

#[tokio::test]
async fn with_the_last_factor_the_password_is_enough_again() {
    on_each_engine(async |world| {
        let ada = guarded(world, EMAIL).await;
        let second = add(&ada.client).await;
        let reply = confirm(&ada.client, &second, &second.code(world, 0)).await;
        assert_eq!(
            reply.expect(200)["recovery_codes"],
            Value::Null,
            "they go on"
        );
        world.advance(30);
        ada.client.delete(&ada.phone.path()).await.expect(204);
        let token = first_step(world, EMAIL).await;
        let reply = second_step(world, &token, &ada.phone.code(world, 0)).await;
        refused(&reply, 422, "identity.wrong_code");
        second_step(world, &token, &second.code(world, 0))
            .await
            .expect(201);
        let waiting = first_step(world, EMAIL).await;
        ada.client.delete(&second.path()).await.expect(204);
        let reply = second_step(world, &waiting, &ada.codes[0]).await;
        refused(&reply, 422, "identity.wrong_code");
        world.try_sign_in(EMAIL, PASSWORD).await.expect(201);
        let none = ada.client.post("/v1/me/recovery-codes").await;
        refused(&none, 409, "identity.no_factor");
        ada.client.delete(&second.path()).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_lets_in_who_has_lost_everything() {
    on_each_engine(async |world| {
        let (id, client) = world.made(EMAIL, &[Role::Customer]).await;
        let (root, admin) = world.made("root@example.org", &[Role::Admin]).await;
        let ada = guard(world, client).await;
        let second = add(&ada.client).await;
        confirm(&ada.client, &second, &second.code(world, 0))
            .await
            .expect(200);
        add(&ada.client).await;
        let waiting = first_step(world, EMAIL).await;

        let path = format!("/v1/users/{id}/factors");
        ada.client.delete(&path).await.expect(403);
        let own = admin.delete(&format!("/v1/users/{root}/factors")).await;
        refused(&own, 409, "identity.own_account");
        let nobody = admin
            .delete("/v1/users/usr_00000000000000000000000000/factors")
            .await;
        refused(&nobody, 404, "identity.user_not_found");
        admin.delete(&path).await.expect(204);
        admin.delete(&path).await.expect(204);

        let reply = second_step(world, &waiting, &ada.codes[0]).await;
        refused(&reply, 422, "identity.wrong_code");
        world.sign_in(EMAIL).await;
        let removed = world.events("factor.removed").await;
        let last: Vec<_> = removed
            .iter()
            .map(|event| event["was_last"].clone())
            .collect();
        assert_eq!(last, [json!(false), json!(true)]);

        let root = guard(world, admin).await;
        let ctx = world.app.kit().ctx();
        let cleared = world
            .operations
            .clear_factors(&ctx, "Root@example.org")
            .await;
        cleared.expect("cleared");
        let reply = confirm(&root.client, &root.phone, "123456").await;
        refused(&reply, 404, "identity.factor_not_found");
        world.sign_in("root@example.org").await;
        let nobody = world
            .operations
            .clear_factors(&ctx, "nobody@example.org")
            .await;
        assert!(matches!(
            nobody,
            Err(SeamError::Domain(IdentityError::UserNotFound))
        ));
    })
    .await;
}
