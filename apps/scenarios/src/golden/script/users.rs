//! Users, as an administrator sees them.

use anyhow::Result;
use serde_json::{Value, json};

use super::accounts::challenge_of;
use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    recorder
        .ask("list_users: all", 200, Ask::get("/v1/users").by(&root))
        .await?;
    recorder
        .ask("list_users: head", 200, Ask::head("/v1/users").by(&root))
        .await?;
    let page = Ask::get("/v1/users?limit=3").by(&root);
    let page = recorder.ask("list_users: first page", 200, page).await?;
    let cursor = page.text("/next_cursor")?;
    let next = Ask::get(format!("/v1/users?limit=3&cursor={cursor}")).by(&root);
    recorder.ask("list_users: last page", 200, next).await?;
    for (case, email) in [
        ("by address", "ADA@golden.example"),
        ("by an address nobody has", "eve@golden.example"),
    ] {
        let ask = Ask::get(format!("/v1/users?email={email}")).by(&root);
        recorder
            .ask(&format!("list_users: {case}"), 200, ask)
            .await?;
    }

    creations(shop).await?;
    let recorder = &mut shop.recorder;
    let path = format!("/v1/users/{}", shop.bob.user_id);
    let found = recorder
        .ask("get_user: found", 200, Ask::get(&path).by(&root))
        .await?;
    let etag = found.etag()?;
    let known = Ask::get(&path)
        .by(&root)
        .with("if-none-match", etag.as_str());
    recorder.ask("get_user: nothing new", 304, known).await?;
    recorder
        .ask("get_user: head", 200, Ask::head(&path).by(&root))
        .await?;
    let missing = format!("/v1/users/{}", nobody("usr"));
    recorder
        .ask("get_user: that is none", 404, Ask::get(&missing).by(&root))
        .await?;
    changes(shop, &path, &etag, &missing).await
}

async fn creations(shop: &mut Shop) -> Result<()> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    let create = |key: &str, body: Value| Ask::post("/v1/users", &body).by(&root).key(key);
    let packer = || json!({ "email": "packer@golden.example", "display_name": "Pat Packer", "roles": ["staff"] });
    for (case, key) in [("by a mail", "packer"), ("again under its key", "packer")] {
        recorder
            .ask(&format!("create_user: {case}"), 201, create(key, packer()))
            .await?;
    }
    for (case, status, key, body) in [
        ("of an address that has one", 409, "taken", packer()),
        (
            "that cannot be",
            422,
            "wrong",
            json!({ "email": "packer", "display_name": "", "roles": ["owner"] }),
        ),
    ] {
        recorder
            .ask(&format!("create_user: {case}"), status, create(key, body))
            .await?;
    }
    let text = shop
        .mail(
            "the account that was made",
            "packer@golden.example",
            "challenge=",
        )
        .await?;
    let (_, token) = challenge_of(&text)?;
    shop.recorder.names.keep_secret(&token);
    Ok(())
}

async fn changes(shop: &mut Shop, path: &str, etag: &str, missing: &str) -> Result<()> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    let change = |path: &str, etag: &str, body: Value| Ask::patch(path, etag, &body).by(&root);
    let locked = json!({ "locked": true, "lock_reason": "asked for it" });
    recorder
        .ask(
            "update_user: that is none",
            404,
            change(missing, "\"v1\"", locked.clone()),
        )
        .await?;
    for (case, status, body) in [
        ("locked without a reason", 422, json!({ "locked": true })),
        (
            "a reason without a lock",
            422,
            json!({ "lock_reason": "because" }),
        ),
        ("no role at all", 200, json!({ "roles": [] })),
        ("a role that is none", 422, json!({ "roles": ["emperor"] })),
        (
            "the role that stands for unknown ones",
            422,
            json!({ "roles": ["unknown"] }),
        ),
        (
            "a role twice",
            200,
            json!({ "roles": ["customer", "customer"] }),
        ),
    ] {
        let etag = recorder.quietly(Ask::get(path).by(&root)).await?.etag()?;
        recorder
            .ask(
                &format!("update_user: {case}"),
                status,
                change(path, &etag, body),
            )
            .await?;
    }
    let etag_now = recorder.quietly(Ask::get(path).by(&root)).await?.etag()?;
    let done = recorder
        .ask("update_user: locked", 200, change(path, &etag_now, locked))
        .await?;
    let stale = if etag == done.etag()? {
        "\"v999\""
    } else {
        etag
    };
    recorder
        .ask(
            "update_user: of a version that is gone",
            412,
            change(path, stale, json!({ "locked": false })),
        )
        .await?;
    let sign_in = json!({ "email": shop.bob.email, "password": shop.bob.password });
    recorder
        .ask(
            "create_session: of somebody locked",
            401,
            Ask::post("/v1/auth/sessions", &sign_in),
        )
        .await?;
    recorder
        .ask(
            "update_user: let in again",
            200,
            change(path, &done.etag()?, json!({ "locked": false })),
        )
        .await?;
    shop.bob = shop.sign_in(shop.bob.clone()).await?;

    let own = format!("/v1/users/{}", shop.root.user_id);
    let etag = shop
        .recorder
        .quietly(Ask::get(&own).by(&root))
        .await?
        .etag()?;
    shop.recorder
        .ask(
            "update_user: oneself",
            409,
            change(&own, &etag, json!({ "roles": ["customer"] })),
        )
        .await?;
    Ok(())
}
