//! The inbox of a person, the log of messages, and the log of public events.

use anyhow::Result;
use serde_json::{Value, json};

use super::{choices, contacts, messages, nobody};
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const INBOX: &str = "/v1/me/notifications";
/// What Ada is told: four orders placed, one sent and arrived, one cancelled and paid back, one partly paid back.
const TOLD: usize = 18;

pub(crate) async fn play(shop: &mut Shop, order: &str) -> Result<()> {
    inbox(shop).await?;
    log(shop, order).await?;
    messages::play(shop, order).await?;
    choices::play(shop).await?;
    contacts::play(shop).await?;
    events(shop, order).await
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

    marks(shop, &all.text("/data/5/id")?).await?;
    let recorder = &mut shop.recorder;
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
        ("put away", "only_archived=true"),
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

/// Counts, and everything from here on seen.
async fn marks(shop: &mut Shop, up_to: &str) -> Result<()> {
    const MARKS: &str = "/v1/me/notification-seen-marks";
    let (ada, bob) = (shop.ada.clone(), shop.bob.clone());
    let recorder = &mut shop.recorder;
    let mark = |up_to: &str| Ask::post(MARKS, &json!({ "up_to": up_to }));
    let count = || Ask::get("/v1/me/notification-counts");
    for (case, status, ask) in [
        ("count_my_notifications: before", 200, count().by(&ada)),
        (
            "count_my_notifications: of somebody without any",
            200,
            count().by(&bob),
        ),
        (
            "mark_my_notifications_seen: older ones",
            200,
            mark(up_to).by(&ada),
        ),
        (
            "mark_my_notifications_seen: again",
            200,
            mark(up_to).by(&ada),
        ),
        (
            "mark_my_notifications_seen: of somebody else",
            404,
            mark(up_to).by(&bob),
        ),
        (
            "mark_my_notifications_seen: up to none",
            404,
            mark(&nobody("ntf")).by(&ada),
        ),
        ("count_my_notifications: after that", 200, count().by(&ada)),
    ] {
        recorder.ask(case, status, ask).await?;
    }
    recorder
        .ask(
            "count_my_notifications: head",
            200,
            Ask::head("/v1/me/notification-counts").by(&ada),
        )
        .await?;
    Ok(())
}

async fn log(shop: &mut Shop, order: &str) -> Result<()> {
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

async fn events(shop: &mut Shop, order: &str) -> Result<()> {
    let sam = shop.sam.clone();
    let list = |query: &str| Ask::get(format!("/v1/events?{query}")).by(&sam);
    let about = format!("subject={order}");
    let arrived = |answer: &crate::golden::recorder::Answer| {
        let events = answer.body["data"].as_array();
        events
            .and_then(|events| events.last())
            .is_some_and(|event| event["type"] == "order.return_received")
    };
    shop.until(
        "all that became of an order to be told",
        list(&about),
        arrived,
    )
    .await?;
    let types = Ask::get("/v1/event-types").by(&sam).digest();
    let recorder = &mut shop.recorder;
    recorder.ask("list_event_types: all", 200, types).await?;
    let all = recorder
        .ask("list_events: about an order", 200, list(&about))
        .await?;
    let none = format!("subject={}", nobody("ord"));
    let long = format!("subject={}", "s".repeat(65));
    for (case, status, query) in [
        ("about nothing", 200, none.as_str()),
        ("of a type that is none", 422, "type=order.lost"),
        ("of a type that stays inside", 422, "type=session.created"),
        ("about something too long", 422, &long),
    ] {
        recorder
            .ask(&format!("list_events: {case}"), status, list(query))
            .await?;
    }
    let page = recorder
        .ask(
            "list_events: first page",
            200,
            list(&format!("{about}&limit=2")),
        )
        .await?;
    let next = format!("limit=2&cursor={}", page.text("/next_cursor")?);
    recorder
        .ask(
            "list_events: second page",
            200,
            list(&format!("{about}&{next}")),
        )
        .await?;
    recorder
        .ask(
            "list_events: with a cursor of another filter",
            400,
            list(&next),
        )
        .await?;
    let event = Ask::get(format!("/v1/events/{}", all.text("/data/0/id")?)).by(&sam);
    recorder.ask("get_event: found", 200, event).await?;

    let stream = |query: &str, last: &str| {
        Ask::get(format!("/v1/events/stream?{query}"))
            .by(&sam)
            .with("last-event-id", last)
    };
    let first = all.text("/data/0/sequence")?;
    for (case, status, query, last) in [
        ("all about an order", 200, about.as_str(), "0"),
        ("after an event", 200, &about, &first),
        ("after one that is none", 400, &about, "first"),
        (
            "after one that has yet to come",
            410,
            &about,
            "9000000000000000000",
        ),
        ("of a type that is none", 422, "type=order.lost", "0"),
    ] {
        recorder
            .ask(
                &format!("stream_events: {case}"),
                status,
                stream(query, last),
            )
            .await?;
    }
    let head = Ask::head("/v1/events/stream").by(&sam);
    recorder.ask("stream_events: head", 200, head).await?;
    Ok(())
}
