//! Shows a cart: at the prices its buyer saw, with what has changed since.

use catalog_contract::{GetVariants, VariantOffer};
use orders_contract::{CartId, CartProblem, CartProblemCode, OrdersError, VariantRef};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;

use super::{Outcome, Service, upstream};
use crate::domain::cart::{Cart, Offers, problem};
use crate::domain::promotion::Codes;
use crate::domain::quote::Price;
use crate::domain::rates::Rates;
use crate::same_id;
use crate::store::{self, Access};

/// A cart with everything that is worked out for its buyer.
pub(crate) struct ShownCart {
    pub(crate) cart: Cart,
    pub(crate) price: Price,
    pub(crate) offers: Offers,
    pub(crate) codes: Codes,
    pub(crate) problems: Vec<CartProblem>,
    /// Pointers of what is still to be filled in.
    pub(crate) missing: Vec<String>,
}

impl Service {
    /// Shows a cart of the caller.
    #[tracing::instrument(name = "orders.get_cart", skip_all, fields(cart.id = %id))]
    pub(crate) async fn get_cart(
        &self,
        ctx: &CallCtx,
        id: CartId,
        access: &Access,
    ) -> Outcome<ShownCart> {
        let cart = store::carts::find(&mut self.db.read(ctx), id, access).await?;
        self.show(
            ctx,
            cart.ok_or(SeamError::Domain(OrdersError::CartNotFound))?,
        )
        .await
    }

    /// Works out what the buyer of a cart should know. A catalog that does not answer makes it less, not an error.
    pub(crate) async fn show(&self, ctx: &CallCtx, cart: Cart) -> Outcome<ShownCart> {
        let codes = self.codes(ctx, &cart).await?;
        let price = self.estimate(&cart, &codes)?;
        let (offers, mut problems) = match self.offers(ctx, &cart).await {
            Ok(offers) => {
                let problems = cart.problems(&offers);
                (offers, problems)
            }
            Err(error) => {
                tracing::warn!(%error, "the catalog could not be asked about a cart");
                let detail = "prices and stock could not be checked just now";
                (
                    Offers::default(),
                    vec![problem(CartProblemCode::NotChecked, "/lines", detail)],
                )
            }
        };
        problems.extend(shipping_problem(&cart, &price));
        problems.extend(codes.problems());
        problems.extend(cart.left_out_problems());
        let missing = cart.missing(!self.settings.shipping_methods.is_empty());
        let missing = missing.into_iter().map(|problem| problem.pointer).collect();
        Ok(ShownCart {
            cart,
            price,
            offers,
            codes,
            problems,
            missing,
        })
    }

    /// What a cart costs at the rates of the settings. What a provider of rates would say is asked for when the checkout
    /// begins: until then it is an estimate.
    pub(super) fn estimate(&self, cart: &Cart, codes: &Codes) -> Outcome<Price> {
        Price::of(cart, Rates::of_settings(&self.settings), codes).map_err(|error| {
            tracing::error!(%error, cart.id = %cart.id, "a stored cart cannot be priced");
            super::internal("cart").into()
        })
    }

    /// Asks the catalog about the lines of a cart.
    pub(crate) async fn offers(&self, ctx: &CallCtx, cart: &Cart) -> Outcome<Offers> {
        let variants = cart.lines.iter().map(|line| line.variant_id);
        self.ask_catalog(ctx, cart, variants.collect()).await
    }

    /// Asks the catalog about one variant that is, or will be, in a cart.
    pub(crate) async fn offer(
        &self,
        ctx: &CallCtx,
        cart: &Cart,
        variant: VariantRef,
    ) -> Outcome<Option<VariantOffer>> {
        let offers = self.ask_catalog(ctx, cart, vec![variant]).await?;
        Ok(offers.get(variant).cloned())
    }

    /// Asks the catalog about variants at the prices of the cart's owner, whoever looks at it; asks nothing for none.
    async fn ask_catalog(
        &self,
        ctx: &CallCtx,
        cart: &Cart,
        variants: Vec<VariantRef>,
    ) -> Outcome<Offers> {
        if variants.is_empty() {
            return Ok(Offers::default());
        }
        let request = GetVariants {
            variant_ids: variants.into_iter().map(same_id).collect(),
            currency: cart.currency,
            buyer: cart.owner.map(same_id),
        };
        let answer = self
            .catalog
            .get_variants(&ctx.calling_from("orders"), request)
            .await;
        answer
            .map(|found| Offers::new(found.variants))
            .map_err(|error| upstream(&error).into())
    }
}

/// The chosen way of delivery is not possible (any more) for this cart.
pub(crate) fn shipping_problem(cart: &Cart, price: &Price) -> Option<CartProblem> {
    let chosen_in_vain = cart.shipping_method.is_some() && price.shipping.is_none();
    let detail = "this way of delivery does not serve the address or the currency";
    chosen_in_vain.then(|| {
        problem(
            CartProblemCode::ShippingUnavailable,
            "/shipping_method",
            detail,
        )
    })
}
