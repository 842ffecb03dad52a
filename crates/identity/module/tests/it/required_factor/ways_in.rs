//! Whichever way somebody comes in.

use std::time::Duration;

use identity::{IdentitySettings, MIGRATIONS};
use serde_json::json;
use tenon_kernel::Role;
use tenon_testkit::{Kit, engines};

use super::{STAFF, is_full, is_restricted, on_each_engine};
use crate::factors::{add, confirm, first_step, guard, second_step};
use crate::federation::{EMAIL, Federated, person};
use crate::passkeys;

fn customers(settings: &mut IdentitySettings) {
    settings.second_factor_roles = vec![Role::Customer];
}

#[tokio::test]
async fn a_passkey_is_a_factor() {
    on_each_engine(async |world| {
        world.made(STAFF, &[Role::Staff]).await;
        let tokens = world.sign_in(STAFF).await;
        let mut device = passkeys::device();
        passkeys::register(&world.with(&tokens), &mut device).await;
        is_full(&world.with(&world.refresh(&tokens).await.expect(200))).await;
        let alone = passkeys::sign_in(world, &mut device).await.expect(201);
        assert!(alone.get("second_factor_required").is_none());
        is_full(&world.with(&alone)).await;
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_shows_one() {
    on_each_engine(async |world| {
        let (_, staff) = world.made(STAFF, &[Role::Staff]).await;
        let codes = guard(world, staff).await.codes;
        let token = first_step(world, STAFF).await;
        let tokens = second_step(world, &token, &codes[0]).await.expect(201);
        is_full(&world.with(&tokens)).await;
    })
    .await;
}

#[tokio::test]
async fn who_registers_and_must_have_one_adds_it() {
    for engine in engines() {
        let kit = Kit::migrated(engine, &[MIGRATIONS]).await;
        let world = crate::world::World::set(kit, Duration::ZERO, customers).await;
        world.account(EMAIL).await;
        let tokens = world.sign_in(EMAIL).await;
        is_restricted(&world.with(&tokens)).await;
        guard(&world, world.with(&tokens)).await;
        is_full(&world.with(&world.refresh(&tokens).await.expect(200))).await;
        world.app.settle().await;
    }
}

/// Another provider stands in for the password; for both only if it is trusted with that, and says so.
#[tokio::test]
async fn another_provider_is_one_factor_or_two() {
    for engine in engines() {
        let kit = Kit::migrated(engine, &[MIGRATIONS]).await;
        let federated = Federated::set(kit, customers).await;
        let world = &federated.world;
        let with_mfa = |subject: &str, email: &str| {
            let mut person = person(subject, email);
            person["amr"] = json!(["pwd", "otp", "mfa"]);
            person
        };
        let believed = federated
            .sign_in("other", with_mfa("8", "bea@example.org"))
            .await
            .expect(201);
        is_full(&world.with(&believed)).await;
        is_full(&world.with(&world.refresh(&believed).await.expect(200))).await;

        let tokens = federated.sign_in("acme", with_mfa("7", EMAIL)).await;
        let tokens = tokens.expect(201);
        assert_eq!(tokens["second_factor_required"], true);
        let ada = world.with(&tokens);
        is_restricted(&ada).await;
        let phone = add(&ada).await;
        confirm(&ada, &phone, &phone.code(world, 0))
            .await
            .expect(200);
        is_full(&world.with(&world.refresh(&tokens).await.expect(200))).await;
    }
}
