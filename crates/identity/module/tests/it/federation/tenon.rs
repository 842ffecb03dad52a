//! Tenon at Tenon: one installation is the provider, the other one its client.

use std::time::Duration;

use identity::MIGRATIONS;
use serde_json::json;
use tenon_kernel::Role;
use tenon_testkit::{Client, Kit, engines};
use tokio::net::TcpListener;

use super::server::{Request, Response, listen, serve};
use super::{Tab, development, registered};
use crate::oauth::browser::{Browser, claims, register, sent_to, text, value};
use crate::world::World;

/// Takes requests of a port to an installation.
fn bridge(listener: TcpListener, client: Client) {
    serve(listener, move |request| {
        let client = client.clone();
        async move { Some(pass_on(&client, &request).await) }
    });
}

async fn pass_on(client: &Client, request: &Request) -> Response {
    let asked = match request.method.as_str() {
        "GET" => client.get(&request.target),
        _ => client.post(&request.target).bytes(
            request.header("content-type").unwrap_or_default(),
            request.body.clone(),
        ),
    };
    let asked = match request.header("authorization") {
        Some(header) => asked.header("authorization", header),
        None => asked,
    };
    let reply = asked.await;
    Response {
        status: reply.status().as_u16(),
        head: String::new(),
        body: reply.body().to_vec(),
    }
}

#[tokio::test]
async fn people_of_one_tenon_sign_in_at_another() {
    for engine in engines() {
        let (port, listener) = listen().await;
        let issuer = format!("http://127.0.0.1:{port}");
        let kit = Kit::migrated(engine, &[MIGRATIONS]).await;
        let provider = World::set(kit, Duration::ZERO, |settings| {
            settings.issuer.clone_from(&issuer);
        });
        let provider = provider.await;
        provider.account("ada@example.org").await;
        let (_, admin) = provider.made("root@example.org", &[Role::Admin]).await;
        let body = json!({
            "name": "The other shop", "type": "confidential", "scopes": ["openid", "email", "profile"],
            "redirect_uris": ["http://localhost:8080/v1/auth/federation/tenon/callback"], "grants": ["authorization_code"],
        });
        let client = register(&admin, &body).await;
        bridge(listener, provider.app.anonymous());

        let kit = Kit::migrated(engine, &[MIGRATIONS]).await;
        let secret = client.secret.clone().expect("a secret");
        let shop = World::set(kit, Duration::ZERO, |settings| {
            let known = registered(&issuer, &client.id, &secret);
            settings.federation = development(&[port]);
            settings.federation.providers = [("tenon".to_owned(), known)].into();
        });
        let shop = shop.await;

        let mut tab = Tab::default();
        let to = tab.leave(&shop, "tenon", &[]).await;
        let (_, query) = to.split_once("/oauth/authorize?").expect("its page");
        let said = Browser::new(&provider)
            .authorize(query, "ada@example.org")
            .await;
        assert_eq!(value(&said, "iss"), issuer);
        let pairs: Vec<(&str, &str)> = said.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = crate::oauth::browser::form(&pairs);
        let reply = tab.back(&shop, "tenon", &answer).await;
        let (_, back) = sent_to(&reply);
        let body = json!({
            "federation_code": value(&back, "code"), "code_verifier": crate::oauth::browser::VERIFIER,
        });
        let tokens = shop
            .post("/v1/auth/federation/sessions", body)
            .await
            .expect(201);
        assert_eq!(claims(&tokens["access_token"])["amr"], json!(["fed"]));
        let me = shop.with(&tokens).get("/v1/me").await;
        assert!(text(&me).contains("ada@example.org"));
        shop.app.settle().await;
        shop.app.assert_invariants().await;
    }
}
