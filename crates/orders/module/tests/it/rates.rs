//! A provider of tax rates and delivery prices: asked when a checkout begins, and away at times.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use orders::OrdersSettings;
use orders::rates::{NoRates, ProvidedRates, RatesProvider, RatesQuestion, RatesSettings};
use serde_json::{Value, json};
use tenon_testkit::{TestEngine, engines};

use crate::support::{Shop, eur};

/// Past the end of every checkout.
const TTL: std::time::Duration = std::time::Duration::from_mins(16);

#[derive(Default)]
struct Provider {
    /// `None` while it is away.
    answer: Mutex<Option<ProvidedRates>>,
    asked: Mutex<Vec<Value>>,
}

impl Provider {
    fn answers(&self, answer: Option<ProvidedRates>) {
        *self.answer.lock().expect("nobody panics holding it") = answer;
    }

    fn asked(&self) -> Vec<Value> {
        self.asked.lock().expect("nobody panics holding it").clone()
    }
}

#[async_trait]
impl RatesProvider for Provider {
    async fn rates(&self, question: &RatesQuestion) -> Result<ProvidedRates, NoRates> {
        let question = serde_json::to_value(question).expect("plain data");
        self.asked
            .lock()
            .expect("nobody panics holding it")
            .push(question);
        let answer = self.answer.lock().expect("nobody panics holding it");
        answer.clone().ok_or_else(|| NoRates("away".to_owned()))
    }
}

/// Reduced tax, dear delivery.
fn rates() -> ProvidedRates {
    ProvidedRates {
        tax_rate: Some("0.07".parse().expect("a rate")),
        shipping: Some(BTreeMap::from([("standard".to_owned(), 700)])),
    }
}

async fn shop(engine: TestEngine, fallback: bool) -> (Shop, Arc<Provider>) {
    let provider = Arc::new(Provider::default());
    let settings = OrdersSettings {
        rates: RatesSettings {
            fallback,
            ..RatesSettings::default()
        },
        ..OrdersSettings::default()
    };
    let shop = Shop::rated(engine, settings, Some(Arc::clone(&provider) as _)).await;
    (shop, provider)
}

#[tokio::test]
async fn a_checkout_costs_what_the_provider_says_when_it_begins() {
    for engine in engines() {
        let (shop, provider) = shop(engine, false).await;
        provider.answers(Some(rates()));
        let tea = shop.sell("TEA-1", 1_000, 10);
        let buyer = shop.guest(&[(tea, 2)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        assert_eq!(checkout["totals"]["shipping"]["amount"], 700);
        assert_eq!(checkout["totals"]["total"]["amount"], 2_700);
        assert_eq!(checkout["totals"]["tax"]["amount"], 177, "7/107 of 27.00");
        assert_eq!(buyer.order(&checkout).await["rates_source"], "provider");
        let question = json!({
            "currency": "EUR", "subtotal": 2_000,
            "destination": { "country": "DE", "postal_code": "50667" },
            "lines": [{ "sku": "TEA-1", "quantity": 2, "total": 2_000 }],
            "shipping_methods": ["standard", "express"],
        });
        assert_eq!(provider.asked(), [question], "and nothing about the buyer");
        shop.app.settle().await;
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn without_the_provider_no_checkout_begins_and_the_same_request_works_later() {
    for engine in engines() {
        let (shop, provider) = shop(engine, false).await;
        let tea = shop.sell("TEA-1", 1_000, 10);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let reply = buyer.checkout("k1", Some("pm_success")).await;
        assert!(reply.header("retry-after").is_some());
        let problem = reply.expect(503);
        assert_eq!(problem["code"], "orders.rates_unavailable");
        assert_eq!(problem["retry"], "after");
        assert_eq!(shop.catalog.reserved(tea), 0);
        assert_eq!(shop.count("checkout.started").await, 0);
        let cart = buyer.get(&buyer.path()).await.expect(200);
        assert_eq!(
            cart["status"], "active",
            "the cart is shown, and still open"
        );

        provider.answers(Some(rates()));
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        assert_eq!(checkout["status"], "completed");
        provider.answers(None);
        let again = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        assert_eq!(again["id"], checkout["id"], "a repeat asks nobody");
        shop.app.settle().await;
        shop.app.assert_invariants().await;
    }
}

#[tokio::test]
async fn a_shop_that_goes_on_without_its_provider_writes_that_on_the_order() {
    for engine in engines() {
        let (shop, _) = shop(engine, true).await;
        let tea = shop.sell("TEA-1", 1_000, 10);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_success")).await.expect(201);
        assert_eq!(checkout["totals"]["total"]["amount"], 1_490);
        assert_eq!(buyer.order(&checkout).await["rates_source"], "fallback");
    }
}

#[tokio::test]
async fn what_an_expired_checkout_would_cost_now_is_told_once_somebody_knows() {
    for engine in engines() {
        let (shop, provider) = shop(engine, false).await;
        provider.answers(Some(rates()));
        let tea = shop.sell("TEA-1", 1_000, 10);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let checkout = buyer.checkout("k1", Some("pm_3ds")).await.expect(201);
        shop.catalog.set_price(tea, eur(1_500));
        shop.wait(TTL).await;
        provider.answers(None);
        let confirm = async || buyer.confirmation(&checkout, None).key("confirm").await;
        let problem = confirm().await.expect(503);
        assert_eq!(problem["code"], "orders.rates_unavailable");
        provider.answers(Some(rates()));
        let problem = confirm().await.expect(409);
        assert_eq!(problem["code"], "orders.quote_expired");
        assert_eq!(problem["total"]["amount"], 2_200);
    }
}

#[tokio::test]
async fn ways_of_delivery_are_those_of_the_provider() {
    for engine in engines() {
        let (shop, provider) = shop(engine, false).await;
        let tea = shop.sell("TEA-1", 1_000, 10);
        let buyer = shop.guest(&[(tea, 1)]).await;
        let path = format!("{}/shipping-options", buyer.path());
        let problem = buyer.get(&path).await.expect(503);
        assert_eq!(problem["code"], "orders.rates_unavailable");

        provider.answers(Some(ProvidedRates {
            tax_rate: None,
            shipping: Some(BTreeMap::from([("express".to_owned(), 1_100)])),
        }));
        let options = buyer.get(&path).await.expect(200);
        let express = json!([{
            "code": "express", "name": "Express delivery", "price": { "amount": 1_100, "currency": "EUR" }, "days": 1,
        }]);
        assert_eq!(options["data"], express);
        let problem = buyer.checkout("k1", Some("pm_success")).await.expect(409);
        assert_eq!(problem["code"], "orders.cart_changed");
        assert_eq!(problem["problems"][0]["code"], "shipping_unavailable");
    }
}
