//! `Server-Timing`: for staff, and for everybody only where the settings say so.

use axum::body::Body;
use http::Request;
use http::header::AUTHORIZATION;
use tenon_kernel::Role;
use tenon_web::WebSettings;

use crate::support::{Answer, App, THING};

async fn show(app: &App, token: Option<String>) -> Answer {
    let mut request = Request::get(format!("/v1/things/{THING}"));
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    app.send(request.body(Body::empty()).expect("a request"))
        .await
}

fn names(answer: &Answer) -> Option<Vec<&str>> {
    let parts = answer.header("server-timing")?.split(", ");
    Some(parts.filter_map(|it| it.split(';').next()).collect())
}

#[tokio::test]
async fn staff_learns_how_long_it_took_and_nobody_else() {
    let app = App::new();
    for (roles, is_told) in [
        (vec![Role::Customer], false),
        (vec![Role::Staff], true),
        (vec![Role::Admin, Role::Customer], true),
    ] {
        let answer = show(&app, Some(app.token(1, &roles))).await;
        let parts = ["auth", "handler", "db", "calls", "total"];
        let expected = is_told.then(|| parts.to_vec());
        assert_eq!(names(&answer), expected, "{roles:?}");
    }
    assert_eq!(names(&show(&app, None).await), None);
    let refused = show(&app, Some("forged".to_owned())).await;
    assert_eq!(names(&refused), None);
}

#[tokio::test]
async fn a_developer_has_everybody_told() {
    let app = App::with(WebSettings {
        server_timing: true,
        ..WebSettings::unlimited()
    });
    assert!(names(&show(&app, None).await).is_some_and(|parts| parts.contains(&"handler")));
    let refused = show(&app, Some("forged".to_owned())).await;
    assert_eq!(names(&refused), Some(vec!["total"]));
}
