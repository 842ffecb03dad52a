//! Ways of delivery: a few fixed ones, from the settings.

use orders_contract::Address;
use tenon_kernel::{Currency, Money};

use crate::settings::ShippingMethod;

/// A way of delivery with its price for one cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShippingOption {
    /// Names it in the cart.
    pub(crate) code: String,
    /// For people.
    pub(crate) name: String,
    /// What it costs for this cart.
    pub(crate) price: Money,
    /// Working days, if promised.
    pub(crate) days: Option<u8>,
}

impl ShippingMethod {
    /// Prices the method for a cart; `None` if it does not serve the currency or the country.
    pub(crate) fn option(
        &self,
        subtotal: Money,
        address: Option<&Address>,
    ) -> Option<ShippingOption> {
        let serves = |country: &String| address.is_none_or(|address| address.country == *country);
        if !self.countries.is_empty() && !self.countries.iter().any(serves) {
            return None;
        }
        let currency: Currency = subtotal.currency();
        let free = self
            .free_from
            .get(&currency)
            .is_some_and(|from| subtotal.minor() >= *from);
        let price = if free {
            0
        } else {
            *self.prices.get(&currency)?
        };
        Some(ShippingOption {
            code: self.code.clone(),
            name: self.name.clone(),
            price: Money::new(price, currency).ok()?,
            days: self.days,
        })
    }
}
