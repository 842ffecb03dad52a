//! What a buyer does: fills a cart, buys it, pays or does not, and sometimes wants the money back.

use std::rc::Rc;
use std::time::Duration;

use http::Method;
use serde_json::json;

use crate::client::{Answer, Ask};
use crate::courier::{PROVIDER, PROVIDER_PORT};
use crate::shop::Shop;

/// Most looks at a checkout that does not come to its end.
const MOST_LOOKS: u32 = 2_000;
/// How people pay, in the provider's words; most of them without trouble.
const METHODS: [&str; 9] = [
    "pm_success",
    "pm_success",
    "pm_success",
    "pm_3ds",
    "pm_declined",
    "pm_timeout",
    "pm_slow",
    "pm_webhook_before_response",
    "pm_duplicate_webhook",
];
/// What a buyer does on the provider's page.
const CHOICES: [&str; 4] = ["pay", "pay", "decline", "leave"];
/// Minor units of a refund: less than anything costs, so that a second one would fit.
const REFUND: i64 = 100;

/// A cart that can be bought.
struct Cart {
    id: String,
    token: String,
}

/// A buyer's whole visit.
pub(crate) async fn visit(shop: Shop, staff: Rc<Shop>, variants: Vec<String>, until: Duration) {
    if shop.roll(2) == 0 {
        shop.sign_in().await;
    }
    while turmoil::elapsed() < until {
        shop.think(1_500).await;
        let variant = shop.roll(variants.len());
        let cart = fill(&shop, &variants[variant]).await;
        if let Some(bought) = buy(&shop, &cart).await {
            after(&shop, &staff, &cart, &bought).await;
        }
    }
}

/// Fills a cart with a piece or two; begins again with a new one when an answer is lost.
async fn fill(shop: &Shop, variant: &str) -> Cart {
    loop {
        if let Some(cart) = try_to_fill(shop, variant).await {
            return cart;
        }
        shop.think(900).await;
    }
}

async fn try_to_fill(shop: &Shop, variant: &str) -> Option<Cart> {
    let ask = Ask::post("/v1/carts").json(&json!({ "currency": "EUR" }));
    let answer = success(shop, &ask).await?;
    let cart = Cart {
        id: answer.text("id").to_owned(),
        token: answer.cart_token.clone().unwrap_or_default(),
    };
    let quantity = shop.roll(2) + 1;
    let line = json!({ "variant_id": variant, "quantity": quantity });
    let path = format!("/v1/carts/{}/lines", cart.id);
    let ask = cart.ask(Ask::post(path)).json(&line);
    let etag = success(shop, &ask).await?.etag?;
    let delivery = json!({
        "email": shop.who,
        "shipping_method": "standard",
        "shipping_address": {
            "name": "Ada", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE",
        },
    });
    let change = Ask::new(Method::PATCH, format!("/v1/carts/{}", cart.id));
    let ask = cart.ask(change).header("if-match", etag).json(&delivery);
    success(shop, &ask).await?;
    Some(cart)
}

/// Asks once, for something that must succeed if it is answered at all.
async fn success(shop: &Shop, ask: &Ask) -> Option<Answer> {
    let answer = shop.once(ask).await?;
    if answer.status == 401 {
        shop.sign_in().await;
        return None;
    }
    if answer.status >= 300 {
        if !answer.is_for_now() {
            shop.complain(ask, &answer);
        }
        return None;
    }
    Some(answer)
}

/// Takes a checkout to its end; the checkout, if it came to an order.
async fn buy(shop: &Shop, cart: &Cart) -> Option<Answer> {
    shop.books.intend(&cart.id);
    let method = shop.pick(&METHODS);
    let body = json!({ "cart_id": cart.id, "payment_method": method });
    let start = cart
        .ask(Ask::post("/v1/checkouts"))
        .header("idempotency-key", &cart.id)
        .json(&body);
    let mut answer = if shop.roll(5) == 0 {
        // Impatient people press the button twice.
        futures_util::future::join(shop.persist(&start), shop.persist(&start))
            .await
            .0
    } else {
        shop.persist(&start).await
    };
    let refuse = || {
        shop.books
            .note(&cart.id, |purchase| purchase.is_refused = true);
    };
    if answer.status >= 300 {
        refuse();
        return None;
    }
    let path = format!("/v1/checkouts/{}", answer.text("id"));
    let is_fickle = shop.roll(6) == 0;
    let mut has_been_there = false;
    for _ in 0..MOST_LOOKS {
        match answer.text("status") {
            "completed" => {
                let order = answer.text("order_id").to_owned();
                shop.books
                    .note(&cart.id, |purchase| purchase.order = Some(order));
                return Some(answer);
            }
            "failed" | "expired" | "cancelled" => {
                refuse();
                return None;
            }
            "requires_action" if !has_been_there => {
                has_been_there = choose(shop, &answer).await;
            }
            "payment_declined" if shop.roll(2) == 0 => {
                let ask = cart
                    .ask(Ask::post(format!("{path}/confirmations")))
                    .header("idempotency-key", shop.new_key())
                    .json(&json!({ "payment_method": "pm_success" }));
                shop.persist(&ask).await;
            }
            _ if is_fickle && shop.roll(3) == 0 => {
                shop.persist(&cart.ask(Ask::post(format!("{path}/cancellations"))))
                    .await;
            }
            _ => {}
        }
        shop.think(2_000).await;
        answer = shop.persist(&cart.ask(Ask::get(&path))).await;
        if answer.status != 200 {
            shop.complain(&Ask::get(&path), &answer);
            return None;
        }
    }
    shop.books
        .complain(format!("{}: {path} does not come to its end", shop.who));
    None
}

/// Does something on the provider's page; whether it came to that.
async fn choose(shop: &Shop, checkout: &Answer) -> bool {
    let url = checkout.body["next_action"]["url"]
        .as_str()
        .unwrap_or_default();
    let Some(intent) = url.rsplit('/').next().filter(|intent| !intent.is_empty()) else {
        return false;
    };
    let choice = shop.pick(&CHOICES);
    let path = format!("/control/intents/{intent}/choice");
    let ask = Ask::post(path).json(&json!({ "choice": choice }));
    ask.send(PROVIDER, PROVIDER_PORT).await.is_some()
}

/// What comes after a purchase: the order is there, and sometimes it is cancelled, or some money given back.
async fn after(shop: &Shop, staff: &Shop, cart: &Cart, checkout: &Answer) {
    let path = format!("/v1/orders/{}", checkout.text("order_id"));
    let ask = cart.ask(Ask::get(&path));
    let answer = shop.persist(&ask).await;
    if answer.status != 200 {
        shop.complain(&ask, &answer);
    }
    match shop.roll(6) {
        0 => {
            let ask = cart
                .ask(Ask::post(format!("{path}/cancellations")))
                .header("idempotency-key", shop.new_key());
            let answer = shop.persist(&ask).await;
            if answer.status == 202 {
                shop.books
                    .note(&cart.id, |purchase| purchase.is_cancelled = true);
            }
        }
        1..=3 => {
            let payment = checkout.body["payment"]["id"].as_str().unwrap_or_default();
            let ask = Ask::post(format!("/v1/payments/{payment}/refunds"))
                .header("idempotency-key", staff.new_key())
                .json(&json!({
                    "amount": { "amount": REFUND, "currency": "EUR" },
                    "reason": "a cup was broken",
                }));
            let answer = staff.persist(&ask).await;
            match answer.status {
                201 | 202 => {
                    shop.books
                        .note(&cart.id, |purchase| purchase.refunds.push(REFUND));
                }
                422 => {} // not captured yet
                _ => staff.complain(&ask, &answer),
            }
        }
        _ => {}
    }
}

impl Cart {
    /// A request by whoever has this cart's secret.
    fn ask(&self, ask: Ask) -> Ask {
        if self.token.is_empty() {
            ask
        } else {
            ask.header("cart-token", &self.token)
        }
    }
}
