//! Merges a guest's cart into the cart of the person who signs in.

use orders_contract::{CartId, OrdersError, UserRef};
use tenon_kernel::CallCtx;
use tenon_seam::SeamError;
use tenon_store::{Claim, Tx, retrying};

use super::get_cart::ShownCart;
use super::{Outcome, Service};
use crate::domain::cart::{Cart, Offers};
use crate::store::{self, Access};

pub(crate) const OPERATION: &str = "merge_cart";

/// What is merged, and into what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MergeCart {
    /// A guest's cart.
    pub(crate) from: CartId,
    /// The version of it that the caller has seen.
    pub(crate) version: i64,
    /// Which cart of the caller; the newest open one in the same currency if absent.
    pub(crate) into: Option<CartId>,
}

impl Service {
    /// Moves what a guest's cart holds into a cart of the signed-in person, or gives them the cart itself if they have
    /// none. The guest's cart ends and its token opens nothing any more, in one unit: of two who merge it, one does.
    ///
    /// # Errors
    ///
    /// [`OrdersError::CartNotFound`] for either cart, [`OrdersError::CartHasOwner`], [`OrdersError::CartFrozen`],
    /// [`OrdersError::CartClosed`], [`OrdersError::StaleVersion`], [`OrdersError::InvalidRequest`] if the carts are one or
    /// have two currencies.
    #[tracing::instrument(name = "orders.merge_cart", skip_all, fields(cart.id = %merge.from))]
    pub(crate) async fn merge_cart(
        &self,
        ctx: &CallCtx,
        access: &Access,
        merge: MergeCart,
    ) -> Outcome<ShownCart> {
        let user = access.user.map(UserRef::from_uuid);
        let owner = user.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
        if merge.into == Some(merge.from) {
            let detail = "a cart cannot be merged into itself";
            return Err(refuse_target("same_cart", detail));
        }
        let own = Access {
            token_hash: None,
            ..access.clone()
        };
        let offers = self.offers_for_merge(ctx, access, &own, merge).await?;

        let cart = retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.merge_cart").await?;
            match tx.claim_key::<CartId, OrdersError>(OPERATION).await? {
                Claim::Replay(outcome) => return outcome.map_err(SeamError::Domain),
                Claim::Fresh => {}
            }
            let locked = store::carts::lock(&mut tx, merge.from, access).await?;
            let guest = locked.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
            guest.check_edit(merge.version).map_err(SeamError::Domain)?;
            if guest.owner.is_some() {
                return Err(SeamError::Domain(OrdersError::CartHasOwner));
            }
            let target = lock_target(&mut tx, &own, owner, &guest, merge.into).await?;
            let id = if let Some(cart) = target {
                let id = cart.id;
                self.move_into(&mut tx, cart, &guest, &offers).await?;
                store::cart_merges::end(&mut tx, guest.id, owner, id).await?;
                id
            } else {
                store::cart_merges::give(&mut tx, guest.id, owner).await?;
                guest.id
            };
            tx.commit_outcome::<CartId, OrdersError>(OPERATION, &Ok(id), Some(id.to_string()))
                .await?;
            Ok(id)
        })
        .await?;
        self.get_cart(ctx, cart, &own).await
    }

    /// Asks what the person's cart costs now, if pieces will be added to its lines. A catalog that does not answer keeps
    /// the prices that were seen; the cart says so.
    async fn offers_for_merge(
        &self,
        ctx: &CallCtx,
        access: &Access,
        own: &Access,
        merge: MergeCart,
    ) -> Outcome<Offers> {
        let mut reader = self.db.read(ctx);
        let guest = store::carts::find(&mut reader, merge.from, access).await?;
        let guest = guest.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
        let target = match (merge.into, own.user.map(UserRef::from_uuid)) {
            (Some(into), _) => store::carts::find(&mut reader, into, own).await?,
            (None, Some(owner)) => {
                store::cart_merges::find_open(&mut reader, owner, guest.currency).await?
            }
            (None, None) => None,
        };
        let adds_up = |target: &Cart| {
            let mut lines = guest.lines.iter();
            lines.any(|line| target.quantity_of(line.variant_id) > 0)
        };
        let Some(target) = target.filter(adds_up) else {
            return Ok(Offers::default());
        };
        Ok(self.offers(ctx, &target).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the catalog could not be asked about a cart");
            Offers::default()
        }))
    }

    /// Moves what the guest's cart holds, and saves the other one.
    async fn move_into(
        &self,
        tx: &mut Tx<'_>,
        mut cart: Cart,
        guest: &Cart,
        offers: &Offers,
    ) -> Outcome<()> {
        let env = tx.env().clone();
        for line in cart.take_lines(guest, offers, || env.new_id()) {
            store::carts::save_line(tx, cart.id, &line).await?;
        }
        if !guest.promotions.is_empty() {
            let customer = self.customer_key.of_cart(&cart);
            let theirs = store::promotions::of_cart(tx, &guest.promotions, customer).await?;
            let own = store::promotions::of_cart(tx, &cart.promotions, None).await?;
            let most = self.settings.promotion_codes_per_cart;
            cart.take_codes(&theirs, own, most, env.now());
            store::carts::save_promotions(tx, &cart).await?;
        }
        cart.take_details(guest);
        store::carts::save_details(tx, &cart).await?;
        Ok(())
    }
}

/// Locks the cart that takes the lines; `None` if the person has none that is open.
async fn lock_target(
    tx: &mut Tx<'_>,
    own: &Access,
    owner: UserRef,
    guest: &Cart,
    into: Option<CartId>,
) -> Outcome<Option<Cart>> {
    let Some(into) = into else {
        return Ok(store::cart_merges::lock_open(tx, owner, guest.currency).await?);
    };
    let locked = store::carts::lock(tx, into, own).await?;
    let cart = locked.ok_or(SeamError::Domain(OrdersError::CartNotFound))?;
    cart.check_open().map_err(SeamError::Domain)?;
    if cart.currency != guest.currency {
        let detail = format!("its currency is {}, not {}", cart.currency, guest.currency);
        return Err(refuse_target("currency_mismatch", &detail));
    }
    Ok(Some(cart))
}

fn refuse_target(code: &str, detail: &str) -> SeamError<OrdersError> {
    SeamError::Domain(OrdersError::field("/into", code, detail))
}
