//! Categories.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const CATEGORIES: &str = "/v1/categories";

/// Returns the id of `tea`.
pub(crate) async fn play(shop: &mut Shop) -> Result<String> {
    let sam = shop.sam.clone();
    let recorder = &mut shop.recorder;
    let post = |body: &Value| Ask::post(CATEGORIES, body).by(&sam);
    let tea = json!({ "slug": "tea", "title": "Tea", "description": "Leaves.", "position": 1 });
    let made = recorder
        .ask("create_category: tea", 201, post(&tea).key("category-tea"))
        .await?;
    recorder
        .ask(
            "create_category: sent again under its key",
            201,
            post(&tea).key("category-tea"),
        )
        .await?;
    recorder
        .ask("create_category: the same without a key", 409, post(&tea))
        .await?;
    let pots = json!({ "slug": "pots", "title": "Pots" });
    recorder
        .ask(
            "create_category: something else under its key",
            422,
            post(&pots).key("category-tea"),
        )
        .await?;
    recorder
        .ask("create_category: pots", 201, post(&pots))
        .await?;
    let cups = json!({ "slug": "cups", "title": "Cups", "position": 2 });
    recorder
        .ask("create_category: cups", 201, post(&cups))
        .await?;
    let wrong = json!({ "slug": "Tea & Co", "title": " ", "description": "d".repeat(2_001), "position": -1 });
    recorder
        .ask("create_category: with everything wrong", 422, post(&wrong))
        .await?;
    recorder
        .ask(
            "create_category: without a title",
            400,
            post(&json!({ "slug": "milk" })),
        )
        .await?;
    recorder
        .ask("list_categories: all", 200, Ask::get(CATEGORIES))
        .await?;
    recorder
        .ask("list_categories: head", 200, Ask::head(CATEGORIES))
        .await?;
    let page = Ask::get(format!("{CATEGORIES}?limit=2"));
    let page = recorder
        .ask("list_categories: first page", 200, page)
        .await?;
    ensure!(
        page.header("link")?.contains("rel=\"next\""),
        "no next page"
    );
    let cursor = page.text("/next_cursor")?;
    let next = Ask::get(format!("{CATEGORIES}?limit=2&cursor={cursor}"));
    recorder
        .ask("list_categories: last page", 200, next)
        .await?;
    made.text("/id")
}
