//! Providers that misbehave, answers that belong to somebody else, and how little of it is believed.

use serde_json::{Value, json};

use super::idp::Mood;
use super::{EMAIL, RETURN_URL, Tab, on_each_engine, person};
use crate::oauth::browser::{sent_to, text, value};

const DOCUMENT: &str = "/.well-known/openid-configuration";
const MOODS: [Mood; 4] = [Mood::Silent, Mood::Huge, Mood::Redirecting, Mood::Broken];

#[tokio::test]
async fn a_state_counts_once_in_the_browser_that_began() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        federated.acme.is_visited_by(person("7", EMAIL));
        let mut tab = Tab::default();
        let to = tab.leave(world, "acme", &[]).await;
        let answer = federated.acme.approve(&to);
        let stopped = async |tab: &mut Tab, provider: &str, answer: &str| {
            let reply = tab.back(world, provider, answer).await;
            assert_eq!(reply.status(), 400, "{reply:?}");
            assert!(text(&reply).contains("not begun in this browser"));
            assert_eq!(reply.header("location"), None);
        };
        // Somebody else's browser, with a sign-in of its own and without.
        stopped(&mut Tab::default(), "acme", &answer).await;
        let mut other = Tab::default();
        other.leave(world, "acme", &[]).await;
        stopped(&mut other, "acme", &answer).await;
        // The place of another provider (mix-up).
        stopped(&mut tab, "other", &answer).await;
        stopped(&mut tab, "acme", "code=1").await;
        stopped(&mut tab, "acme", "code=1&state=x").await;
        stopped(
            &mut tab,
            "acme",
            &format!("code=1&state={}", "A".repeat(43)),
        )
        .await;

        sent_to(&tab.back(world, "acme", &answer).await);
        stopped(&mut tab, "acme", &answer).await;
        // None of those was asked the provider about.
        assert_eq!(federated.acme.count("/token"), 1);
        assert_eq!(federated.other.count("/token"), 0);

        let to = tab.leave(world, "acme", &[]).await;
        let answer = federated.acme.approve(&to);
        world.advance(600);
        stopped(&mut tab, "acme", &answer).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_that_is_sent_says_the_same_twice() {
    on_each_engine(async |federated| {
        let mut tab = Tab::default();
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..2 {
            let to = tab.leave(&federated.world, "acme", &[]).await;
            let url = url::Url::parse(&to).expect("a URL");
            for (name, value) in url.query_pairs() {
                if matches!(&*name, "state" | "nonce" | "code_challenge") {
                    assert_eq!(value.len(), 43, "{name}");
                    assert!(seen.insert(value.into_owned()), "{name}");
                }
            }
        }
        assert_eq!(seen.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn the_cookie_is_for_this_host_and_no_script() {
    on_each_engine(async |federated| {
        let path = format!(
            "/v1/auth/federation/acme?return_url={RETURN_URL}&code_challenge={}&code_challenge_method=S256",
            super::CHALLENGE
        );
        let reply = federated.world.app.anonymous().get(&path).await;
        let cookie = reply.header("set-cookie").expect("a cookie");
        for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=600"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    })
    .await;
}

/// A provider that names itself is believed under its own name only (RFC 9207).
#[tokio::test]
async fn an_answer_of_another_issuer_is_not_believed() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        federated.acme.is_visited_by(person("7", EMAIL));
        let issuer = federated.acme.issuer.clone();
        let other = federated.other.issuer.clone();
        let back = async |iss: Option<&str>| {
            let mut tab = Tab::default();
            let to = tab.leave(world, "acme", &[]).await;
            let iss = iss.map(|iss| format!("&iss={iss}")).unwrap_or_default();
            let answer = federated.acme.approve(&to) + &iss;
            let (_, said) = sent_to(&tab.back(world, "acme", &answer).await);
            said.iter().any(|(name, _)| name == "code")
        };
        assert!(back(None).await && back(Some(&issuer)).await);
        assert!(!back(Some(&other)).await && !back(Some("")).await);
        federated.acme.state().document =
            json!({ "authorization_response_iss_parameter_supported": true });
        world.advance(3_600);
        assert!(!back(None).await && !back(Some(&other)).await);
        assert!(back(Some(&issuer)).await);
        let asked = federated.acme.count("/token");
        assert_eq!(asked, 3, "a code of another's is not taken there");
    })
    .await;
}

#[tokio::test]
async fn an_error_of_the_provider_reaches_the_client_in_our_words() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        for error in ["access_denied", "login_required", "<script>"] {
            let mut tab = Tab::default();
            let to = tab.leave(world, "acme", &[]).await;
            let url = url::Url::parse(&to).expect("a URL");
            let (_, state) = url
                .query_pairs()
                .find(|(name, _)| name == "state")
                .expect("a state");
            let answer = crate::oauth::browser::form(&[("error", error), ("state", &state)]);
            let (target, said) = sent_to(&tab.back(world, "acme", &answer).await);
            assert_eq!(target, RETURN_URL);
            assert_eq!(value(&said, "error"), "access_denied");
        }
        assert_eq!(federated.acme.count("/token"), 0);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_does_not_answer_well_is_unavailable() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        federated.acme.is_visited_by(person("7", EMAIL));
        federated.acme.state().tells_in_token = false;
        // While it is asked for its document nobody gets anywhere.
        for mood in MOODS {
            federated.acme.state().moods = [(DOCUMENT, mood)].into();
            let path = format!(
                "/v1/auth/federation/acme?return_url={RETURN_URL}&code_challenge={}&code_challenge_method=S256",
                super::CHALLENGE
            );
            let reply = world.app.anonymous().get(&path).await;
            assert_eq!(reply.code(), "identity.provider_unavailable", "{mood:?}");
            assert_eq!(reply.status(), 503);
            // For a moment it is not asked again.
            let asked = federated.acme.count(DOCUMENT);
            assert_eq!(world.app.anonymous().get(&path).await.status(), 503);
            assert_eq!(federated.acme.count(DOCUMENT), asked);
            world.advance(5);
        }
        for path in ["/token", "/jwks", "/userinfo"] {
            for mood in MOODS {
                world.advance(15 * 60);
                federated.acme.state().moods = [(path, mood)].into();
                let said = federated.travel(&mut Tab::default(), "acme").await;
                let error = value(&said, "error");
                // A redirect of the endpoint for tokens is a refusal like another: the code goes nowhere else.
                let expected = match (path, mood) {
                    ("/token", Mood::Redirecting) => "server_error",
                    _ => "temporarily_unavailable",
                };
                assert_eq!(error, expected, "{path} {mood:?}");
            }
        }
        assert_eq!(federated.acme.count("/elsewhere"), 0);
        world.advance(15 * 60);
        federated.acme.state().moods = [("/token", Mood::Refusing)].into();
        let said = federated.travel(&mut Tab::default(), "acme").await;
        assert_eq!(value(&said, "error"), "server_error");
        federated.acme.state().moods.clear();
        value(&federated.travel(&mut Tab::default(), "acme").await, "code");
    })
    .await;
}

#[tokio::test]
async fn a_document_that_leads_elsewhere_is_not_believed() {
    on_each_engine(async |federated| {
        for wrong in [
            json!({ "issuer": "https://evil.example" }),
            json!({ "issuer": format!("{}/", federated.acme.issuer) }),
            json!({ "token_endpoint": "http://10.0.0.1/token" }),
            json!({ "jwks_uri": "http://169.254.169.254/latest/meta-data" }),
            json!({ "userinfo_endpoint": "file:///etc/passwd" }),
            json!({ "authorization_endpoint": "javascript:alert(1)" }),
            json!({ "token_endpoint": "http://127.0.0.1:22/token" }),
            json!({ "token_endpoint": Value::Null }),
            json!({ "token_endpoint_auth_methods_supported": ["private_key_jwt"] }),
        ] {
            federated.acme.state().document = wrong.clone();
            federated.world.advance(5);
            let path = format!(
                "/v1/auth/federation/acme?return_url={RETURN_URL}&code_challenge={}&code_challenge_method=S256",
                super::CHALLENGE
            );
            let reply = federated.world.app.anonymous().get(&path).await;
            assert_eq!(reply.status(), 503, "{wrong}");
        }
    })
    .await;
}

/// Documents are kept for a while, and keys that are not known are asked for again, but not at anybody's will.
#[tokio::test]
async fn documents_are_asked_for_now_and_then() {
    on_each_engine(async |federated| {
        let world = &federated.world;
        let acme = &federated.acme;
        acme.is_visited_by(person("7", EMAIL));
        for _ in 0..3 {
            value(&federated.travel(&mut Tab::default(), "acme").await, "code");
        }
        assert_eq!((acme.count(DOCUMENT), acme.count("/jwks")), (1, 1));

        // It signs with a new key.
        {
            let mut state = acme.state();
            state.signer = super::keys::Signer::p256();
            state.kid = "second".to_owned();
        }
        for _ in 0..3 {
            let said = federated.travel(&mut Tab::default(), "acme").await;
            assert_eq!(
                value(&said, "error"),
                "server_error",
                "keys are a second old"
            );
        }
        assert_eq!(acme.count("/jwks"), 1);
        world.advance(60);
        value(&federated.travel(&mut Tab::default(), "acme").await, "code");
        assert_eq!(acme.count("/jwks"), 2);

        world.advance(3_600);
        value(&federated.travel(&mut Tab::default(), "acme").await, "code");
        assert_eq!((acme.count(DOCUMENT), acme.count("/jwks")), (2, 3));
    })
    .await;
}
