//! What the edge answers by itself: documents, wrong paths and methods, browsers, traces.

use anyhow::{Result, ensure};
use reqwest::Method;

use crate::golden::ask::{Ask, Expected};
use crate::golden::shop::Shop;

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let recorder = &mut shop.recorder;
    for (case, path) in [
        ("edge: the OpenAPI document", "/openapi.json"),
        ("edge: the documentation page", "/docs"),
        ("edge: the documentation's script", "/docs/app.js"),
        ("edge: the documentation's style", "/docs/style.css"),
        ("edge: the list of error codes", "/errors"),
        (
            "edge: the page of an error code",
            "/errors/orders.out_of_stock",
        ),
    ] {
        recorder.ask(case, 200, Ask::get(path).digest()).await?;
    }
    let document = Ask::get("/openapi.json").with("accept-encoding", "gzip");
    let answer = recorder
        .ask(
            "edge: the OpenAPI document, compressed",
            200,
            document.digest(),
        )
        .await?;
    ensure!(
        answer.header("content-encoding")? == "gzip",
        "not compressed"
    );
    recorder
        .ask(
            "edge: the OpenAPI document's head",
            200,
            Ask::head("/openapi.json"),
        )
        .await?;
    recorder
        .ask(
            "edge: a document cannot be changed",
            405,
            Ask::delete("/openapi.json"),
        )
        .await?;
    recorder
        .ask("edge: docs with a slash too many", 308, Ask::get("/docs/"))
        .await?;
    for (case, path) in [
        ("edge: nothing here", "/v1/nothing"),
        ("edge: nothing at the root", "/"),
        ("edge: a slash too many", "/v1/products/"),
        ("edge: a percent sign too many", "/v1/%zz"),
        ("edge: no such error code", "/errors/no.such_code"),
        (
            "edge: internal routes are not public",
            "/_seam/catalog/v1/get_variants",
        ),
        ("edge: metrics are not public", "/metrics"),
    ] {
        recorder
            .ask(case, Expected::Refusal, Ask::get(path))
            .await?;
    }
    methods(shop).await?;
    browsers(shop).await?;
    traces(shop).await
}

/// Each path refuses a method it does not have, and tells which it has.
async fn methods(shop: &mut Shop) -> Result<()> {
    let recorder = &mut shop.recorder;
    let mut paths: Vec<String> = Vec::new();
    for operation in &recorder.document().operations {
        if !paths.contains(&operation.path) {
            paths.push(operation.path.clone());
        }
    }
    for path in paths {
        let wrong = ["PUT", "DELETE", "POST"].into_iter().find(|method| {
            let mut operations = recorder.document().operations.iter();
            !operations.any(|known| known.path == path && known.method == *method)
        });
        let method: Method = wrong.unwrap_or("TRACE").parse()?;
        let case = format!("edge: {method} {path}");
        // No parameter is looked at: the braces can stay, escaped.
        let sent = path.replace('{', "%7B").replace('}', "%7D");
        let answer = recorder.ask(&case, 405, Ask::new(method, sent)).await?;
        ensure!(!answer.header("allow")?.is_empty(), "{case}: no `Allow`");
    }
    Ok(())
}

async fn browsers(shop: &mut Shop) -> Result<()> {
    let recorder = &mut shop.recorder;
    let stranger = ("origin", "https://elsewhere.example");
    let preflight = Ask::new(Method::OPTIONS, "/v1/carts")
        .with(stranger.0, stranger.1)
        .with("access-control-request-method", "POST");
    recorder
        .ask("edge: preflight from another site", 204, preflight)
        .await?;
    recorder
        .ask(
            "edge: options without a preflight",
            405,
            Ask::new(Method::OPTIONS, "/v1/carts"),
        )
        .await?;
    let read = Ask::get("/v1/products").with(stranger.0, stranger.1);
    recorder
        .ask("list_products: from another site", 200, read)
        .await?;
    let write = Ask::post("/v1/carts", &serde_json::json!({})).with(stranger.0, stranger.1);
    recorder
        .ask("create_cart: from another site", 403, write)
        .await?;
    Ok(())
}

async fn traces(shop: &mut Shop) -> Result<()> {
    let recorder = &mut shop.recorder;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let ask =
        Ask::get("/v1/products").with("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    let answer = recorder
        .ask("list_products: within a caller's trace", 200, ask)
        .await?;
    ensure!(
        answer.header("trace-id")? == trace,
        "the caller's trace is lost"
    );
    let ask = Ask::get("/v1/products").with("traceparent", "00-nonsense-01");
    let answer = recorder
        .ask("list_products: with an unreadable trace", 200, ask)
        .await?;
    ensure!(
        answer.header("trace-id")?.len() == 32,
        "no trace of its own"
    );
    Ok(())
}
