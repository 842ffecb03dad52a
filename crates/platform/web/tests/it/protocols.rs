//! Forms, pages, cookies and redirects: what browsers and OAuth clients bring and get.

use axum::body::Body;
use http::Request;
use serde_json::json;
use tenon_kernel::Role;
use tenon_web::openapi_document;

use crate::support::{API, Answer, App, endpoints, is};

const FORM: &str = "application/x-www-form-urlencoded";

async fn grant(app: &App, body: &'static str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post("/protocol/grants").header("content-type", FORM);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(body)).expect("a request"))
        .await
}

#[tokio::test]
async fn a_form_is_read_and_the_clients_proof_handed_on() {
    let app = App::new();
    let secrets = [("authorization", "Basic aTpz"), ("cookie", "visit=1")];
    let answer = grant(&app, "grant=a+b%26c&count=2&unknown=1", &secrets).await;
    let expected = json!({
        "grant": "a b&c", "count": 2, "proof": "Basic aTpz", "cookie": false, "principal": "anonymous",
    });
    assert_eq!(answer.json(), expected);
    // An access token is no proof here, and makes nobody of it.
    let token = format!("Bearer {}", app.token(1, &[Role::Admin]));
    let answer = grant(&app, "", &[("authorization", &token)]).await;
    assert_eq!(answer.json()["principal"], "anonymous");
}

#[tokio::test]
async fn oauth_clients_are_refused_in_their_own_words() {
    let app = App::new();
    let check = |answer: Answer, status: u16, error: &str| {
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (status, Some("application/json"))
        );
        let body = answer.json();
        assert_eq!(body["error"], error);
        assert!(
            body.get("code").is_none() && body.get("type").is_none(),
            "{body}"
        );
        body["error_description"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let said = check(grant(&app, "grant=bad", &[]).await, 400, "invalid_grant");
    assert_eq!(said, "say 'please'", "no quotes: RFC 6749 section 5.2");
    let said = check(
        grant(&app, "grant=x&grant=y", &[]).await,
        400,
        "invalid_request",
    );
    assert!(said.starts_with("/grant:"), "{said}");
    check(grant(&app, "count=many", &[]).await, 400, "invalid_request");
    check(grant(&app, "grant=%ff", &[]).await, 400, "invalid_request");
    let foreign = [("origin", "https://evil.example"), ("host", "shop.test")];
    check(grant(&app, "", &foreign).await, 403, "access_denied");
    let two = [("authorization", "Basic a"), ("authorization", "Basic b")];
    check(grant(&app, "", &two).await, 400, "invalid_request");
    let json = Request::post("/protocol/grants").header("content-type", "application/json");
    let answer = app
        .send(json.body(Body::from("{}")).expect("a request"))
        .await;
    assert_eq!(answer.header("accept"), Some(FORM));
    check(answer, 415, "invalid_request");
}

#[tokio::test]
async fn a_page_gets_its_own_cookie_and_nothing_else() {
    let app = App::new();
    let ask = async |cookie: &str| {
        let request = Request::get("/pages/one").header("accept", "text/html,*/*;q=0.1");
        app.send(
            request
                .header("cookie", cookie)
                .body(Body::empty())
                .expect("a request"),
        )
        .await
    };
    let answer = ask("other=1; visit=v1; third=3").await;
    assert_eq!(answer.bytes, "<p>v1 false</p>");
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(answer.header("set-cookie"), Some("visit=v2; Path=/"));
    assert_eq!(
        answer.header("referrer-policy"),
        Some("same-origin"),
        "the page's own"
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    // Two of one name, of which one may have been planted, count as none; so does a longer name.
    assert_eq!(ask("visit=v1; visit=v2").await.bytes, "<p> false</p>");
    assert_eq!(ask("revisit=v1").await.bytes, "<p> false</p>");
    // No other operation sees a cookie.
    let request = Request::post("/protocol/grants")
        .header("content-type", FORM)
        .header("cookie", "visit=v1");
    let answer = app
        .send(request.body(Body::empty()).expect("a request"))
        .await;
    assert_eq!(answer.json()["cookie"], false);
    let json = Request::get("/pages/one").header("accept", "application/json");
    let answer = app.send(json.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.problem(), is(406, "not_acceptable", "", ""));
}

#[tokio::test]
async fn a_form_of_our_own_page_is_taken_from_there_only() {
    let mut settings = tenon_web::WebSettings::unlimited();
    settings.cors_origins = vec!["https://friend.example".to_owned()];
    let app = App::with(settings);
    let send = async |headers: &[(&str, &str)]| {
        let mut request = Request::post("/pages/one").header("host", "shop.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        app.send(request.body(Body::empty()).expect("a request"))
            .await
    };
    let gone = send(&[
        ("origin", "https://shop.test"),
        ("sec-fetch-site", "same-origin"),
    ])
    .await;
    assert_eq!(
        (gone.status.as_u16(), gone.header("location")),
        (303, Some("https://elsewhere.example/?a=1"))
    );
    assert_eq!(send(&[]).await.status, 303, "no browser");
    for headers in [
        [("origin", "https://evil.example"), ("accept", "*/*")],
        [("origin", "https://friend.example"), ("accept", "*/*")],
        [("origin", "null"), ("accept", "*/*")],
        [
            ("origin", "https://shop.test"),
            ("sec-fetch-site", "cross-site"),
        ],
        [("sec-fetch-site", "same-site"), ("accept", "*/*")],
    ] {
        assert_eq!(
            send(&headers).await.problem().1,
            "origin_not_allowed",
            "{headers:?}"
        );
    }
}

#[test]
fn the_document_tells_forms_pages_and_errors_apart() {
    let document = openapi_document(&API, &endpoints(&std::sync::Arc::default()));
    let grant = &document["paths"]["/protocol/grants"]["post"];
    assert!(grant["requestBody"]["content"][FORM]["schema"].is_object());
    assert_eq!(grant["security"], json!([{ "client": [] }, {}]));
    let reference = json!({ "$ref": "#/components/schemas/OauthError" });
    for status in ["400", "401", "403", "413", "415", "429", "500", "503"] {
        assert_eq!(
            grant["responses"][status]["content"]["application/json"]["schema"], reference,
            "{status}"
        );
    }
    let page = &document["paths"]["/pages/one"];
    assert!(page["get"]["responses"]["200"]["content"]["text/html"].is_object());
    assert_eq!(page["get"]["security"], json!([{ "browser": [] }, {}]));
    let leave = &page["post"]["responses"];
    assert!(leave["303"]["headers"]["Location"].is_object());
    assert!(leave["400"]["content"]["text/html"].is_object());
    assert!(leave["400"]["content"]["application/problem+json"].is_object());
}
