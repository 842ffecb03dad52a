//! All SQL of identity: one file for each table.

pub(crate) mod api_keys;
pub(crate) mod attempts;
pub(crate) mod bootstrap_tokens;
pub(crate) mod challenges;
pub(crate) mod erasures;
pub(crate) mod factors;
pub(crate) mod federated_identities;
pub(crate) mod federation_codes;
pub(crate) mod federation_flows;
pub(crate) mod invariants;
pub(crate) mod oauth_clients;
pub(crate) mod oauth_codes;
pub(crate) mod oauth_consents;
pub(crate) mod passkey_challenges;
pub(crate) mod recovery_codes;
pub(crate) mod refresh_tokens;
pub(crate) mod requests;
pub(crate) mod roles;
pub(crate) mod service_accounts;
pub(crate) mod sessions;
pub(crate) mod sign_in_challenges;
pub(crate) mod signing_keys;
pub(crate) mod users;

use tenon_kernel::{Id, IdKind};
use tenon_store::Json;

/// A set of ids as one parameter: both engines take their 32 digits apart.
pub(crate) fn id_set<K: IdKind>(ids: &[Id<K>]) -> Json<Vec<String>> {
    Json(
        ids.iter()
            .map(|id| id.uuid().simple().to_string())
            .collect(),
    )
}
