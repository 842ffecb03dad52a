//! What browsers send: `PublicKeyCredential.toJSON()`, as far as it is read. Other members are ignored, as the protocol wants it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity_passkeys::{Assertion, Attestation};
use schemars::JsonSchema;
use serde::Deserialize;
use tenon_kernel::FieldError;

/// A new passkey: what `navigator.credentials.create()` gave (`RegistrationResponseJSON`).
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyRegistration")]
pub(in crate::http) struct AttestationBody {
    /// Which key: 16 to 1,023 bytes in base64url without padding.
    #[schemars(length(min = 22, max = 1_364))]
    id: String,
    /// The same.
    #[serde(rename = "rawId")]
    #[schemars(length(min = 22, max = 1_364))]
    raw_id: String,
    /// `public-key`
    #[serde(rename = "type")]
    kind: String,
    /// What the authenticator said.
    response: AttestationResponse,
}

/// What an authenticator says about a new passkey.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyRegistrationResponse")]
struct AttestationResponse {
    /// What the browser knew: 4,096 bytes at most, in base64url without padding.
    #[serde(rename = "clientDataJSON")]
    #[schemars(length(min = 2, max = 5_462))]
    client_data: String,
    /// The public key: 16,384 bytes at most, in base64url without padding.
    #[serde(rename = "attestationObject")]
    #[schemars(length(min = 2, max = 21_846))]
    attestation_object: String,
}

/// A proof of a passkey: what `navigator.credentials.get()` gave (`AuthenticationResponseJSON`).
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyProof")]
pub(in crate::http) struct AssertionBody {
    /// Which key: 16 to 1,023 bytes in base64url without padding.
    #[schemars(length(min = 22, max = 1_364))]
    id: String,
    /// The same.
    #[serde(rename = "rawId")]
    #[schemars(length(min = 22, max = 1_364))]
    raw_id: String,
    /// `public-key`
    #[serde(rename = "type")]
    kind: String,
    /// What the authenticator said.
    response: AssertionResponse,
}

/// What an authenticator says to prove itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "PasskeyProofResponse")]
struct AssertionResponse {
    /// What the browser knew: 4,096 bytes at most, in base64url without padding.
    #[serde(rename = "clientDataJSON")]
    #[schemars(length(min = 2, max = 5_462))]
    client_data: String,
    /// What the authenticator knew: 37 to 4,096 bytes in base64url without padding.
    #[serde(rename = "authenticatorData")]
    #[schemars(length(min = 50, max = 5_462))]
    authenticator_data: String,
    /// Over both: 1,024 bytes at most, in base64url without padding.
    #[schemars(length(min = 2, max = 1_366))]
    signature: String,
    /// Whose key it is: 64 bytes at most, in base64url without padding. Needed where there was no first step.
    #[serde(rename = "userHandle")]
    #[schemars(length(min = 2, max = 86))]
    user_handle: Option<String>,
}

impl AttestationBody {
    /// Reads it; `at` points to it.
    pub(in crate::http) fn read(self, at: &str) -> Result<Attestation, Vec<FieldError>> {
        let mut reader = Reader::new(at);
        let sent = Attestation {
            credential_id: reader.id(&self.id, &self.raw_id, &self.kind),
            client_data: reader.bytes(
                "response/clientDataJSON",
                &self.response.client_data,
                1,
                4_096,
            ),
            attestation_object: reader.bytes(
                "response/attestationObject",
                &self.response.attestation_object,
                1,
                16_384,
            ),
        };
        reader.done(sent)
    }
}

impl AssertionBody {
    /// Reads it; `at` points to it.
    pub(in crate::http) fn read(self, at: &str) -> Result<Assertion, Vec<FieldError>> {
        let mut reader = Reader::new(at);
        let response = &self.response;
        let sent = Assertion {
            credential_id: reader.id(&self.id, &self.raw_id, &self.kind),
            client_data: reader.bytes("response/clientDataJSON", &response.client_data, 1, 4_096),
            authenticator_data: reader.bytes(
                "response/authenticatorData",
                &response.authenticator_data,
                37,
                4_096,
            ),
            signature: reader.bytes("response/signature", &response.signature, 1, 1_024),
            user_handle: response
                .user_handle
                .as_deref()
                .map(|handle| reader.bytes("response/userHandle", handle, 1, 64)),
        };
        reader.done(sent)
    }
}

/// Reads members and collects what is wrong with them.
struct Reader<'p> {
    at: &'p str,
    errors: Vec<FieldError>,
}

impl<'p> Reader<'p> {
    fn new(at: &'p str) -> Self {
        Self {
            at,
            errors: Vec::new(),
        }
    }

    fn id(&mut self, id: &str, raw_id: &str, kind: &str) -> Vec<u8> {
        if kind != "public-key" {
            self.refuse("type", "wrong", "Expected `public-key`.");
        }
        if id != raw_id {
            self.refuse("rawId", "wrong", "Expected the same as `id`.");
        }
        self.bytes("id", id, 16, 1_023)
    }

    fn bytes(&mut self, member: &str, text: &str, least: usize, most: usize) -> Vec<u8> {
        // Before it is read: four characters hold three bytes.
        if text.len() > most.div_ceil(3) * 4 {
            self.refuse(
                member,
                "too_long",
                &format!("Expected {most} bytes at most."),
            );
            return Vec::new();
        }
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else {
            self.refuse(
                member,
                "not_base64url",
                "Expected base64url without padding.",
            );
            return Vec::new();
        };
        if !(least..=most).contains(&bytes.len()) {
            self.refuse(
                member,
                "out_of_range",
                &format!("Expected {least} to {most} bytes."),
            );
        }
        bytes
    }

    fn refuse(&mut self, member: &str, code: &str, detail: &str) {
        self.errors.push(FieldError::new(
            format!("{}/{member}", self.at),
            code,
            detail,
        ));
    }

    fn done<T>(self, read: T) -> Result<T, Vec<FieldError>> {
        if self.errors.is_empty() {
            Ok(read)
        } else {
            Err(self.errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn good() -> Value {
        let text = |bytes: usize| URL_SAFE_NO_PAD.encode(vec![7; bytes]);
        json!({
            "id": text(16), "rawId": text(16), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": text(100), "authenticatorData": text(37), "signature": text(70), "userHandle": text(16),
            },
        })
    }

    fn pointers(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut body = good();
        change(&mut body);
        let body: AssertionBody = serde_json::from_value(body).expect("readable");
        let errors = body.read("/credential").err().unwrap_or_default();
        errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn each_member_is_bounded_and_named() {
        assert!(pointers(|_| ()).is_empty());
        let long = |bytes: usize| json!(URL_SAFE_NO_PAD.encode(vec![7; bytes]));
        for (pointer, wrong) in [
            ("/type", json!("password")),
            ("/rawId", json!("x")),
            ("/response/clientDataJSON", json!("")),
            ("/response/clientDataJSON", json!("a+b/")),
            ("/response/clientDataJSON", long(4_097)),
            ("/response/authenticatorData", long(36)),
            ("/response/authenticatorData", long(5_000)),
            ("/response/signature", long(1_025)),
            ("/response/userHandle", long(65)),
        ] {
            let found = pointers(|body| *body.pointer_mut(pointer).expect("there") = wrong.clone());
            assert_eq!(found, [format!("/credential{pointer}")], "{wrong}");
        }
        let found = pointers(|body| {
            body["id"] = long(15);
            body["rawId"] = long(15);
        });
        assert_eq!(found, ["/credential/id"]);
    }
}
