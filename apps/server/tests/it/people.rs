//! People with accounts of their own, and programs that act for them.

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::operations::encode;
use crate::server::Installation;

const PASSWORD: &str = "a kettle sings in the kitchen";
/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "https://client.example/cb";

/// Address and password.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// Reads an answer that must be as expected.
pub(crate) async fn read(answer: Response, status: u16) -> Value {
    let (url, actual) = (answer.url().clone(), answer.status().as_u16());
    let text = answer.text().await.expect("a body");
    assert_eq!(actual, status, "{url}: {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

impl Installation {
    /// Sends JSON as somebody; `key` is the idempotency key.
    pub(crate) async fn post(&self, path: &str, token: &str, key: &str, body: &Value) -> Response {
        let request = self.http.post(format!("{}{path}", self.api));
        let request = request.bearer_auth(token).header("idempotency-key", key);
        request.json(body).send().await.expect("an answer")
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.api));
        let answer = request.bearer_auth(token).send().await.expect("an answer");
        read(answer, 200).await
    }

    /// A new session.
    pub(crate) async fn sign_in(&self, person: &Person) -> Value {
        let body = json!({ "email": person.email, "password": person.password });
        let request = self.http.post(format!("{}/v1/auth/sessions", self.api));
        read(request.json(&body).send().await.expect("an answer"), 201).await
    }

    /// Makes an account, as a person does: with the link in a mail.
    pub(crate) async fn register(&self, email: &str) -> Person {
        let person = Person {
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let post = async |path: &str, body: Value| {
            let request = self.http.post(format!("{}{path}", self.api));
            request.json(&body).send().await.expect("an answer")
        };
        let body = json!({ "email": email, "password": PASSWORD });
        read(post("/v1/auth/registrations", body).await, 202).await;
        let (challenge, token) = self.mailed(email).await;
        let path = format!("/v1/auth/challenges/{challenge}/responses");
        read(post(&path, json!({ "token": token })).await, 204).await;
        person
    }

    /// Challenge and token out of the link in a mail: `…#challenge=chl_…&token=…`.
    async fn mailed(&self, email: &str) -> (String, String) {
        for _ in 0..1_000 {
            let mails = self.catcher.messages_to(email);
            let link = mails.iter().flat_map(|mail| mail.links());
            let mut rest = link.filter_map(|link| link.split_once("#challenge="));
            if let Some((challenge, token)) = rest.find_map(|(_, rest)| rest.split_once("&token="))
            {
                return (challenge.to_owned(), token.to_owned());
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await; // another process, in real time
        }
        panic!("no mail to {email}")
    }

    /// Registers a program; returns its id and secret.
    pub(crate) async fn program(&self, admin: &str, scopes: &[&str]) -> (String, String) {
        let body = json!({
            "name": "Tea", "type": "confidential", "redirect_uris": [CALLBACK], "scopes": scopes,
            "grants": ["authorization_code", "refresh_token"],
        });
        let made = self.post("/v1/oauth/clients", admin, "tea", &body).await;
        let made = read(made, 201).await;
        let text = |name: &str| made[name].as_str().expect("text").to_owned();
        (text("id"), text("secret"))
    }

    /// Signs somebody in on our page and agrees; returns the token that the program gets.
    pub(crate) async fn delegate(
        &self,
        (client, secret): &(String, String),
        person: &Person,
        scope: &str,
    ) -> String {
        let browser = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .expect("a client");
        let query = form(&[
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", CALLBACK),
            ("scope", scope),
            ("state", "s"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let page = browser.get(format!("{}/oauth/authorize?{query}", self.api));
        let page = page.header("accept", "text/html").send().await;
        let page = page.expect("a page");
        let (cookie, text) = (cookie(&page), page.text().await.expect("text"));
        let send = async |path: &str, cookie: &str, pairs: &[(&str, &str)]| {
            let request = browser.post(format!("{}{path}", self.api));
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let request = request
                .header("accept", "text/html, application/json")
                .header("cookie", cookie);
            request.body(form(pairs)).send().await.expect("an answer")
        };
        let pairs = [
            ("request", query.as_str()),
            ("form_token", &hidden(&text, "form_token")),
            ("email", &person.email),
            ("password", &person.password),
        ];
        let page = send("/oauth/sign-in", &cookie, &pairs).await;
        let (cookie, text) = (self::cookie(&page), page.text().await.expect("text"));
        let pairs = [
            ("request", query.as_str()),
            ("form_token", &hidden(&text, "form_token")),
            ("decision", "allow"),
        ];
        let agreed = send("/oauth/consent", &cookie, &pairs).await;
        let location = agreed.headers()["location"].to_str().expect("text");
        let (_, rest) = location.split_once("code=").expect("a code");
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", rest.split('&').next().expect("a part")),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", client),
            ("client_secret", secret),
        ];
        let tokens = read(send("/oauth/token", "", &pairs).await, 200).await;
        tokens["access_token"].as_str().expect("text").to_owned()
    }
}

fn cookie(page: &Response) -> String {
    let cookie = page.headers()["set-cookie"].to_str().expect("text");
    cookie.split(';').next().expect("a part").to_owned()
}

/// The value of a hidden field that needs no unescaping.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().expect("a value").to_owned()
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    pairs
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}
