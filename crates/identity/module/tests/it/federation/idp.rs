//! A provider: it believes everybody, keeps to the specifications, and can be made not to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tenon_kernel::Env;
use tenon_testkit::Kit;
use url::{Url, form_urlencoded};

use super::keys::Signer;
use super::server::{Request, Response, listen, serve};

const ACCESS_TOKEN: &str = "an access token";

/// A provider on a port of this machine.
pub(crate) struct Idp {
    pub(crate) port: u16,
    pub(crate) issuer: String,
    state: Arc<Mutex<State>>,
}

/// How it misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Silent,
    Huge,
    Redirecting,
    Broken,
    Refusing,
}

/// Makes an ID token of good header and claims.
pub(crate) type Forge = dyn Fn(&Signer, Value, Value) -> String + Send + Sync;

pub(crate) struct State {
    env: Env,
    issuer: String,
    pub(crate) signer: Signer,
    pub(crate) kid: String,
    /// What it says of whoever visits it.
    person: Value,
    /// Changes to the discovery document.
    pub(crate) document: Value,
    /// Whether what it knows of people is in the ID token, too.
    pub(crate) tells_in_token: bool,
    pub(crate) forge: Option<Box<Forge>>,
    pub(crate) moods: BTreeMap<&'static str, Mood>,
    /// Paths that were asked for.
    pub(crate) asked: Vec<String>,
    /// Codes it gave: the query it gave them for.
    codes: BTreeMap<String, BTreeMap<String, String>>,
}

impl Idp {
    pub(crate) async fn start(kit: &Kit) -> Self {
        let (port, listener) = listen().await;
        let issuer = format!("http://127.0.0.1:{port}");
        let state = Arc::new(Mutex::new(State {
            env: kit.env(),
            issuer: issuer.clone(),
            signer: Signer::ed25519(),
            kid: "first".to_owned(),
            person: json!({ "sub": "nobody" }),
            document: json!({}),
            tells_in_token: true,
            forge: None,
            moods: BTreeMap::new(),
            asked: Vec::new(),
            codes: BTreeMap::new(),
        }));
        let shared = Arc::clone(&state);
        serve(listener, move |request| {
            let answer = shared.lock().expect("no test panics here").answer(&request);
            async move { answer }
        });
        Self {
            port,
            issuer,
            state,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics here")
    }

    pub(crate) fn is_visited_by(&self, person: Value) {
        self.state().person = person;
    }

    /// The person agrees; returns the query that the browser brings back.
    pub(crate) fn approve(&self, location: &str) -> String {
        let mut state = self.state();
        let url = Url::parse(location).expect("a URL");
        assert_eq!(url.path(), "/authorize");
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let code = format!("code+{}", state.codes.len());
        let answer = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &query["state"])
            .append_pair("session_state", "whatever")
            .finish();
        state.codes.insert(code, query);
        answer
    }

    /// Signs what it is given.
    pub(crate) fn signs(&self) -> impl Fn(&Value, &Value) -> String + Send + Sync + 'static {
        let state = Arc::clone(&self.state);
        move |header, claims| {
            let state = state.lock().expect("no test panics here");
            state.signer.sign(header, claims)
        }
    }

    /// How often a path was asked for.
    pub(crate) fn count(&self, path: &str) -> usize {
        let state = self.state();
        state.asked.iter().filter(|asked| *asked == path).count()
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Option<Response> {
        let path = request.target.split('?').next().unwrap_or_default();
        self.asked.push(path.to_owned());
        let issuer = &self.issuer;
        match self.moods.get(path) {
            Some(Mood::Silent) => return None,
            Some(Mood::Huge) => {
                let body = format!("{{\"padding\":\"{}\"}}", "x".repeat(100_000));
                return Some(Response {
                    status: 200,
                    head: String::new(),
                    body: body.into_bytes(),
                });
            }
            Some(Mood::Redirecting) => {
                return Some(Response {
                    status: 307,
                    head: format!("location: {issuer}/elsewhere\r\n"),
                    body: Vec::new(),
                });
            }
            Some(Mood::Broken) => return Some(Response::json(500, &json!({}))),
            Some(Mood::Refusing) => {
                return Some(Response::json(400, &json!({ "error": "invalid_grant" })));
            }
            None => {}
        }
        Some(match (request.method.as_str(), path) {
            ("GET", "/.well-known/openid-configuration") => {
                let mut document = json!({
                    "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
                    "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"),
                    "userinfo_endpoint": format!("{issuer}/userinfo"),
                });
                for (name, value) in self.document.as_object().expect("an object") {
                    document[name] = value.clone();
                }
                Response::json(200, &document)
            }
            ("GET", "/jwks") => {
                Response::json(200, &json!({ "keys": [self.signer.jwk(&self.kid)] }))
            }
            ("POST", "/token") => self.token(request),
            ("GET", "/userinfo") => {
                assert_eq!(
                    request.header("authorization"),
                    Some(format!("Bearer {ACCESS_TOKEN}").as_str())
                );
                Response::json(200, &self.person)
            }
            _ => Response::json(404, &json!({})),
        })
    }

    /// Refuses what a provider must refuse.
    fn token(&mut self, request: &Request) -> Response {
        let form: BTreeMap<String, String> = form_urlencoded::parse(request.body.as_bytes())
            .into_owned()
            .collect();
        let refused = |error: &str| Response::json(400, &json!({ "error": error }));
        let basic = STANDARD.encode("tenon%3Aacme:hush+%2B+hush");
        let is_ours = match request.header("authorization") {
            Some(header) => header == format!("Basic {basic}"),
            None => {
                form.get("client_id").map(String::as_str) == Some("tenon:acme")
                    && form.get("client_secret").map(String::as_str) == Some("hush + hush")
            }
        };
        if !is_ours {
            return refused("invalid_client");
        }
        let Some(query) = self.codes.remove(&form["code"]) else {
            return refused("invalid_grant");
        };
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, form["code_verifier"].as_bytes()));
        if query["code_challenge"] != challenge
            || query["code_challenge_method"] != "S256"
            || query["redirect_uri"] != form["redirect_uri"]
            || form["grant_type"] != "authorization_code"
        {
            return refused("invalid_grant");
        }
        let id_token = self.id_token(&query["nonce"]);
        let tokens =
            json!({ "access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": id_token });
        Response::json(200, &tokens)
    }

    fn id_token(&self, nonce: &str) -> String {
        let now = self.env.now().as_unix_seconds();
        let hash = match self.signer {
            Signer::Ed25519(_) => digest(&SHA512, ACCESS_TOKEN.as_bytes()),
            _ => digest(&SHA256, ACCESS_TOKEN.as_bytes()),
        };
        let half = &hash.as_ref()[..hash.as_ref().len() / 2];
        let mut claims = json!({
            "iss": self.issuer, "aud": "tenon:acme", "exp": now + 300, "iat": now, "nonce": nonce,
            "at_hash": URL_SAFE_NO_PAD.encode(half), "sub": self.person["sub"],
        });
        if self.tells_in_token {
            for (name, value) in self.person.as_object().expect("an object") {
                claims[name] = value.clone();
            }
        }
        let header = json!({ "alg": self.signer.algorithm(), "kid": self.kid, "typ": "JWT" });
        match &self.forge {
            Some(forge) => forge(&self.signer, header, claims),
            None => self.signer.sign(&header, &claims),
        }
    }
}
