//! Programs that act for people: registered, let in by Ada in a browser, and sent away again.

use anyhow::{Context as _, Result};
use serde_json::json;

use super::nobody;
use crate::golden::ask::Ask;
use crate::golden::people::Person;
use crate::golden::recorder::Answer;
use crate::golden::shop::Shop;

pub(super) const CLIENTS: &str = "/v1/oauth/clients";
pub(super) const CALLBACK: &str = "https%3A%2F%2Fclient.example%2Fcb";
/// RFC 7636 appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A program and its secret.
struct Program {
    id: String,
    secret: String,
}

pub(crate) async fn play(shop: &mut Shop) -> Result<()> {
    for (id, path) in [
        ("get_openid_configuration", "openid-configuration"),
        (
            "get_authorization_server_metadata",
            "oauth-authorization-server",
        ),
    ] {
        let ask = Ask::get(format!("/.well-known/{path}"));
        shop.recorder.ask(&format!("{id}: found"), 200, ask).await?;
    }
    let program = register(shop).await?;
    let code = let_in(shop, &program).await?;
    tokens(shop, &program, &code).await?;
    consents(shop, &program).await?;
    farewell(shop, &program).await
}

async fn register(shop: &mut Shop) -> Result<Program> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    let wish = |uri: &str, scopes: &[&str]| {
        json!({
            "name": "Tea & Co", "type": "confidential", "redirect_uris": [uri], "scopes": scopes,
            "grants": ["authorization_code", "refresh_token", "client_credentials"],
        })
    };
    let scopes = ["openid", "profile", "email", "api:read"];
    let good = wish("https://client.example/cb", &scopes);
    for (case, status, body) in [
        (
            "back to no TLS",
            422,
            wish("http://client.example/cb", &scopes),
        ),
        (
            "for a scope that is none",
            422,
            wish("https://client.example/cb", &["root"]),
        ),
        (
            "without a name",
            400,
            json!({ "type": "public", "grants": [], "scopes": [] }),
        ),
    ] {
        let ask = Ask::post(CLIENTS, &body).by(&root);
        recorder
            .ask(&format!("create_oauth_client: {case}"), status, ask)
            .await?;
    }
    let create = || Ask::post(CLIENTS, &good).by(&root).key("register-tea");
    let made = recorder
        .ask("create_oauth_client: confidential", 201, create())
        .await?;
    recorder
        .ask(
            "create_oauth_client: sent again under its key",
            201,
            create(),
        )
        .await?;
    let id = made.text("/id")?;
    let path = format!("{CLIENTS}/{id}");
    recorder
        .ask("get_oauth_client: found", 200, Ask::get(&path).by(&root))
        .await?;
    let known = Ask::get(&path)
        .by(&root)
        .with("if-none-match", made.etag()?);
    recorder
        .ask("get_oauth_client: nothing new", 304, known)
        .await?;
    recorder
        .ask("list_oauth_clients: one", 200, Ask::get(CLIENTS).by(&root))
        .await?;
    let rename = |etag: &str| Ask::patch(&path, etag, &json!({ "name": "Tea only" })).by(&root);
    let changed = recorder
        .ask(
            "update_oauth_client: another name",
            200,
            rename(&made.etag()?),
        )
        .await?;
    recorder
        .ask(
            "update_oauth_client: of an old version",
            412,
            rename(&made.etag()?),
        )
        .await?;
    let none = Ask::patch(&path, &changed.etag()?, &json!({ "grants": [] })).by(&root);
    recorder
        .ask("update_oauth_client: without a grant", 422, none)
        .await?;
    let rotate = Ask::new(reqwest::Method::POST, format!("{path}/secret-rotations")).by(&root);
    let rotated = recorder
        .ask("rotate_oauth_client_secret: once", 201, rotate)
        .await?;
    let missing = format!("{CLIENTS}/{}/secret-rotations", nobody("cli"));
    let missing = Ask::new(reqwest::Method::POST, missing).by(&root);
    recorder
        .ask("rotate_oauth_client_secret: of none", 404, missing)
        .await?;

    let public = json!({
        "name": "Phone", "type": "public", "redirect_uris": ["http://127.0.0.1:7777/cb"], "scopes": ["openid"],
        "grants": ["authorization_code"],
    });
    let public = Ask::post(CLIENTS, &public).by(&root);
    let public = recorder
        .ask("create_oauth_client: public", 201, public)
        .await?;
    let rotate = format!("{CLIENTS}/{}/secret-rotations", public.text("/id")?);
    let rotate = Ask::new(reqwest::Method::POST, rotate).by(&root);
    recorder
        .ask(
            "rotate_oauth_client_secret: where there is none",
            409,
            rotate,
        )
        .await?;
    Ok(Program {
        id,
        secret: rotated.text("/secret")?,
    })
}

/// Ada signs in on our page and agrees; returns the code.
async fn let_in(shop: &mut Shop, program: &Program) -> Result<String> {
    let ada = shop.ada.clone();
    let recorder = &mut shop.recorder;
    let query = format!(
        "response_type=code&client_id={}&redirect_uri={CALLBACK}&scope=openid+profile+email+api%3Aread&state=s1&nonce=n1\
         &code_challenge={CHALLENGE}&code_challenge_method=S256",
        program.id
    );
    let go =
        |query: &str| Ask::get(format!("/oauth/authorize?{query}")).with("accept", "text/html");
    for (case, status, query) in [
        (
            "back to another address",
            400,
            query.replace("%2Fcb", "%2Fcb2"),
        ),
        (
            "for nobody",
            400,
            query.replace(&program.id, &nobody("cli")),
        ),
        ("without PKCE", 303, query.replace("S256", "plain")),
        (
            "for a token",
            303,
            query.replace("=code&client", "=token&client"),
        ),
        ("for too much", 303, query.replace("profile", "admin")),
        ("without asking", 303, format!("{query}&prompt=none")),
    ] {
        recorder
            .ask(&format!("authorize: {case}"), status, go(&query))
            .await?;
    }
    let page = recorder
        .ask("authorize: to sign in", 200, go(&query))
        .await?;
    let cookie = cookie_of(&page)?;
    let signing_in = |ada: &Person, password: &str, token: &str| {
        form(
            "/oauth/sign-in",
            &[
                ("request", &query),
                ("form_token", token),
                ("email", &ada.email),
                ("password", password),
            ],
        )
        .with("cookie", &cookie)
    };
    let token = hidden(&page, "form_token")?;
    recorder.names.keep_secret(&ada.password);
    let wrong = signing_in(&ada, "not the password of ada", &token);
    recorder
        .ask("submit_sign_in: with a wrong password", 401, wrong)
        .await?;
    let stale = signing_in(&ada, "not the password of ada", "nonsense");
    recorder
        .ask("submit_sign_in: with no mark of ours", 400, stale)
        .await?;
    let foreign = signing_in(&ada, "x", &token).with("sec-fetch-site", "cross-site");
    recorder
        .ask("submit_sign_in: from another page", 403, foreign)
        .await?;
    let right = signing_in(&ada, &ada.password, &token);
    let page = recorder
        .ask("submit_sign_in: signed in", 200, right)
        .await?;
    let cookie = cookie_of(&page)?;
    let token = hidden(&page, "form_token")?;
    let decide = |decision: &str| {
        form(
            "/oauth/consent",
            &[
                ("request", &query),
                ("form_token", &token),
                ("decision", decision),
            ],
        )
        .with("cookie", &cookie)
    };
    recorder
        .ask("submit_consent: not agreed", 303, decide("deny"))
        .await?;
    recorder
        .ask("submit_consent: neither", 400, decide("perhaps"))
        .await?;
    let agreed = recorder
        .ask("submit_consent: agreed", 303, decide("allow"))
        .await?;
    let again = go(&query).with("cookie", &cookie);
    recorder.ask("authorize: agreed before", 303, again).await?;
    let location = agreed.header("location")?;
    let (_, rest) = location.split_once("code=").context("no code")?;
    Ok(rest.split('&').next().unwrap_or_default().to_owned())
}

async fn tokens(shop: &mut Shop, program: &Program, code: &str) -> Result<()> {
    let recorder = &mut shop.recorder;
    let with = |path: &str, pairs: &[(&str, &str)]| {
        let mut pairs = pairs.to_vec();
        pairs.extend([
            ("client_id", program.id.as_str()),
            ("client_secret", &program.secret),
        ]);
        form(path, &pairs)
    };
    let exchange = |verifier: &str| {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", "https://client.example/cb"),
            ("code_verifier", verifier),
        ];
        with("/oauth/token", &pairs)
    };
    let wrong = exchange(CHALLENGE);
    recorder
        .ask("create_oauth_tokens: with a wrong verifier", 400, wrong)
        .await?;
    let first = recorder
        .ask("create_oauth_tokens: for a code", 200, exchange(VERIFIER))
        .await?;
    let refresh = |answer: &Answer| -> Result<Ask> {
        let token = answer.text("/refresh_token")?;
        Ok(with(
            "/oauth/token",
            &[("grant_type", "refresh_token"), ("refresh_token", &token)],
        ))
    };
    let second = recorder
        .ask("create_oauth_tokens: refreshed", 200, refresh(&first)?)
        .await?;
    let own = |scope| {
        with(
            "/oauth/token",
            &[("grant_type", "client_credentials"), ("scope", scope)],
        )
    };
    recorder
        .ask("create_oauth_tokens: for itself", 200, own("api:read"))
        .await?;
    recorder
        .ask(
            "create_oauth_tokens: too much for itself",
            400,
            own("admin"),
        )
        .await?;
    let password = with(
        "/oauth/token",
        &[
            ("grant_type", "password"),
            ("username", "ada"),
            ("password", "kettle kettle"),
        ],
    );
    recorder
        .ask("create_oauth_tokens: by password", 400, password)
        .await?;

    let program_of_ada = Person {
        name: "ada's program",
        token: second.text("/access_token")?,
        ..Person::default()
    };
    let userinfo = "/oauth/userinfo";
    recorder
        .ask(
            "get_userinfo: by a program",
            200,
            Ask::get(userinfo).by(&program_of_ada),
        )
        .await?;
    let post = Ask::new(reqwest::Method::POST, userinfo).by(&program_of_ada);
    recorder
        .ask("post_userinfo: by a program", 200, post)
        .await?;
    recorder
        .ask(
            "get_me: by a program",
            200,
            Ask::get("/v1/me").by(&program_of_ada),
        )
        .await?;
    let order = Ask::post("/v1/carts", &json!({})).by(&program_of_ada);
    recorder
        .ask("create_cart: by a program that may only read", 403, order)
        .await?;
    let sessions = Ask::get("/v1/me/sessions").by(&program_of_ada);
    recorder
        .ask("list_my_sessions: by a program", 403, sessions)
        .await?;

    let token = second.text("/refresh_token")?;
    let ask = |path: &str| with(path, &[("token", &token)]);
    recorder
        .ask(
            "introspect_oauth_token: good",
            200,
            ask("/oauth/introspect"),
        )
        .await?;
    recorder
        .ask("revoke_oauth_token: good", 200, ask("/oauth/revoke"))
        .await?;
    recorder
        .ask(
            "introspect_oauth_token: given back",
            200,
            ask("/oauth/introspect"),
        )
        .await?;
    let nobody = form(
        "/oauth/revoke",
        &[("token", &token), ("client_id", &nobody("cli"))],
    );
    recorder
        .ask("revoke_oauth_token: by nobody", 401, nobody)
        .await?;
    recorder
        .ask(
            "create_oauth_tokens: with a code used before",
            400,
            exchange(VERIFIER),
        )
        .await?;
    Ok(())
}

async fn consents(shop: &mut Shop, program: &Program) -> Result<()> {
    let ada = shop.ada.clone();
    let recorder = &mut shop.recorder;
    recorder
        .ask(
            "list_my_consents: one",
            200,
            Ask::get("/v1/me/consents").by(&ada),
        )
        .await?;
    let path = format!("/v1/me/consents/{}", program.id);
    let withdraw = || Ask::delete(&path).by(&ada);
    recorder
        .ask("delete_my_consent: given", 204, withdraw())
        .await?;
    recorder
        .ask("delete_my_consent: taken back", 404, withdraw())
        .await?;
    Ok(())
}

async fn farewell(shop: &mut Shop, program: &Program) -> Result<()> {
    let root = shop.root.clone();
    let recorder = &mut shop.recorder;
    let path = format!("{CLIENTS}/{}", program.id);
    let etag = recorder.quietly(Ask::get(&path).by(&root)).await?.etag()?;
    let delete = |etag: &str| Ask::delete(&path).by(&root).with("if-match", etag);
    recorder
        .ask(
            "delete_oauth_client: of an old version",
            412,
            delete("\"v1\""),
        )
        .await?;
    recorder
        .ask("delete_oauth_client: registered", 204, delete(&etag))
        .await?;
    recorder
        .ask("delete_oauth_client: gone", 404, delete(&etag))
        .await?;
    Ok(())
}

pub(super) fn form(path: &str, pairs: &[(&str, &str)]) -> Ask {
    let body: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    Ask::new(reqwest::Method::POST, path)
        .with("content-type", "application/x-www-form-urlencoded")
        .raw(body.join("&"))
}

pub(super) fn encoded(value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    value
        .bytes()
        .map(|byte| {
            if is_plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

pub(super) fn cookie_of(answer: &Answer) -> Result<String> {
    let cookie = answer.header("set-cookie")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

pub(super) fn hidden(answer: &Answer, name: &str) -> Result<String> {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = answer.page.split_once(&mark).context("no such field")?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}
