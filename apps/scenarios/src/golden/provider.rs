//! An OpenID Connect provider beside the server: it believes everybody, and keeps to the specifications.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

/// What the server is registered as.
const CLIENT: &str = "tenon:golden";
/// How long an ID token counts.
const LIFE: u64 = 300;

type Pairs = BTreeMap<String, String>;

/// A running provider; it stops with the program.
pub(crate) struct Provider {
    state: Arc<Mutex<State>>,
}

struct State {
    issuer: String,
    key: Ed25519KeyPair,
    /// Codes it gave: the query it gave them for, and who had agreed.
    codes: BTreeMap<String, (Pairs, Value)>,
    given: usize,
}

impl Provider {
    /// Listens where its issuer says.
    pub(crate) async fn start(issuer: &str) -> Result<Self> {
        let address = issuer
            .strip_prefix("http://")
            .with_context(|| format!("{issuer} is not an http address"))?;
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| address.to_owned())?;
        let state = Arc::new(Mutex::new(State {
            issuer: issuer.to_owned(),
            key: Ed25519KeyPair::generate().ok().context("no key was made")?,
            codes: BTreeMap::new(),
            given: 0,
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { state })
    }

    /// A person agrees to what a browser was sent with; returns the query that it brings back.
    pub(crate) fn approve(&self, location: &str, person: Value) -> Result<String> {
        let url = Url::parse(location)?;
        ensure!(
            url.path() == "/authorize",
            "{location} is not of this provider"
        );
        let query: Pairs = url.query_pairs().into_owned().collect();
        let mut state = locked(&self.state);
        state.given += 1;
        let code = format!("provider-code-{}", state.given);
        let back = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", of(&query, "state"))
            .finish();
        state.codes.insert(code, (query, person));
        Ok(back)
    }
}

impl State {
    /// Gives an ID token for a code, to the client that the code was for.
    fn token(&mut self, authorization: &str, body: &str) -> Result<Value, &'static str> {
        let form: Pairs = form_urlencoded::parse(body.as_bytes())
            .into_owned()
            .collect();
        // RFC 6749 §2.3.1: both parts are escaped as in a form.
        let known = STANDARD.encode("tenon%3Agolden:golden-secret");
        if authorization != format!("Basic {known}") {
            return Err("invalid_client");
        }
        let given = self.codes.remove(of(&form, "code"));
        let (query, person) = given.ok_or("invalid_grant")?;
        let proof = digest(&SHA256, of(&form, "code_verifier").as_bytes());
        if of(&query, "code_challenge") != URL_SAFE_NO_PAD.encode(proof)
            || of(&query, "redirect_uri") != of(&form, "redirect_uri")
        {
            return Err("invalid_grant");
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "a provider elsewhere has a clock of its own"
        )]
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_err(|_| "server_error")?.as_secs();
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + LIFE, "nonce": of(&query, "nonce"),
        });
        for (name, value) in person.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({ "alg": "EdDSA", "kid": "golden", "typ": "JWT" });
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(message.as_bytes()));
        Ok(json!({
            "access_token": "of no use", "token_type": "Bearer", "id_token": format!("{message}.{signature}"),
        }))
    }
}

async fn metadata(Shared(state): Shared<Arc<Mutex<State>>>) -> Json<Value> {
    let issuer = &locked(&state).issuer;
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"),
    }))
}

async fn jwks(Shared(state): Shared<Arc<Mutex<State>>>) -> Json<Value> {
    let x = URL_SAFE_NO_PAD.encode(locked(&state).key.public_key());
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "golden", "use": "sig", "x": x });
    Json(json!({ "keys": [key] }))
}

async fn token(
    Shared(state): Shared<Arc<Mutex<State>>>,
    headers: HeaderMap,
    form: String,
) -> (StatusCode, Json<Value>) {
    let authorization = headers.get("authorization");
    let authorization = authorization.and_then(|value| value.to_str().ok());
    match locked(&state).token(authorization.unwrap_or_default(), &form) {
        Ok(tokens) => (StatusCode::OK, Json(tokens)),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))),
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn of<'p>(pairs: &'p Pairs, name: &str) -> &'p str {
    pairs.get(name).map_or("", String::as_str)
}
