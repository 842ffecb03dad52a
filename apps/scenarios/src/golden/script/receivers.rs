//! Who receives webhooks, and what is sent to them.

use anyhow::Result;
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const ENDPOINTS: &str = "/v1/webhook-endpoints";
const DELIVERIES: &str = "/v1/webhook-deliveries";
/// Nobody is ever called there: the name leads inside.
const URL: &str = "https://localhost/hooks";
/// What happens no more.
const NEVER: &str = "product.archived";

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let endpoint = endpoints(shop).await?;
    let delivery = sending(shop, &endpoint).await?;
    deliveries(shop, &endpoint, &delivery).await?;
    removal(shop, &endpoint).await
}

/// Adds a receiver and changes it; returns its path.
async fn endpoints(shop: &mut Shop) -> Result<String> {
    let (root, sam) = (shop.root.clone(), shop.sam.clone());
    let recorder = &mut shop.recorder;
    let add = |body: Value| Ask::post(ENDPOINTS, &body).by(&root);
    let new = json!({ "url": URL, "description": "Warehouse", "event_types": [NEVER] });
    let made = recorder
        .ask(
            "create_webhook_endpoint: a receiver",
            201,
            add(new.clone()).key("receiver-1"),
        )
        .await?;
    recorder
        .ask(
            "create_webhook_endpoint: again",
            201,
            add(new).key("receiver-1"),
        )
        .await?;
    for (case, body) in [
        ("over http", json!({ "url": "http://hooks.example.com/" })),
        (
            "an address inside",
            json!({ "url": "https://169.254.169.254/latest" }),
        ),
        (
            "of a type that is none",
            json!({ "url": URL, "event_types": ["order.lost"] }),
        ),
    ] {
        recorder
            .ask(&format!("create_webhook_endpoint: {case}"), 422, add(body))
            .await?;
    }
    let path = format!("{ENDPOINTS}/{}", made.text("/id")?);
    let list = Ask::get(ENDPOINTS).by(&sam);
    recorder
        .ask("list_webhook_endpoints: one", 200, list)
        .await?;
    let found = recorder
        .ask("get_webhook_endpoint: found", 200, Ask::get(&path).by(&sam))
        .await?;
    let etag = found.etag()?;
    let change = |etag: &str, body: Value| Ask::patch(&path, etag, &body).by(&root);
    for (case, status, ask) in [
        ("slower", 200, change(&etag, json!({ "max_per_second": 5 }))),
        (
            "of a version that is gone",
            412,
            change(&etag, json!({ "max_per_second": 6 })),
        ),
        (
            "too fast",
            422,
            change("\"v2\"", json!({ "max_per_second": 1_001 })),
        ),
        (
            "disabled",
            200,
            change("\"v2\"", json!({ "status": "disabled" })),
        ),
    ] {
        recorder
            .ask(&format!("update_webhook_endpoint: {case}"), status, ask)
            .await?;
    }
    let rotate = Ask::new(reqwest::Method::POST, format!("{path}/secret-rotations")).by(&root);
    recorder
        .ask("rotate_webhook_secret: once", 201, rotate)
        .await?;
    let rotate = |body: Value| Ask::post(format!("{path}/secret-rotations"), &body).by(&root);
    for (case, status, body) in [
        ("to a key pair", 201, json!({ "signature": "v1a" })),
        ("to a kind that is none", 400, json!({ "signature": "v2" })),
        ("back", 201, json!({ "signature": "v1" })),
    ] {
        recorder
            .ask(
                &format!("rotate_webhook_secret: {case}"),
                status,
                rotate(body),
            )
            .await?;
    }
    key_pair(shop).await?;
    Ok(path)
}

/// A receiver that verifies with a public key comes and goes.
async fn key_pair(shop: &mut Shop) -> Result<()> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    let new = json!({ "url": URL, "event_types": [NEVER], "signature": "v1a" });
    let made = recorder
        .ask(
            "create_webhook_endpoint: that verifies with a public key",
            201,
            Ask::post(ENDPOINTS, &new).by(&root),
        )
        .await?;
    let path = format!("{ENDPOINTS}/{}", made.text("/id")?);
    recorder
        .ask(
            "get_webhook_endpoint: with its public key",
            200,
            Ask::get(&path).by(&root),
        )
        .await?;
    let remove = Ask::delete(&path).with("if-match", "\"v1\"").by(&root);
    recorder.quietly(remove).await?;
    Ok(())
}

/// Tries the receiver out and has nothing sent again; returns the path of the test's delivery.
async fn sending(shop: &mut Shop, endpoint: &str) -> Result<String> {
    let sam = shop.sam.clone();
    let post = |verb: &str, body: Value| Ask::post(format!("{endpoint}/{verb}"), &body).by(&sam);
    let recorder = &mut shop.recorder;
    let test = json!({ "type": "order.placed" });
    let tried = recorder
        .ask(
            "test_webhook_endpoint: an example",
            202,
            post("test-events", test),
        )
        .await?;
    let wrong = json!({ "type": "order.lost" });
    recorder
        .ask(
            "test_webhook_endpoint: of a type that is none",
            422,
            post("test-events", wrong),
        )
        .await?;
    for (case, status, body) in [
        ("nothing", 202, json!({ "after": "0", "until": "0" })),
        (
            "that ends before it begins",
            422,
            json!({ "after": "2", "until": "1" }),
        ),
        (
            "that has yet to come",
            410,
            json!({ "after": "9000000000000000000" }),
        ),
    ] {
        recorder
            .ask(
                &format!("replay_webhooks: {case}"),
                status,
                post("replays", body),
            )
            .await?;
    }
    Ok(format!("{DELIVERIES}/{}", tried.text("/id")?))
}

async fn deliveries(shop: &mut Shop, endpoint: &str, delivery: &str) -> Result<()> {
    let sam = shop.sam.clone();
    let get = |path: &str| Ask::get(path).by(&sam);
    shop.until("the test to be over", get(delivery), |answer| {
        answer.body["state"] == "dead"
    })
    .await?;
    let recorder = &mut shop.recorder;
    recorder
        .ask("get_webhook_delivery: given up", 200, get(delivery))
        .await?;
    let id = endpoint.rsplit('/').next().unwrap_or_default();
    let of_endpoint = format!("{DELIVERIES}?endpoint_id={id}");
    for (case, status, path) in [
        ("to a receiver", 200, of_endpoint.clone()),
        ("given up", 200, format!("{of_endpoint}&state=dead")),
        ("delivered", 200, format!("{of_endpoint}&state=delivered")),
        (
            "in a state that is none",
            400,
            format!("{DELIVERIES}?state=lost"),
        ),
    ] {
        recorder
            .ask(
                &format!("list_webhook_deliveries: {case}"),
                status,
                get(&path),
            )
            .await?;
    }
    let retry = |path: &str| Ask::new(reqwest::Method::POST, format!("{path}/retries")).by(&sam);
    let none = format!("{DELIVERIES}/{}", nobody("whd"));
    for (case, status, path) in [("once more", 202, delivery), ("none", 404, none.as_str())] {
        recorder
            .ask(
                &format!("retry_webhook_delivery: {case}"),
                status,
                retry(path),
            )
            .await?;
    }
    Ok(())
}

async fn removal(shop: &mut Shop, endpoint: &str) -> Result<()> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    let found = recorder.quietly(Ask::get(endpoint).by(&root)).await?;
    let etag = found.etag()?;
    for (case, status, etag) in [
        ("of a version that is gone", 412, "\"v1\""),
        ("removed", 204, etag.as_str()),
        ("removed before", 404, etag.as_str()),
    ] {
        let ask = Ask::delete(endpoint).with("if-match", etag).by(&root);
        recorder
            .ask(&format!("delete_webhook_endpoint: {case}"), status, ask)
            .await?;
    }
    Ok(())
}
