//! The providers of the settings.

use std::collections::BTreeMap;

use identity_contract::IdentityError;
use tenon_seam::SeamResult;

use super::provider::Provider;
use crate::service::{Service, refuse};
use crate::settings::{FederationSettings, IdentitySettingsError};

/// All of them, with what is known of each, and what reaches them.
#[derive(Default)]
pub(crate) struct Providers(BTreeMap<String, Provider>);

/// A provider as people see it.
#[derive(Debug, Clone)]
pub(crate) struct ShownProvider {
    pub(crate) name: String,
    pub(crate) display_name: String,
}

impl Providers {
    pub(crate) fn new(settings: &FederationSettings) -> Result<Self, IdentitySettingsError> {
        let Some(egress) = settings.egress()? else {
            return Ok(Self::default());
        };
        let egress = std::sync::Arc::new(egress);
        let providers = settings.providers.iter().map(|(name, provider)| {
            let known = Provider::new(name, provider.clone(), std::sync::Arc::clone(&egress));
            (name.clone(), known)
        });
        Ok(Self(providers.collect()))
    }

    pub(super) fn find_issuer(&self, issuer: &str) -> Option<&Provider> {
        let mut all = self.0.values();
        all.find(|provider| provider.settings.issuer == issuer)
    }
}

impl Service {
    /// Returns the providers in the order of their names.
    pub(crate) fn list_providers(&self) -> Vec<ShownProvider> {
        let shown = self.providers.0.values().map(|provider| ShownProvider {
            name: provider.name.clone(),
            display_name: provider.display_name().to_owned(),
        });
        shown.collect()
    }

    pub(in crate::service) fn provider(&self, name: &str) -> SeamResult<&Provider, IdentityError> {
        match self.providers.0.get(name) {
            Some(provider) => Ok(provider),
            None => refuse(IdentityError::ProviderNotFound),
        }
    }

    /// What a provider is called today; its issuer if the settings have it no more.
    pub(super) fn name_of_issuer<'i>(&'i self, issuer: &'i str) -> &'i str {
        let provider = self.providers.find_issuer(issuer);
        provider.map_or(issuer, |provider| provider.name.as_str())
    }
}
