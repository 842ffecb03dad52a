//! An OpenID Connect provider beside the server: it believes everybody, and keeps to the specifications.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
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
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                // Whoever hangs up early gets no answer.
                tokio::spawn(async move { drop(answer(stream, &state).await) });
            }
        });
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
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
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
    fn answer(&mut self, line: &str, authorization: &str, body: &str) -> (u16, Value) {
        let issuer = &self.issuer;
        match line {
            "GET /.well-known/openid-configuration" => {
                let document = json!({
                    "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
                    "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"),
                });
                (200, document)
            }
            "GET /jwks" => {
                let x = URL_SAFE_NO_PAD.encode(self.key.public_key());
                let key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "golden", "use": "sig", "x": x });
                (200, json!({ "keys": [key] }))
            }
            "POST /token" => match self.token(authorization, body) {
                Ok(tokens) => (200, tokens),
                Err(error) => (400, json!({ "error": error })),
            },
            _ => (404, json!({})),
        }
    }

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

fn of<'p>(pairs: &'p Pairs, name: &str) -> &'p str {
    pairs.get(name).map_or("", String::as_str)
}

/// Answers one request, and hangs up.
async fn answer(mut stream: TcpStream, state: &Mutex<State>) -> Result<()> {
    let (mut read, mut chunk) = (Vec::new(), [0; 4_096]);
    let (head, body) = loop {
        let count = stream.read(&mut chunk).await?;
        ensure!(count > 0, "half a request");
        read.extend_from_slice(&chunk[..count]);
        let text = std::str::from_utf8(&read)?;
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").parse().unwrap_or(0);
            if body.len() >= length {
                break (head, body);
            }
        }
    };
    let line = head.lines().next().unwrap_or_default();
    let line = line.rsplit_once(' ').map_or(line, |(line, _)| line);
    let (status, said) = state.lock().unwrap_or_else(PoisonError::into_inner).answer(
        line,
        header(head, "authorization"),
        body,
    );
    let said = said.to_string();
    let answer = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{said}",
        said.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    Ok(stream.shutdown().await?)
}

fn header<'h>(head: &'h str, name: &str) -> &'h str {
    head.lines()
        .find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
        .unwrap_or_default()
}
