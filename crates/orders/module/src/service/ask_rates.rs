//! Asks what taxes and delivery of a cart cost.

use orders_contract::{Address, OrdersError};
use tenon_kernel::{CallCtx, Money};
use tenon_seam::SeamError;

use super::{Outcome, Service};
use crate::domain::cart::Cart;
use crate::domain::rates::Rates;
use crate::rates::{Destination, ProvidedRates, RatedLine, RatesQuestion};

/// Rates that are held while a cart is priced.
pub(super) enum Asked {
    /// There is nobody to ask.
    Settings,
    Provided(ProvidedRates),
    /// Nobody answers, and the shop goes on without.
    Fallback,
}

impl Service {
    /// Asks for the rates of a cart, as they are now.
    ///
    /// # Errors
    ///
    /// [`OrdersError::RatesUnavailable`] if nobody answers and the shop does not go on without.
    pub(super) async fn ask_rates(&self, ctx: &CallCtx, cart: &Cart) -> Outcome<Asked> {
        let Some(provider) = &self.rates else {
            return Ok(Asked::Settings);
        };
        let question = self.question(cart)?;
        let asking = provider.rates(&question);
        let answer = match ctx.deadline.remaining() {
            Some(left) => tokio::time::timeout(left, asking).await.ok(),
            None => Some(asking.await),
        };
        match answer {
            Some(Ok(rates)) => Ok(Asked::Provided(rates)),
            Some(Err(error)) => self.without_answer(cart, &error.to_string()),
            None => self.without_answer(cart, "the deadline passed"),
        }
    }

    fn without_answer(&self, cart: &Cart, why: &str) -> Outcome<Asked> {
        tracing::warn!(why, cart.id = %cart.id, fallback = self.settings.rates.fallback, "no rates");
        if self.settings.rates.fallback {
            Ok(Asked::Fallback)
        } else {
            Err(SeamError::Domain(OrdersError::RatesUnavailable))
        }
    }

    fn question(&self, cart: &Cart) -> Outcome<RatesQuestion> {
        let too_much = |_| super::internal("cart");
        let address = cart.shipping_address.as_ref();
        let country = address.map_or(&self.settings.default_country, |it| &it.country);
        let part = |part: fn(&Address) -> &Option<String>| address.and_then(|it| part(it).clone());
        let line = |line: &crate::domain::cart::CartLine| {
            let total = line.unit_price.checked_mul(line.quantity)?;
            Ok(RatedLine {
                sku: line.sku.clone(),
                quantity: line.quantity,
                total: total.minor(),
            })
        };
        let lines = cart.lines.iter().map(line);
        let methods = self.settings.shipping_methods.iter();
        Ok(RatesQuestion {
            currency: cart.currency,
            subtotal: cart.subtotal().map(Money::minor).map_err(too_much)?,
            destination: Destination {
                country: country.clone(),
                region: part(|address| &address.region),
                postal_code: part(|address| &address.postal_code),
            },
            lines: lines.collect::<Result<_, _>>().map_err(too_much)?,
            shipping_methods: methods.map(|method| method.code.clone()).collect(),
        })
    }

    /// What a cart is priced with.
    pub(super) fn rates<'r>(&'r self, asked: &'r Asked) -> Rates<'r> {
        match asked {
            Asked::Settings => Rates::of_settings(&self.settings),
            Asked::Provided(provided) => Rates::provided(&self.settings, provided),
            Asked::Fallback => Rates::fallback(&self.settings),
        }
    }
}
