//! What people want to be told, and addresses that take nothing.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const PREFERENCES: &str = "/v1/me/notification-preferences";
const SUPPRESSIONS: &str = "/v1/message-suppressions";

pub(super) async fn play(shop: &mut Shop) -> Result<()> {
    preferences(shop).await?;
    one_click(shop).await?;
    suppressions(shop).await
}

async fn preferences(shop: &mut Shop) -> Result<()> {
    let ada = shop.ada.clone();
    let recorder = &mut shop.recorder;
    let get = || Ask::get(PREFERENCES).by(&ada);
    let put = |etag: &str, body: &Value| Ask::put(PREFERENCES, etag, body).by(&ada);
    let choice = |topic: &str, channel: &str, mode: &str| json!({ "choices": [{ "topic": topic, "channel": channel, "mode": mode }] });
    let mut parcels = choice("shipping", "email", "off");
    parcels["time_zone"] = json!("Europe/Berlin");
    parcels["quiet_hours"] = json!({ "from": 22, "until": 7 });
    recorder
        .ask("get_my_notification_preferences: of before", 200, get())
        .await?;
    let head = Ask::head(PREFERENCES).by(&ada);
    recorder
        .ask("get_my_notification_preferences: head", 200, head)
        .await?;
    let twice = json!({ "choices": [parcels["choices"][0], parcels["choices"][0]] });
    for (case, status, ask) in [
        (
            "no mails about parcels, and quiet nights",
            200,
            put("\"v1\"", &parcels),
        ),
        ("of a version that is gone", 412, put("\"v1\"", &parcels)),
        (
            "no mails about security",
            422,
            put("\"v2\"", &choice("security", "email", "off")),
        ),
        ("one choice twice", 422, put("\"v2\"", &twice)),
        (
            "quiet hours in a place that is none",
            422,
            put(
                "\"v2\"",
                &json!({ "choices": [], "time_zone": "Middle/Earth", "quiet_hours": { "from": 22, "until": 24 } }),
            ),
        ),
        (
            "a topic that is none",
            400,
            put("\"v2\"", &choice("poems", "email", "off")),
        ),
    ] {
        let case = format!("put_my_notification_preferences: {case}");
        recorder.ask(&case, status, ask).await?;
    }
    let little = put("\"v2\"", &parcels).with("prefer", "return=minimal");
    recorder
        .ask(
            "put_my_notification_preferences: no more than that it was done",
            204,
            little,
        )
        .await?;
    let same = get().with("if-none-match", "\"v3\"");
    recorder
        .ask("get_my_notification_preferences: unchanged", 304, same)
        .await?;
    Ok(())
}

/// The link of a mail, as a browser opens it and as a mail program uses it.
async fn one_click(shop: &mut Shop) -> Result<()> {
    let (path, ada) = (shop.stop_mails.clone(), shop.ada.clone());
    let recorder = &mut shop.recorder;
    let page = |path: &str| Ask::get(path).with("accept", "text/html");
    let post = |path: &str, form: &str| {
        Ask::new(Method::POST, path)
            .with("content-type", "application/x-www-form-urlencoded")
            .raw(form)
    };
    let none = format!("/v1/unsubscriptions/{}", "A".repeat(46));
    let one_click = "List-Unsubscribe=One-Click";
    for (case, status, ask) in [
        ("show_unsubscription: the page", 200, page(&path)),
        ("show_unsubscription: that is none", 404, page(&none)),
        (
            "create_unsubscription: of a mail",
            200,
            post(&path, one_click),
        ),
        ("create_unsubscription: again", 200, post(&path, one_click)),
        (
            "create_unsubscription: that is none",
            404,
            post(&none, one_click),
        ),
        (
            "create_unsubscription: with another word",
            400,
            post(&path, "List-Unsubscribe=Perhaps"),
        ),
        (
            "get_my_notification_preferences: after one click",
            200,
            Ask::get(PREFERENCES).by(&ada),
        ),
    ] {
        recorder.ask(case, status, ask).await?;
    }
    let head = Ask::head(path).with("accept", "text/html");
    recorder.ask("show_unsubscription: head", 200, head).await?;
    Ok(())
}

/// Somebody registers with an address that has no mailbox.
async fn suppressions(shop: &mut Shop) -> Result<()> {
    let sam = shop.sam.clone();
    let list = |query: &str| Ask::get(format!("{SUPPRESSIONS}?{query}")).by(&sam);
    shop.refuse_next_mail().await?;
    let nobody_there = json!({
        "email": "nobody@golden.example", "password": "a mailbox that is not there", "display_name": "Nobody"
    });
    let register = Ask::post("/v1/auth/registrations", &nobody_there);
    shop.recorder.quietly(register).await?;
    shop.until("the address to be refused", list(""), |answer| {
        answer.count() == 1
    })
    .await?;
    let recorder = &mut shop.recorder;
    let all = recorder
        .ask("list_message_suppressions: all", 200, list(""))
        .await?;
    let other = list("recipient_hash=none");
    recorder
        .ask("list_message_suppressions: of another address", 200, other)
        .await?;
    let head = Ask::head(SUPPRESSIONS).by(&sam);
    recorder
        .ask("list_message_suppressions: head", 200, head)
        .await?;
    let path = format!("{SUPPRESSIONS}/{}", all.text("/data/0/id")?);
    for (case, status, path) in [
        ("of one address", 204, &path),
        ("again", 404, &path),
        (
            "that is none",
            404,
            &format!("{SUPPRESSIONS}/{}", nobody("sup")),
        ),
    ] {
        let ask = Ask::delete(path).by(&sam);
        recorder
            .ask(&format!("delete_message_suppression: {case}"), status, ask)
            .await?;
    }
    Ok(())
}
