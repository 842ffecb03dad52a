//! Large refunds: asked for by one person, decided by another.

use anyhow::Result;
use serde_json::json;

use super::nobody;
use super::payments::eur;
use super::purchase::Bought;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

/// One person gives back 15.00 EUR of a payment alone; 9.90 went back for a return, and 3.00 for a cup.
pub(super) async fn play(shop: &mut Shop, bought: &Bought) -> Result<()> {
    let (root, ada, sam) = (shop.root.clone(), shop.ada.clone(), shop.sam.clone());
    let payment = format!("/v1/payments/{}", bought.on_page.payment);
    let body = json!({ "amount": eur(450), "reason": "a second cup" });
    let large = |key: &str| {
        Ask::post(format!("{payment}/refunds"), &body)
            .by(&sam)
            .key(key)
    };
    let recorder = &mut shop.recorder;
    let waits = recorder
        .ask("refund_payment: for a second person", 202, large("large-1"))
        .await?
        .text("/id")?;
    let decide = |id: &str, what: &str, key: &str| {
        let path = format!("/v1/refunds/{id}/{what}");
        Ask::post(path, &json!({ "note": "seen the picture" })).key(key)
    };
    let (none, long) = (nobody("rfd"), json!({ "note": "n".repeat(501) }));
    let wordy = |what: &str, key: &str| {
        let path = format!("/v1/refunds/{waits}/{what}");
        Ask::post(path, &long).key(key).by(&root)
    };
    let void = Ask::post(format!("{payment}/voids"), &json!({ "reason": "x" }));
    let list = |query: &str| Ask::get(format!("/v1/refunds?{query}")).by(&sam);
    let of_payment = format!("payment_id={}&limit=2", bought.on_page.payment);
    for (case, status, ask) in [
        (
            "void_payment: for a second person",
            409,
            void.by(&sam).key("void-large"),
        ),
        (
            "get_refund: that waits",
            200,
            Ask::get(format!("/v1/refunds/{waits}")).by(&sam),
        ),
        (
            "list_refunds: those that wait",
            200,
            list("status=awaiting_approval"),
        ),
        ("list_refunds: of a payment", 200, list(&of_payment)),
        (
            "list_refunds: some members",
            200,
            list("status=awaiting_approval&fields=id,amount"),
        ),
        (
            "list_refunds: in a state that is none",
            400,
            list("status=lost"),
        ),
        (
            "list_refunds: by the buyer",
            403,
            Ask::get("/v1/refunds").by(&ada),
        ),
        (
            "approve_refund: by who asked",
            403,
            decide(&waits, "approvals", "yes-1").by(&sam),
        ),
        (
            "approve_refund: by the buyer",
            403,
            decide(&waits, "approvals", "yes-2").by(&ada),
        ),
        (
            "approve_refund: that is none",
            404,
            decide(&none, "approvals", "yes-3").by(&root),
        ),
        (
            "approve_refund: with a note too long",
            422,
            wordy("approvals", "yes-4"),
        ),
        (
            "approve_refund: approved",
            201,
            decide(&waits, "approvals", "yes-5").by(&root),
        ),
        (
            "approve_refund: sent again under its key",
            201,
            decide(&waits, "approvals", "yes-5").by(&root),
        ),
        (
            "approve_refund: approved before",
            409,
            decide(&waits, "approvals", "yes-6").by(&root),
        ),
        (
            "reject_refund: that is approved",
            409,
            decide(&waits, "rejections", "no-1").by(&root),
        ),
        (
            "reject_refund: that is none",
            404,
            decide(&none, "rejections", "no-2").by(&root),
        ),
        (
            "reject_refund: by the buyer",
            403,
            decide(&waits, "rejections", "no-3").by(&ada),
        ),
        (
            "reject_refund: with a note too long",
            422,
            wordy("rejections", "no-4"),
        ),
    ] {
        recorder.ask(case, status, ask).await?;
    }
    let other = recorder.quietly(large("large-2")).await?.text("/id")?;
    let rejected = decide(&other, "rejections", "no-5").by(&root);
    recorder
        .ask("reject_refund: rejected", 201, rejected)
        .await?;
    let email = ada.email.clone();
    shop.mail("an approved refund is on its way back", &email, "4.50")
        .await?;
    Ok(())
}
