//! Whatever is typed, it is words: no syntax, no failure, bounded work.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use tenon_testkit::{engines, rounds};

use super::{encode, find, publish, search};
use crate::shop::Shop;

const NASTY: [&str; 14] = [
    "\"",
    "' OR 1=1 --",
    "te*",
    "NOT tea",
    "tea NEAR/2 pot",
    "(tea",
    "tea & !pot:*",
    "%",
    "_ea",
    "\0tea\0",
    "\u{202e}aet",
    "t\u{301}e\u{308}a",
    "title:tea",
    "{\"a\":[1]}",
];

#[tokio::test]
async fn no_text_is_syntax() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        publish(&shop, "tea-pot", serde_json::json!({})).await;
        let buyer = shop.app.anonymous();
        for text in [
            "tea",
            "\"tea\"",
            "tea*",
            "(pot) & tea",
            "t\u{301}e\u{308}a",
            "'; -- pot",
            "%tea%",
        ] {
            assert_eq!(find(&buyer, text).await, ["tea-pot"], "{text:?}");
        }
        for text in [
            "NOT tea",
            "-tea coffee",
            "pot:* OR x",
            "t%a pot",
            "_ea",
            "title:tea",
        ] {
            assert!(
                find(&buyer, text).await.is_empty(),
                "{text:?} has words that nothing has"
            );
        }

        let piece = prop_oneof![
            proptest::sample::select(&NASTY[..]).prop_map(str::to_owned),
            "\\PC{0,12}",
            any::<String>(),
            "[a-f]{1,40}",
        ];
        let texts = proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.join(" "));
        let mut runner = TestRunner::new_with_rng(
            Config::default(),
            proptest::test_runner::TestRng::deterministic_rng(
                proptest::test_runner::RngAlgorithm::ChaCha,
            ),
        );
        for _ in 0..rounds(60) {
            let text = texts.new_tree(&mut runner).expect("a text").current();
            let reply = buyer.get(&format!("/v1/search?q={}", encode(&text))).await;
            let status = reply.status().as_u16();
            assert!(matches!(status, 200 | 400), "{text:?}: {reply:?}");
            if status == 400 {
                assert_eq!(reply.json()["errors"][0]["pointer"], "?q", "{text:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_too_much_is_named() {
    let shop = Shop::open(engines()[0]).await;
    let buyer = shop.app.anonymous();
    let long = format!("q={}", "x".repeat(201));
    for (query, status, pointer) in [
        ("q=", 400, "?q"),
        ("q=%20", 400, "?q"),
        (&*long, 400, "?q"),
        ("q=a+b+c+d+e+f+g+h+i", 400, "?q"),
        ("limit=0", 400, "?limit"),
        ("sort=best", 400, "?sort"),
        ("availability=maybe", 400, "?availability"),
        ("currency=XXX", 400, "?currency"),
        ("price_min=1.5&currency=EUR", 400, "?price_min"),
        ("colour=red", 400, "?colour"),
        ("cursor=nonsense", 400, "?cursor"),
        ("price_min=1", 422, "?currency"),
        ("sort=price", 422, "?currency"),
        ("price_max=-1&currency=EUR", 422, "?price_max"),
        ("category=No%20Slug", 422, "?category"),
        ("option=", 422, "?option"),
    ] {
        let problem = buyer
            .get(&format!("/v1/search?{query}"))
            .await
            .expect(status);
        let named = problem["errors"].as_array().into_iter().flatten();
        assert!(
            named.clone().any(|it| it["pointer"] == pointer),
            "{query}: {problem}"
        );
    }
    for text in ["x".repeat(10_000), "🍵".repeat(201), "\0tea".to_owned()] {
        let problem = buyer
            .get(&format!("/v1/search?q={}", encode(&text)))
            .await
            .expect(400);
        assert_eq!(problem["errors"][0]["pointer"], "?q");
    }
    assert_eq!(search(&buyer, "q=a+b+c+d+e+f+g+h").await["total"], 0);
}
