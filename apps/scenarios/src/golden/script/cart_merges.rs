//! Guests who sign in: their cart becomes that of the person, or goes into it.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::json;

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const CARTS: &str = "/v1/carts";

/// A guest's cart: its path, secret and version.
struct Guests {
    path: String,
    token: String,
    etag: String,
}

impl Guests {
    /// A guest with some of a tea.
    async fn with(shop: &mut Shop, sku: &str, quantity: i64) -> Result<Self> {
        let variant = shop.variant(sku).to_owned();
        let recorder = &mut shop.recorder;
        let made = Ask::post(CARTS, &json!({ "currency": "EUR" }));
        let made = recorder.quietly(made).await?;
        let (path, token) = (
            format!("{CARTS}/{}", made.text("/id")?),
            made.header("cart-token")?,
        );
        let line = json!({ "variant_id": variant, "quantity": quantity });
        let line = Ask::post(format!("{path}/lines"), &line).with_cart(&token);
        let etag = recorder.quietly(line).await?.etag()?;
        Ok(Self { path, token, etag })
    }

    fn merge(&self) -> Ask {
        Ask::new(Method::POST, format!("{}/merge", self.path))
            .with("if-match", self.etag.as_str())
            .with_cart(&self.token)
    }

    fn merge_into(&self, cart: &str) -> Ask {
        self.merge().json(&json!({ "into": cart }))
    }
}

pub(super) async fn play(shop: &mut Shop) -> Result<()> {
    let (ada, bob) = (shop.ada.clone(), shop.bob.clone());
    let first = Guests::with(shop, "SENCHA-100", 1).await?;
    let recorder = &mut shop.recorder;
    let taken = recorder
        .ask(
            "merge_cart: by a person without a cart",
            201,
            first.merge().by(&bob),
        )
        .await?;
    let cart = taken.text("/id")?;
    ensure!(first.path.ends_with(&cart), "it is another cart");

    let second = Guests::with(shop, "SENCHA-100", 2).await?;
    let recorder = &mut shop.recorder;
    let none = Ask::new(Method::POST, format!("{CARTS}/{}/merge", nobody("crt")));
    let keyless = Ask::new(Method::POST, format!("{}/merge", second.path)).by(&bob);
    let into = second.path.rsplit('/').next().unwrap_or_default();
    for (case, status, ask) in [
        ("by nobody", 401, second.merge()),
        (
            "that is none",
            404,
            none.with("if-match", "\"v1\"").by(&bob),
        ),
        ("without its version", 428, keyless.clone()),
        (
            "without its secret",
            404,
            keyless.clone().with("if-match", second.etag.as_str()),
        ),
        ("into itself", 422, second.merge_into(into).by(&bob)),
        (
            "into somebody else's cart",
            404,
            second.merge_into(&cart).by(&ada),
        ),
        (
            "of a version that is gone",
            412,
            keyless
                .clone()
                .with_cart(&second.token)
                .with("if-match", "\"v1\""),
        ),
    ] {
        recorder
            .ask(&format!("merge_cart: {case}"), status, ask)
            .await?;
    }
    let merge = || second.merge().key("merge-two").by(&bob);
    let merged = recorder
        .ask("merge_cart: into a cart", 201, merge())
        .await?;
    ensure!(
        merged.body["lines"][0]["quantity"] == 3,
        "one and two are {}",
        merged.body
    );
    recorder
        .ask("merge_cart: sent again under its key", 201, merge())
        .await?;
    let ended = Ask::get(&second.path);
    for (case, status, ask) in [
        (
            "get_cart: with a secret that ended",
            404,
            ended.clone().with_cart(&second.token),
        ),
        (
            "get_cart: that went into another",
            200,
            Ask::get(format!("{}?fields=id,status,merged_into", second.path)).by(&bob),
        ),
        (
            "merge_cart: that was merged before",
            409,
            second.merge().by(&bob),
        ),
    ] {
        recorder.ask(case, status, ask).await?;
    }
    let own = Ask::new(Method::POST, format!("{CARTS}/{cart}/merge"))
        .with("if-match", merged.etag()?)
        .by(&bob);
    recorder
        .ask("merge_cart: of a person", 409, own)
        .await
        .map(drop)
}
