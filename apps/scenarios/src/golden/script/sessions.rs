//! Signing in, the person who is signed in, their sessions and tokens.

use anyhow::{Result, ensure};
use serde_json::json;

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const SESSIONS: &str = "/v1/auth/sessions";
const ME: &str = "/v1/me";

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    sign_in(shop).await?;
    refresh(shop).await?;
    me(shop).await?;
    password(shop).await?;
    shop.recorder
        .ask("get_jwks: keys", 200, Ask::get("/.well-known/jwks.json"))
        .await?;
    let head = Ask::head("/.well-known/jwks.json");
    shop.recorder.ask("get_jwks: head", 200, head).await?;
    Ok(())
}

async fn sign_in(shop: &mut Shop) -> Result<()> {
    let (email, password) = (shop.bob.email.clone(), shop.bob.password.clone());
    let ask = |email: &str, password: &str| {
        Ask::post(SESSIONS, &json!({ "email": email, "password": password }))
    };
    let recorder = &mut shop.recorder;
    recorder
        .ask(
            "create_session: with a wrong password",
            401,
            ask(&email, "not the password of bob"),
        )
        .await?;
    recorder
        .ask(
            "create_session: of nobody",
            401,
            ask("eve@golden.example", &password),
        )
        .await?;
    recorder
        .ask(
            "create_session: with no e-mail address",
            422,
            ask("bob", &password),
        )
        .await?;
    let answer = recorder
        .ask(
            "create_session: signed in",
            201,
            ask(&email, &password).with("user-agent", "Lynx/2.9"),
        )
        .await?;
    let device = answer.text("/device_token")?;
    recorder.names.keep_secret(&device);
    let again = json!({ "email": email, "password": password, "device_token": device });
    let answer = recorder
        .ask(
            "create_session: from a device that is known",
            201,
            Ask::post(SESSIONS, &again),
        )
        .await?;
    shop.bob.take_tokens(&answer)?;

    let list = || Ask::get("/v1/me/sessions").by(&shop.bob);
    let recorder = &mut shop.recorder;
    let found = recorder.ask("list_my_sessions: all", 200, list()).await?;
    ensure!(found.count() == 3, "bob has {} sessions", found.count());
    let head = Ask::head("/v1/me/sessions").by(&shop.bob);
    recorder.ask("list_my_sessions: head", 200, head).await?;
    let page = Ask::get("/v1/me/sessions?limit=2").by(&shop.bob);
    let page = recorder
        .ask("list_my_sessions: first page", 200, page)
        .await?;
    let cursor = page.text("/next_cursor")?;
    let page = Ask::get(format!("/v1/me/sessions?limit=2&cursor={cursor}"));
    recorder
        .ask(
            "list_my_sessions: last page",
            200,
            page.clone().by(&shop.bob),
        )
        .await?;
    recorder
        .ask(
            "list_my_sessions: with a cursor of somebody else",
            400,
            page.by(&shop.ada),
        )
        .await?;
    let first = found.text("/data/2/id")?;
    let end = |id: &str| Ask::delete(format!("/v1/me/sessions/{id}"));
    recorder
        .ask(
            "delete_my_session: of somebody else",
            404,
            end(&first).by(&shop.ada),
        )
        .await?;
    recorder
        .ask(
            "delete_my_session: that never was",
            404,
            end(&nobody("ses")).by(&shop.bob),
        )
        .await?;
    recorder
        .ask("delete_my_session: ended", 204, end(&first).by(&shop.bob))
        .await?;
    recorder
        .ask(
            "delete_my_session: ended before",
            404,
            end(&first).by(&shop.bob),
        )
        .await?;
    recorder
        .ask("list_my_sessions: without the ended one", 200, list())
        .await?;
    Ok(())
}

async fn refresh(shop: &mut Shop) -> Result<()> {
    let path = "/v1/auth/tokens";
    let old = shop.bob.refresh_token.clone();
    let ask = |token: &str| Ask::post(path, &json!({ "refresh_token": token }));
    let recorder = &mut shop.recorder;
    recorder
        .ask(
            "create_tokens: with a token of nobody",
            401,
            ask(&"B".repeat(43)),
        )
        .await?;
    recorder
        .ask("create_tokens: with a word", 401, ask("word"))
        .await?;
    let answer = recorder
        .ask("create_tokens: the next ones", 200, ask(&old))
        .await?;
    recorder
        .ask(
            "create_tokens: asked for again, the answer was lost",
            200,
            ask(&old),
        )
        .await?;
    shop.bob.take_tokens(&answer)?;
    Ok(())
}

async fn me(shop: &mut Shop) -> Result<()> {
    let recorder = &mut shop.recorder;
    let seen = recorder
        .ask("get_me: who I am", 200, Ask::get(ME).by(&shop.ada))
        .await?;
    let etag = seen.etag()?;
    let known = Ask::get(ME)
        .by(&shop.ada)
        .with("if-none-match", etag.as_str());
    recorder.ask("get_me: nothing new", 304, known).await?;
    let other = Ask::get(ME)
        .by(&shop.ada)
        .with("if-none-match", "\"v999\", \"x\"");
    recorder.ask("get_me: something new", 200, other).await?;
    recorder
        .ask("get_me: head", 200, Ask::head(ME).by(&shop.ada))
        .await?;
    let change = |etag: &str, body| Ask::patch(ME, etag, &body).by(&shop.ada);
    let changed = recorder
        .ask(
            "update_me: a new name",
            200,
            change(&etag, json!({ "display_name": "Countess" })),
        )
        .await?;
    let etag_now = changed.etag()?;
    recorder
        .ask(
            "update_me: of a version that is gone",
            412,
            change(&etag, json!({ "display_name": "x" })),
        )
        .await?;
    let merge = Ask::new(reqwest::Method::PATCH, ME)
        .by(&shop.ada)
        .with("if-match", etag_now.as_str())
        .with("content-type", "application/merge-patch+json")
        .raw("{\"display_name\": null}");
    let changed = recorder
        .ask("update_me: no name any more", 200, merge)
        .await?;
    let etag = changed.etag()?;
    for (case, body) in [
        ("with an empty name", json!({ "display_name": "" })),
        (
            "with a name too long",
            json!({ "display_name": "n".repeat(101) }),
        ),
        (
            "with a new password alone",
            json!({ "new_password": "a kettle whistles" }),
        ),
        (
            "with the current password alone",
            json!({ "current_password": shop.ada.password }),
        ),
        (
            "with an end of nothing",
            json!({ "end_other_sessions": true }),
        ),
    ] {
        recorder
            .ask(&format!("update_me: {case}"), 422, change(&etag, body))
            .await?;
    }
    recorder
        .ask("update_me: nothing", 200, change(&etag, json!({})))
        .await?;
    Ok(())
}

async fn password(shop: &mut Shop) -> Result<()> {
    let etag = shop
        .recorder
        .quietly(Ask::get(ME).by(&shop.ada))
        .await?
        .etag()?;
    let current = shop.ada.password.clone();
    let next = "the third kettle sings louder";
    let body =
        |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
    let recorder = &mut shop.recorder;
    for (case, status, body) in [
        (
            "with a wrong current password",
            422,
            body("not my password at all", next),
        ),
        (
            "with a weak new password",
            422,
            body(&current, "password123"),
        ),
        ("with a new password", 200, body(&current, next)),
    ] {
        let ask = Ask::patch(ME, &etag, &body).by(&shop.ada);
        recorder
            .ask(&format!("update_me: {case}"), status, ask)
            .await?;
    }
    next.clone_into(&mut shop.ada.password);
    let list = Ask::get("/v1/me/sessions").by(&shop.ada);
    let left = recorder
        .ask(
            "list_my_sessions: one is left after a new password",
            200,
            list,
        )
        .await?;
    ensure!(left.count() == 1, "{} sessions are left", left.count());
    Ok(())
}
