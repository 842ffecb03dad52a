//! The relying party, and its two ceremonies (WebAuthn level 3 §7.1 and §7.2).
//!
//! The library makes its own challenge when a ceremony starts, and hands out its state, which is to be kept until the end. Here a
//! ceremony starts when it ends, so that nothing of the library has to be stored meanwhile: the challenge in its state is
//! replaced by the one that was given out.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    Passkey as Key, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::{Assertion, Attestation, CHALLENGE_BYTES, Passkey, Refused};

/// Whom passkeys are made for: one domain, and the origins from which they are used.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    webauthn: Webauthn,
    id: String,
    algorithms: Vec<i64>,
}

/// A domain and origins that do not go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotPossible(String);

impl RelyingParty {
    /// The relying party of a domain; people see its name.
    ///
    /// # Errors
    ///
    /// [`NotPossible`] without an origin, or where one is not of the domain (WebAuthn level 3 §5.1.2: the id is the domain of the
    /// origin or a suffix of it; an address of IP is none).
    pub fn new(id: &str, name: &str, origins: &[Url]) -> Result<Self, NotPossible> {
        let Some((first, others)) = origins.split_first() else {
            return Err(NotPossible("there is no origin".to_owned()));
        };
        let mut builder: Option<WebauthnBuilder<'_>> = None;
        for origin in origins {
            // The library looks at the first one only.
            let checked = WebauthnBuilder::new(id, origin);
            let checked =
                checked.map_err(|_| NotPossible(format!("{origin} is no origin of {id}")))?;
            if origin == first {
                builder.get_or_insert(checked);
            }
        }
        let mut builder = builder
            .ok_or_else(|| NotPossible("there is no origin".to_owned()))?
            .rp_name(name)
            .timeout(Duration::from_mins(5));
        for origin in others {
            builder = builder.append_allowed_origin(origin);
        }
        let webauthn = builder
            .build()
            .map_err(|error| NotPossible(error.to_string()))?;
        let algorithms = algorithms(&webauthn)?;
        Ok(Self {
            webauthn,
            id: id.to_owned(),
            algorithms,
        })
    }

    /// The domain.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The signatures that are taken, best first: `pubKeyCredParams` (RFC 9053, RFC 8812).
    pub fn algorithms(&self) -> &[i64] {
        &self.algorithms
    }

    /// Takes a new key of a user who has these already.
    ///
    /// # Errors
    ///
    /// [`Refused::Mismatch`] unless everything is as it was asked for, user verification among it.
    pub fn register(
        &self,
        challenge: &[u8; CHALLENGE_BYTES],
        user: Uuid,
        known: &[Vec<u8>],
        sent: &Attestation,
    ) -> Result<Passkey, Refused> {
        let known = known.to_vec();
        let (_, state) = self
            .webauthn
            .start_passkey_registration(user, "user", "user", Some(known))
            .map_err(mismatch)?;
        let state = with_challenge(&state, "rs", challenge)?;
        let state: PasskeyRegistration = serde_json::from_value(state).map_err(malformed)?;
        let id = URL_SAFE_NO_PAD.encode(&sent.credential_id);
        let credential = json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&sent.client_data),
                "attestationObject": URL_SAFE_NO_PAD.encode(&sent.attestation_object),
            },
        });
        let credential: RegisterPublicKeyCredential =
            serde_json::from_value(credential).map_err(malformed)?;
        let key = self
            .webauthn
            .finish_passkey_registration(&credential, &state)
            .map_err(mismatch)?;
        let credential_id: &[u8] = key.cred_id().as_ref();
        if credential_id != sent.credential_id {
            return Err(Refused::Mismatch("another key than it says".to_owned()));
        }
        kept(&key)
    }

    /// Takes the proof of a key of a user; returns it as it is to be kept from now on.
    ///
    /// `must_name_owner`: nobody was known when the ceremony began, so the authenticator has to say whose key it is
    /// (WebAuthn level 3 §7.2, step 6).
    ///
    /// # Errors
    ///
    /// [`Refused::Mismatch`] unless everything is as it was asked for, user verification among it;
    /// [`Refused::CounterWentBack`] where all else is; [`Refused::Unreadable`].
    pub fn verify(
        &self,
        challenge: &[u8; CHALLENGE_BYTES],
        owner: Uuid,
        must_name_owner: bool,
        passkey: &Passkey,
        sent: &Assertion,
    ) -> Result<Passkey, Refused> {
        match &sent.user_handle {
            Some(handle) if handle.as_slice() != owner.as_bytes() => {
                return Err(Refused::Mismatch("the key of somebody else".to_owned()));
            }
            None if must_name_owner => {
                return Err(Refused::Mismatch("it does not say whose".to_owned()));
            }
            _ => {}
        }
        let mut key: Key = serde_json::from_str(&passkey.kept).map_err(|_| Refused::Unreadable)?;
        let (_, state) = self
            .webauthn
            .start_passkey_authentication(std::slice::from_ref(&key))
            .map_err(mismatch)?;
        let state = with_challenge(&state, "ast", challenge)?;
        let state: PasskeyAuthentication = serde_json::from_value(state).map_err(malformed)?;
        let id = URL_SAFE_NO_PAD.encode(&sent.credential_id);
        let credential = json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(&sent.client_data),
                "authenticatorData": URL_SAFE_NO_PAD.encode(&sent.authenticator_data),
                "signature": URL_SAFE_NO_PAD.encode(&sent.signature),
                "userHandle": sent.user_handle.as_ref().map(|handle| URL_SAFE_NO_PAD.encode(handle)),
            },
        });
        let credential: PublicKeyCredential =
            serde_json::from_value(credential).map_err(malformed)?;
        let result = self
            .webauthn
            .finish_passkey_authentication(&credential, &state)
            .map_err(mismatch)?;
        if !result.user_verified() {
            return Err(Refused::Mismatch("the user was not verified".to_owned()));
        }
        key.update_credential(&result);
        kept(&key)
    }
}

/// What the library takes: it says so in the options that it would send.
fn algorithms(webauthn: &Webauthn) -> Result<Vec<i64>, NotPossible> {
    let (options, _) = webauthn
        .start_passkey_registration(Uuid::nil(), "user", "user", None)
        .map_err(|error| NotPossible(error.to_string()))?;
    let parameters = options.public_key.pub_key_cred_params;
    Ok(parameters.iter().map(|parameter| parameter.alg).collect())
}

/// The state of a ceremony with another challenge.
fn with_challenge<S: serde::Serialize>(
    state: &S,
    part: &str,
    challenge: &[u8; CHALLENGE_BYTES],
) -> Result<Value, Refused> {
    let mut state = serde_json::to_value(state).map_err(malformed)?;
    match state.pointer_mut(&format!("/{part}/challenge")) {
        Some(place @ Value::String(_)) => *place = URL_SAFE_NO_PAD.encode(challenge).into(),
        _ => return Err(Refused::Unreadable),
    }
    Ok(state)
}

fn kept(key: &Key) -> Result<Passkey, Refused> {
    let credential_id: &[u8] = key.cred_id().as_ref();
    Ok(Passkey {
        credential_id: credential_id.to_vec(),
        kept: serde_json::to_string(key).map_err(malformed)?,
    })
}

fn malformed(error: serde_json::Error) -> Refused {
    Refused::Mismatch(error.to_string())
}

fn mismatch(error: WebauthnError) -> Refused {
    match error {
        WebauthnError::CredentialPossibleCompromise => Refused::CounterWentBack,
        other => Refused::Mismatch(other.to_string()),
    }
}
