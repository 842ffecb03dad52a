//! A key with which a program acts for whoever it belongs to.

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use identity_contract::{ApiKeyId, ApiKeyOwner};
use tenon_access::{API_READ, API_WRITE, ApiKeyProof, Network, Scope};
use tenon_kernel::{FieldError, Timestamp};

use super::change::Change;
use super::name::read_display_name;
use super::oauth::scopes::{is_for_services, is_within, read_list};
use super::roles::Roles;

/// Keys of one owner.
pub(crate) const MAX_KEYS: u32 = 50;
const MAX_NETWORKS: usize = 20;
/// How long the secret before goes on beside a new one, unless said.
pub(crate) const OVERLAP: Duration = Duration::from_hours(24);
const LONGEST_OVERLAP: Duration = Duration::from_hours(7 * 24);
/// A use is noted unless one was so lately.
pub(crate) const NOTE_USE_AFTER: Duration = Duration::from_mins(1);

/// What a key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiKeyWish {
    pub(crate) name: String,
    pub(crate) scope: Scope,
    /// Anywhere if there are none.
    pub(crate) networks: Vec<Network>,
    pub(crate) expires_at: Option<Timestamp>,
}

/// As a request says it.
#[derive(Debug)]
pub(crate) struct ApiKeyInput {
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) networks: Vec<String>,
    pub(crate) expires_at: Option<Timestamp>,
}

/// What changes about a key; absent members stay. Its scope does not change: a program that needs another has another key.
#[derive(Debug, Default)]
pub(crate) struct ApiKeyPatch {
    pub(crate) name: Option<String>,
    pub(crate) networks: Option<Vec<String>>,
    pub(crate) expires_at: Change<Timestamp>,
}

/// A key as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredApiKey {
    pub(crate) id: ApiKeyId,
    pub(crate) owner: ApiKeyOwner,
    pub(crate) wish: ApiKeyWish,
    pub(crate) secrets: ApiKeySecrets,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) version: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Hashes of the secrets that count.
#[derive(Clone)]
pub(crate) struct ApiKeySecrets {
    pub(crate) current: Vec<u8>,
    pub(crate) previous: Option<(Vec<u8>, Timestamp)>,
}

/// A proof that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// When it no longer does; absent: it goes on.
    pub(crate) until: Option<Timestamp>,
}

impl ApiKeyWish {
    /// Checks what a key is to be.
    pub(crate) fn read(input: ApiKeyInput, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        let name = read_display_name(&input.name, "/name");
        let scope = read_scope(&input.scopes);
        let networks = read_networks(&input.networks);
        let expires_at = read_expiry(input.expires_at, now);
        match (name, scope, networks, expires_at) {
            (Ok(name), Ok(scope), Ok(networks), Ok(expires_at)) => Ok(Self {
                name,
                scope,
                networks,
                expires_at,
            }),
            (name, scope, networks, expires_at) => {
                let single = [name.err(), scope.err(), expires_at.err()];
                let mut errors: Vec<_> = single.into_iter().flatten().collect();
                errors.extend(networks.err().unwrap_or_default());
                Err(errors)
            }
        }
    }

    /// The same with changes.
    pub(crate) fn patched(
        &self,
        patch: &ApiKeyPatch,
        now: Timestamp,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wish = self.clone();
        if let Some(name) = &patch.name {
            match read_display_name(name, "/name") {
                Ok(name) => wish.name = name,
                Err(error) => errors.push(error),
            }
        }
        if let Some(networks) = &patch.networks {
            match read_networks(networks) {
                Ok(networks) => wish.networks = networks,
                Err(wrong) => errors.extend(wrong),
            }
        }
        match patch.expires_at {
            Change::Keep => {}
            Change::Clear => wish.expires_at = None,
            Change::Set(at) => match read_expiry(Some(at), now) {
                Ok(expires_at) => wish.expires_at = expires_at,
                Err(error) => errors.push(error),
            },
        }
        if errors.is_empty() {
            Ok(wish)
        } else {
            Err(errors)
        }
    }
}

impl StoredApiKey {
    /// Says whether a proof counts now, and until when.
    pub(crate) fn accept(&self, proof: &ApiKeyProof, now: Timestamp) -> Option<Accepted> {
        let end = self.wish.expires_at;
        let until = match &self.secrets.previous {
            _ if is_hash_of(&self.secrets.current, proof) => end,
            Some((hash, until)) if is_hash_of(hash, proof) => {
                Some(end.map_or(*until, |end| end.min(*until)))
            }
            _ => return None,
        };
        until
            .is_none_or(|until| now < until)
            .then_some(Accepted { until })
    }

    /// Says whether a use now is worth writing down.
    pub(crate) fn is_use_news(&self, now: Timestamp) -> bool {
        self.last_used_at
            .is_none_or(|last| now.since(last) >= NOTE_USE_AFTER)
    }
}

/// Shows no hash.
impl std::fmt::Debug for ApiKeySecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKeySecrets(..)")
    }
}

/// What the store keeps: what stands there cannot be sent as a proof. A fast hash is enough: 256 random bits cannot be
/// guessed.
pub(crate) fn hash_of(proof: &ApiKeyProof) -> Vec<u8> {
    digest(&SHA256, &proof.0).as_ref().to_vec()
}

/// Refuses scopes that let a key do what its owner may not do themselves.
pub(crate) fn check_owner(scopes: &[String], owner: &Roles) -> Result<(), Vec<FieldError>> {
    let too_much = scopes.iter().enumerate();
    let too_much = too_much.filter(|(_, value)| !is_within(value, owner));
    let errors: Vec<_> = too_much
        .map(|(position, _)| {
            FieldError::new(
                format!("/scopes/{position}"),
                "not_allowed",
                "The owner of the key does not have the role this needs.",
            )
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// Reads how long the secret before goes on, in seconds.
pub(crate) fn read_overlap(seconds: Option<u32>) -> Result<Duration, FieldError> {
    let overlap = seconds.map_or(OVERLAP, |seconds| Duration::from_secs(u64::from(seconds)));
    if overlap > LONGEST_OVERLAP {
        return Err(FieldError::new(
            "/overlap_seconds",
            "out_of_range",
            "The secret before goes on for 0 to 604800 seconds.",
        ));
    }
    Ok(overlap)
}

fn is_hash_of(hash: &[u8], proof: &ApiKeyProof) -> bool {
    verify_slices_are_equal(hash, &hash_of(proof)).is_ok()
}

fn read_scope(values: &[String]) -> Result<Scope, FieldError> {
    let scope = read_list(values, "/scopes")?;
    if let Some(position) = values.iter().position(|value| !is_for_services(value)) {
        return Err(FieldError::new(
            format!("/scopes/{position}"),
            "not_allowed",
            "A key tells nobody who its owner is.",
        ));
    }
    if scope.contains(API_READ) || scope.contains(API_WRITE) {
        Ok(scope)
    } else {
        Err(FieldError::new(
            "/scopes",
            "required",
            "Name `api:read` or `api:write`: without them a key opens nothing.",
        ))
    }
}

fn read_networks(texts: &[String]) -> Result<Vec<Network>, Vec<FieldError>> {
    if texts.len() > MAX_NETWORKS {
        return Err(vec![FieldError::new(
            "/networks",
            "too_many",
            "A key has at most 20 networks.",
        )]);
    }
    let mut networks = Vec::with_capacity(texts.len());
    let mut errors = Vec::new();
    for (position, text) in texts.iter().enumerate() {
        let wrong = |code: &str, detail: &str| {
            FieldError::new(format!("/networks/{position}"), code, detail)
        };
        match text.parse::<Network>() {
            Err(_) => errors.push(wrong(
                "not_a_network",
                "Expected an address or a network such as 192.0.2.0/24 or 2001:db8::/32.",
            )),
            Ok(network) if !network.is_exact() => errors.push(wrong(
                "not_exact",
                "Write a network by its first address, and IPv4 as IPv4.",
            )),
            Ok(network) if networks.contains(&network) => {
                errors.push(wrong("duplicate", "The network is there twice."));
            }
            Ok(network) => networks.push(network),
        }
    }
    if errors.is_empty() {
        Ok(networks)
    } else {
        Err(errors)
    }
}

fn read_expiry(at: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, FieldError> {
    if at.is_some_and(|at| at <= now) {
        return Err(FieldError::new(
            "/expires_at",
            "out_of_range",
            "A key ends in the future.",
        ));
    }
    Ok(at)
}

#[cfg(test)]
#[path = "api_key_tests.rs"]
mod tests;
