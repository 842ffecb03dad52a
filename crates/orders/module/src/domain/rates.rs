//! What taxes and delivery cost: from the settings, or from a provider that was asked.

use std::collections::BTreeMap;

use orders_contract::{Address, RatesSource};
use tenon_kernel::Money;

use super::shipping::ShippingOption;
use super::tax::TaxRate;
use crate::settings::{OrdersSettings, ShippingMethod};

/// What a provider says about one cart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProvidedRates {
    /// Tax rate of everything in the cart and its delivery; that of the settings if absent.
    pub tax_rate: Option<TaxRate>,
    /// Price in minor units of each way of delivery that is possible, by its code; those of the settings if absent.
    pub shipping: Option<BTreeMap<String, i64>>,
}

/// What a cart is priced with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates<'r> {
    settings: &'r OrdersSettings,
    provided: Option<&'r ProvidedRates>,
    pub(crate) source: RatesSource,
}

impl<'r> Rates<'r> {
    /// The shop's own.
    pub(crate) fn of_settings(settings: &'r OrdersSettings) -> Self {
        Self {
            settings,
            provided: None,
            source: RatesSource::Settings,
        }
    }

    /// The shop's own, because its provider did not answer.
    pub(crate) fn fallback(settings: &'r OrdersSettings) -> Self {
        Self {
            source: RatesSource::Fallback,
            ..Self::of_settings(settings)
        }
    }

    /// A provider's.
    pub(crate) fn provided(settings: &'r OrdersSettings, provided: &'r ProvidedRates) -> Self {
        Self {
            settings,
            provided: Some(provided),
            source: RatesSource::Provider,
        }
    }

    pub(crate) fn prices_include_tax(&self) -> bool {
        self.settings.prices_include_tax
    }

    /// The tax rate for an address; that of the default country while none is known.
    pub(crate) fn tax_rate(&self, address: Option<&Address>) -> TaxRate {
        let provided = self.provided.and_then(|provided| provided.tax_rate);
        let country = address.map(|address| address.country.as_str());
        provided.unwrap_or_else(|| self.settings.tax_rate(country))
    }

    /// The ways of delivery for a cart, as the shop arranged them.
    pub(crate) fn options(
        &self,
        subtotal: Money,
        address: Option<&Address>,
    ) -> Vec<ShippingOption> {
        let methods = self.settings.shipping_methods.iter();
        methods
            .filter_map(|method| self.option(method, subtotal, address))
            .collect()
    }

    /// One way of delivery by its code; `None` if it is not possible for the cart.
    pub(crate) fn option_with(
        &self,
        code: &str,
        subtotal: Money,
        address: Option<&Address>,
    ) -> Option<ShippingOption> {
        self.option(self.settings.shipping_method(code)?, subtotal, address)
    }

    fn option(
        &self,
        method: &ShippingMethod,
        subtotal: Money,
        address: Option<&Address>,
    ) -> Option<ShippingOption> {
        match self
            .provided
            .and_then(|provided| provided.shipping.as_ref())
        {
            None => method.option(subtotal, address),
            Some(prices) => Some(ShippingOption {
                code: method.code.clone(),
                name: method.name.clone(),
                price: Money::new(*prices.get(&method.code)?, subtotal.currency()).ok()?,
                days: method.days,
            }),
        }
    }
}
