//! The end: signing out, and what too many wrong passwords bring.

use anyhow::Result;
use serde_json::json;

use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let sign_out = Ask::delete("/v1/auth/sessions/current").by(&shop.bob);
    shop.recorder
        .ask("delete_current_session: signed out", 204, sign_out)
        .await?;
    let refresh = json!({ "refresh_token": shop.bob.refresh_token });
    shop.recorder
        .ask(
            "create_tokens: of a session that ended",
            401,
            Ask::post("/v1/auth/tokens", &refresh),
        )
        .await?;

    let guess = json!({ "email": shop.bob.email, "password": "a guess like any other" });
    let guess = Ask::post("/v1/auth/sessions", &guess);
    shop.until("too many guesses", guess.clone(), |answer| {
        answer.status == 429
    })
    .await?;
    shop.recorder
        .ask("create_session: after too many guesses", 429, guess)
        .await?;
    Ok(())
}
