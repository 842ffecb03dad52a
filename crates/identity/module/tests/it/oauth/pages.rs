//! Our own pages: cookies, marks of forms, headers, and that signing in there is signing in.

use serde_json::json;

use super::browser::{
    Browser, FORM, form, hidden, people, program, query, register, sent_to, text, value,
};
use crate::world::{PASSWORD, on_each_engine};

#[tokio::test]
async fn pages_are_closed_to_frames_scripts_and_strangers() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let nasty = "\"><script>alert(1)</script>";
        let nasty = query(
            &program,
            &[("state", nasty), ("login_hint", nasty), ("nonce", nasty)],
        );
        let reply = browser.get(&nasty).await;
        assert_eq!(reply.status(), 200);
        assert!(!text(&reply).contains("<script>"));
        let policy = reply.header("content-security-policy").expect("a policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(
            policy.contains("form-action 'self' https://client.example;"),
            "{policy}"
        );
        assert!(
            policy.ends_with("base-uri 'none'; frame-ancestors 'none'"),
            "{policy}"
        );
        assert_eq!(reply.header("x-frame-options"), Some("DENY"));
        assert_eq!(reply.header("referrer-policy"), Some("same-origin"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let cookie = reply.header("set-cookie").expect("a cookie");
        assert!(cookie.starts_with("tenon_session="), "{cookie}");
        assert!(
            cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
            "{cookie}"
        );
        assert_eq!(hidden(&text(&reply), "request"), nasty);
    })
    .await;
}

/// CSRF: a form counts in the browser, and for the request, that it was shown for.
#[tokio::test]
async fn a_form_of_another_browser_or_request_does_not_count() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let (mut ada, mut eve) = (Browser::new(world), Browser::new(world));
        let asked = query(&program, &[]);
        let page = text(&ada.get(&asked).await);
        let of_eve = text(&eve.get(&asked).await);
        // Signing a victim in as somebody else needs a mark of the victim's browser.
        let reply = ada.sign_in(&of_eve, "ada@example.org", PASSWORD).await;
        assert_eq!(reply.status(), 400);
        assert!(text(&reply).contains("out of date"));
        let consent = text(&ada.sign_in(&page, "ada@example.org", PASSWORD).await);
        let token = hidden(&consent, "form_token");
        let of_sign_in = hidden(&page, "form_token");
        let more = query(&program, &[("scope", "openid email api:write")]);
        for (request, token) in [
            (&more, &token),
            (&asked, &"AAAA".to_owned()),
            (&asked, &of_sign_in),
        ] {
            let pairs = [
                ("request", request.as_str()),
                ("form_token", token),
                ("decision", "allow"),
            ];
            let reply = ada.send("/oauth/consent", &pairs).await;
            assert_eq!(
                (reply.status().as_u16(), reply.header("location")),
                (400, None)
            );
        }
        let reply = eve.decide(&consent, "allow").await;
        assert_eq!(
            (reply.status().as_u16(), reply.header("location")),
            (400, None)
        );
        value(&sent_to(&ada.decide(&consent, "allow").await).1, "code");
    })
    .await;
}

#[tokio::test]
async fn forms_come_from_our_own_pages_only() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let page = text(&browser.get(&query(&program, &[])).await);
        let cookie = browser.cookie.clone().expect("a cookie");
        let body = form(&[
            ("request", &hidden(&page, "request")),
            ("form_token", &hidden(&page, "form_token")),
            ("email", "ada@example.org"),
            ("password", PASSWORD),
        ]);
        let send = async |name: &str, value: &str| {
            let request = world
                .app
                .anonymous()
                .post("/oauth/sign-in")
                .bytes(FORM, body.clone());
            request.header("cookie", &cookie).header(name, value).await
        };
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
        ] {
            let reply = send(name, value).await;
            assert_eq!(reply.status(), 403, "{name}: {value}");
            assert_eq!(reply.code(), "origin_not_allowed");
        }
        // Two cookies of one name: one of them may have been planted.
        assert_eq!(
            send("cookie", &format!("{cookie}; {cookie}"))
                .await
                .status(),
            400
        );
        assert_eq!(send("origin", "https://shop.test").await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn the_session_is_new_and_opens_nothing_else() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let page = text(&browser.get(&query(&program, &[])).await);
        let before = browser.cookie.clone().expect("a cookie");
        browser.sign_in(&page, "ada@example.org", PASSWORD).await;
        let after = browser.cookie.clone().expect("a cookie");
        assert_ne!(
            before, after,
            "what a stranger may have planted does not become a session"
        );
        let secret = after.split_once('=').expect("a pair").1;
        let reply = world.refresh(&json!({ "refresh_token": secret })).await;
        assert_eq!(reply.code(), "identity.invalid_refresh_token");
        let reply = program
            .refresh(world, &json!({ "refresh_token": secret }))
            .await;
        assert_eq!(super::browser::refused(&reply, 400), "invalid_grant");
        let created = world.events("session.created").await;
        assert_eq!(created.len(), 2, "the administrator's, and this one");
        assert_eq!(created[1]["amr"], json!(["pwd"]));
        assert_eq!(
            browser.asks(&query(&program, &[])).await,
            (false, true),
            "it still is one"
        );
    })
    .await;
}

#[tokio::test]
async fn signing_in_on_the_page_counts_as_signing_in_does() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = program(&admin, "public").await;
        let mut browser = Browser::new(world);
        let page = text(&browser.get(&query(&program, &[])).await);
        for email in ["ada@example.org", "nobody@example.org", "not an address"] {
            let reply = browser.sign_in(&page, email, "a wrong guess").await;
            assert_eq!(
                (reply.status().as_u16(), reply.header("location")),
                (401, None)
            );
            assert!(
                text(&reply).contains("address or the password is wrong"),
                "{email}"
            );
        }
        for _ in 0..2 {
            world
                .try_sign_in("ada@example.org", "a wrong guess")
                .await
                .expect(401);
            let reply = browser
                .sign_in(&page, "ada@example.org", "a wrong guess")
                .await;
            assert_eq!(reply.status(), 401);
        }
        // Five tries by either door.
        let reply = browser.sign_in(&page, "ada@example.org", PASSWORD).await;
        assert_eq!(reply.status(), 429);
        let wait = reply.header("retry-after").expect("a wait");
        world
            .try_sign_in("ada@example.org", PASSWORD)
            .await
            .expect(429);
        world.advance(wait.parse().expect("seconds"));
        let reply = browser.sign_in(&page, "ada@example.org", PASSWORD).await;
        assert_eq!(reply.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn a_name_of_a_program_is_text() {
    on_each_engine(async |world| {
        let admin = people(world).await;
        let program = json!({
            "name": "<img src=x>", "type": "public", "redirect_uris": ["https://client.example/cb"],
            "grants": ["authorization_code"], "scopes": ["openid", "email"],
        });
        let program = register(&admin, &program).await;
        let mut browser = Browser::new(world);
        let is_text = |page: &str| page.contains("&lt;img src=x&gt;") && !page.contains("<img");
        let page = text(&browser.get(&query(&program, &[])).await);
        assert!(is_text(&page), "{page}");
        let page = text(&browser.sign_in(&page, "ada@example.org", PASSWORD).await);
        assert!(is_text(&page), "{page}");
    })
    .await;
}

#[tokio::test]
async fn clients_find_out_where_everything_is() {
    on_each_engine(async |world| {
        let client = world.app.anonymous();
        let said = client
            .get("/.well-known/openid-configuration")
            .await
            .expect(200);
        let same = client.get("/.well-known/oauth-authorization-server").await;
        assert_eq!(same.expect(200), said);
        assert_eq!(said["issuer"], "http://localhost:8080");
        assert_eq!(said["response_types_supported"], json!(["code"]));
        assert_eq!(said["code_challenge_methods_supported"], json!(["S256"]));
        let grants = json!(["authorization_code", "client_credentials", "refresh_token"]);
        assert_eq!(said["grant_types_supported"], grants);
        assert_eq!(said["authorization_response_iss_parameter_supported"], true);
        for member in [
            "authorization_endpoint",
            "introspection_endpoint",
            "jwks_uri",
            "revocation_endpoint",
            "token_endpoint",
            "userinfo_endpoint",
        ] {
            let url = said[member].as_str().expect("an address");
            let path = url
                .strip_prefix("http://localhost:8080")
                .expect("an address here");
            assert_ne!(client.get(path).await.status(), 404, "{member}");
        }
    })
    .await;
}
