//! Secrets of receivers: made, sealed while they are stored, and used to sign (Standard Webhooks).

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use notifications_contract::WebhookEndpointId;
use tenon_kernel::Env;
use zeroize::Zeroizing;

use crate::domain::seal::SealingKey;

/// What a secret begins with when people see it.
const PREFIX: &str = "whsec_";

/// Seals the secrets of receivers.
#[derive(Clone)]
pub struct WebhookKey(SealingKey);

/// A receiver's secret. Shown when it is made, and by nothing else.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<Vec<u8>>);

/// Where a sealed secret stands. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SecretPlace {
    pub(crate) endpoint_id: WebhookEndpointId,
    /// Which of the receiver's secrets.
    pub(crate) number: i64,
}

impl WebhookKey {
    /// Derives the key from the secret of the installation.
    pub fn new(secret: &[u8]) -> Self {
        Self(SealingKey::derive(
            secret,
            b"tenon/notifications/webhook_secrets",
        ))
    }

    /// Encrypts a secret for its place.
    pub(crate) fn seal(&self, env: &Env, place: SecretPlace, secret: &Secret) -> Vec<u8> {
        self.0.seal(env, place.associated_data(), &secret.0)
    }

    /// Decrypts what was sealed for this place; `None` if it was altered or moved, or the installation has another
    /// secret by now.
    pub(crate) fn open(&self, place: SecretPlace, sealed: &[u8]) -> Option<Secret> {
        self.0.open(place.associated_data(), sealed).map(Secret)
    }
}

impl Secret {
    /// Makes a new one: 256 random bits.
    pub(crate) fn generate(env: &Env) -> Self {
        Self(Zeroizing::new(env.random::<32>().to_vec()))
    }

    /// As its receiver is told: `whsec_…`.
    pub(crate) fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0.as_slice()))
    }

    fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice());
        let mut context = hmac::Context::with_key(&key);
        context.update(format!("{id}.{seconds}.").as_bytes());
        context.update(body);
        format!("v1,{}", STANDARD.encode(context.sign().as_ref()))
    }
}

/// The value of `webhook-signature`: one for each secret, the newest first.
pub(crate) fn signatures(secrets: &[Secret], id: &str, seconds: i64, body: &[u8]) -> String {
    let signed: Vec<_> = secrets
        .iter()
        .map(|secret| secret.sign(id, seconds, body))
        .collect();
    signed.join(" ")
}

impl SecretPlace {
    fn associated_data(self) -> Vec<u8> {
        let mut data = b"notifications/webhook_endpoints/secret/".to_vec();
        data.extend_from_slice(self.endpoint_id.uuid().as_bytes());
        data.extend_from_slice(&self.number.to_be_bytes());
        data
    }
}

impl fmt::Debug for WebhookKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookKey(..)")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(number: i64) -> SecretPlace {
        SecretPlace {
            endpoint_id: WebhookEndpointId::from_uuid(uuid::Uuid::from_u128(7)),
            number,
        }
    }

    /// The example of the Standard Webhooks specification.
    #[test]
    fn signatures_are_those_of_the_specification() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let secret = Secret(Zeroizing::new(secret.expect("base64")));
        let (id, seconds) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
        let body = br#"{"test": 2432232314}"#;
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(secret.reveal(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let one = std::slice::from_ref(&secret);
        assert_eq!(signatures(one, id, seconds, body), expected);
        let other = Secret::generate(&Env::system());
        let two = signatures(&[other, secret], id, seconds, body);
        assert!(two.ends_with(&format!(" {expected}")) && two.split(' ').count() == 2);
    }

    #[test]
    fn a_secret_opens_in_its_place_only_and_unaltered() {
        let (key, env) = (WebhookKey::new(b"one"), Env::system());
        let secret = Secret::generate(&env);
        let sealed = key.seal(&env, place(1), &secret);
        assert_eq!(key.open(place(1), &sealed).as_ref(), Some(&secret));
        assert_eq!(key.open(place(2), &sealed), None);
        assert_eq!(WebhookKey::new(b"two").open(place(1), &sealed), None);
        for position in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            assert_eq!(key.open(place(1), &altered), None, "byte {position}");
            assert_eq!(key.open(place(1), &sealed[..position]), None);
        }
        assert_ne!(sealed, key.seal(&env, place(1), &secret));
        assert!(!format!("{secret:?}{key:?}").contains(&secret.reveal()));
    }
}
