//! Returns: wished for, decided, received, paid back.

use anyhow::Result;
use serde_json::{Value, json};

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::people::Person;
use crate::golden::shop::Shop;

/// Plays it with an order of which a piece of the first line has arrived; `unsent` is one of which nothing has left.
pub(crate) async fn play(shop: &mut Shop, order: &str, unsent: &str) -> Result<()> {
    let (ada, bob) = (shop.ada.clone(), shop.bob.clone());
    let orders = |order: &str| format!("/v1/orders/{order}");
    let found = Ask::get(orders(order)).by(&ada);
    let line = shop
        .recorder
        .quietly(found)
        .await?
        .text("/lines/0/line_id")?;
    let wish = |person: &Person, order: &str, key: &str, lines: Value| {
        let body = json!({ "lines": lines, "note": "It was broken." });
        Ask::post(format!("{}/returns", orders(order)), &body)
            .by(person)
            .key(key)
    };
    let pieces =
        |quantity: i64| json!([{ "line_id": line, "quantity": quantity, "reason": "damaged" }]);
    let moon = json!([{ "line_id": line, "quantity": 1, "reason": "moon" }]);
    let path = format!("{}/returns", orders(order));
    let recorder = &mut shop.recorder;
    let list = || Ask::get(&path).by(&ada);
    recorder.ask("list_returns: none yet", 200, list()).await?;
    let first = recorder
        .ask(
            "create_return: a piece",
            201,
            wish(&ada, order, "return-1", pieces(1)),
        )
        .await?;
    for (case, status, ask) in [
        (
            "sent again under its key",
            201,
            wish(&ada, order, "return-1", pieces(1)),
        ),
        (
            "something else under its key",
            422,
            wish(&ada, order, "return-1", pieces(2)),
        ),
        (
            "of a piece that is in a return",
            422,
            wish(&ada, order, "return-2", pieces(1)),
        ),
        ("of nothing", 422, wish(&ada, order, "return-3", json!([]))),
        (
            "for a reason that is none",
            400,
            wish(&ada, order, "return-4", moon),
        ),
        (
            "of no order",
            404,
            wish(&ada, &nobody("ord"), "return-5", pieces(1)),
        ),
        (
            "of what has not left",
            409,
            wish(&ada, unsent, "return-6", pieces(1)),
        ),
        (
            "of somebody else",
            404,
            wish(&bob, order, "return-7", pieces(1)),
        ),
    ] {
        recorder
            .ask(&format!("create_return: {case}"), status, ask)
            .await?;
    }
    let mine = ada.email.clone();
    shop.mail("a return is looked at", &mine, "We look at it")
        .await?;
    read(shop, order, &first.text("/id")?).await?;
    let cancel = |id: &str| {
        let path = format!("/v1/returns/{id}/cancellations");
        Ask::new(reqwest::Method::POST, path)
    };
    let id = first.text("/id")?;
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        ("of somebody else", 404, cancel(&id).by(&bob)),
        ("that is none", 404, cancel(&nobody("ret")).by(&ada)),
        ("given up", 200, cancel(&id).by(&ada)),
        ("given up before", 200, cancel(&id).by(&ada)),
    ] {
        recorder
            .ask(&format!("cancel_return: {case}"), status, ask)
            .await?;
    }
    let second = recorder
        .quietly(wish(&ada, order, "return-8", pieces(1)))
        .await?
        .text("/id")?;
    decide(shop, &id, &second).await?;
    let third = wish(&ada, order, "return-9", pieces(1));
    let third = shop.recorder.quietly(third).await?.text("/id")?;
    arrive(shop, &third, &line, order).await?;
    let recorder = &mut shop.recorder;
    recorder
        .ask("cancel_return: that arrived", 409, cancel(&third).by(&ada))
        .await?;
    recorder
        .ask("list_returns: of oneself", 200, list())
        .await?;
    Ok(())
}

async fn read(shop: &mut Shop, order: &str, id: &str) -> Result<()> {
    let (ada, bob, sam) = (shop.ada.clone(), shop.bob.clone(), shop.sam.clone());
    let path = format!("/v1/returns/{id}");
    let recorder = &mut shop.recorder;
    let found = recorder
        .ask("get_return: of oneself", 200, Ask::get(&path).by(&ada))
        .await?;
    let known = Ask::get(&path)
        .by(&ada)
        .with("if-none-match", found.etag()?);
    let none = format!("/v1/returns/{}", nobody("ret"));
    let list = format!("/v1/orders/{order}/returns");
    for (case, status, ask) in [
        ("get_return: nothing new", 304, known),
        ("get_return: head", 200, Ask::head(&path).by(&ada)),
        ("get_return: for staff", 200, Ask::get(&path).by(&sam)),
        (
            "get_return: of somebody else",
            404,
            Ask::get(&path).by(&bob),
        ),
        ("get_return: that is none", 404, Ask::get(&none).by(&sam)),
        ("list_returns: head", 200, Ask::head(&list).by(&ada)),
        (
            "list_returns: of somebody else",
            404,
            Ask::get(&list).by(&bob),
        ),
    ] {
        recorder.ask(case, status, ask).await?;
    }
    Ok(())
}

/// Rejects the second; the first was given up.
async fn decide(shop: &mut Shop, first: &str, second: &str) -> Result<()> {
    let (ada, sam) = (shop.ada.clone(), shop.sam.clone());
    let change_by = |person: &Person, id: &str, etag: &str, body: Value| {
        Ask::patch(format!("/v1/returns/{id}"), etag, &body).by(person)
    };
    let change = |id: &str, etag: &str, body: Value| change_by(&sam, id, etag, body);
    let rejected = || json!({ "status": "rejected", "note": "It is not ours." });
    let none = nobody("ret");
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        (
            "of a version that is gone",
            412,
            change(second, "\"v9\"", rejected()),
        ),
        ("that is none", 404, change(&none, "\"v1\"", rejected())),
        (
            "that was given up",
            409,
            change(first, "\"v2\"", rejected()),
        ),
        (
            "by the buyer",
            403,
            change_by(&ada, second, "\"v1\"", rejected()),
        ),
        (
            "in a way that is none",
            400,
            change(second, "\"v1\"", json!({ "status": "lost" })),
        ),
        (
            "with a note of two lines",
            422,
            change(
                second,
                "\"v1\"",
                json!({ "status": "rejected", "note": "a\nb" }),
            ),
        ),
        ("rejected", 200, change(second, "\"v1\"", rejected())),
    ] {
        recorder
            .ask(&format!("decide_return: {case}"), status, ask)
            .await?;
    }
    let mine = ada.email.clone();
    shop.mail("a return is rejected", &mine, "It is not ours.")
        .await?;
    Ok(())
}

/// Approves the return, receives it, and waits until its money is back.
async fn arrive(shop: &mut Shop, id: &str, line: &str, order: &str) -> Result<()> {
    let (ada, sam) = (shop.ada.clone(), shop.sam.clone());
    let path = format!("/v1/returns/{id}");
    let receive_by = |person: &Person, path: &str, key: &str, received: i64| {
        let lines = json!([{ "line_id": line, "received": received, "restock": true, "condition": "opened" }]);
        Ask::post(format!("{path}/receipts"), &json!({ "lines": lines }))
            .by(person)
            .key(key)
    };
    let receive = |path: &str, key: &str, received: i64| receive_by(&sam, path, key, received);
    let recorder = &mut shop.recorder;
    recorder
        .ask(
            "receive_return: not approved",
            409,
            receive(&path, "arrival-0", 1),
        )
        .await?;
    let approve = Ask::patch(&path, "\"v1\"", &json!({ "status": "approved" })).by(&sam);
    recorder
        .ask("decide_return: approved", 200, approve)
        .await?;
    let email = ada.email.clone();
    shop.mail("a return is approved", &email, "We take back")
        .await?;
    let recorder = &mut shop.recorder;
    let none = format!("/v1/returns/{}", nobody("ret"));
    for (case, status, ask) in [
        ("that is none", 404, receive(&none, "arrival-1", 1)),
        (
            "of more than was to come",
            422,
            receive(&path, "arrival-2", 9),
        ),
        ("of nothing", 422, receive(&path, "arrival-3", 0)),
        ("by the buyer", 403, receive_by(&ada, &path, "arrival-4", 1)),
        ("arrived", 202, receive(&path, "arrival-5", 1)),
    ] {
        recorder
            .ask(&format!("receive_return: {case}"), status, ask)
            .await?;
    }
    shop.until("the money to be back", Ask::get(&path).by(&ada), |answer| {
        answer.body["refund"]["status"] == "succeeded"
    })
    .await?;
    shop.mail("a return arrived", &email, "arrived here")
        .await?;
    shop.mail("the money of a return is on its way back", &email, "9.90")
        .await?;
    // What is told of other orders after this must not overtake it.
    let told = Ask::get("/v1/me/notifications").by(&ada);
    shop.until("the refund to be told", told, |answer| {
        let mut told = answer.body["data"].as_array().into_iter().flatten();
        told.any(|one| one["kind"] == "refund.succeeded" && one["subject"] == order)
    })
    .await?;
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        (
            "receive_return: sent again under its key",
            202,
            receive(&path, "arrival-5", 1),
        ),
        (
            "receive_return: arrived before",
            409,
            receive(&path, "arrival-6", 1),
        ),
        ("get_return: paid back", 200, Ask::get(&path).by(&ada)),
        (
            "get_order_timeline: of which a piece came back",
            200,
            Ask::get(format!("/v1/orders/{order}/timeline")).by(&ada),
        ),
    ] {
        recorder.ask(case, status, ask).await?;
    }
    Ok(())
}
