//! Who asks, whether they may, how often, and under which idempotency key.

use std::net::IpAddr;

use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tenon_access::{Admitted, Credential, Denied, SignInTooOld, TokenError, TokenVerifier};
use tenon_kernel::{ErrorKind, FieldError, IdempotencyScope, Principal, Retry};

use super::{Dispatch, Exchange, single};
use crate::client::limit_key;
use crate::endpoint::Shape;
use crate::keys::{is_idempotency_key, key_owner};
use crate::routes::Route;
use crate::{KeyRule, Problem};

impl Dispatch {
    /// Finds the principal and the credential, counts the request and checks the policy.
    pub(super) async fn admit<'d>(
        &'d self,
        exchange: &mut Exchange<'d>,
        route: &'d Route,
        headers: &HeaderMap,
        client: Option<IpAddr>,
    ) -> Result<(Principal, Credential), Problem> {
        let shape = &route.endpoint.shape;
        let admitted = if shape.secrets.client {
            single(headers, AUTHORIZATION.as_str()).map(|_| None)
        } else {
            who(&self.verifier, headers, shape, client).await
        };
        // A bad token counts too, against its address: guessing is not free.
        let subject = match &admitted {
            Ok(Some(admitted)) => Some(admitted.principal.user),
            Ok(None) | Err(_) => None,
        };
        if let Some(limiter) = route.limiter.as_deref() {
            let quota = limiter.take(
                (subject, client.filter(|_| subject.is_none()).map(limit_key)),
                self.env.now(),
            );
            exchange.quota = Some((limiter, quota));
            if !quota.allowed {
                return Err(Problem::new(
                    ErrorKind::RateLimited,
                    "rate_limited",
                    "Too many requests; nothing was done.",
                )
                .with_retry_after(quota.wait));
            }
        }
        let admitted = admitted?;
        let credential = admitted.as_ref().map(|it| it.credential.clone());
        let principal = allowed(&self.verifier, shape, admitted)?;
        Ok((principal, credential.unwrap_or_default()))
    }
}

/// Finds the principal and checks the policy, for whoever was admitted before and still has what it was admitted by.
pub(crate) async fn admitted(
    verifier: &TokenVerifier,
    shape: &Shape,
    headers: &HeaderMap,
    client: Option<IpAddr>,
) -> Result<Principal, Problem> {
    let admitted = who(verifier, headers, shape, client).await?;
    allowed(verifier, shape, admitted)
}

/// Checks the policy; after it, how long ago the sign-in was: whoever may not do it at all is not sent to sign in again.
fn allowed(
    verifier: &TokenVerifier,
    shape: &Shape,
    admitted: Option<Admitted>,
) -> Result<Principal, Problem> {
    let (principal, holder) = match admitted {
        Some(admitted) => (Principal::User(admitted.principal), Some(admitted.holder)),
        None => (Principal::Anonymous, None),
    };
    match shape.policy.check(&principal) {
        Ok(()) => {
            if let Some(holder) = holder.filter(|_| shape.needs_recent_sign_in) {
                let recent = verifier.require_recent_sign_in(&holder);
                recent.map_err(sign_in_too_old)?;
            }
            Ok(principal)
        }
        Err(Denied::Unauthenticated) => Err(Problem::new(
            ErrorKind::Unauthenticated,
            "unauthenticated",
            "Sign in and send the access token.",
        )
        .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        Err(Denied::Forbidden) => Err(Problem::new(
            ErrorKind::Forbidden,
            "forbidden",
            "The account does not have the role this needs.",
        )),
        Err(Denied::SecondFactorRequired) => Err(Problem::new(
            ErrorKind::Forbidden,
            "identity.second_factor_required",
            "The account has to have a second factor: add one, then refresh the access token. Nothing was done.",
        )),
    }
}

/// Who asks; `None` if nobody says so.
async fn who(
    verifier: &TokenVerifier,
    headers: &HeaderMap,
    shape: &Shape,
    client: Option<IpAddr>,
) -> Result<Option<Admitted>, Problem> {
    let Some(value) = single(headers, AUTHORIZATION.as_str())? else {
        return Ok(None);
    };
    let token = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(invalid_token)?;
    match verifier.admit(token, client).await {
        Ok(admitted) => {
            // Also where the policy asks for nobody: a token that is limited must not count for more than it is.
            if let Some(scope) = &admitted.scope {
                let checked = shape.scope_rule.check(scope, &shape.method);
                checked.map_err(insufficient_scope)?;
            }
            Ok(Some(admitted))
        }
        Err(TokenError::Unavailable) => Err(Problem::new(
            ErrorKind::Unavailable,
            "unavailable",
            "Access tokens cannot be checked now.",
        )),
        Err(_) => Err(invalid_token()),
    }
}

/// The same for every bad token: forged, expired and revoked ones are not told apart.
fn invalid_token() -> Problem {
    let detail = "The access token is not accepted; refresh it or sign in again.";
    let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    Problem::new(ErrorKind::Unauthenticated, "invalid_token", detail)
        .with_header(WWW_AUTHENTICATE, challenge)
}

/// The token is good, but not for this (RFC 6750 §3.1).
fn insufficient_scope(wanted: Option<&'static str>) -> Problem {
    let (detail, challenge) = match wanted {
        Some(scope) => (
            format!("The access token was not given for this; it needs the scope `{scope}`."),
            format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""),
        ),
        None => (
            "Only people who are signed in here themselves may do this; no program may for them."
                .to_owned(),
            "Bearer error=\"insufficient_scope\"".to_owned(),
        ),
    };
    let challenge = HeaderValue::try_from(challenge).expect("scope values are header text");
    Problem::new(ErrorKind::Forbidden, "insufficient_scope", detail)
        .with_header(WWW_AUTHENTICATE, challenge)
}

/// The token is good, but its sign-in is too long ago for this (RFC 9470 §3).
fn sign_in_too_old(too_old: SignInTooOld) -> Problem {
    let seconds = too_old.max_age.as_secs();
    let challenge = format!(
        "Bearer error=\"insufficient_user_authentication\", \
         error_description=\"Sign in again\", max_age=\"{seconds}\""
    );
    let challenge = HeaderValue::try_from(challenge).expect("a number is header text");
    Problem::new(
        ErrorKind::Unauthenticated,
        "insufficient_user_authentication",
        "This needs a sign-in that is not long ago: sign in again and repeat the request. Nothing was done.",
    )
    .with_extension("max_age_seconds", seconds)
    .with_header(WWW_AUTHENTICATE, challenge)
}

/// Reads `Idempotency-Key` as the endpoint's rule says.
pub(super) fn idempotency_key(
    headers: &HeaderMap,
    rule: KeyRule,
) -> Result<Option<String>, Problem> {
    const HEADER: &str = "idempotency-key";
    if rule == KeyRule::Unused {
        return Ok(None);
    }
    let Some(value) = single(headers, HEADER)? else {
        if rule == KeyRule::Optional {
            return Ok(None);
        }
        let detail =
            "Send `Idempotency-Key` with a value of your own, so that a repeat has one effect.";
        let wrong = FieldError::new(
            "Idempotency-Key:",
            "missing_member",
            "The header is required.",
        );
        return Err(
            Problem::new(ErrorKind::Malformed, "idempotency_key_required", detail)
                .with_retry(Retry::NewKey)
                .with_fields(vec![wrong]),
        );
    };
    if !is_idempotency_key(value.as_bytes()) {
        let wrong = FieldError::new(
            "Idempotency-Key:",
            "invalid_value",
            "Expected 1 to 255 visible ASCII characters.",
        );
        return Err(Problem::new(
            ErrorKind::Malformed,
            "invalid_request",
            "The idempotency key cannot be read.",
        )
        .with_fields(vec![wrong]));
    }
    Ok(value.to_str().ok().map(str::to_owned))
}

/// Binds a key to who sent it and what was asked.
pub(super) fn idempotency_scope(
    key: String,
    principal: &Principal,
    parts: &Parts,
    body: &[u8],
) -> IdempotencyScope {
    let mut hasher = Sha256::new();
    for part in [
        parts.method.as_str(),
        parts.uri.path(),
        parts.uri.query().unwrap_or_default(),
    ] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    match serde_json::from_slice(body) {
        Ok(value) => canonical(&value, &mut hasher),
        Err(_) => hasher.update(body),
    }
    IdempotencyScope {
        key,
        subject: key_owner(principal, &parts.headers),
        fingerprint: hasher.finalize().into(),
    }
}

/// Feeds JSON to the hash with members sorted and without spaces, so that a client may write it anew for a repeat.
fn canonical(value: &Value, hasher: &mut Sha256) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            hasher.update(b"{");
            for (name, value) in sorted {
                hasher.update(Value::from(name.as_str()).to_string());
                hasher.update(b":");
                canonical(value, hasher);
                hasher.update(b",");
            }
            hasher.update(b"}");
        }
        Value::Array(items) => {
            hasher.update(b"[");
            for item in items {
                canonical(item, hasher);
                hasher.update(b",");
            }
            hasher.update(b"]");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            hasher.update(value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn scope(path: &str, secret: Option<&str>, body: &str) -> IdempotencyScope {
        let mut request = Request::post(path);
        if let Some(secret) = secret {
            request = request.header("cart-token", secret);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        idempotency_scope(
            "k".to_owned(),
            &Principal::Anonymous,
            &parts,
            body.as_bytes(),
        )
    }

    #[test]
    fn a_body_written_anew_is_the_same_request() {
        let first = scope("/v1/x", None, r#"{"a":1,"b":[{"c":2,"d":null}]}"#);
        assert_eq!(
            first,
            scope("/v1/x", None, r#"{ "b": [ {"d":null, "c":2} ], "a": 1 }"#)
        );
        assert_ne!(
            first.fingerprint,
            scope("/v1/x", None, r#"{"a":1,"b":[{"c":2}]}"#).fingerprint
        );
        assert_ne!(
            first.fingerprint,
            scope("/v1/y", None, r#"{"a":1,"b":[{"c":2,"d":null}]}"#).fingerprint
        );
    }

    #[test]
    fn structure_cannot_be_faked_by_text() {
        assert_ne!(
            scope("/v1/x", None, r#"["a,b"]"#).fingerprint,
            scope("/v1/x", None, r#"["a","b"]"#).fingerprint
        );
    }

    #[test]
    fn guests_are_told_apart_by_their_secret_and_it_is_not_kept() {
        let (one, two) = (
            scope("/v1/x", Some("s1"), ""),
            scope("/v1/x", Some("s2"), ""),
        );
        assert_ne!(one.subject, two.subject);
        assert!(!one.subject.contains("s1"));
        assert_eq!(scope("/v1/x", None, "").subject, "anonymous");
    }
}
