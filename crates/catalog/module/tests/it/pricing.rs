//! Price lists, groups of customers, and what somebody pays.

mod groups;
mod lists;
mod operations;
mod quotes;
mod races;
mod reasons;
mod rows;

use std::time::Duration;

use catalog_contract::{BuyerId, VariantId};
use serde_json::{Value, json};
use tenon_testkit::{Client, TestApp, TestReply};

use crate::shop::Shop;

impl Shop {
    /// What is made now is younger than all before.
    fn tick(&self) {
        self.app.kit().advance(Duration::from_millis(1));
    }

    /// Variants in the order of their ids.
    async fn variants<const N: usize>(&self) -> [VariantId; N] {
        let mut made = Vec::new();
        for number in 0..N {
            self.tick();
            made.push(self.variant(&format!("TEA-{number}"), 5).await);
        }
        made.try_into().expect("so many were made")
    }

    /// An active price list in euros with some of its members said.
    async fn price_list(&self, said: Value) -> String {
        let mut body = json!({ "name": "A list", "currency": "EUR", "status": "active" });
        if let (Some(body), Some(said)) = (body.as_object_mut(), said.as_object()) {
            body.extend(said.clone());
        }
        self.tick();
        let made = self.staff.post("/v1/price-lists").json(&body).await;
        text(&made.expect(201)["id"])
    }

    /// Sends rows: variant, least quantity, amount.
    async fn put_rows(&self, list: &str, rows: &[(VariantId, i64, Option<i64>)]) -> TestReply {
        let row = |&(variant, from, amount): &(VariantId, i64, Option<i64>)| json!({ "variant_id": variant, "min_quantity": from, "amount": amount });
        let body = json!({ "prices": rows.iter().map(row).collect::<Vec<_>>() });
        let path = format!("/v1/price-lists/{list}/prices");
        self.staff.put(&path).json(&body).await
    }

    /// A list with rows of one variant: least quantity and amount.
    async fn priced(&self, said: Value, variant: VariantId, rows: &[(i64, i64)]) -> String {
        let list = self.price_list(said).await;
        let rows: Vec<_> = rows
            .iter()
            .map(|&(from, amount)| (variant, from, Some(amount)))
            .collect();
        self.put_rows(&list, &rows).await.expect(200);
        list
    }

    /// A group with these people in it.
    async fn group(&self, people: &[&str]) -> String {
        let body = json!({ "name": "Resellers" });
        self.tick();
        let made = self.staff.post("/v1/customer-groups").json(&body).await;
        let group = text(&made.expect(201)["id"]);
        for name in people {
            let path = format!("/v1/customer-groups/{group}/members/{}", buyer(name));
            self.staff.put(&path).await.expect(204);
        }
        group
    }
}

fn buyer(name: &str) -> BuyerId {
    BuyerId::from_uuid(TestApp::user_id(name))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Asks what so many of a variant cost, in euros.
async fn quote(client: &Client, variant: VariantId, quantity: i64, said: Value) -> Value {
    let mut body =
        json!({ "currency": "EUR", "lines": [{ "variant_id": variant, "quantity": quantity }] });
    if let (Some(body), Some(said)) = (body.as_object_mut(), said.as_object()) {
        body.extend(said.clone());
    }
    client
        .post("/v1/price-quotes")
        .json(&body)
        .await
        .expect(200)
}

/// What one costs, in minor units.
async fn unit(client: &Client, variant: VariantId, quantity: i64) -> Value {
    let quote = quote(client, variant, quantity, json!({})).await;
    quote["lines"][0]["unit_price"]["amount"].clone()
}

/// What problems point at, with their codes.
fn pointers(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().into_iter().flatten();
    errors
        .filter_map(|it| Some((it["pointer"].as_str()?, it["code"].as_str()?)))
        .collect()
}
