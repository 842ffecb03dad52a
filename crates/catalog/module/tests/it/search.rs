//! Finding products: the same answers on both engines.

mod answers;
mod buyers;
mod hostile;
mod index;
mod races;

use serde_json::{Value, json};
use tenon_testkit::Client;

use crate::shop::Shop;

async fn search(client: &Client, query: &str) -> Value {
    client.get(&format!("/v1/search?{query}")).await.expect(200)
}

/// What a search for words finds, by slug.
async fn find(client: &Client, words: &str) -> Vec<String> {
    slugs(&search(client, &format!("q={}", encode(words))).await)
}

fn slugs(found: &Value) -> Vec<String> {
    let data = found["data"].as_array().expect("a list");
    data.iter()
        .map(|it| it["slug"].as_str().expect("a slug").to_owned())
        .collect()
}

/// Every byte as `%XX`.
fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    })
}

/// Publishes a product; `members` are put over the usual ones.
async fn publish(shop: &Shop, slug: &str, members: Value) -> Value {
    let mut body = json!({
        "slug": slug, "title": slug, "status": "active",
        "variants": [{ "sku": slug.to_uppercase(), "title": "100 g", "prices": [{ "amount": 450, "currency": "EUR" }] }],
    });
    let body_members = body.as_object_mut().expect("an object");
    body_members.extend(members.as_object().expect("an object").clone());
    shop.staff
        .post("/v1/products")
        .json(&body)
        .await
        .expect(201)
}

/// Changes a product as it is now.
async fn change(shop: &Shop, path: &str, body: Value) -> Value {
    let version = shop.staff.get(path).await.expect(200)["version"].clone();
    let request = shop
        .staff
        .patch(path)
        .header("if-match", &format!("\"v{version}\""));
    request.json(&body).await.expect(200)
}
