//! Somebody with a browser, and programs that send them here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenon_kernel::Role;
use tenon_testkit::{Client, TestReply};

use crate::world::{PASSWORD, World};

pub(crate) const CALLBACK: &str = "https://client.example/cb";
/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A registered program.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
    pub(crate) etag: String,
}

/// A browser: it keeps its cookie.
pub(crate) struct Browser {
    client: Client,
    pub(crate) cookie: Option<String>,
}

/// Registers a program that does everything.
pub(crate) async fn program(admin: &Client, kind: &str) -> Program {
    let mut grants = vec!["authorization_code", "refresh_token"];
    if kind == "confidential" {
        grants.push("client_credentials");
    }
    let body = json!({
        "name": "Tea & Co", "type": kind, "redirect_uris": [CALLBACK, "http://127.0.0.1:7777/cb"],
        "grants": grants, "scopes": ["openid", "profile", "email", "api:read", "api:write"],
    });
    register(admin, &body).await
}

pub(crate) async fn register(admin: &Client, body: &Value) -> Program {
    let reply = admin.post("/v1/oauth/clients").json(body).await;
    let made = reply.expect(201);
    Program {
        id: made["id"].as_str().expect("an id").to_owned(),
        secret: made["secret"].as_str().map(str::to_owned),
        etag: reply.header("etag").expect("an etag").to_owned(),
    }
}

/// An administrator; and Ada has an account.
pub(crate) async fn people(world: &World) -> Client {
    world.account("ada@example.org").await;
    world.made("root@example.org", &[Role::Admin]).await.1
}

pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Pairs with other values for some; an empty one leaves its pair out.
fn changed<'p>(
    mut pairs: Vec<(&'p str, &'p str)>,
    changes: &[(&'p str, &'p str)],
) -> Vec<(&'p str, &'p str)> {
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    pairs
}

/// A good request for authorization, with changes.
pub(crate) fn query(program: &Program, changes: &[(&str, &str)]) -> String {
    let pairs = vec![
        ("response_type", "code"),
        ("client_id", program.id.as_str()),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email"),
        ("state", "a state"),
        ("nonce", "a nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    form(&changed(pairs, changes))
}

/// Where a browser is sent, and with what.
pub(crate) fn sent_to(reply: &TestReply) -> (String, Vec<(String, String)>) {
    assert_eq!(reply.status(), 303, "{reply:?}");
    let location = reply.header("location").expect("a location");
    let url = url::Url::parse(location).expect("a URL");
    let to = location.split('?').next().expect("a part").to_owned();
    (to, url.query_pairs().into_owned().collect())
}

pub(crate) fn value<'p>(pairs: &'p [(String, String)], name: &str) -> &'p str {
    let mut found = pairs.iter().filter(|(known, _)| known == name);
    let (_, value) = found
        .next()
        .unwrap_or_else(|| panic!("no {name} in {pairs:?}"));
    assert!(found.next().is_none(), "{name} twice");
    value
}

pub(crate) fn text(reply: &TestReply) -> String {
    String::from_utf8(reply.body().to_vec()).expect("UTF-8")
}

/// The value of a hidden field, as a browser sends it.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    let value = rest.split('"').next().expect("a value");
    [
        ("&#x2f;", "/"),
        ("&#x27;", "'"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(value.to_owned(), |text, (escaped, plain)| {
        text.replace(escaped, plain)
    })
}

/// The claims of a token.
pub(crate) fn claims(token: &Value) -> Value {
    let token = token.as_str().expect("a token");
    let payload = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON")
}

impl Browser {
    pub(crate) fn new(world: &World) -> Self {
        Self {
            client: world.app.anonymous(),
            cookie: None,
        }
    }

    pub(crate) async fn get(&mut self, query: &str) -> TestReply {
        let request = self.client.get(&format!("/oauth/authorize?{query}"));
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        let reply = request.header("accept", "text/html").await;
        self.keep(&reply);
        reply
    }

    pub(crate) async fn send(&mut self, path: &str, pairs: &[(&str, &str)]) -> TestReply {
        self.send_for("text/html", path, pairs).await
    }

    /// As a script of the page asks us something.
    pub(crate) async fn ask(&mut self, path: &str, pairs: &[(&str, &str)]) -> TestReply {
        self.send_for("application/json", path, pairs).await
    }

    async fn send_for(&mut self, accept: &str, path: &str, pairs: &[(&str, &str)]) -> TestReply {
        let request = self.client.post(path).bytes(FORM, form(pairs));
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        let request = request
            .header("origin", "https://shop.test")
            .header("sec-fetch-site", "same-origin");
        let reply = request.header("accept", accept).await;
        self.keep(&reply);
        reply
    }

    fn keep(&mut self, reply: &TestReply) {
        if let Some(cookie) = reply.header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
    }

    /// Fills in the page to sign in on.
    pub(crate) async fn sign_in(&mut self, page: &str, email: &str, password: &str) -> TestReply {
        let (request, token) = (hidden(page, "request"), hidden(page, "form_token"));
        let pairs = [
            ("request", request.as_str()),
            ("form_token", &token),
            ("email", email),
            ("password", password),
        ];
        self.send("/oauth/sign-in", &pairs).await
    }

    /// Decides on the page to agree on.
    pub(crate) async fn decide(&mut self, page: &str, decision: &str) -> TestReply {
        let (request, token) = (hidden(page, "request"), hidden(page, "form_token"));
        let pairs = [
            ("request", request.as_str()),
            ("form_token", &token),
            ("decision", decision),
        ];
        self.send("/oauth/consent", &pairs).await
    }

    /// Goes all the way, and agrees where asked; returns what the program is sent.
    pub(crate) async fn authorize(&mut self, query: &str, email: &str) -> Vec<(String, String)> {
        let mut reply = self.get(query).await;
        if text(&reply).contains("name=\"password\"") {
            reply = self.sign_in(&text(&reply), email, PASSWORD).await;
        }
        if text(&reply).contains("name=\"decision\"") {
            reply = self.decide(&text(&reply), "allow").await;
        }
        sent_to(&reply).1
    }

    /// As [`Browser::authorize`], as Ada, down to the code.
    pub(crate) async fn code(&mut self, query: &str) -> String {
        let said = self.authorize(query, "ada@example.org").await;
        value(&said, "code").to_owned()
    }

    /// Whether the person is asked to sign in, and to agree.
    pub(crate) async fn asks(&mut self, query: &str) -> (bool, bool) {
        let page = text(&self.get(query).await);
        (
            page.contains("name=\"password\""),
            page.contains("name=\"decision\""),
        )
    }
}

impl Program {
    /// Sends a form with the program's own proof.
    pub(crate) async fn send(
        &self,
        world: &World,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> TestReply {
        let mut pairs = pairs.to_vec();
        pairs.push(("client_id", &self.id));
        if let Some(secret) = &self.secret {
            pairs.push(("client_secret", secret));
        }
        send(world, path, &pairs).await
    }

    /// Exchanges a code, with changes.
    pub(crate) async fn exchange(
        &self,
        world: &World,
        code: &str,
        changes: &[(&str, &str)],
    ) -> TestReply {
        let pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.send(world, "/oauth/token", &changed(pairs, changes))
            .await
    }

    pub(crate) async fn refresh(&self, world: &World, tokens: &Value) -> TestReply {
        let token = tokens["refresh_token"].as_str().expect("a token");
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.send(world, "/oauth/token", &pairs).await
    }

    /// A token of its own.
    pub(crate) async fn own(&self, world: &World, scope: &str) -> TestReply {
        let pairs = [("grant_type", "client_credentials"), ("scope", scope)];
        self.send(world, "/oauth/token", &pairs).await
    }

    /// Ada's tokens for this program.
    pub(crate) async fn tokens(&self, world: &World, scope: &str) -> Value {
        let query = query(self, &[("scope", scope)]);
        let code = Browser::new(world).code(&query).await;
        self.exchange(world, &code, &[]).await.expect(200)
    }
}

pub(crate) async fn send(world: &World, path: &str, pairs: &[(&str, &str)]) -> TestReply {
    let request = world.app.anonymous().post(path);
    request.bytes(FORM, form(pairs)).await
}

/// The error of RFC 6749 §5.2; the body has nothing else but words.
#[track_caller]
pub(crate) fn refused(reply: &TestReply, status: u16) -> String {
    assert_eq!(reply.status(), status, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let body = reply.json();
    for name in body.as_object().expect("an object").keys() {
        let is_known = matches!(name.as_str(), "error" | "error_description" | "error_uri");
        assert!(is_known, "{name}");
    }
    body["error"].as_str().expect("an error").to_owned()
}
