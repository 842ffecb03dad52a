//! Searching the shop.

use anyhow::Result;

use crate::golden::ask::Ask;
use crate::golden::shop::Shop;

/// Plays it over the goods that are there.
pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    let recorder = &mut shop.recorder;
    let search = |query: &str| Ask::get(format!("/v1/search?{query}"));
    for (case, query) in [
        ("everything", "limit=2"),
        ("a word", "q=assam"),
        ("the beginning of a word", "q=ass"),
        ("with a typo", "q=asasm"),
        ("a SKU", "q=assam-100"),
        ("what nobody has", "q=surfboard"),
        ("marks only", "q=%22%25*"),
        ("of a category", "q=assam&category=tea"),
        ("of another category", "q=assam&category=nothing"),
        ("by price", "currency=EUR&sort=price&limit=2"),
        (
            "of a price",
            "currency=EUR&price_min=600&price_max=700&sort=-price",
        ),
        ("of an option", "option=100%20g&limit=1"),
        ("sold out", "q=assam&availability=out_of_stock"),
    ] {
        let case = format!("search: {case}");
        recorder.ask(&case, 200, search(query)).await?;
    }
    let page = recorder
        .ask("search: first page", 200, search("sort=newest&limit=3"))
        .await?;
    let cursor = page.text("/next_cursor")?;
    let next = format!("sort=newest&limit=3&cursor={cursor}");
    recorder
        .ask("search: next page", 200, search(&next))
        .await?;
    let other = format!("q=tea&cursor={cursor}");
    for (case, status, query) in [
        ("with a cursor of another search", 400, &*other),
        ("too many words", 400, "q=a+b+c+d+e+f+g+h+i"),
        ("by price in no currency", 422, "sort=price"),
    ] {
        let case = format!("search: {case}");
        recorder.ask(&case, status, search(query)).await?;
    }
    Ok(())
}
