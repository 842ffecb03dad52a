//! What browsers get: `PublicKeyCredential.parseCreationOptionsFromJSON()` and `parseRequestOptionsFromJSON()` take it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Serialize;
use tenon_kernel::Timestamp;

use crate::domain::factor::CHALLENGE_LIFE;
use crate::service::factors::Creation;
use crate::service::passkeys::PasskeyChallenge;

const PUBLIC_KEY: &str = "public-key";
const REQUIRED: &str = "required";

/// What a passkey is made by (`PublicKeyCredentialCreationOptionsJSON`).
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeyCreationOptions")]
pub(in crate::http) struct CreationOptionsView {
    /// Whom it is made for.
    rp: Party,
    /// Whose it will be.
    user: Person,
    /// What it has to answer: 32 bytes in base64url.
    challenge: String,
    /// Signatures that are taken, best first.
    pub_key_cred_params: Vec<Algorithm>,
    /// Milliseconds that there are for it.
    timeout: u64,
    /// Passkeys that you have: their devices make no second one.
    exclude_credentials: Vec<Descriptor>,
    /// What the device has to do.
    authenticator_selection: Selection,
    /// `none`: who made the device is not asked.
    attestation: &'static str,
}

/// A relying party.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PasskeyRelyingParty")]
struct Party {
    /// The domain.
    id: String,
    /// What people see.
    name: String,
}

/// A person, as their device shows them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeyUser")]
struct Person {
    /// Who: 16 bytes in base64url.
    id: String,
    /// Their address.
    name: String,
    /// What to call them.
    display_name: String,
}

/// A kind of signature.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PasskeyAlgorithm")]
struct Algorithm {
    /// `public-key`
    #[serde(rename = "type")]
    kind: &'static str,
    /// Number of the algorithm at IANA: -7 is ES256.
    alg: i64,
}

/// A passkey by its id.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PasskeyDescriptor")]
struct Descriptor {
    /// `public-key`
    #[serde(rename = "type")]
    kind: &'static str,
    /// Which one, in base64url.
    id: String,
}

/// What a device has to do.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeySelection")]
struct Selection {
    /// `required`: it is found without knowing whose it is.
    resident_key: &'static str,
    /// The same, for older browsers.
    require_resident_key: bool,
    /// `required`: a PIN, a finger, a face.
    user_verification: &'static str,
}

/// What a passkey proves itself by (`PublicKeyCredentialRequestOptionsJSON`).
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PasskeyRequestOptions")]
pub(in crate::http) struct RequestOptionsView {
    /// What it has to answer: 32 bytes in base64url.
    challenge: String,
    /// The domain.
    rp_id: String,
    /// Milliseconds that there are for it.
    timeout: u64,
    /// Which passkeys; empty: any of the domain.
    allow_credentials: Vec<Descriptor>,
    /// `required`: a PIN, a finger, a face.
    user_verification: &'static str,
}

/// A challenge that waits for a passkey.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PasskeyChallenge")]
pub(in crate::http) struct ChallengeView {
    /// Goes with the answer.
    challenge_token: String,
    /// Seconds that there are for it.
    expires_in: u64,
    /// For `navigator.credentials.get()`.
    request_options: RequestOptionsView,
}

impl From<Creation> for CreationOptionsView {
    fn from(creation: Creation) -> Self {
        let algorithm = |alg| Algorithm {
            kind: PUBLIC_KEY,
            alg,
        };
        Self {
            rp: Party {
                name: creation.domain.clone(),
                id: creation.domain,
            },
            user: Person {
                id: URL_SAFE_NO_PAD.encode(creation.user.uuid().as_bytes()),
                name: creation.email,
                display_name: creation.display_name,
            },
            challenge: URL_SAFE_NO_PAD.encode(creation.challenge),
            pub_key_cred_params: creation.algorithms.into_iter().map(algorithm).collect(),
            timeout: CHALLENGE_LIFE.as_secs() * 1_000,
            exclude_credentials: creation.known.into_iter().map(descriptor).collect(),
            authenticator_selection: Selection {
                resident_key: REQUIRED,
                require_resident_key: true,
                user_verification: REQUIRED,
            },
            attestation: "none",
        }
    }
}

impl ChallengeView {
    pub(in crate::http) fn new(made: PasskeyChallenge, now: Timestamp) -> Self {
        Self {
            challenge_token: made.token.expose().to_owned(),
            expires_in: made.expires_at.since(now).as_secs(),
            request_options: RequestOptionsView {
                challenge: URL_SAFE_NO_PAD.encode(made.challenge),
                rp_id: made.domain,
                timeout: CHALLENGE_LIFE.as_secs() * 1_000,
                allow_credentials: made.allowed.into_iter().map(descriptor).collect(),
                user_verification: REQUIRED,
            },
        }
    }
}

fn descriptor(id: Vec<u8>) -> Descriptor {
    Descriptor {
        kind: PUBLIC_KEY,
        id: URL_SAFE_NO_PAD.encode(id),
    }
}
