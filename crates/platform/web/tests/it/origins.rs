//! Pages of other sites: what their browser says of them decides, and nothing that looks alike is taken for the same.

use axum::body::Body;
use http::Request;
use tenon_kernel::Role;
use tenon_web::WebSettings;

use crate::support::{Answer, App, is};

/// A command with headers of a browser; the handler panics, so 500 says that it was reached.
async fn command(app: &App, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post("/v1/panics").header("host", "shop.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).expect("a request"))
        .await
}

fn app(hsts_seconds: u64) -> App {
    App::with(WebSettings {
        hsts_seconds,
        cors_origins: vec!["https://friend.example".to_owned()],
        ..WebSettings::unlimited()
    })
}

/// Origins that are neither ours nor a friend's, however much they look like it.
const FOREIGN: [&str; 22] = [
    "null",
    "",
    "shop.example",
    "//shop.example",
    "https://",
    "https://shop.example.evil.example",
    "https://evil-shop.example",
    "https://evilshop.example",
    "https://www.shop.example",
    "https://shop.example:8443",
    "https://shop.example:443",
    "https://shop.example/",
    "https://shop.example@evil.example",
    "https://evil.example@shop.example",
    "https://shop.example evil.example",
    "ftp://shop.example",
    "chrome-extension://shop.example",
    "https://friend.example.evil.example",
    "http://friend.example",
    "https://friend.example:8443",
    "https://FRIEND.example/",
    "*",
];

#[tokio::test]
async fn origins_that_only_look_like_ours_are_foreign() {
    let (plain, tls) = (app(0), app(31_536_000));
    for app in [&plain, &tls] {
        for origin in FOREIGN {
            let refused = command(app, &[("origin", origin)]).await;
            assert_eq!(
                refused.problem(),
                is(403, "origin_not_allowed", "", ""),
                "{origin}"
            );
            assert_eq!(
                refused.header("access-control-allow-origin"),
                None,
                "{origin}"
            );
            assert_eq!(
                refused.header("access-control-allow-credentials"),
                None,
                "{origin}"
            );
        }
        for origin in ["https://shop.example", "https://friend.example"] {
            assert_eq!(
                command(app, &[("origin", origin)]).await.status,
                500,
                "{origin}"
            );
        }
        let two = [
            ("origin", "https://shop.example"),
            ("origin", "https://evil.example"),
        ];
        assert_eq!(command(app, &two).await.problem().0, 403, "two origins");
    }
    // Without TLS anybody on the way could have made the page.
    let unencrypted = [("origin", "http://shop.example")];
    assert_eq!(command(&tls, &unencrypted).await.problem().0, 403);
    assert_eq!(
        command(&plain, &unencrypted).await.status,
        500,
        "there is no TLS here"
    );
    println!("{} origins, two ways to be reached", FOREIGN.len() + 4);
}

#[tokio::test]
async fn where_a_request_began_counts_whatever_its_origin_says() {
    let app = app(0);
    let friend = ("origin", "https://friend.example");
    let own = ("origin", "https://shop.example");
    for (site, origin, status) in [
        ("same-origin", Some(own), 500),
        ("same-origin", None, 500),
        ("none", None, 500),
        ("cross-site", None, 403),
        ("same-site", None, 403),
        ("cross-site", Some(own), 403),
        ("cross-site", Some(friend), 500),
        ("same-site", Some(friend), 500),
    ] {
        let mut headers = vec![("sec-fetch-site", site)];
        headers.extend(origin);
        assert_eq!(command(&app, &headers).await.status, status, "{headers:?}");
    }
    // Reading changes nothing: a link from elsewhere may lead here.
    let link = Request::get("/v1/whoami")
        .header("host", "shop.example")
        .header("sec-fetch-site", "cross-site");
    let answer = app.send(link.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, 200);
}

/// What a form of any page can send without being asked about first is taken by no operation that takes JSON.
#[tokio::test]
async fn what_a_form_can_send_is_no_json() {
    let app = app(0);
    for content_type in [
        "text/plain",
        "text/plain; charset=utf-8",
        "text/plain;application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
    ] {
        let request = Request::post("/v1/things")
            .header(
                "authorization",
                format!("Bearer {}", app.token(1, &[Role::Customer])),
            )
            .header("idempotency-key", "k")
            .header("content-type", content_type);
        let body = Body::from(r#"{"name":"x"}"#);
        let answer = app.send(request.body(body).expect("a request")).await;
        assert_eq!(answer.problem().0, 415, "{content_type}");
    }
}
