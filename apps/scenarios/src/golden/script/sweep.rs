//! What every operation must refuse, derived from the server's own document.

use anyhow::Result;
use serde_json::json;

use super::nobody;
use crate::golden::ask::{Ask, Expected};
use crate::golden::document::Operation;
use crate::golden::shop::Shop;

/// More than any body may have.
const TOO_LARGE: usize = 4 * 1024 * 1024 + 1;

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    for operation in shop.recorder.document().operations.clone() {
        strangers(shop, &operation).await?;
        addresses(shop, &operation).await?;
        headers(shop, &operation).await?;
        bodies(shop, &operation).await?;
    }
    Ok(())
}

/// A request that has everything it needs except sense: by someone who may, about something that does not exist.
fn base(shop: &Shop, operation: &Operation) -> Result<Ask> {
    let path = operation.path_with(absent);
    let mut ask = Ask::new(operation.method.parse()?, path);
    ask = match operation.policy.as_str() {
        "public" | "bearer" => ask,
        "has:admin" => ask.by(&shop.root),
        "has:staff" => ask.by(&shop.sam),
        _ => ask.by(&shop.ada),
    };
    if operation.needs_if_match {
        ask = ask.with("if-match", "\"v1\"");
    }
    if operation.needs_key {
        ask = ask.key(&format!("sweep-{}", operation.id));
    }
    Ok(ask)
}

/// A value for a path parameter that names nothing: its pattern says which prefix is due.
fn absent(name: &str, pattern: &str) -> String {
    match pattern.trim_start_matches('^').split_once('_') {
        Some((prefix, _)) => nobody(prefix),
        None if name == "provider" => "simulator".to_owned(),
        None if name == "token" => "a-token-that-is-none".to_owned(),
        None => nobody("prd"),
    }
}

fn without(mut ask: Ask, header: &str) -> Ask {
    ask.headers.retain(|(name, _)| *name != header);
    ask
}

async fn strangers(shop: &mut Shop, operation: &Operation) -> Result<()> {
    let id = &operation.id;
    let ask = base(shop, operation)?;
    let mut nobody = without(ask.clone(), "authorization");
    nobody.who = None;
    if !matches!(operation.policy.as_str(), "public" | "bearer") {
        shop.recorder
            .ask(&format!("{id}: by a stranger"), 401, nobody.clone())
            .await?;
    }
    let forged = nobody.clone().with("authorization", "Bearer forged");
    shop.recorder
        .ask(&format!("{id}: with a forged token"), 401, forged)
        .await?;
    if operation.policy.starts_with("has:") {
        let buyer = nobody.clone().by(&shop.ada);
        shop.recorder
            .ask(&format!("{id}: by a buyer"), 403, buyer)
            .await?;
    }
    if operation.policy == "has:admin" {
        let staff = nobody.by(&shop.sam);
        shop.recorder
            .ask(&format!("{id}: by staff"), 403, staff)
            .await?;
    }
    Ok(())
}

async fn addresses(shop: &mut Shop, operation: &Operation) -> Result<()> {
    let id = &operation.id;
    let ask = base(shop, operation)?;
    let mut unknown = ask.clone();
    unknown.path.push_str("?surprise=1");
    shop.recorder
        .ask(&format!("{id}: with an unknown query member"), 400, unknown)
        .await?;
    if operation.has_cursor {
        for (what, query) in [
            ("limit 0", "limit=0"),
            ("limit 201", "limit=201"),
            ("a limit that is no number", "limit=many"),
            ("a cursor that is none", "cursor=nonsense"),
        ] {
            let mut wrong = ask.clone();
            wrong.path = format!("{}?{query}", wrong.path);
            shop.recorder
                .ask(&format!("{id}: with {what}"), 400, wrong)
                .await?;
        }
    }
    if operation
        .parameters
        .values()
        .any(|pattern| pattern.contains('_'))
    {
        for (what, text) in [
            ("an id of another kind", nobody("xyz")),
            ("no id", "x".to_owned()),
        ] {
            let mut wrong = ask.clone();
            wrong.path = operation.path_with(|name, pattern| {
                if pattern.contains('_') {
                    text.clone()
                } else {
                    absent(name, pattern)
                }
            });
            shop.recorder
                .ask(&format!("{id}: with {what}"), 400, wrong)
                .await?;
        }
        let mut nothing = ask;
        if operation.has_body {
            nothing = nothing.json(&json!({}));
        }
        shop.recorder
            .ask(&format!("{id}: about nothing"), Expected::Refusal, nothing)
            .await?;
    }
    Ok(())
}

async fn headers(shop: &mut Shop, operation: &Operation) -> Result<()> {
    let id = &operation.id;
    let ask = base(shop, operation)?;
    let (what, other) = if operation.answers_page {
        ("pages", "application/json")
    } else {
        ("JSON", "text/html")
    };
    let other = ask.clone().with("accept", other);
    shop.recorder
        .ask(
            &format!("{id}: for a caller that takes no {what}"),
            406,
            other,
        )
        .await?;
    let mut twice = without(ask.clone(), "authorization")
        .with("authorization", "Bearer one")
        .with("authorization", "Bearer two");
    twice.who = None;
    shop.recorder
        .ask(&format!("{id}: with two tokens"), 400, twice)
        .await?;
    if operation.needs_if_match {
        let missing = without(ask.clone(), "if-match");
        shop.recorder
            .ask(&format!("{id}: without If-Match"), 428, missing.clone())
            .await?;
        let wrong = missing.with("if-match", "17");
        shop.recorder
            .ask(&format!("{id}: with an If-Match that is none"), 400, wrong)
            .await?;
    }
    if operation.needs_key {
        let missing = without(ask, "idempotency-key");
        shop.recorder
            .ask(
                &format!("{id}: without Idempotency-Key"),
                400,
                missing.clone(),
            )
            .await?;
        let long = missing.key(&"k".repeat(256));
        shop.recorder
            .ask(&format!("{id}: with a key too long"), 400, long)
            .await?;
    }
    Ok(())
}

async fn bodies(shop: &mut Shop, operation: &Operation) -> Result<()> {
    if !operation.has_body {
        return Ok(());
    }
    if operation.takes_form {
        return forms(shop, operation).await;
    }
    let id = &operation.id;
    let ask = base(shop, operation)?;
    let json = |text: &str| {
        ask.clone()
            .with("content-type", "application/json")
            .raw(text)
    };
    for (what, expected, wrong) in [
        ("with half a body", 400, json("{\"a\": [1, ")),
        ("with an array for a body", 400, json("[]")),
        ("with an unknown member", 400, json("{\"surprise\": true}")),
        ("with a member twice", 400, json("{\"a\": 1, \"a\": 2}")),
        (
            "with text for a body",
            415,
            ask.clone().with("content-type", "text/plain").raw("{}"),
        ),
        (
            "with too large a body",
            413,
            ask.clone()
                .with("content-type", "application/json")
                .declaring(TOO_LARGE),
        ),
    ] {
        shop.recorder
            .ask(&format!("{id}: {what}"), expected, wrong)
            .await?;
    }
    // About nothing, it is refused all the same.
    if operation.needs_body || !operation.parameters.is_empty() {
        shop.recorder
            .ask(&format!("{id}: without a body"), Expected::Refusal, ask)
            .await?;
    }
    Ok(())
}

async fn forms(shop: &mut Shop, operation: &Operation) -> Result<()> {
    let id = &operation.id;
    let ask = base(shop, operation)?;
    let form = |text: &str| {
        ask.clone()
            .with("content-type", "application/x-www-form-urlencoded")
            .raw(text)
    };
    let json = ask.clone().with("content-type", "application/json");
    for (what, expected, wrong) in [
        ("with JSON for a form", 415, json.raw("{}")),
        ("with a member twice", 400, form("a=1&a=2")),
        ("with text that is none", 400, form("a=%ff")),
        ("with too large a form", 413, form("").declaring(TOO_LARGE)),
    ] {
        shop.recorder
            .ask(&format!("{id}: {what}"), expected, wrong)
            .await?;
    }
    for (what, wrong) in [("with an empty form", form("")), ("without a body", ask)] {
        shop.recorder
            .ask(&format!("{id}: {what}"), Expected::Refusal, wrong)
            .await?;
    }
    Ok(())
}
