//! The inbox of a person, and the log of messages.

use anyhow::Result;
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const INBOX: &str = "/v1/me/notifications";
/// What Ada is told: four orders placed, one sent and arrived, one cancelled and paid back, one partly paid back.
const TOLD: usize = 8;

pub(crate) async fn play(shop: &mut Shop, order: &str) -> Result<()> {
    inbox(shop).await?;
    messages(shop, order).await
}

async fn inbox(shop: &mut Shop) -> Result<()> {
    let (ada, bob) = (shop.ada.clone(), shop.bob.clone());
    let list = |query: &str| Ask::get(format!("{INBOX}?{query}"));
    shop.until(
        "everything that Ada is told",
        list("limit=200").by(&ada),
        |answer| answer.count() == TOLD,
    )
    .await?;
    let recorder = &mut shop.recorder;
    let all = recorder
        .ask("list_my_notifications: all", 200, list("").by(&ada))
        .await?;
    recorder
        .ask(
            "list_my_notifications: head",
            200,
            Ask::head(INBOX).by(&ada),
        )
        .await?;
    recorder
        .ask(
            "list_my_notifications: of somebody without any",
            200,
            list("").by(&bob),
        )
        .await?;
    let page = recorder
        .ask(
            "list_my_notifications: first page",
            200,
            list("limit=3").by(&ada),
        )
        .await?;
    let next = format!("limit=3&cursor={}", page.text("/next_cursor")?);
    recorder
        .ask(
            "list_my_notifications: second page",
            200,
            list(&next).by(&ada),
        )
        .await?;
    let other = format!("unread=true&{next}");
    recorder
        .ask(
            "list_my_notifications: with a cursor of another filter",
            400,
            list(&other).by(&ada),
        )
        .await?;
    recorder
        .ask(
            "list_my_notifications: with a flag that is none",
            400,
            list("unread=perhaps").by(&ada),
        )
        .await?;

    let path = format!("{INBOX}/{}", all.text("/data/0/id")?);
    let none = format!("{INBOX}/{}", nobody("ntf"));
    let change = |path: &str, etag: &str, body: Value| Ask::patch(path, etag, &body);
    let seen = json!({ "seen": true });
    let changed = recorder
        .ask(
            "update_my_notification: seen",
            200,
            change(&path, "\"v1\"", seen.clone()).by(&ada),
        )
        .await?;
    let now = changed.etag()?;
    for (case, status, ask) in [
        (
            "of a version that is gone",
            412,
            change(&path, "\"v1\"", seen.clone()).by(&ada),
        ),
        (
            "of somebody else",
            404,
            change(&path, &now, seen.clone()).by(&bob),
        ),
        ("that is none", 404, change(&none, "\"v1\"", seen).by(&ada)),
        (
            "with a word for a flag",
            400,
            change(&path, &now, json!({ "seen": "yes" })).by(&ada),
        ),
        (
            "put away",
            200,
            change(&path, &now, json!({ "archived": true })).by(&ada),
        ),
    ] {
        recorder
            .ask(&format!("update_my_notification: {case}"), status, ask)
            .await?;
    }
    for (case, query) in [
        ("unread", "unread=true"),
        ("with those put away", "archived=true"),
        ("the rest", ""),
    ] {
        recorder
            .ask(
                &format!("list_my_notifications: {case} after that"),
                200,
                list(query).by(&ada),
            )
            .await?;
    }
    Ok(())
}

async fn messages(shop: &mut Shop, order: &str) -> Result<()> {
    let sam = shop.sam.clone();
    let list = |query: &str| Ask::get(format!("/v1/messages?{query}")).by(&sam);
    let about = format!("subject={order}");
    let is_sent = |answer: &crate::golden::recorder::Answer| {
        let mut messages = answer.body["data"].as_array().into_iter().flatten();
        messages.all(|message| message["status"] == "sent")
    };
    shop.until("all messages to be sent", list("limit=200"), is_sent)
        .await?;
    let none = format!("subject={}", nobody("ord"));
    let long = format!("subject={}", "s".repeat(65));
    let recorder = &mut shop.recorder;
    for (case, status, query) in [
        ("about an order", 200, about.as_str()),
        ("about nothing", 200, &none),
        ("of a template", 200, "template=order_placed"),
        ("that failed", 200, "status=failed"),
        ("of a status that is none", 422, "status=lost"),
        ("of a template that is none", 422, "template=poem"),
        ("about something too long", 422, &long),
    ] {
        recorder
            .ask(&format!("list_messages: {case}"), status, list(query))
            .await?;
    }
    let head = Ask::head("/v1/messages").by(&sam);
    recorder.ask("list_messages: head", 200, head).await?;
    let page = recorder
        .ask(
            "list_messages: first page",
            200,
            list("template=order_placed&limit=2"),
        )
        .await?;
    let next = format!(
        "template=order_placed&limit=2&cursor={}",
        page.text("/next_cursor")?
    );
    recorder
        .ask("list_messages: last page", 200, list(&next))
        .await?;
    Ok(())
}
