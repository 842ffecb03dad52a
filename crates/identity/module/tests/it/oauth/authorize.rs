//! `/oauth/authorize`: what is refused, to whom that is told, and what is asked.

use serde_json::json;

use super::browser::{Browser, CALLBACK, people, program, query, register, sent_to, text, value};
use crate::world::{PASSWORD, on_each_engine};

/// No open redirect: where client and address do not belong together, nothing is sent anywhere.
#[tokio::test]
async fn an_unknown_address_or_client_gets_a_page_and_nothing_leaves() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let known = program(&admin, "public").await;
        let other = json!({
            "name": "Other", "type": "public", "redirect_uris": ["https://other.example/cb"],
            "grants": ["authorization_code"], "scopes": ["openid"],
        });
        let other = register(&admin, &other).await;
        let mut browser = Browser::new(world);
        for (name, wrong) in [
            ("redirect_uri", ""),
            ("redirect_uri", "https://client.example/cb/"),
            ("redirect_uri", "https://client.example/cb?x=1"),
            ("redirect_uri", "https://client.example/CB"),
            ("redirect_uri", "https://client.example/cb/../cb"),
            ("redirect_uri", "https://client.example:443/cb"),
            ("redirect_uri", "https://client.example@evil.example/cb"),
            ("redirect_uri", "https://other.example/cb"),
            ("redirect_uri", "http://127.0.0.1:7778/cb"),
            ("redirect_uri", "javascript:alert(1)"),
            ("client_id", ""),
            ("client_id", "cli_00000000000000000000000000"),
            ("client_id", "nonsense"),
            ("client_id", &other.id),
        ] {
            let reply = browser.get(&query(&known, &[(name, wrong)])).await;
            assert_eq!(reply.status(), 400, "{name}={wrong}");
            assert_eq!(reply.header("location"), None);
            assert_eq!(
                reply.header("content-type"),
                Some("text/html; charset=utf-8")
            );
            let repeats = !wrong.is_empty() && text(&reply).contains(wrong);
            assert!(!repeats, "{name}={wrong}");
        }
        let twice = format!("{}&client_id={}", query(&known, &[]), other.id);
        assert_eq!(browser.get(&twice).await.status(), 400);
    })
    .await;
}

#[tokio::test]
async fn what_the_client_asks_wrongly_it_is_told_with_state_and_issuer() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let long = "x".repeat(1_001);
        for (name, wrong, error) in [
            ("response_type", "", "invalid_request"),
            ("response_type", "token", "unsupported_response_type"),
            (
                "response_type",
                "code id_token",
                "unsupported_response_type",
            ),
            ("response_mode", "fragment", "invalid_request"),
            ("scope", "", "invalid_scope"),
            ("scope", "openid admin", "invalid_scope"),
            ("scope", "openid everything", "invalid_scope"),
            ("code_challenge", "", "invalid_request"),
            ("code_challenge", "short", "invalid_request"),
            ("code_challenge_method", "", "invalid_request"),
            ("code_challenge_method", "plain", "invalid_request"),
            ("code_challenge_method", "s256", "invalid_request"),
            ("prompt", "none login", "invalid_request"),
            ("max_age", "-1", "invalid_request"),
            ("nonce", &long, "invalid_request"),
            ("request", "eyJ", "request_not_supported"),
            (
                "request_uri",
                "https://client.example/r",
                "request_uri_not_supported",
            ),
            ("prompt", "none", "login_required"),
        ] {
            let reply = browser.get(&query(&program, &[(name, wrong)])).await;
            let (to, said) = sent_to(&reply);
            assert_eq!(to, CALLBACK);
            assert_eq!(value(&said, "error"), error, "{name}={wrong}");
            assert_eq!(value(&said, "state"), "a state");
            assert_eq!(value(&said, "iss"), "http://localhost:8080");
            assert!(!said.iter().any(|(name, _)| name == "code"));
        }
    })
    .await;
}

#[tokio::test]
async fn prompt_and_max_age_decide_what_is_asked_again() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let with = |changes: &[(&str, &str)]| query(&program, changes);
        let said = browser.authorize(&with(&[]), "ada@example.org").await;
        assert_eq!(value(&said, "iss"), "http://localhost:8080");
        assert_eq!(value(&said, "state"), "a state");
        // Signed in and agreed to: nothing is asked, not even if it may be.
        for prompt in ["", "none"] {
            let (_, said) = sent_to(&browser.get(&with(&[("prompt", prompt)])).await);
            assert!(!value(&said, "code").is_empty());
        }
        let more = with(&[("prompt", "none"), ("scope", "openid email api:read")]);
        let (_, said) = sent_to(&browser.get(&more).await);
        assert_eq!(value(&said, "error"), "consent_required");
        assert_eq!(
            browser.asks(&with(&[("prompt", "login")])).await,
            (true, false)
        );
        assert_eq!(
            browser.asks(&with(&[("max_age", "0")])).await,
            (true, false)
        );
        assert_eq!(
            browser.asks(&with(&[("prompt", "consent")])).await,
            (false, true)
        );
        assert_eq!(
            browser.asks(&with(&[("max_age", "60")])).await,
            (false, false)
        );
        // Who listens on this machine is not known from the last time.
        let loopback = with(&[("redirect_uri", "http://127.0.0.1:7777/cb")]);
        assert_eq!(browser.asks(&loopback).await, (false, true));
        world.advance(61);
        assert_eq!(
            browser.asks(&with(&[("max_age", "60")])).await,
            (true, false)
        );
        // Signing in is an answer; it is not asked for ever.
        for wish in [("prompt", "login"), ("max_age", "0")] {
            let page = text(&browser.get(&with(&[wish])).await);
            let reply = browser.sign_in(&page, "ada@example.org", PASSWORD).await;
            assert!(!value(&sent_to(&reply).1, "code").is_empty());
        }
        // Half a day later nobody is signed in any more.
        world.advance(12 * 3_600);
        assert_eq!(browser.asks(&with(&[])).await, (true, false));
    })
    .await;
}

#[tokio::test]
async fn whoever_does_not_agree_sends_that_back() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let page = text(&browser.get(&query(&program, &[])).await);
        let reply = browser.sign_in(&page, "ada@example.org", PASSWORD).await;
        let page = text(&reply);
        assert!(page.contains("Tea &amp; Co") && page.contains("see your e-mail address"));
        assert!(!page.contains("order and change"), "only what is asked for");
        let (to, said) = sent_to(&browser.decide(&page, "deny").await);
        assert_eq!(
            (to.as_str(), value(&said, "error")),
            (CALLBACK, "access_denied")
        );
        let silent = query(&program, &[("prompt", "none")]);
        let (_, said) = sent_to(&browser.get(&silent).await);
        assert_eq!(
            value(&said, "error"),
            "consent_required",
            "nothing was remembered"
        );
    })
    .await;
}
