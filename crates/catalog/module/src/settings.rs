//! `[catalog]`

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use tenon_cache::CacheSettings;

/// Settings of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogSettings {
    /// How many product pages are kept in memory.
    pub product_cache_entries: u64,
    /// Oldest product page that is given, in milliseconds: how long a change made by another process may stay unseen.
    pub product_cache_ttl_ms: u64,
    /// Age at which a page that is asked for is loaded again in the background, in milliseconds.
    pub product_cache_refresh_ms: u64,
}

/// Why settings are not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogSettingsError {
    /// A value is outside its range.
    #[error("catalog.{key} must be {expected}")]
    OutOfRange {
        /// Name within `[catalog]`.
        key: &'static str,
        /// What is accepted.
        expected: &'static str,
    },
}

impl Default for CatalogSettings {
    fn default() -> Self {
        Self {
            product_cache_entries: 10_000,
            product_cache_ttl_ms: 1_000,
            product_cache_refresh_ms: 500,
        }
    }
}

impl CatalogSettings {
    /// Checks what types cannot say.
    ///
    /// # Errors
    ///
    /// [`CatalogSettingsError`] naming the first wrong key.
    pub fn validate(&self) -> Result<(), CatalogSettingsError> {
        self.page_cache().map(drop)
    }

    /// Checks the values and makes the settings of the page cache of them.
    pub(crate) fn page_cache(&self) -> Result<CacheSettings, CatalogSettingsError> {
        let refused = |key, expected| Err(CatalogSettingsError::OutOfRange { key, expected });
        if !(1..=1_000_000).contains(&self.product_cache_entries) {
            return refused("product_cache_entries", "1 to 1000000");
        }
        if !(1..=60_000).contains(&self.product_cache_ttl_ms) {
            return refused(
                "product_cache_ttl_ms",
                "1 to 60000: stock and prices are on these pages",
            );
        }
        if !(1..=self.product_cache_ttl_ms).contains(&self.product_cache_refresh_ms) {
            return refused("product_cache_refresh_ms", "1 to product_cache_ttl_ms");
        }
        Ok(CacheSettings {
            name: "catalog.products",
            capacity: self.product_cache_entries,
            time_to_live: Duration::from_millis(self.product_cache_ttl_ms),
            refresh_after: Duration::from_millis(self.product_cache_refresh_ms),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrong_setting_is_named() {
        assert!(CatalogSettings::default().page_cache().is_ok());
        let slow = CatalogSettings {
            product_cache_ttl_ms: 3_600_000,
            ..CatalogSettings::default()
        };
        let refused = slow
            .page_cache()
            .map(|_| ())
            .expect_err("an hour is too old");
        assert_eq!(
            refused.to_string().split_whitespace().next(),
            Some("catalog.product_cache_ttl_ms")
        );
        let late = CatalogSettings {
            product_cache_refresh_ms: 1_001,
            ..CatalogSettings::default()
        };
        assert!(late.page_cache().is_err());
    }
}
