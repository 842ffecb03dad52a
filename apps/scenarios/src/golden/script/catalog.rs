//! Products; before them their categories, after them their variants.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::{categories, nobody, search, variants};
use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

const PRODUCTS: &str = "/v1/products";

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let category = categories::play(shop).await?;
    let (assam, variant) = create(shop, &category).await?;
    read(shop, &assam).await?;
    lists(shop).await?;
    search::play(shop).await?;
    update(shop, &assam, &category).await?;
    variants::play(shop, &assam, &variant).await
}

/// Makes goods; returns the first product and its first variant.
async fn create(shop: &mut Shop, category: &str) -> Result<(String, String)> {
    let sam = shop.sam.clone();
    let post = |body: &Value| Ask::post(PRODUCTS, body).by(&sam);
    let eur = |amount: i64| json!([{ "amount": amount, "currency": "EUR" }]);
    let assam = json!({
        "slug": "assam", "title": "Assam", "description": "Strong and malty. ".repeat(60), "category_id": category,
        "image": "https://golden.example/assam.png", "status": "active",
        "variants": [{ "sku": "ASSAM-100", "title": "100 g", "prices": [
            { "amount": 690, "currency": "EUR" }, { "amount": 790, "currency": "USD" }] }],
    });
    let recorder = &mut shop.recorder;
    let made = recorder
        .ask(
            "create_product: on sale at once",
            201,
            post(&assam).key("product-assam"),
        )
        .await?;
    recorder
        .ask(
            "create_product: sent again under its key",
            201,
            post(&assam).key("product-assam"),
        )
        .await?;
    recorder
        .ask("create_product: the same without a key", 409, post(&assam))
        .await?;
    let mut other = assam.clone();
    other["slug"] = json!("assam-gold");
    recorder
        .ask(
            "create_product: something else under its key",
            422,
            post(&other).key("product-assam"),
        )
        .await?;
    recorder
        .ask("create_product: with a SKU of another", 409, post(&other))
        .await?;
    other["category_id"] = json!(nobody("cat"));
    recorder
        .ask("create_product: in no category", 422, post(&other))
        .await?;
    let wrong = json!({
        "slug": "No Slug", "title": "", "image": "javascript:alert(1)",
        "variants": [{ "sku": "no sku", "title": "", "prices": [{ "amount": -1, "currency": "EUR" },
            { "amount": 1, "currency": "EUR" }] }],
    });
    recorder
        .ask("create_product: with everything wrong", 422, post(&wrong))
        .await?;
    for (case, body) in [
        (
            "with an amount that is no whole number",
            json!({ "slug": "a", "title": "A", "variants": [
            { "sku": "A", "title": "A", "prices": [{ "amount": 1.5, "currency": "EUR" }] }] }),
        ),
        (
            "with a currency that is none",
            json!({ "slug": "a", "title": "A", "variants": [
            { "sku": "A", "title": "A", "prices": [{ "amount": 1, "currency": "euro" }] }] }),
        ),
        (
            "with a status that is none",
            json!({ "slug": "a", "title": "A", "status": "sold" }),
        ),
    ] {
        recorder
            .ask(&format!("create_product: {case}"), 400, post(&body))
            .await?;
    }
    let first = (made.text("/id")?, made.text("/variants/0/id")?);
    shop.goods.insert("ASSAM-100".to_owned(), first.clone());
    for (slug, sku, price) in [
        ("darjeeling", "DARJ-50", 1_250),
        ("sencha", "SENCHA-100", 990),
        ("rare-oolong", "OOLONG-25", 4_900),
    ] {
        let body = json!({ "slug": slug, "title": slug.to_uppercase(), "category_id": category, "status": "active",
            "variants": [{ "sku": sku, "title": "one size", "prices": eur(price) }] });
        let made = shop
            .recorder
            .ask(&format!("create_product: {slug}"), 201, post(&body))
            .await?;
        let ids = (made.text("/id")?, made.text("/variants/0/id")?);
        shop.goods.insert(sku.to_owned(), ids);
    }
    let draft = json!({ "slug": "secret-blend", "title": "Secret blend" });
    let made = shop
        .recorder
        .ask("create_product: a draft", 201, post(&draft))
        .await?;
    let ids = (made.text("/id")?, String::new());
    shop.goods.insert("draft".to_owned(), ids);
    Ok(first)
}

async fn read(shop: &mut Shop, assam: &str) -> Result<()> {
    let path = format!("{PRODUCTS}/{assam}");
    let draft = format!("{PRODUCTS}/{}", shop.goods["draft"].0);
    let recorder = &mut shop.recorder;
    let page = recorder
        .ask("get_product: found", 200, Ask::get(&path))
        .await?;
    let known = Ask::get(&path).with("if-none-match", page.etag()?);
    recorder.ask("get_product: nothing new", 304, known).await?;
    let any = Ask::get(&path).with("if-none-match", "*");
    recorder
        .ask("get_product: any version is known", 304, any)
        .await?;
    recorder
        .ask("get_product: head", 200, Ask::head(&path))
        .await?;
    let packed = Ask::get(&path).with("accept-encoding", "br, gzip;q=0.5");
    let packed = recorder.ask("get_product: compressed", 200, packed).await?;
    ensure!(
        packed.header("content-encoding")? == "gzip",
        "not compressed"
    );
    let plain = Ask::get(&path).with("accept-encoding", "gzip;q=0, identity");
    recorder
        .ask("get_product: not compressed on demand", 200, plain)
        .await?;
    let slug = Ask::get(format!("{PRODUCTS}/slug:assam"));
    recorder.ask("get_product: by its slug", 200, slug).await?;
    let slug = Ask::get(format!("{PRODUCTS}/slug:nothing"));
    recorder
        .ask("get_product: by a slug of nothing", 404, slug)
        .await?;
    let wrong = Ask::get(format!("{PRODUCTS}/{}", nobody("ord")));
    recorder
        .ask("get_product: with the id of an order", 400, wrong)
        .await?;
    let wrong = Ask::get(format!("{PRODUCTS}/assam"));
    recorder.ask("get_product: with a word", 400, wrong).await?;
    recorder
        .ask(
            "get_product: a draft for a buyer",
            404,
            Ask::get(&draft).by(&shop.ada),
        )
        .await?;
    recorder
        .ask(
            "get_product: a draft for staff",
            200,
            Ask::get(&draft).by(&shop.sam),
        )
        .await?;
    Ok(())
}

async fn lists(shop: &mut Shop) -> Result<()> {
    let sam = shop.sam.clone();
    let recorder = &mut shop.recorder;
    let list = |query: &str| Ask::get(format!("{PRODUCTS}?{query}"));
    recorder
        .ask("list_products: all", 200, Ask::get(PRODUCTS))
        .await?;
    recorder
        .ask("list_products: head", 200, Ask::head(PRODUCTS))
        .await?;
    for (case, query) in [
        ("of a category", "category=tea"),
        ("of no category", "category=nothing"),
        ("by a part of the title", "q=SSAM"),
        ("by a part of the SKU", "q=oolong-2"),
        ("by a percent sign", "q=%25"),
        ("drafts for strangers", "status=draft"),
    ] {
        recorder
            .ask(&format!("list_products: {case}"), 200, list(query))
            .await?;
    }
    let drafts = list("status=draft").by(&sam);
    recorder
        .ask("list_products: drafts for staff", 200, drafts)
        .await?;
    recorder
        .ask("list_products: by nothing", 422, list("q="))
        .await?;
    recorder
        .ask(
            "list_products: of a status that is none",
            400,
            list("status=sold"),
        )
        .await?;
    let page = recorder
        .ask(
            "list_products: first page",
            200,
            list("limit=3&category=tea"),
        )
        .await?;
    let cursor = page.text("/next_cursor")?;
    let next = format!("limit=3&category=tea&cursor={cursor}");
    recorder
        .ask("list_products: last page", 200, list(&next))
        .await?;
    let other = format!("limit=3&cursor={cursor}");
    recorder
        .ask(
            "list_products: with a cursor of another filter",
            400,
            list(&other),
        )
        .await?;
    Ok(())
}

async fn update(shop: &mut Shop, assam: &str, category: &str) -> Result<()> {
    let sam = shop.sam.clone();
    let draft = format!("{PRODUCTS}/{}", shop.goods["draft"].0);
    let path = format!("{PRODUCTS}/{assam}");
    let recorder = &mut shop.recorder;
    let etag = recorder.quietly(Ask::get(&path)).await?.etag()?;
    let change = |etag: &str, body: Value| Ask::patch(&path, etag, &body).by(&sam);
    let changed = recorder
        .ask(
            "update_product: a new title",
            200,
            change(&etag, json!({ "title": "Assam TGFOP" })),
        )
        .await?;
    recorder
        .ask(
            "update_product: of a version that is gone",
            412,
            change(&etag, json!({ "title": "x" })),
        )
        .await?;
    let etag = changed.etag()?;
    for (case, status, body) in [
        ("with a slug of another", 409, json!({ "slug": "sencha" })),
        (
            "without what it must have",
            422,
            json!({ "slug": null, "title": null, "status": null }),
        ),
        (
            "with everything wrong",
            422,
            json!({ "slug": "A B", "title": "", "image": "x" }),
        ),
        (
            "into no category",
            422,
            json!({ "category_id": nobody("cat") }),
        ),
        ("a draft again", 422, json!({ "status": "draft" })),
        ("nothing", 200, json!({})),
        (
            "without picture and category",
            200,
            json!({ "image": null, "category_id": null }),
        ),
    ] {
        recorder
            .ask(
                &format!("update_product: {case}"),
                status,
                change(&etag, body),
            )
            .await?;
    }
    let etag = recorder.quietly(Ask::get(&path)).await?.etag()?;
    recorder
        .ask(
            "update_product: into a category",
            200,
            change(&etag, json!({ "category_id": category })),
        )
        .await?;
    let missing = format!("{PRODUCTS}/{}", nobody("prd"));
    let ask = Ask::patch(&missing, "\"v1\"", &json!({ "title": "x" })).by(&sam);
    recorder
        .ask("update_product: that is none", 404, ask)
        .await?;
    let ask = Ask::patch(&draft, "\"v1\"", &json!({ "status": "archived" })).by(&sam);
    recorder.ask("update_product: archived", 200, ask).await?;
    recorder
        .ask("get_product: archived", 200, Ask::get(&draft))
        .await?;
    Ok(())
}
