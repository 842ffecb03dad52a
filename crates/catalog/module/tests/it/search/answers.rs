//! Queries over the demo shop and what must come, in order.

use serde_json::{Value, json};
use tenon_testkit::engines;

use super::{encode, search, slugs};
use crate::shop::Shop;

/// Words, and the slugs of what comes; `…` stands for more.
const WORDS: &[(&str, &[&str])] = &[
    // As written: case, accents and marks do not matter, words stand anywhere and in any order.
    ("earl grey", &["earl-grey-bergamot"]),
    ("GREY  earl!", &["earl-grey-bergamot"]),
    ("narino gesha", &["narino-gesha"]),
    ("Nariño", &["narino-gesha"]),
    ("volcan", &["antigua-volcan"]),
    ("lüneburg", &["heather-honey"]),
    ("luneburg", &["heather-honey"]),
    ("LUENEBURG heath", &["heather-honey"]),
    ("pu-erh", &["shou-puerh-cake"]),
    ("chef's knife", &["chefs-knife"]),
    ("TEA-DJFF-050", &["darjeeling-first-flush"]),
    ("djff", &["darjeeling-first-flush"]),
    // A title weighs more than a description.
    ("chocolate", &["dark-chocolate-72", "sidama-natural"]),
    ("coffee grinder", &["hand-grinder"]),
    // The last word is being typed; others are not.
    ("gyok", &["gyokuro-yame"]),
    ("earl gr", &["earl-grey-bergamot"]),
    ("gr earl", &[]),
    ("teapo", &["glass-teapot", "cast-iron-teapot"]),
    // One typo from four letters, two from eight: too many, too few, another, exchanged.
    ("earl grei", &["earl-grey-bergamot"]),
    ("eral grey", &["earl-grey-bergamot"]),
    ("tepot", &["glass-teapot", "cast-iron-teapot"]),
    ("teaapot", &["glass-teapot", "cast-iron-teapot"]),
    ("darjeling", &["darjeeling-first-flush"]),
    ("dajreling", &["darjeeling-first-flush"]),
    ("porcelian", &["porcelain-gaiwan"]),
    ("choclate", &["dark-chocolate-72", "sidama-natural"]),
    ("darjelign", &["darjeeling-first-flush"]),
    // Too many typos, too short, or digits: nothing.
    ("erl grey", &[]),
    ("darjelinggg", &[]),
    ("tea-djff-051", &[]),
    ("surfboard", &[]),
    ("🍵 – !", &[]),
];

#[tokio::test]
async fn the_demo_shop_answers_the_same_on_both_engines() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        shop.demo.seed(&shop.app.kit().ctx()).await.expect("seeded");
        let buyer = shop.app.anonymous();
        for (words, expected) in WORDS {
            let found = search(&buyer, &format!("q={}", encode(words))).await;
            assert_eq!(slugs(&found), *expected, "{engine:?}: {words}");
            assert_eq!(found["total"], expected.len(), "{words}");
            assert_eq!(found["complete"], true, "{words}");
        }
        let found = search(&buyer, "q=earl%20grei").await;
        let taken = json!([{ "word": "grei", "taken_for": ["grey"] }]);
        assert_eq!(found["corrections"], taken);
        assert_eq!(search(&buyer, "q=earl").await["corrections"], json!([]));

        filters_and_facets(&shop).await;
        pages(&shop).await;
        shop.app.assert_invariants().await;
    }
}

fn choice(found: &Value, facet: &str, value: &str) -> u64 {
    let choices = found["facets"][facet].as_array().expect("a facet");
    let choice = choices.iter().find(|it| it["value"] == value);
    choice.map_or(0, |it| it["count"].as_u64().expect("a count"))
}

/// Each facet counts what it would leave, whatever it is set to now.
async fn filters_and_facets(shop: &Shop) {
    let buyer = shop.app.anonymous();
    let all = search(&buyer, "q=tea").await;
    let in_tea = search(&buyer, "q=tea&category=tea").await;
    assert_eq!(in_tea["total"], choice(&all, "category", "tea"));
    assert_eq!(
        in_tea["facets"]["category"], all["facets"]["category"],
        "counted without itself"
    );
    assert_ne!(in_tea["facets"]["option"], all["facets"]["option"]);

    let small = search(&buyer, "q=tea&category=tea&option=50%20g").await;
    assert_eq!(small["total"], choice(&in_tea, "option", "50 g"));
    assert_eq!(small["facets"]["option"], in_tea["facets"]["option"]);
    assert!(choice(&small, "category", "tea") < choice(&all, "category", "tea"));

    // 50 g of Darjeeling are 12.90, of Gyokuro 24.90: the price is that of the option.
    let cheap = "category=tea&option=50%20g&currency=EUR&price_max=1290&sort=-price&limit=1";
    let cheap = search(&buyer, cheap).await;
    assert_eq!(slugs(&cheap), ["darjeeling-first-flush"]);
    assert_eq!(cheap["facets"]["price"]["highest"]["amount"], 2490);
    let dear = search(&buyer, "category=tea&currency=EUR&sort=price&limit=200").await;
    let lowest = dear["facets"]["price"]["lowest"]["amount"].as_i64();
    let first = &dear["data"][0]["variants"][0]["prices"][0];
    assert_eq!(
        (first["amount"].as_i64(), &first["currency"]),
        (lowest, &json!("EUR"))
    );
    for range in dear["facets"]["price"]["ranges"]
        .as_array()
        .expect("ranges")
    {
        let (from, to) = (&range["from"]["amount"], &range["to"]["amount"]);
        let query = format!("category=tea&currency=EUR&price_min={from}&price_max={to}");
        assert_eq!(
            search(&buyer, &query).await["total"],
            range["count"],
            "{query}"
        );
    }
    assert_eq!(choice(&all, "availability", "out_of_stock"), 0);
    assert!(search(&buyer, "q=tea").await["facets"]["price"].is_null());
}

/// Pages put together are the whole, and a cursor fits no other search.
async fn pages(shop: &Shop) {
    let buyer = shop.app.anonymous();
    for query in [
        "q=tea",
        "q=tepot",
        "sort=newest",
        "q=coffee&currency=EUR&sort=-price",
        "currency=USD&sort=price&availability=in_stock",
    ] {
        let whole = slugs(&search(&buyer, &format!("{query}&limit=200")).await);
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = search(&buyer, &format!("{query}&limit=7{cursor}")).await;
            assert_eq!(page["total"], whole.len(), "{query}");
            pages.extend(slugs(&page));
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(pages, whole, "{query}");
    }
    let page = search(&buyer, "q=tea&limit=3").await;
    let cursor = page["next_cursor"].as_str().expect("more");
    for other in [
        "q=tea&sort=newest",
        "q=teas",
        "q=tea&category=tea",
        "limit=3",
    ] {
        let path = format!("/v1/search?{other}&cursor={cursor}");
        let refused = buyer.get(&path).await;
        assert_eq!(
            refused.expect(400)["code"],
            "catalog.invalid_cursor",
            "{other}"
        );
    }
}
