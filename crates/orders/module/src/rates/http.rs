//! A provider of rates behind HTTP: `POST {url}/rates`. `docs/rates.md` describes what it is asked and answers.

use std::collections::BTreeMap;

use async_trait::async_trait;
use reqwest::StatusCode;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tenon_outbound::{Outbound, OutboundConfig, OutboundError};

use super::{NoRates, ProvidedRates, RatesProvider, RatesQuestion};
use crate::settings::MOST_MINOR;

/// `[orders.rates]`
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RatesSettings {
    /// Where the provider's API is; without it the settings say what taxes and delivery cost.
    pub url: Option<String>,
    /// Sent as `Authorization: Bearer`.
    #[serde(skip_serializing)]
    #[schemars(with = "Option<String>")]
    pub api_key: Option<SecretString>,
    /// How long one question may take, in milliseconds; 10 to 60,000.
    pub timeout_ms: u64,
    /// Whether checkouts go on at the rates of the settings while the provider does not answer. They are refused otherwise.
    pub fallback: bool,
}

impl Default for RatesSettings {
    fn default() -> Self {
        Self {
            url: None,
            api_key: None,
            timeout_ms: 2_000,
            fallback: false,
        }
    }
}

/// A provider behind HTTP.
pub struct HttpRates(Outbound);

/// What is answered.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    tax_rate: Option<String>,
    #[serde(default)]
    shipping: Option<BTreeMap<String, i64>>,
}

impl HttpRates {
    /// Builds the client; `None` without a URL.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] naming the setting that cannot work.
    pub fn new(settings: &RatesSettings) -> Result<Option<Self>, OutboundError> {
        let Some(url) = &settings.url else {
            return Ok(None);
        };
        let config = OutboundConfig {
            name: "rates",
            url: url.clone(),
            api_key: settings.api_key.clone(),
            timeout_ms: settings.timeout_ms,
            max_in_flight: 64,
            breaker_failures: 5,
            breaker_pause_ms: 2_000,
        };
        Outbound::new(&config).map(|outbound| Some(Self(outbound)))
    }
}

#[async_trait]
impl RatesProvider for HttpRates {
    async fn rates(&self, question: &RatesQuestion) -> Result<ProvidedRates, NoRates> {
        let request = self.0.post(&["rates"], question);
        let (status, body) = self.0.send("ask", request).await.map_err(NoRates)?;
        understand(status, &body)
    }
}

/// Only an answer that can be used in full is one: half of it would be a price that nobody meant.
fn understand(status: StatusCode, body: &[u8]) -> Result<ProvidedRates, NoRates> {
    let unusable = |why: &str| NoRates(format!("{status}: {why}"));
    if status != StatusCode::OK {
        return Err(unusable("not an answer"));
    }
    // An object: serde would read a list as one, too.
    let answer: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| unusable("unreadable"))?;
    let answer: Answer =
        serde_json::from_value(Value::Object(answer)).map_err(|_| unusable("unreadable"))?;
    let tax_rate = answer.tax_rate.map(|rate| rate.parse());
    let tax_rate = tax_rate
        .transpose()
        .map_err(|_| unusable("no such tax rate"))?;
    let mut prices = answer.shipping.iter().flat_map(BTreeMap::values);
    if !prices.all(|minor| (0..=MOST_MINOR).contains(minor)) {
        return Err(unusable("no such price"));
    }
    Ok(ProvidedRates {
        tax_rate,
        shipping: answer.shipping,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_used_in_full_is_an_answer() {
        let answer = |body: &str| understand(StatusCode::OK, body.as_bytes());
        assert_eq!(answer("{}"), Ok(ProvidedRates::default()));
        let full = r#"{"tax_rate":"0.07","shipping":{"standard":300},"carrier":"x"}"#;
        let shipping = BTreeMap::from([("standard".to_owned(), 300)]);
        assert_eq!(
            answer(full),
            Ok(ProvidedRates {
                tax_rate: Some("0.07".parse().expect("a rate")),
                shipping: Some(shipping),
            })
        );
        for wrong in [
            "",
            "[]",
            r#"{"tax_rate":"7%"}"#,
            r#"{"tax_rate":0.07}"#,
            r#"{"shipping":{"standard":-1}}"#,
            r#"{"shipping":{"standard":1.5}}"#,
            r#"{"shipping":{"standard":1000000001}}"#,
        ] {
            assert!(answer(wrong).is_err(), "{wrong}");
        }
        for status in [204, 302, 404, 500] {
            let status = StatusCode::from_u16(status).expect("a status");
            assert!(understand(status, b"{}").is_err(), "{status}");
        }
    }

    #[test]
    fn a_url_that_cannot_work_is_named() {
        let settings = RatesSettings {
            url: Some("ftp://rates.example".to_owned()),
            ..RatesSettings::default()
        };
        let error = HttpRates::new(&settings).err().expect("refused");
        assert_eq!(error.to_string(), "url: expected an http or https URL");
    }
}
