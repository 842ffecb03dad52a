//! The audit log: who did what.

use anyhow::{Context as _, Result};

use super::nobody;
use super::purchase::Bought;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const ENTRIES: &str = "/v1/audit/entries";

pub(crate) async fn play(shop: &mut Shop, bought: &Bought) -> Result<()> {
    deprecations(shop).await?;
    invariants(shop).await?;
    let root = shop.root.clone();
    let list = |query: &str| Ask::get(format!("{ENTRIES}?{query}")).by(&root);
    let order = format!("target={}", bought.on_page.order);
    let product = format!("target={}", shop.goods["ASSAM-100"].0);
    let person = format!("target={}", shop.bob.user_id);
    let payment = format!(
        "target={}&action=payment.refund_requested",
        bought.on_page.payment
    );
    for (what, query, last) in [
        ("the order", &order, "order.return_received"),
        ("the product", &product, "product.updated"),
        ("the person", &person, "message.requested"),
        ("the payment", &payment, "payment.refund_requested"),
    ] {
        let what = format!("the audit log to know {what}");
        shop.until(&what, list(query), |answer| {
            answer.body["data"][0]["action"] == last
        })
        .await?;
    }
    let recorder = &mut shop.recorder;
    let none = format!("target={}", nobody("ord"));
    let actor = format!("actor={}&action=category.created", shop.sam.user_id);
    for (case, query) in [
        ("of an order", order.as_str()),
        ("of a product", &product),
        ("of a person", &person),
        ("of a payment", &payment),
        ("of nothing", &none),
        ("by somebody", &actor),
        ("before there was anything", "until=2001-01-01T00:00:00Z"),
        ("after everything", "since=2999-01-01T00:00:00Z"),
    ] {
        recorder
            .ask(&format!("list_audit_entries: {case}"), 200, list(query))
            .await?;
    }
    for (case, status, query) in [
        ("since a word", 400, "since=yesterday"),
        (
            "of a target too long",
            422,
            format!("target={}", "t".repeat(201)).as_str(),
        ),
        ("of no action", 422, "action="),
    ] {
        recorder
            .ask(&format!("list_audit_entries: {case}"), status, list(query))
            .await?;
    }
    let head = Ask::head(format!("{ENTRIES}?{order}")).by(&root);
    recorder.ask("list_audit_entries: head", 200, head).await?;
    let first = format!("{order}&limit=2");
    let page = recorder
        .ask("list_audit_entries: first page", 200, list(&first))
        .await?;
    let next = format!("{first}&cursor={}", page.text("/next_cursor")?);
    recorder
        .ask("list_audit_entries: second page", 200, list(&next))
        .await?;
    let entry = format!("{ENTRIES}/{}", page.text("/data/0/id")?);
    recorder
        .ask("get_audit_entry: found", 200, Ask::get(&entry).by(&root))
        .await?;
    recorder
        .ask("get_audit_entry: head", 200, Ask::head(&entry).by(&root))
        .await?;
    let none = format!("{ENTRIES}/{}", nobody("aud"));
    recorder
        .ask(
            "get_audit_entry: that is none",
            404,
            Ask::get(&none).by(&root),
        )
        .await?;
    proofs(shop, &none).await
}

/// That an entry is in the log: one of the first, whose path in the tree of 64 entries has the same length in every run.
async fn proofs(shop: &mut Shop, none: &str) -> Result<()> {
    let root = shop.root.clone();
    let about = format!("{ENTRIES}?target={}&limit=200", root.user_id);
    let known = shop
        .until(
            "an entry about the first person",
            Ask::get(about).by(&root),
            |answer| answer.body["data"][0].is_object(),
        )
        .await?;
    let entries = known.body["data"].as_array().map_or(&[][..], Vec::as_slice);
    let first = entries
        .last()
        .filter(|entry| entry["seq"].as_i64().is_some_and(|seq| seq <= 32))
        .context("the first person is not among the first entries")?;
    let id = first["id"].as_str().context("an entry has an id")?;
    let proof = format!("{ENTRIES}/{id}/proof");
    for (case, status, path) in [
        (
            "in the tree of all entries",
            200,
            format!("{proof}?fields=leaf_index,tree_size,root_hash"),
        ),
        ("in an older tree", 200, format!("{proof}?tree_size=64")),
        (
            "with the way from a root",
            200,
            format!("{proof}?tree_size=64&consistent_with=32"),
        ),
        ("in an empty tree", 422, format!("{proof}?tree_size=0")),
        (
            "in a tree that has not grown yet",
            422,
            format!("{proof}?tree_size=999999999999"),
        ),
        (
            "with the way from nothing",
            422,
            format!("{proof}?consistent_with=0"),
        ),
        ("of an entry that is none", 404, format!("{none}/proof")),
    ] {
        let case = format!("get_audit_entry_proof: {case}");
        shop.recorder
            .ask(&case, status, Ask::get(path).by(&root))
            .await?;
    }
    let head = Ask::head(format!("{proof}?tree_size=64")).by(&root);
    shop.recorder
        .ask("get_audit_entry_proof: head", 200, head)
        .await?;
    Ok(())
}

/// What will go, and who has used it so far.
async fn deprecations(shop: &mut Shop) -> Result<()> {
    let list = Ask::get("/v1/admin/deprecations").by(&shop.sam);
    shop.recorder
        .ask("list_deprecations: used by the script", 200, list)
        .await?;
    Ok(())
}

/// Every rule of every module, once its workers have come to the end of the data.
async fn invariants(shop: &mut Shop) -> Result<()> {
    let list = Ask::get("/v1/admin/invariants").by(&shop.root);
    shop.until("every invariant to hold", list.clone(), |answer| {
        answer.body["state"] == "holds"
    })
    .await?;
    shop.recorder
        .ask("list_invariants: all hold", 200, list)
        .await?;
    Ok(())
}
