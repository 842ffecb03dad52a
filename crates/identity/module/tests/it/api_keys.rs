//! Keys of people and of programs.

mod edge;
mod keys;
mod refusals;
mod service_accounts;

use serde_json::{Value, json};
use tenon_testkit::{Client, TestReply};

use crate::world::World;

/// A key that was made.
#[derive(Debug, Clone)]
struct Key {
    id: String,
    secret: String,
    etag: String,
}

impl Key {
    fn of(reply: &TestReply) -> Self {
        let made = reply.expect(201);
        let text = |name: &str| made[name].as_str().expect("text").to_owned();
        Self {
            id: text("id"),
            secret: text("secret"),
            etag: reply.header("etag").expect("an etag").to_owned(),
        }
    }

    fn path(&self) -> String {
        format!("/v1/api-keys/{}", self.id)
    }

    /// A program that has it.
    fn program(&self, world: &World) -> Client {
        world.app.with_token(&self.secret)
    }

    async fn get(&self, world: &World, path: &str) -> u16 {
        self.program(world).get(path).await.status().as_u16()
    }
}

fn body(scopes: &[&str]) -> Value {
    json!({ "name": "Tea planner", "scopes": scopes })
}

async fn make(owner: &Client, body: &Value) -> Key {
    Key::of(&owner.post("/v1/api-keys").json(body).await)
}

async fn make_account(admin: &Client, roles: &[&str]) -> Value {
    let body = json!({ "name": "Robot", "roles": roles });
    admin
        .post("/v1/service-accounts")
        .json(&body)
        .await
        .expect(201)
}

async fn make_for(admin: &Client, account: &Value, body: &Value) -> TestReply {
    let path = format!(
        "/v1/service-accounts/{}/api-keys",
        account["id"].as_str().expect("an id")
    );
    admin.post(&path).json(body).await
}
