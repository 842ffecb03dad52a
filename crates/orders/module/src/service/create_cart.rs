//! Starts a cart.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use orders_contract::UserRef;
use tenon_kernel::{CallCtx, Currency};
use tenon_store::retrying;

use super::{Outcome, Service, hash_token};
use crate::domain::cart::{Cart, CartStatus};
use crate::store;

/// A new cart, and the secret that opens it, if nobody is signed in. The secret is told this once.
pub(crate) struct NewCart {
    pub(crate) cart: Cart,
    pub(crate) token: Option<String>,
}

impl Service {
    /// Starts an empty cart: of the signed-in person, or of whoever holds the token in the answer.
    #[tracing::instrument(name = "orders.create_cart", skip_all)]
    pub(crate) async fn create_cart(
        &self,
        ctx: &CallCtx,
        currency: Option<Currency>,
    ) -> Outcome<NewCart> {
        let env = self.db.env();
        let owner = ctx
            .principal
            .user()
            .map(|user| UserRef::from_uuid(user.user));
        let token = owner
            .is_none()
            .then(|| URL_SAFE_NO_PAD.encode(env.random::<32>()));
        let now = env.now();
        let cart = Cart {
            id: env.new_id(),
            version: 1,
            status: CartStatus::Active,
            owner,
            token_hash: token.as_deref().map(hash_token),
            currency: currency.unwrap_or(self.settings.default_currency),
            email: None,
            shipping_address: None,
            billing_address: None,
            shipping_method: None,
            checkout_id: None,
            promotions: Vec::new(),
            left_out: Vec::new(),
            merged_into: None,
            created_at: now,
            updated_at: now,
            lines: Vec::new(),
        };
        retrying(|| async {
            let mut ctx = ctx.child();
            let mut tx = self.db.begin(&mut ctx, "orders.create_cart").await?;
            store::carts::insert(&mut tx, &cart).await?;
            tx.commit().await?;
            Ok(NewCart {
                cart: cart.clone(),
                token: token.clone(),
            })
        })
        .await
    }
}
