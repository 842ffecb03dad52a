//! Messages that staff asks for.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const MESSAGES: &str = "/v1/messages";

/// Plays it with an order of Ada's.
pub(super) async fn play(shop: &mut Shop, order: &str) -> Result<()> {
    templates(shop).await?;
    let sent = send(shop, order).await?;
    look(shop, &sent).await?;
    refuse(shop, order).await?;
    schedule(shop, &sent).await
}

async fn templates(shop: &mut Shop) -> Result<()> {
    let sam = shop.sam.clone();
    let recorder = &mut shop.recorder;
    let list = Ask::get("/v1/message-templates").by(&sam);
    recorder
        .ask("list_message_templates: all", 200, list)
        .await?;
    let head = Ask::head("/v1/message-templates").by(&sam);
    recorder
        .ask("list_message_templates: head", 200, head)
        .await?;
    Ok(())
}

/// Sends a message to an account and one to an address; returns the id of the second.
async fn send(shop: &mut Shop, order: &str) -> Result<String> {
    let (sam, ada, bob) = (shop.sam.clone(), shop.ada.clone(), shop.bob.clone());
    let create = |key: &str, body: &Value| Ask::post(MESSAGES, body).key(key).by(&sam);
    let delayed = json!({
        "to": { "user_id": ada.user_id }, "channel": "email", "template": "delivery_delayed",
        "parameters": { "order_id": order, "expected_on": "2026-12-24", "reason": "A bridge is closed." },
    });
    let hello = hello(&json!({ "address": bob.email }));
    let recorder = &mut shop.recorder;
    let asked = recorder
        .ask(
            "create_message: about an order",
            202,
            create("late", &delayed),
        )
        .await?;
    let other = recorder
        .ask(
            "create_message: to an address",
            202,
            create("hello", &hello),
        )
        .await?;
    let (first, second) = (asked.text("/data/0/id")?, other.text("/data/0/id")?);
    shop.mail("words of the shop", &bob.email, "Your question")
        .await?;
    for id in [&first, &second] {
        let get = Ask::get(format!("{MESSAGES}/{id}")).by(&sam);
        let is_closed = |answer: &crate::golden::recorder::Answer| {
            answer.body["status"] == "sent" || answer.body["status"] == "dropped"
        };
        shop.until("a message to leave", get, is_closed).await?;
    }
    shop.recorder
        .ask("create_message: again", 202, create("late", &delayed))
        .await?;
    Ok(second)
}

async fn look(shop: &mut Shop, sent: &str) -> Result<()> {
    let sam = shop.sam.clone();
    let path = format!("{MESSAGES}/{sent}");
    let none = format!("{MESSAGES}/{}", nobody("msg"));
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        ("get_message: that was sent", 200, Ask::get(&path)),
        ("get_message: head", 200, Ask::head(&path)),
        ("get_message: that is none", 404, Ask::get(&none)),
        (
            "cancel_message: that was sent",
            409,
            Ask::new(Method::POST, format!("{path}/cancellations")),
        ),
        (
            "cancel_message: that is none",
            404,
            Ask::new(Method::POST, format!("{none}/cancellations")),
        ),
    ] {
        recorder.ask(case, status, ask.by(&sam)).await?;
    }
    Ok(())
}

async fn refuse(shop: &mut Shop, order: &str) -> Result<()> {
    let (sam, bob) = (shop.sam.clone(), shop.bob.clone());
    let to_bob = json!({ "user_id": bob.user_id });
    let with = |member: &str, value: Value| {
        let mut body = hello(&to_bob);
        body[member] = value;
        body
    };
    let somebody_elses = json!({
        "to": to_bob, "channel": "email", "template": "ready_for_pickup",
        "parameters": { "order_id": order, "place": "The shop" },
    });
    let recorder = &mut shop.recorder;
    for (case, status, body) in [
        ("about an order of somebody else", 422, somebody_elses),
        (
            "with parameters that are none",
            422,
            with("parameters", json!({ "title": 7, "html": "<b>" })),
        ),
        ("to nobody", 422, with("to", json!({}))),
        (
            "in the past",
            422,
            with("send_at", json!("2020-01-01T00:00:00Z")),
        ),
        (
            "to a device where there is none",
            409,
            with("channel", json!("push")),
        ),
        (
            "over a channel that is none",
            400,
            with("channel", json!("fax")),
        ),
    ] {
        let key = case.replace(' ', "-");
        let ask = Ask::post(MESSAGES, &body).key(&key).by(&sam);
        recorder
            .ask(&format!("create_message: {case}"), status, ask)
            .await?;
    }
    Ok(())
}

/// Asks for a message a day after another one was asked for: the clock is the server's.
async fn schedule(shop: &mut Shop, other: &str) -> Result<()> {
    let (sam, bob) = (shop.sam.clone(), shop.bob.clone());
    let other = Ask::get(format!("{MESSAGES}/{other}")).by(&sam);
    let other = shop.recorder.quietly(other).await?;
    let tomorrow =
        other.text("/created_at")?.parse::<Timestamp>()? + SignedDuration::from_hours(24);
    let mut body = hello(&json!({ "user_id": bob.user_id }));
    body["channel"] = json!("preferred");
    body["send_at"] = json!(tomorrow.to_string());
    let recorder = &mut shop.recorder;
    let ask = Ask::post(MESSAGES, &body).key("tomorrow").by(&sam);
    let asked = recorder.ask("create_message: for later", 202, ask).await?;
    let path = format!("{MESSAGES}/{}", asked.text("/data/0/id")?);
    for case in ["for later", "again"] {
        let cancel = Ask::new(Method::POST, format!("{path}/cancellations")).by(&sam);
        recorder
            .ask(&format!("cancel_message: {case}"), 200, cancel)
            .await?;
    }
    Ok(())
}

fn hello(to: &Value) -> Value {
    json!({
        "to": to, "channel": "email", "template": "service_message",
        "parameters": { "title": "Your question", "text": "We have both.\nCome and see." },
    })
}
