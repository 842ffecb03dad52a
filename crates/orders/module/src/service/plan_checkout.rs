//! Compares a cart with what a checkout needs.

use orders_contract::{CartProblemCode, OrdersError, UserRef};
use tenon_kernel::{CallCtx, FieldError};
use tenon_seam::SeamError;
use tenon_store::{StoreError, retrying};

use super::get_cart::shipping_problem;
use super::promotion_codes::used_up;
use super::{Outcome, Service, internal};
use crate::domain::cart::{Cart, CartStatus, Offers, problem};
use crate::domain::quote::{Price, Quote};
use crate::store::{self, Access};

/// What a look at the cart led to.
pub(super) enum Plan {
    Start(Box<Quote>),
    Refuse(OrdersError),
}

impl Service {
    /// Compares the cart with what a checkout needs. A cart that is not open is not looked at closer: the key may
    /// know why.
    pub(super) async fn plan(&self, ctx: &CallCtx, cart: &Cart) -> Outcome<Plan> {
        if let Err(refusal) = cart.check_open() {
            return Ok(Plan::Refuse(match refusal {
                OrdersError::CartFrozen { checkout_id } => {
                    OrdersError::CheckoutExists { checkout_id }
                }
                refusal => refusal,
            }));
        }
        let missing = cart.missing(!self.settings.shipping_methods.is_empty());
        if !missing.is_empty() {
            return Ok(Plan::Refuse(OrdersError::CartIncomplete {
                problems: missing,
            }));
        }
        let offers = self.offers(ctx, cart).await?;
        // Whether there is enough stock only the reservation can tell.
        let mut problems = cart.problems(&offers);
        problems.retain(|problem| problem.code != CartProblemCode::OutOfStock);
        let asked = self.ask_rates(ctx, cart).await?;
        let codes = self.codes(ctx, cart).await?;
        let price = Price::of(cart, self.rates(&asked), &codes).map_err(|_| internal("cart"))?;
        problems.extend(shipping_problem(cart, &price));
        if problems.is_empty()
            && let Some(used_up) = used_up(&codes, &price)
        {
            return Ok(Plan::Refuse(used_up));
        }
        problems.extend(codes.problems());
        if !problems.is_empty() {
            self.show_new_prices(ctx, cart, &offers).await?;
            return Ok(Plan::Refuse(OrdersError::CartChanged { problems }));
        }
        if price.totals.total.minor() == 0 {
            let nothing = problem(
                CartProblemCode::Missing,
                "/totals/total",
                "there is nothing to pay",
            );
            return Ok(Plan::Refuse(OrdersError::CartIncomplete {
                problems: vec![nothing],
            }));
        }
        let quote = price.freeze(cart).ok_or_else(|| internal("quote"))?;
        Ok(Plan::Start(Box::new(quote)))
    }

    /// The buyer is told about changed prices now, and finds them in the cart from now on.
    async fn show_new_prices(&self, ctx: &CallCtx, cart: &Cart, offers: &Offers) -> Outcome<()> {
        let mut seen = cart.clone();
        let changed = seen.reprice(offers);
        if changed.is_empty() {
            return Ok(());
        }
        let access = Access {
            user: cart.owner.map(UserRef::uuid),
            token_hash: cart.token_hash.clone(),
            staff: false,
        };
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.show_new_prices").await?;
            let locked = store::carts::lock(&mut tx, cart.id, &access).await?;
            // Somebody else changed it meanwhile: they have seen the new prices themselves.
            if locked.is_some_and(|locked| {
                locked.status == CartStatus::Active && locked.version == cart.version + 1
            }) {
                for line in &changed {
                    store::carts::save_line(&mut tx, cart.id, line).await?;
                }
                tx.commit().await?;
            }
            Ok::<_, StoreError>(())
        })
        .await?;
        Ok(())
    }
}

/// Checks what goes to the payment provider as it is.
pub(super) fn check_payment_input(
    payment_method: Option<&str>,
    return_url: Option<&str>,
) -> Outcome<()> {
    let mut errors = Vec::new();
    let visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if payment_method.is_some_and(|it| it.is_empty() || it.len() > 255 || !visible(it)) {
        let detail = "expected 1 to 255 visible ASCII characters";
        errors.push(FieldError::new("/payment_method", "invalid_text", detail));
    }
    let is_url = |it: &str| {
        it.len() <= 2_048
            && visible(it)
            && (it.starts_with("https://") || it.starts_with("http://"))
    };
    if return_url.is_some_and(|it| !is_url(it)) {
        let detail = "expected an http or https URL of at most 2048 characters";
        errors.push(FieldError::new("/return_url", "invalid_url", detail));
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(SeamError::Domain(OrdersError::InvalidRequest {
            fields: errors,
        }))
    }
}
