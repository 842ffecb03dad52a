//! An authenticator made of software, for tests: ES256, attestation `none`, and every lie that a test wants told.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Flags of authenticator data (WebAuthn level 3 §6.1).
const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_KEY: u8 = 0x40;

/// One key of one person, in a browser at one origin. Change what it says to have it lie.
#[derive(Debug)]
pub struct SoftAuthenticator {
    key: EcdsaKeyPair,
    /// Which key.
    pub credential_id: Vec<u8>,
    /// Where the browser is.
    pub origin: String,
    /// The domain that the browser takes the key for.
    pub rp_id: String,
    /// Whose key it is; learned when it is registered.
    pub user_handle: Option<Vec<u8>>,
    /// Proofs given so far.
    pub counter: u32,
    /// Whether it counts its proofs: keys that are synchronised do not.
    pub counts: bool,
    /// Whether it asks for a PIN or a finger.
    pub verifies_user: bool,
}

impl SoftAuthenticator {
    /// A new key.
    pub fn new(origin: &str, rp_id: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key is made");
        let mut credential_id = vec![0; 32];
        aws_lc_rs::rand::fill(&mut credential_id).expect("there is randomness");
        Self {
            key,
            credential_id,
            origin: origin.to_owned(),
            rp_id: rp_id.to_owned(),
            user_handle: None,
            counter: 0,
            counts: true,
            verifies_user: true,
        }
    }

    /// `navigator.credentials.create()`: answers creation options, as `PublicKeyCredential.toJSON()` writes it.
    pub fn create(&mut self, options: &Value) -> Value {
        self.user_handle = options["user"]["id"].as_str().map(decoded);
        let mut authenticator_data = self.authenticator_data(HAS_KEY);
        authenticator_data.extend([0; 16]); // AAGUID: none
        authenticator_data.extend([0, 32]);
        authenticator_data.extend(&self.credential_id);
        authenticator_data.extend(self.cose_key());
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(authenticator_data.len()).expect("less than 256 bytes"));
        object.extend(authenticator_data);
        let id = encoded(&self.credential_id);
        json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(&self.client_data("webauthn.create", options)),
                "attestationObject": encoded(&object),
                "transports": ["internal"],
            },
        })
    }

    /// `navigator.credentials.get()`: answers request options.
    pub fn get(&mut self, options: &Value) -> Value {
        self.counter += u32::from(self.counts);
        let authenticator_data = self.authenticator_data(0);
        let client_data = self.client_data("webauthn.get", options);
        let mut signed = authenticator_data.clone();
        signed.extend(digest(&SHA256, &client_data).as_ref());
        let signature = self.key.sign(&SystemRandom::new(), &signed);
        let signature = signature.expect("it is signed");
        let id = encoded(&self.credential_id);
        json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encoded(&client_data),
                "authenticatorData": encoded(&authenticator_data),
                "signature": encoded(signature.as_ref()),
                "userHandle": self.user_handle.as_deref().map(encoded),
            },
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        let verified = if self.verifies_user { USER_VERIFIED } else { 0 };
        data.push(flags | USER_PRESENT | verified);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// EC2, ES256, P-256 (RFC 9053 §7.1.1).
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref(); // uncompressed: 0x04, x, y
        let mut key = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        key.extend(&point[1..33]);
        key.extend(b"\x22\x58\x20");
        key.extend(&point[33..65]);
        key
    }
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}
