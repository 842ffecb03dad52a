//! The port to whoever knows taxes and prices of delivery better than the settings do.

mod http;

use async_trait::async_trait;
use serde::Serialize;
use tenon_kernel::Currency;

pub use self::http::{HttpRates, RatesSettings};
pub use crate::domain::rates::ProvidedRates;
pub use crate::domain::tax::{ParseTaxRateError, TaxRate};

/// A provider of tax rates and prices of delivery.
#[async_trait]
pub trait RatesProvider: Send + Sync + 'static {
    /// What taxes and delivery of a cart cost now.
    ///
    /// # Errors
    ///
    /// [`NoRates`]: no answer, or one that cannot be used.
    async fn rates(&self, question: &RatesQuestion) -> Result<ProvidedRates, NoRates>;
}

/// Why there is no answer, for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoRates(pub String);

/// A cart, as far as its rates depend on it. Who buys is nobody's business here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RatesQuestion {
    /// Of all amounts.
    pub currency: Currency,
    /// Sum of the lines in minor units.
    pub subtotal: i64,
    /// Where it is delivered.
    pub destination: Destination,
    /// What is delivered.
    pub lines: Vec<RatedLine>,
    /// Codes of the ways of delivery that the shop has.
    pub shipping_methods: Vec<String>,
}

/// Where a cart is delivered, without name and street.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Destination {
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
}

/// One line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RatedLine {
    /// The shop's number of it.
    pub sku: String,
    /// Pieces.
    pub quantity: i64,
    /// Of all pieces, in minor units.
    pub total: i64,
}
