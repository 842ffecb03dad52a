//! Payments: read, captured, refunded, undone, compared with the provider's books; the ledger.

use anyhow::Result;
use serde_json::{Value, json};

use super::purchase::Bought;
use super::{approvals, nobody};
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const PAYMENTS: &str = "/v1/payments";

pub(crate) async fn play(shop: &mut Shop, bought: &Bought) -> Result<()> {
    read(shop, bought).await?;
    captures(shop, bought).await?;
    refunds(shop, bought).await?;
    approvals::play(shop, bought).await?;
    voids(shop, bought).await?;
    reconciliations(shop, bought).await?;
    ledger(shop, bought).await
}

async fn read(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let path = format!("{PAYMENTS}/{}", bought.on_page.payment);
    let guests = format!("{PAYMENTS}/{}", bought.by_guest.payment);
    let none = format!("{PAYMENTS}/{}", nobody("pay"));
    let (ada, bob, sam) = (shop.ada.clone(), shop.bob.clone(), shop.sam.clone());
    let recorder = &mut shop.recorder;
    let found = recorder
        .ask("get_payment: of oneself", 200, Ask::get(&path).by(&ada))
        .await?;
    let known = Ask::get(&path)
        .by(&ada)
        .with("if-none-match", found.etag()?);
    recorder.ask("get_payment: nothing new", 304, known).await?;
    recorder
        .ask("get_payment: head", 200, Ask::head(&path).by(&ada))
        .await?;
    for (case, status, ask) in [
        ("for staff", 200, Ask::get(&path).by(&sam)),
        ("of a guest, for staff", 200, Ask::get(&guests).by(&sam)),
        ("of somebody else", 404, Ask::get(&path).by(&bob)),
        ("of a guest", 404, Ask::get(&guests).by(&ada)),
        ("that is none", 404, Ask::get(&none).by(&sam)),
    ] {
        recorder
            .ask(&format!("get_payment: {case}"), status, ask)
            .await?;
    }
    Ok(())
}

pub(super) fn eur(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

async fn captures(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let sam = shop.sam.clone();
    let path = format!("{PAYMENTS}/{}/captures", bought.uncaptured.payment);
    let none = format!("{PAYMENTS}/{}/captures", nobody("pay"));
    let unpaid = format!("{PAYMENTS}/{}/captures", bought.unpaid.payment);
    let done = format!("{PAYMENTS}/{}/captures", bought.on_page.payment);
    let post = |path: &str, key: &str, body: Value| Ask::post(path, &body).by(&sam).key(key);
    let part = || post(&path, "capture-part", json!({ "amount": eur(1_000) }));
    let dollars = json!({ "amount": { "amount": 1_000, "currency": "USD" } });
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        ("of no payment", 404, post(&none, "capture-none", json!({}))),
        (
            "of a payment without money",
            409,
            post(&unpaid, "capture-unpaid", json!({})),
        ),
        (
            "of more than is promised",
            422,
            post(&path, "capture-much", json!({ "amount": eur(100_000) })),
        ),
        (
            "in another currency",
            422,
            post(&path, "capture-usd", dollars),
        ),
        (
            "of nothing",
            422,
            post(&path, "capture-zero", json!({ "amount": eur(0) })),
        ),
        ("a part", 201, part()),
        ("sent again under its key", 201, part()),
        (
            "something else under its key",
            422,
            post(&path, "capture-part", json!({ "amount": eur(1) })),
        ),
        ("the rest", 201, post(&path, "capture-rest", json!({}))),
        (
            "of what is captured",
            201,
            post(&done, "capture-done", json!({})),
        ),
    ] {
        recorder
            .ask(&format!("capture_payment: {case}"), status, ask)
            .await?;
    }
    Ok(())
}

async fn refunds(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let (ada, bob, sam) = (shop.ada.clone(), shop.bob.clone(), shop.sam.clone());
    let path = format!("{PAYMENTS}/{}/refunds", bought.on_page.payment);
    let none = format!("{PAYMENTS}/{}/refunds", nobody("pay"));
    let post = |path: &str, key: &str, body: Value| Ask::post(path, &body).by(&sam).key(key);
    let give = |amount: Value| json!({ "amount": amount, "reason": "a broken cup" });
    let dollars = json!({ "amount": 100, "currency": "USD" });
    let recorder = &mut shop.recorder;
    let made = recorder
        .ask(
            "refund_payment: a part",
            201,
            post(&path, "refund-part", give(eur(300))),
        )
        .await?;
    for (case, status, ask) in [
        (
            "sent again under its key",
            201,
            post(&path, "refund-part", give(eur(300))),
        ),
        (
            "something else under its key",
            422,
            post(&path, "refund-part", give(eur(301))),
        ),
        (
            "of no payment",
            404,
            post(&none, "refund-none", give(eur(1))),
        ),
        (
            "of more than was paid",
            422,
            post(&path, "refund-much", give(eur(100_000))),
        ),
        (
            "in another currency",
            422,
            post(&path, "refund-usd", give(dollars)),
        ),
        ("of nothing", 422, post(&path, "refund-zero", give(eur(0)))),
        (
            "for a reason too long",
            422,
            post(&path, "refund-long", json!({ "reason": "r".repeat(501) })),
        ),
    ] {
        recorder
            .ask(&format!("refund_payment: {case}"), status, ask)
            .await?;
    }
    let refund = format!("/v1/refunds/{}", made.text("/id")?);
    let none = format!("/v1/refunds/{}", nobody("rfd"));
    for (case, status, ask) in [
        ("of oneself", 200, Ask::get(&refund).by(&ada)),
        ("for staff", 200, Ask::get(&refund).by(&sam)),
        ("of somebody else", 404, Ask::get(&refund).by(&bob)),
        ("that is none", 404, Ask::get(&none).by(&sam)),
    ] {
        recorder
            .ask(&format!("get_refund: {case}"), status, ask)
            .await?;
    }
    let head = Ask::head(&refund).by(&ada);
    recorder.ask("get_refund: head", 200, head).await?;
    let email = ada.email.clone();
    shop.mail("money is on its way back", &email, "3.00")
        .await?;
    let order = Ask::get(format!("/v1/orders/{}", bought.on_page.order)).by(&ada);
    shop.until("the order to know of the refund", order.clone(), |answer| {
        answer.body["refunded"]["amount"] == 1_290
    })
    .await?;
    shop.recorder
        .ask("get_order: a part of which was paid back", 200, order)
        .await?;
    Ok(())
}

async fn voids(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let sam = shop.sam.clone();
    let payment = format!("{PAYMENTS}/{}", bought.unpaid.payment);
    let path = format!("{payment}/voids");
    let none = format!("{PAYMENTS}/{}/voids", nobody("pay"));
    let post = |path: &str, key: &str, reason: &str| {
        Ask::post(path, &json!({ "reason": reason }))
            .by(&sam)
            .key(key)
    };
    let recorder = &mut shop.recorder;
    for (case, status, ask) in [
        ("of no payment", 404, post(&none, "void-none", "x")),
        (
            "of no payment, sent again",
            404,
            post(&none, "void-none", "x"),
        ),
        (
            "for a reason too long",
            422,
            post(&path, "void-long", &"r".repeat(501)),
        ),
        ("undone", 202, post(&path, "void-it", "never paid")),
    ] {
        recorder
            .ask(&format!("void_payment: {case}"), status, ask)
            .await?;
    }
    shop.until(
        "the payment to be undone",
        Ask::get(&payment).by(&sam),
        |answer| answer.body["attempts"][0]["status"] == "voided",
    )
    .await?;
    let recorder = &mut shop.recorder;
    recorder
        .ask(
            "void_payment: sent again under its key",
            202,
            post(&path, "void-it", "never paid"),
        )
        .await?;
    recorder
        .ask(
            "void_payment: something else under its key",
            422,
            post(&path, "void-it", "by mistake"),
        )
        .await?;
    recorder
        .ask("get_payment: undone", 200, Ask::get(&payment).by(&sam))
        .await?;
    let capture = Ask::post(format!("{payment}/captures"), &json!({}));
    recorder
        .ask(
            "capture_payment: of a payment that was undone",
            409,
            capture.by(&sam).key("capture-void"),
        )
        .await?;
    Ok(())
}

async fn reconciliations(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let sam = shop.sam.clone();
    let post = |payment: &str| {
        Ask::new(
            reqwest::Method::POST,
            format!("{PAYMENTS}/{payment}/reconciliations"),
        )
        .by(&sam)
    };
    let none = nobody("pay");
    for (case, status, payment) in [
        (
            "of what both books agree on",
            200,
            bought.on_page.payment.as_str(),
        ),
        ("of a guest", 200, &bought.by_guest.payment),
        ("of no payment", 404, &none),
    ] {
        shop.recorder
            .ask(&format!("reconcile_payment: {case}"), status, post(payment))
            .await?;
    }
    Ok(())
}

async fn ledger(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let sam = shop.sam.clone();
    let of = format!("payment_id={}", bought.on_page.payment);
    let none = format!("payment_id={}", nobody("pay"));
    let wrong = format!("payment_id={}", nobody("ord"));
    let list = |query: &str| Ask::get(format!("/v1/ledger/entries?{query}")).by(&sam);
    let recorder = &mut shop.recorder;
    for (case, status, query) in [
        ("of a payment", 200, of.as_str()),
        ("of no payment", 200, &none),
        ("of an order", 400, &wrong),
        ("all", 200, ""),
    ] {
        recorder
            .ask(&format!("list_ledger_entries: {case}"), status, list(query))
            .await?;
    }
    let head = Ask::head("/v1/ledger/entries").by(&sam);
    recorder.ask("list_ledger_entries: head", 200, head).await?;
    let first = format!("{of}&limit=2");
    let page = recorder
        .ask("list_ledger_entries: first page", 200, list(&first))
        .await?;
    let next = format!("{first}&cursor={}", page.text("/next_cursor")?);
    recorder
        .ask("list_ledger_entries: last page", 200, list(&next))
        .await?;
    Ok(())
}
