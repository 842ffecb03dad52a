//! Filled carts, and what becomes of them.

use anyhow::{Result, ensure};
use serde_json::json;

use super::carts::delivery;
use crate::golden::ask::Ask;
use crate::golden::people::Person;
use crate::golden::recorder::Answer;
use crate::golden::shop::Shop;

pub(crate) const CHECKOUTS: &str = "/v1/checkouts";

/// What was bought, by how it was paid.
pub(crate) struct Bought {
    /// By Ada, on the provider's page.
    pub(crate) on_page: Purchase,
    /// By Ada, with the second of two methods.
    pub(crate) second_try: Purchase,
    /// By a guest, at once.
    pub(crate) by_guest: Purchase,
    /// By Ada, and the provider refused to hand the money over.
    pub(crate) uncaptured: Purchase,
    /// By Ada, never paid.
    pub(crate) unpaid: Purchase,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Purchase {
    pub(crate) checkout: String,
    pub(crate) order: String,
    pub(crate) payment: String,
    /// The guest's secret.
    pub(crate) cart_token: String,
}

/// A cart ready to be bought.
pub(crate) struct Cart {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// Fills a cart without recording it.
pub(crate) async fn fill(
    shop: &mut Shop,
    owner: Option<&Person>,
    goods: &[(&str, i64)],
) -> Result<Cart> {
    let made = Ask::post("/v1/carts", &json!({}));
    let made = owner.map_or(made.clone(), |person| made.by(person));
    let made = shop.recorder.quietly(made).await?;
    let cart = Cart {
        id: made.text("/id")?,
        token: made.header("cart-token").unwrap_or_default(),
    };
    let path = format!("/v1/carts/{}", cart.id);
    let mut etag = made.etag()?;
    for (sku, quantity) in goods {
        let body = json!({ "variant_id": shop.variant(sku), "quantity": quantity });
        let ask = cart.ask(Ask::post(format!("{path}/lines"), &body), owner);
        let added = shop.recorder.quietly(ask).await?;
        ensure!(added.status == 201, "{sku}: {}", added.body);
        etag = added.etag()?;
    }
    let email = owner.map_or("guest@golden.example", |person| &person.email);
    let ask = cart.ask(Ask::patch(&path, &etag, &delivery(email)), owner);
    let ready = shop.recorder.quietly(ask).await?;
    ensure!(ready.status == 200, "{}", ready.body);
    Ok(cart)
}

impl Cart {
    pub(crate) fn ask(&self, ask: Ask, owner: Option<&Person>) -> Ask {
        match owner {
            Some(person) => ask.by(person),
            None => ask.with_cart(&self.token),
        }
    }

    pub(crate) fn checkout(&self, key: &str, method: Option<&str>, owner: Option<&Person>) -> Ask {
        let mut body = json!({ "cart_id": self.id });
        if let Some(method) = method {
            body["payment_method"] = json!(method);
        }
        self.ask(Ask::post(CHECKOUTS, &body).key(key), owner)
    }

    pub(crate) fn bought(&self, checkout: &Answer) -> Result<Purchase> {
        Ok(Purchase {
            checkout: checkout.text("/id")?,
            order: checkout.text("/order_id")?,
            payment: checkout.text("/payment/id")?,
            cart_token: self.token.clone(),
        })
    }
}

/// Waits until the money of an order is taken and everybody knows.
pub(crate) async fn captured(shop: &mut Shop, bought: &Purchase) -> Result<()> {
    let order = Ask::get(format!("/v1/orders/{}", bought.order)).by(&shop.sam);
    shop.until("the money to be taken", order, |answer| {
        answer.body["payment_status"] == "captured"
    })
    .await?;
    Ok(())
}

pub(crate) fn is(status: &'static str) -> impl Fn(&Answer) -> bool {
    move |answer| answer.body["status"] == status
}
