//! What requests cost in statements and commits: written down here, so that nobody adds one unnoticed.

use prometheus::proto::MetricFamily;
use tenon_testkit::engines;

use crate::support::Shop;

/// Statements sent and units committed so far, by orders, in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    statements: u64,
    commits: u64,
}

impl Cost {
    fn so_far() -> Self {
        let families = prometheus::gather();
        let family = |name: &str| {
            families
                .iter()
                .find(|family| family.name() == name)
                .map(MetricFamily::get_metric)
        };
        let is = |metric: &prometheus::proto::Metric, name: &str, value: &str| {
            metric
                .get_label()
                .iter()
                .any(|label| label.name() == name && label.value() == value)
        };
        let statements = family("tenon_db_statement_total")
            .unwrap_or_default()
            .iter();
        let statements = statements
            .filter(|it| is(it, "module", "orders"))
            .map(|it| it.get_counter().get_value())
            .sum::<f64>();
        let units = family("tenon_db_unit_seconds").unwrap_or_default().iter();
        let committed =
            units.filter(|it| is(it, "module", "orders") && is(it, "outcome", "committed"));
        let commits = committed
            .map(|it| it.get_histogram().get_sample_count())
            .sum();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a counter of whole things"
        )]
        Self {
            statements: statements as u64,
            commits,
        }
    }

    fn since(self, before: Self) -> Self {
        Self {
            statements: self.statements - before.statements,
            commits: self.commits - before.commits,
        }
    }
}

#[tokio::test]
async fn a_checkout_that_is_paid_at_once_takes_four_commits() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let buyer = shop
            .guest(&[
                (shop.sell("TEA-1", 500, 9), 1),
                (shop.sell("CUP-1", 900, 9), 2),
            ])
            .await;
        let before = Cost::so_far();
        buyer.checkout("k1", Some("pm_success")).await.expect(201);
        let cost = Cost::so_far().since(before);
        let expected = Cost {
            statements: 19,
            commits: 4,
        };
        assert_eq!(cost, expected, "{engine:?}");
    }
}

#[tokio::test]
async fn a_large_checkout_costs_no_more_statements_than_a_small_one() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let mut costs = Vec::new();
        for size in [1, 40] {
            let lines: Vec<_> = (0..size).map(|_| (shop.sell("TEA", 500, 9), 1)).collect();
            let buyer = shop.guest(&lines).await;
            let before = Cost::so_far();
            buyer.checkout("k1", Some("pm_success")).await.expect(201);
            costs.push(Cost::so_far().since(before));
        }
        assert_eq!(costs[0], costs[1]);
    }
}

#[tokio::test]
async fn reads_and_cart_writes_keep_to_their_budgets() {
    for engine in engines() {
        let shop = Shop::open(engine).await;
        let tea = shop.sell("TEA-1", 500, 99);
        let ada = shop.customer("ada", &[(tea, 1)]).await;
        for turn in 0..5 {
            let buyer = shop.customer("ada", &[(tea, 1)]).await;
            buyer
                .checkout(&format!("k{turn}"), Some("pm_success"))
                .await
                .expect(201);
        }

        let before = Cost::so_far();
        ada.add(tea, 1).await.expect(201);
        assert_eq!(
            Cost::so_far().since(before),
            Cost {
                statements: 5,
                commits: 1
            },
            "cart write: at most 6 queries"
        );

        let before = Cost::so_far();
        ada.get(&ada.path()).await.expect(200);
        assert_eq!(
            Cost::so_far().since(before),
            Cost {
                statements: 2,
                commits: 0
            },
            "cart"
        );

        let before = Cost::so_far();
        ada.client.get("/v1/orders").await.expect(200);
        assert_eq!(
            Cost::so_far().since(before),
            Cost {
                statements: 3,
                commits: 0
            },
            "list: at most 3 queries"
        );

        let before = Cost::so_far();
        let expanded = "/v1/orders?expand=fulfillments,returns";
        let page = ada.client.get(expanded).await.expect(200);
        assert_eq!(page["data"].as_array().map(Vec::len), Some(5));
        assert_eq!(
            Cost::so_far().since(before),
            Cost {
                statements: 5,
                commits: 0
            },
            "list: one more for each kind of things in it"
        );

        let checkout = ada.checkout("one-more", Some("pm_3ds")).await.expect(201);
        let before = Cost::so_far();
        ada.look(&checkout).await;
        assert_eq!(
            Cost::so_far().since(before),
            Cost {
                statements: 1,
                commits: 0
            },
            "checkout"
        );
    }
}
