//! Roles whose holders must have a second factor: what they may do without one, by whichever way they come in.

mod delegated;
mod life;
mod ways_in;

use std::time::Duration;

use identity::MIGRATIONS;
use serde_json::Value;
use tenon_kernel::Role;
use tenon_testkit::{Client, Kit, TestReply, engines};

use crate::world::World;

const REQUIRED: &str = "identity.second_factor_required";
const STAFF: &str = "staff@example.org";

/// Staff and administrators must have one, customers need not.
async fn on_each_engine(test: impl AsyncFn(&World)) {
    for engine in engines() {
        let kit = Kit::migrated(engine, &[MIGRATIONS]).await;
        let world = World::set(kit, Duration::ZERO, |settings| {
            settings.second_factor_roles = vec![Role::Admin, Role::Staff];
        })
        .await;
        test(&world).await;
        world.app.settle().await;
        world.app.assert_invariants().await;
    }
}

#[track_caller]
fn refused(reply: &TestReply, status: u16, code: &str) {
    assert_eq!(
        (reply.status().as_u16(), reply.code().as_str()),
        (status, code)
    );
}

/// May look at themselves and at their factors, and at nothing else.
async fn is_restricted(client: &Client) {
    client.get("/v1/me").await.expect(200);
    client.get("/v1/me/factors").await.expect(200);
    refused(&client.get("/v1/me/sessions").await, 403, REQUIRED);
}

async fn is_full(client: &Client) {
    client.get("/v1/me/sessions").await.expect(200);
}

/// Gives a role to somebody, by an administrator who has a factor.
async fn give_staff(admin: &Client, user: &str) {
    let path = format!("/v1/users/{user}");
    let etag = admin.get(&path).await;
    let etag = etag.header("etag").expect("an etag");
    let roles = serde_json::json!({ "roles": ["customer", "staff"] });
    let given = admin.patch(&path).header("if-match", etag).json(&roles);
    given.await.expect(200);
}

/// An administrator with a factor.
async fn administrator(world: &World) -> Client {
    let email = "root@example.org";
    let (_, restricted) = world.made(email, &[Role::Admin]).await;
    let guarded = crate::factors::guard(world, restricted).await;
    let code = guarded.phone.code(world, 0);
    let tokens = crate::factors::both_steps(world, email, &code).await;
    world.with(&tokens.expect(201))
}

async fn id_of(client: &Client) -> String {
    let me: Value = client.get("/v1/me").await.expect(200);
    me["id"].as_str().expect("an id").to_owned()
}
