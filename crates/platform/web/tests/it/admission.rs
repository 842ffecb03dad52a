//! Who gets in, how often, and from where.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use http::Request;
use tenon_kernel::Role;
use tenon_web::{Connection, RateLimit, RateLimits, WebSettings};
use tokio_util::task::TaskTracker;

use crate::support::{Answer, App, THING, is};

fn get(path: &str) -> http::request::Builder {
    Request::get(path)
}

async fn send(app: &App, request: http::request::Builder) -> Answer {
    app.send(request.body(Body::empty()).expect("a request"))
        .await
}

fn from(peer: &str, request: http::request::Builder) -> http::request::Builder {
    let peer: SocketAddr = peer.parse().expect("an address");
    request.extension(Connection::new(peer, TaskTracker::new()))
}

#[tokio::test]
async fn policies_are_checked_before_anything_is_read() {
    let app = App::new();
    let nobody = send(&app, Request::post("/v1/things")).await;
    assert_eq!(nobody.problem(), is(401, "unauthenticated", "", ""));
    assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));

    let patch = |roles: &[Role]| {
        Request::patch("/v1/things/nonsense")
            .header("authorization", format!("Bearer {}", app.token(1, roles)))
    };
    assert_eq!(
        send(&app, patch(&[Role::Customer])).await.problem(),
        is(403, "forbidden", "", "")
    );
    assert_eq!(send(&app, patch(&[Role::Staff])).await.problem().0, 428);
    assert_eq!(send(&app, patch(&[Role::Admin])).await.problem().0, 428);
}

/// A token that was given to a program counts for no more than it was given for, wherever it is shown.
#[tokio::test]
async fn a_limited_token_opens_what_its_scope_says() {
    let app = App::new();
    let with = |request: http::request::Builder, scope: &str| {
        let token = app.delegated(1, &[Role::Staff], scope, Duration::ZERO);
        request.header("authorization", format!("Bearer {token}"))
    };
    let thing = format!("/v1/things/{THING}");
    for (request, scope, expected) in [
        (get("/v1/whoami"), "api:read", 200),
        (get("/v1/whoami"), "api:write", 200),
        (get("/v1/whoami"), "openid staff", 403),
        (Request::head("/v1/whoami"), "openid", 403),
        (Request::patch(&thing), "api:write", 428),
        (Request::patch(&thing), "api:read", 403),
        (Request::post("/v1/panics"), "api:read", 403),
    ] {
        let answer = send(&app, with(request, scope)).await;
        assert_eq!(answer.status.as_u16(), expected, "{scope}");
        if expected == 403 && !answer.bytes.is_empty() {
            assert_eq!(answer.problem().1, "insufficient_scope");
        }
    }
    let refused = send(&app, with(Request::patch(&thing), "api:read")).await;
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"api:write\"";
    assert_eq!(refused.header("www-authenticate"), Some(challenge));
}

/// Nothing lets them in that does not name them, not even what is open to everybody.
#[tokio::test]
async fn who_has_to_add_a_second_factor_may_do_nothing_else() {
    let app = App::new();
    let authorization = format!("Bearer {}", app.token_enrolling(1));
    for request in [
        Request::get("/v1/things"),
        Request::post("/v1/things"),
        Request::get("/v1/whoami"),
        Request::post("/v1/transfers"),
    ] {
        let answer = send(&app, request.header("authorization", &authorization)).await;
        assert_eq!(
            answer.problem(),
            is(403, "identity.second_factor_required", "", "")
        );
    }
}

/// RFC 9470: a person who signed in long ago is sent to sign in again, also where a program acts for them.
#[tokio::test]
async fn what_cannot_be_taken_back_needs_a_recent_sign_in() {
    let app = App::new();
    let (recent, old) = (Duration::from_secs(1_799), Duration::from_mins(30));
    let staff = &[Role::Staff];
    let api = "api:write";
    for (who, token, expected) in [
        ("staff", app.token_signed_in(1, staff, recent), (200, "")),
        (
            "customer",
            app.token_signed_in(3, &[Role::Customer], old),
            (403, "forbidden"),
        ),
        (
            "old staff",
            app.token_signed_in(1, staff, old),
            (401, "insufficient_user_authentication"),
        ),
        ("for staff", app.delegated(1, staff, api, recent), (200, "")),
        (
            "for old staff",
            app.delegated(1, staff, api, old),
            (401, "insufficient_user_authentication"),
        ),
        (
            "out of scope",
            app.delegated(1, staff, "api:read", old),
            (403, "insufficient_scope"),
        ),
        ("a program", app.of_program(1, staff, api), (200, "")),
    ] {
        let request =
            Request::post("/v1/transfers").header("authorization", format!("Bearer {token}"));
        let answer = send(&app, request).await;
        if expected.0 == 200 {
            assert_eq!(answer.status.as_u16(), 200, "{who}");
        } else {
            assert_eq!(
                answer.problem(),
                is(expected.0, expected.1, "", ""),
                "{who}"
            );
        }
    }

    let token = app.token_signed_in(1, staff, old);
    let authorization = format!("Bearer {token}");
    let refused = send(
        &app,
        Request::post("/v1/transfers").header("authorization", &authorization),
    )
    .await;
    let challenge = "Bearer error=\"insufficient_user_authentication\", \
                     error_description=\"Sign in again\", max_age=\"1800\"";
    assert_eq!(refused.header("www-authenticate"), Some(challenge));
    assert_eq!(refused.json()["max_age_seconds"], 1_800);
    let elsewhere = send(
        &app,
        get("/v1/whoami").header("authorization", &authorization),
    )
    .await;
    assert_eq!(elsewhere.status.as_u16(), 200, "it opens everything else");
}

#[tokio::test]
async fn a_bad_token_is_refused_even_where_none_is_needed() {
    let app = App::new();
    let token = app.token(1, &[]);
    for bad in [
        "Bearer x",
        "Bearer",
        "Basic dXNlcjpwYXNz",
        "Bearer \u{e9}",
        &format!("Bearer {token}x"),
    ] {
        let answer = send(&app, get("/v1/whoami").header("authorization", bad)).await;
        assert_eq!(answer.problem(), is(401, "invalid_token", "", ""), "{bad}");
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer error=\"invalid_token\"")
        );
    }
    let twice = get("/v1/whoami").header("authorization", format!("Bearer {token}"));
    let twice = send(
        &app,
        twice.header("authorization", format!("Bearer {token}")),
    )
    .await;
    assert_eq!(
        twice.problem(),
        is(400, "invalid_request", "authorization:", "duplicate_member")
    );
    let good = send(
        &app,
        get("/v1/whoami").header("authorization", format!("bearer {token}")),
    )
    .await;
    assert_eq!(
        good.json()["principal"],
        "user:00000000-0000-0000-0000-000000000001"
    );

    app.clock.advance(Duration::from_hours(1));
    let late = send(
        &app,
        get("/v1/whoami").header("authorization", format!("Bearer {token}")),
    )
    .await;
    assert_eq!(late.problem(), is(401, "invalid_token", "", ""));
}

#[tokio::test]
async fn limits_count_each_user_and_each_address_and_say_when_to_come_back() {
    let limit = RateLimit {
        requests: 3,
        window_seconds: 60,
    };
    let rate_limits = RateLimits {
        default: limit,
        ..RateLimits::default()
    };
    let app = App::with(WebSettings {
        rate_limits,
        ..WebSettings::default()
    });
    let ask = || from("203.0.113.9:1000", get("/v1/whoami"));
    for left in [
        "\"default\";r=2;t=20",
        "\"default\";r=1;t=40",
        "\"default\";r=0;t=60",
    ] {
        let answer = send(&app, ask()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("ratelimit")),
            (200, Some(left))
        );
        assert_eq!(
            answer.header("ratelimit-policy"),
            Some("\"default\";q=3;w=60")
        );
    }
    let refused = send(&app, ask()).await;
    assert_eq!(refused.problem(), is(429, "rate_limited", "", ""));
    assert_eq!(
        (
            refused.header("retry-after"),
            &refused.json()["retry_after_ms"]
        ),
        (Some("20"), &20_000.into())
    );

    assert_eq!(
        send(&app, from("203.0.113.10:1000", get("/v1/whoami")))
            .await
            .status,
        200
    );
    let user = format!("Bearer {}", app.token(9, &[]));
    assert_eq!(
        send(&app, ask().header("authorization", user)).await.status,
        200,
        "a user is not an address"
    );
    assert_eq!(
        send(&app, ask().header("authorization", "Bearer guess"))
            .await
            .problem()
            .0,
        429,
        "guessing is counted"
    );

    app.clock.advance(Duration::from_secs(20));
    assert_eq!(send(&app, ask()).await.status, 200);
}

#[tokio::test]
async fn forwarded_addresses_are_believed_from_configured_proxies_only() {
    let trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
    let app = App::with(WebSettings {
        trusted_proxies,
        ..WebSettings::unlimited()
    });
    let ask = |peer| {
        from(
            peer,
            get("/v1/whoami").header("x-forwarded-for", "203.0.113.9"),
        )
    };
    assert_eq!(
        send(&app, ask("10.1.1.1:1")).await.json()["address"],
        "203.0.113.9"
    );
    assert_eq!(
        send(&app, ask("192.0.2.1:1")).await.json()["address"],
        "192.0.2.1"
    );
}

#[tokio::test]
async fn only_configured_hosts_are_answered() {
    let app = App::with(WebSettings {
        hosts: vec!["api.example".to_owned()],
        ..WebSettings::unlimited()
    });
    assert_eq!(
        send(&app, get("/v1/whoami").header("host", "API.example:8080"))
            .await
            .status,
        200
    );
    for bad in [
        "evil.example",
        "api.example.evil.example",
        "",
        "api.example@evil.example",
    ] {
        let answer = send(&app, get("/v1/whoami").header("host", bad)).await;
        assert_eq!(answer.problem(), is(400, "invalid_host", "", ""), "{bad}");
    }
    assert_eq!(send(&app, get("/v1/whoami")).await.status, 400);
}

#[tokio::test]
async fn browsers_of_other_origins_are_kept_out_unless_listed() {
    let closed = App::new();
    let preflight = |app: &App, origin: &str| {
        let request = Request::options("/v1/things")
            .header("origin", origin)
            .header("host", "api.example");
        let request = request
            .header("access-control-request-method", "POST")
            .body(Body::empty())
            .expect("a request");
        let router = app.router.clone();
        async move {
            tower::ServiceExt::oneshot(router, request)
                .await
                .expect("the router never fails")
        }
    };
    let answer = preflight(&closed, "https://shop.example").await;
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
    let post = |origin: &str| {
        Request::post("/v1/panics")
            .header("host", "api.example")
            .header("origin", origin)
    };
    assert_eq!(
        send(&closed, post("https://shop.example")).await.problem(),
        is(403, "origin_not_allowed", "", "")
    );
    assert_eq!(send(&closed, post("null")).await.problem().0, 403);
    assert_eq!(
        send(&closed, post("https://api.example")).await.status,
        500,
        "a page of our own reaches the handler"
    );

    let cors_origins = vec!["https://shop.example".to_owned()];
    let open = App::with(WebSettings {
        cors_origins,
        ..WebSettings::unlimited()
    });
    let answer = preflight(&open, "https://shop.example").await;
    assert_eq!(answer.status(), 204);
    assert_eq!(
        answer.headers()["access-control-allow-origin"],
        "https://shop.example"
    );
    assert_eq!(
        answer.headers()["access-control-allow-methods"],
        "GET, HEAD, POST"
    );
    assert!(
        !answer
            .headers()
            .contains_key("access-control-allow-credentials")
    );
    assert!(
        !preflight(&open, "https://shop.example.evil")
            .await
            .headers()
            .contains_key("access-control-allow-origin")
    );
    let get = send(
        &open,
        get("/v1/whoami").header("origin", "https://shop.example"),
    )
    .await;
    assert_eq!(
        get.header("access-control-allow-origin"),
        Some("https://shop.example")
    );
    assert_eq!(get.header("vary"), Some("Origin"));
}
