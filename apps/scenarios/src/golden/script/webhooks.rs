//! The payment provider's webhooks, delivered by the script: held by the simulator until here.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::purchase::Bought;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const SIMULATOR: &str = "/v1/provider-webhooks/simulator";

pub(crate) async fn play(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let payment = Ask::get(format!("/v1/payments/{}", bought.on_page.payment)).by(&shop.sam);
    let payment = shop.recorder.quietly(payment).await?;
    let intent = payment.text("/attempts/0/provider_reference")?;
    let held = shop.simulator("POST", "webhooks/take", &json!({})).await?;
    let about = |webhook: &&Value| {
        let body = webhook["body"].as_str().unwrap_or_default();
        body.contains(&intent) && body.contains("intent.authorized")
    };
    let webhook = held["webhooks"]
        .as_array()
        .into_iter()
        .flatten()
        .find(about)
        .context("a webhook about the first payment")?;
    let text = |name: &str| webhook[name].as_str().unwrap_or_default().to_owned();
    let (body, signature) = (text("body"), text("signature"));

    let unreadable = "{\"no\": \"event\"}";
    let signed = json!({ "body": unreadable });
    let signed = shop.simulator("POST", "signatures", &signed).await?;
    let signed = signed["signature"].as_str().unwrap_or_default().to_owned();
    let post = |path: &str, signature: Option<&str>, body: &str| {
        let ask = Ask::new(reqwest::Method::POST, path)
            .with("content-type", "application/json")
            .raw(body);
        match signature {
            Some(signature) => ask.with("simulator-signature", signature),
            None => ask,
        }
    };
    let other = "/v1/provider-webhooks/another";
    let forged = body.replace("intent.authorized", "intent.captured");
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        (
            "of a provider that is none",
            404,
            post(other, Some(&signature), &body),
        ),
        ("without a signature", 401, post(SIMULATOR, None, &body)),
        (
            "with a signature that is none",
            401,
            post(SIMULATOR, Some("t=1,v1=00"), &body),
        ),
        (
            "with the signature of another",
            401,
            post(SIMULATOR, Some(&signature), &forged),
        ),
        (
            "that is no event",
            400,
            post(SIMULATOR, Some(&signed), unreadable),
        ),
        (
            "too large",
            413,
            post(SIMULATOR, Some(&signature), "").declaring(64 * 1024 + 1),
        ),
        ("taken", 200, post(SIMULATOR, Some(&signature), &body)),
        (
            "taken before",
            200,
            post(SIMULATOR, Some(&signature), &body),
        ),
    ] {
        recorder
            .ask(&format!("receive_provider_webhook: {case}"), status, ask)
            .await?;
    }
    Ok(())
}
