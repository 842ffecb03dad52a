//! ID tokens of a provider (OpenID Connect Core §3.1.3.7).

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tenon_kernel::Timestamp;

use super::jwk::{Algorithm, ProviderKey};
use super::shape::{Members, has_word, is_true, object, text, time};
use super::{LEEWAY, NotBelieved, Proof};
use crate::domain::email::EmailAddress;
use crate::domain::name::read_display_name;

/// Longest subject (OpenID Connect Core §2).
const MAX_SUBJECT: usize = 255;
/// How old a token may be that was made for us just now: some providers date it back a little.
const OLDEST: Duration = Duration::from_mins(15);
/// Members of a header that say where else a key is, or ask for what is not known here (RFC 7515 §4.1).
const FORBIDDEN: [&str; 4] = ["jku", "x5u", "jwk", "crit"];

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'e> {
    pub(crate) issuer: &'e str,
    pub(crate) client_id: &'e str,
    pub(crate) nonce: &'e str,
    /// What came beside it.
    pub(crate) access_token: Option<&'e str>,
    /// How long ago the person may have signed in at the provider.
    pub(crate) max_age: Option<Duration>,
    pub(crate) now: Timestamp,
}

/// A token in its parts, before anything is believed of it.
pub(crate) struct IdToken<'t> {
    algorithm: Algorithm,
    kid: Option<String>,
    signed: &'t str,
    payload: &'t str,
    signature: Vec<u8>,
}

impl<'t> IdToken<'t> {
    /// Takes it apart.
    pub(crate) fn parse(token: &'t str) -> Result<Self, NotBelieved> {
        const SHAPE: NotBelieved = NotBelieved("the ID token has not three parts");
        let (signed, signature) = token.rsplit_once('.').ok_or(SHAPE)?;
        let (header, payload) = signed.split_once('.').ok_or(SHAPE)?;
        let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| SHAPE)?;
        let header = object(&header, "the header of the ID token is no JSON object")?;
        if FORBIDDEN.iter().any(|name| header.contains_key(*name)) {
            return Err(NotBelieved("the ID token brings a key of its own"));
        }
        // A token of another kind is no ID token (RFC 8725 §3.11).
        if header.contains_key("typ")
            && !text(&header, "typ").is_some_and(|kind| kind.eq_ignore_ascii_case("jwt"))
        {
            return Err(NotBelieved("the token is of another kind"));
        }
        let algorithm = text(&header, "alg").and_then(Algorithm::parse);
        Ok(Self {
            algorithm: algorithm.ok_or(NotBelieved("the ID token is not signed as it must be"))?,
            kid: text(&header, "kid").map(str::to_owned),
            signed,
            payload,
            signature: URL_SAFE_NO_PAD.decode(signature).map_err(|_| SHAPE)?,
        })
    }

    /// Whether one of the keys is the one that it names.
    pub(crate) fn is_by_one_of(&self, keys: &[ProviderKey]) -> bool {
        self.key(keys).is_some()
    }

    /// The key it names; without a name the only one of its kind.
    fn key<'k>(&self, keys: &'k [ProviderKey]) -> Option<&'k ProviderKey> {
        let mut fitting = keys.iter().filter(|key| {
            key.algorithm() == self.algorithm
                && self.kid.as_deref().is_none_or(|kid| key.is_called(kid))
        });
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    }

    /// Checks signature and claims.
    pub(crate) fn check(
        &self,
        keys: &[ProviderKey],
        expected: &Expected<'_>,
    ) -> Result<Proof, NotBelieved> {
        let key = self.key(keys).ok_or(NotBelieved("no key fits"))?;
        if !key.has_signed(self.signed.as_bytes(), &self.signature) {
            return Err(NotBelieved("the signature is wrong"));
        }
        let payload = URL_SAFE_NO_PAD.decode(self.payload);
        let payload = payload.map_err(|_| NotBelieved("the claims are not base64url"))?;
        let claims = object(&payload, "the claims are no JSON object")?;
        if text(&claims, "iss") != Some(expected.issuer) {
            return Err(NotBelieved("the ID token is of another issuer"));
        }
        check_audience(&claims, expected.client_id)?;
        check_times(&claims, expected)?;
        let is_ours = text(&claims, "nonce").is_some_and(|nonce| {
            verify_slices_are_equal(nonce.as_bytes(), expected.nonce.as_bytes()).is_ok()
        });
        if !is_ours {
            return Err(NotBelieved("the nonce is another"));
        }
        self.check_access_token(&claims, expected.access_token)?;
        let subject = text(&claims, "sub").filter(|sub| is_subject(sub));
        let mut proof = Proof {
            issuer: expected.issuer.to_owned(),
            subject: subject
                .ok_or(NotBelieved("there is no subject"))?
                .to_owned(),
            email: None,
            email_verified: false,
            name: None,
            authenticated_at: time(&claims, "auth_time").map(|at| at.min(expected.now)),
            says_mfa: has_word(&claims, "amr", "mfa"),
        };
        proof.add_profile(&claims);
        Ok(proof)
    }

    /// The token beside it is the one it was made with, if it says anything about that (§3.1.3.8).
    fn check_access_token(
        &self,
        claims: &Members,
        access_token: Option<&str>,
    ) -> Result<(), NotBelieved> {
        let (Some(said), Some(token)) = (claims.get("at_hash"), access_token) else {
            return Ok(());
        };
        let hash = match self.algorithm {
            Algorithm::Rs256 | Algorithm::Es256 => digest(&SHA256, token.as_bytes()),
            Algorithm::EdDsa => digest(&SHA512, token.as_bytes()),
        };
        let half = &hash.as_ref()[..hash.as_ref().len() / 2];
        if said.as_str() == Some(&URL_SAFE_NO_PAD.encode(half)) {
            Ok(())
        } else {
            Err(NotBelieved("the access token is another"))
        }
    }
}

impl Proof {
    /// Adds what `userinfo` says, which must be about the same person (§5.3.4).
    pub(crate) fn add_userinfo(&mut self, body: &[u8]) -> Result<(), NotBelieved> {
        let claims = object(body, "the answer about the person is no JSON object")?;
        if text(&claims, "sub") != Some(&self.subject) {
            return Err(NotBelieved("the answer is about another person"));
        }
        self.add_profile(&claims);
        Ok(())
    }

    /// An address and whether it is vouched for come from one place.
    fn add_profile(&mut self, claims: &Members) {
        if let Some(email) = text(claims, "email").and_then(EmailAddress::parse) {
            self.email = Some(email);
            self.email_verified = is_true(claims, "email_verified");
        }
        if let Some(name) = text(claims, "name") {
            self.name = read_display_name(name, "").ok();
        }
    }
}

fn is_subject(text: &str) -> bool {
    (1..=MAX_SUBJECT).contains(&text.len()) && text.bytes().all(|b| (0x20..0x7f).contains(&b))
}

/// It is for us; where it is for others, too, it says that we asked for it.
fn check_audience(claims: &Members, client_id: &str) -> Result<(), NotBelieved> {
    let (is_for_us, others) = match claims.get("aud") {
        Some(Value::String(one)) => (one == client_id, false),
        Some(Value::Array(all)) => (all.iter().any(|one| one == client_id), all.len() > 1),
        _ => (false, false),
    };
    let asked = claims.get("azp").map(|azp| azp == client_id);
    match (is_for_us, asked) {
        (true, Some(true)) => Ok(()),
        (true, None) if !others => Ok(()),
        _ => Err(NotBelieved("the ID token is for another client")),
    }
}

fn check_times(claims: &Members, expected: &Expected<'_>) -> Result<(), NotBelieved> {
    let now = expected.now;
    let needed = |name| time(claims, name).ok_or(NotBelieved("a time is missing"));
    if needed("exp")? + LEEWAY <= now {
        return Err(NotBelieved("the ID token has expired"));
    }
    let issued_at = needed("iat")?;
    if issued_at > now + LEEWAY || issued_at + OLDEST < now {
        return Err(NotBelieved("the ID token was not made just now"));
    }
    if claims.contains_key("nbf") && needed("nbf")? > now + LEEWAY {
        return Err(NotBelieved("the ID token does not count yet"));
    }
    if claims.contains_key("auth_time") && needed("auth_time")? > now + LEEWAY {
        return Err(NotBelieved("the person has not signed in yet"));
    }
    if let Some(max_age) = expected.max_age
        && needed("auth_time")? + max_age + LEEWAY < now
    {
        return Err(NotBelieved("the person was to sign in anew"));
    }
    Ok(())
}
