//! `[payments]`

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use tenon_kernel::Currency;

use crate::provider::HttpProviderSettings;

/// `[payments]`
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PaymentsSettings {
    /// The provider that is asked for money.
    pub provider: HttpProviderSettings,
    /// How long after it was recorded an attempt, capture, void or refund that nobody saw through is sent again,
    /// under the same key. Longer than a call to the provider may take.
    pub resend_after_seconds: u64,
    /// How long the provider must have no trace of an attempt before one that nobody wants any more is closed.
    pub lost_after_seconds: u64,
    /// How long an event of the provider that fits nothing here is tried again.
    pub park_seconds: u64,
    /// Most that one member of staff gives back of a payment alone, in minor units by currency; above it a second one
    /// must approve. Currencies that are not named have no limit.
    pub refund_limits: BTreeMap<Currency, i64>,
    /// How long a refund waits for approval; 1 to 720.
    pub approval_hours: u32,
}

/// A setting is out of range.
#[derive(Debug, thiserror::Error)]
#[error("payments.{key}: {reason}")]
pub struct PaymentsSettingsError {
    /// Which.
    pub key: &'static str,
    /// Why.
    pub reason: String,
}

impl Default for PaymentsSettings {
    fn default() -> Self {
        Self {
            provider: HttpProviderSettings::default(),
            resend_after_seconds: 10,
            lost_after_seconds: 300,
            park_seconds: 24 * 3_600,
            refund_limits: BTreeMap::new(),
            approval_hours: 72,
        }
    }
}

impl PaymentsSettings {
    /// Checks what types cannot say.
    ///
    /// # Errors
    ///
    /// [`PaymentsSettingsError`] naming the first wrong key.
    pub fn validate(&self) -> Result<(), PaymentsSettingsError> {
        let longest_call = self.provider.timeout_ms.div_ceil(1_000);
        if self.resend_after_seconds <= longest_call || self.resend_after_seconds > 3_600 {
            let reason = format!(
                "expected more than provider.timeout_ms ({longest_call} s), and at most 3600"
            );
            return Err(PaymentsSettingsError {
                key: "resend_after_seconds",
                reason,
            });
        }
        if !(60..=86_400).contains(&self.lost_after_seconds) {
            return Err(PaymentsSettingsError {
                key: "lost_after_seconds",
                reason: "expected 60 to 86400".to_owned(),
            });
        }
        if !(60..=30 * 86_400).contains(&self.park_seconds) {
            return Err(PaymentsSettingsError {
                key: "park_seconds",
                reason: "expected 60 to 2592000".to_owned(),
            });
        }
        if self.refund_limits.values().any(|limit| *limit < 0) {
            return Err(PaymentsSettingsError {
                key: "refund_limits",
                reason: "expected minor units, 0 or more".to_owned(),
            });
        }
        if !(1..=720).contains(&self.approval_hours) {
            return Err(PaymentsSettingsError {
                key: "approval_hours",
                reason: "expected 1 to 720".to_owned(),
            });
        }
        Ok(())
    }

    pub(crate) fn resend_after(&self) -> Duration {
        Duration::from_secs(self.resend_after_seconds)
    }

    pub(crate) fn lost_after(&self) -> Duration {
        Duration::from_secs(self.lost_after_seconds)
    }

    pub(crate) fn approval_time(&self) -> Duration {
        Duration::from_hours(self.approval_hours.into())
    }

    pub(crate) fn park_for(&self) -> Duration {
        Duration::from_secs(self.park_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_work() {
        assert!(PaymentsSettings::default().validate().is_ok());
    }

    #[test]
    fn resending_before_the_call_is_over_is_refused() {
        let settings = PaymentsSettings {
            resend_after_seconds: 5,
            ..PaymentsSettings::default()
        };
        let error = settings.validate().expect_err("refused").to_string();
        assert!(
            error.starts_with("payments.resend_after_seconds"),
            "{error}"
        );
    }
}
