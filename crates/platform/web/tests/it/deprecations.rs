//! Who uses a part of the API that will go is told so, and nobody else is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenon_access::{Credential, Policy};
use tenon_kernel::{ErrorKind, Role};
use tenon_seam::{EdgeSettings, Mode, Seam, Surface};
use tenon_web::{
    ApiJson, ApiQuery, DeprecatedPart, Deprecation, Edge, Endpoint, HttpDispatch, NoteUse, Problem,
    Reply, openapi_document,
};
use tower::ServiceExt as _;

use crate::support::{API, App};

const EARLY: Deprecation = Deprecation::new("2026-12-01", "2027-06-01", "Use `/v1/pots`.");
const LATE: Deprecation = Deprecation::new("2027-01-15", "2027-08-01", "Use `material`.");

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PotQuery {
    material: Option<String>,
    /// What it is made of.
    stuff: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PotBody {
    lids: Vec<LidBody>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LidBody {
    #[serde(default)]
    #[expect(dead_code, reason = "only read by serde")]
    stuff: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PotView {
    material: &'static str,
    /// As before.
    #[serde(skip_serializing_if = "Option::is_none")]
    stuff: Option<&'static str>,
}

async fn show(ApiQuery(query): ApiQuery<PotQuery>) -> Result<Reply, Problem> {
    if query.material.as_deref() == Some("none") {
        let detail = "There is no such pot.";
        return Err(Problem::new(ErrorKind::NotFound, "pots.not_found", detail));
    }
    Ok(Reply::ok(&PotView {
        material: "iron",
        stuff: query.stuff.map(|_| "iron"),
    }))
}

async fn make(ApiJson(body): ApiJson<PotBody>) -> Reply {
    Reply::ok(&json!({ "lids": body.lids.len() }))
}

/// Notes of uses, as a module's store would have them.
#[derive(Default)]
struct Notes(Mutex<Vec<(String, Credential)>>);

#[async_trait]
impl NoteUse for Notes {
    async fn note(&self, part: &DeprecatedPart, credential: &Credential) {
        let used = (part.name(), credential.clone());
        self.0.lock().expect("not poisoned").push(used);
    }
}

impl Notes {
    fn take(&self) -> Vec<(String, Credential)> {
        std::mem::take(&mut self.0.lock().expect("not poisoned"))
    }
}

fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/v1/pots", "list_pots", Policy::Public)
            .summary("Shows a pot.")
            .query::<PotQuery>()
            .answers::<PotView>(200, "A pot.")
            .problem(404, "pots.not_found")
            .deprecated_query("stuff", LATE)
            .handler(show, ()),
        Endpoint::get("/v1/pans", "list_pans", Policy::Public)
            .summary("Shows a pan.")
            .query::<PotQuery>()
            .answers::<PotView>(200, "A pan.")
            .deprecated_answer_member("/stuff", LATE)
            .handler(show, ()),
        Endpoint::post("/v1/pots", "make_pot", Policy::Public)
            .summary("Makes a pot.")
            .body::<PotBody>()
            .answers::<Value>(200, "How many lids it has.")
            .deprecated_request_member("/lids/*/stuff", LATE)
            .handler(make, ()),
        Endpoint::get("/v1/kettles", "list_kettles", Policy::Public)
            .summary("Shows a kettle.")
            .query::<PotQuery>()
            .answers::<PotView>(200, "A kettle.")
            .problem(404, "pots.not_found")
            .deprecated(EARLY)
            .deprecated_query("stuff", LATE)
            .handler(show, ()),
    ]
}

struct World {
    app: App,
    notes: Arc<Notes>,
    /// With the handlers in this process, and behind the seam.
    routers: [Router; 2],
}

fn world() -> World {
    let (app, notes) = (App::new(), Arc::new(Notes::default()));
    let told: Vec<_> = endpoints()
        .into_iter()
        .map(|it| it.telling_deprecations(Arc::clone(&notes) as _))
        .collect();
    let here = Arc::new(HttpDispatch::new("pots", told.clone()));
    let wire = BTreeMap::from([("pots".to_owned(), EdgeSettings::of(Mode::Wire))]);
    let relay = Seam::new(wire)
        .declare("app", &["pots"])
        .relay("app", "pots", Surface::Http, Some(here))
        .expect("the settings are good");
    let relay = Arc::new(relay);
    let forwarded = endpoints()
        .into_iter()
        .map(|it| it.forwarded(Arc::clone(&relay)))
        .collect();
    let routers = [told, forwarded].map(|it| Edge::public(app.state(), API, it));
    World {
        app,
        notes,
        routers,
    }
}

async fn send(router: &Router, method: Method, path: &str, body: &str) -> (StatusCode, HeaderMap) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(CONTENT_TYPE, "application/json");
    answer(
        router,
        request
            .body(Body::from(body.to_owned()))
            .expect("a request"),
    )
    .await
}

async fn answer(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap) {
    let answer = router.clone().oneshot(request).await;
    let (parts, body) = answer.expect("the router never fails").into_parts();
    body.collect().await.expect("the body is whole");
    (parts.status, parts.headers)
}

fn told(headers: &HeaderMap) -> Option<(&str, &str, Vec<&str>)> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let links = headers.get_all("link").iter();
    let links = links.filter_map(|value| value.to_str().ok()).collect();
    Some((text("deprecation")?, text("sunset")?, links))
}

#[tokio::test]
async fn only_who_uses_a_part_is_told() {
    let world = world();
    let late = |anchor: &str| {
        let link =
            |rel: &str| format!("</deprecations#{anchor}>; rel=\"{rel}\"; type=\"text/html\"");
        [link("deprecation"), link("sunset")]
    };
    let (since, until) = ("@1799971200", "Sun, 01 Aug 2027 00:00:00 GMT");
    for router in &world.routers {
        for (method, path, body, anchor) in [
            (Method::GET, "/v1/pots?stuff=clay", "", "list_pots-stuff"),
            (Method::GET, "/v1/pots?%73tuff=clay", "", "list_pots-stuff"),
            (
                Method::GET,
                "/v1/pots?stuff=clay&material=none",
                "",
                "list_pots-stuff",
            ),
            (
                Method::GET,
                "/v1/pans?stuff=clay",
                "",
                "list_pans-answer-stuff",
            ),
            (
                Method::POST,
                "/v1/pots",
                r#"{"lids":[{},{"stuff":"clay"}]}"#,
                "make_pot-request-lids---stuff",
            ),
        ] {
            let (status, headers) = send(router, method, path, body).await;
            let expected = late(anchor);
            let links = expected.iter().map(String::as_str).collect();
            assert_eq!(told(&headers), Some((since, until, links)), "{path}");
            let noted = usize::from(status.is_success());
            assert_eq!(world.notes.take().len(), noted, "{path}");
        }
        for (method, path, body) in [
            (Method::GET, "/v1/pots?material=iron", ""),
            (Method::GET, "/v1/pots?material=none", ""),
            (Method::GET, "/v1/pans", ""),
            (Method::POST, "/v1/pots", r#"{"lids":[{}]}"#),
            (Method::POST, "/v1/pots", "{"),
        ] {
            let (_, headers) = send(router, method, path, body).await;
            for name in ["deprecation", "sunset", "link"] {
                assert!(!headers.contains_key(name), "{path}: {name}");
            }
            assert_eq!(world.notes.take(), [], "{path}");
        }
    }
}

#[tokio::test]
async fn of_several_parts_the_first_to_go_is_told_and_each_is_linked() {
    let world = world();
    for router in &world.routers {
        let (_, headers) = send(router, Method::GET, "/v1/kettles?stuff=clay", "").await;
        let (since, until, links) = told(&headers).expect("it is deprecated");
        assert_eq!(
            (since, until),
            ("@1796083200", "Tue, 01 Jun 2027 00:00:00 GMT")
        );
        assert_eq!(links.len(), 4);
        let names: Vec<_> = world
            .notes
            .take()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["list_kettles", "list_kettles?stuff"]);
    }
}

#[tokio::test]
async fn a_refusal_is_told_too_and_stays_a_problem() {
    let world = world();
    for router in &world.routers {
        let (status, headers) = send(router, Method::GET, "/v1/kettles?material=none", "").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(headers["deprecation"], "@1796083200");
    }
}

#[tokio::test]
async fn programs_are_named_and_people_are_not() {
    let world = world();
    let client = "cli_00000000000000000000000001";
    for router in &world.routers {
        for (token, credential) in [
            (None, Credential::Anonymous),
            (
                Some(world.app.token(1, &[Role::Customer])),
                Credential::Account,
            ),
            (
                Some(world.app.delegated(
                    1,
                    &[Role::Customer],
                    "api:read",
                    std::time::Duration::ZERO,
                )),
                Credential::Client(client.to_owned()),
            ),
        ] {
            let mut request = Request::get("/v1/kettles");
            if let Some(token) = token {
                request = request.header(AUTHORIZATION, format!("Bearer {token}"));
            }
            let request = request.body(Body::empty()).expect("a request");
            answer(router, request).await;
            assert_eq!(
                world.notes.take(),
                [("list_kettles".to_owned(), credential)]
            );
        }
    }
}

#[test]
fn the_document_says_what_is_deprecated_and_nothing_else() {
    let document = openapi_document(&API, &endpoints());
    let paths = &document["paths"];
    assert_eq!(paths["/v1/kettles"]["get"]["deprecated"], true);
    assert_eq!(paths["/v1/pots"]["get"]["deprecated"], Value::Null);
    let parameters = paths["/v1/pots"]["get"]["parameters"].as_array();
    let deprecated: Vec<_> = parameters
        .expect("parameters")
        .iter()
        .filter(|it| it["deprecated"] == true)
        .map(|it| &it["name"])
        .collect();
    assert_eq!(deprecated, ["stuff"]);
    let schemas = &document["components"]["schemas"];
    let member = |schema: &str, name: &str| schemas[schema]["properties"][name].clone();
    assert_eq!(member("LidBody", "stuff")["deprecated"], true);
    assert_eq!(member("PotView", "stuff")["deprecated"], true);
    assert_eq!(
        member("PotView", "stuff")["description"],
        "As before.\n\nDeprecated since 2027-01-15; may go after 2027-08-01. Use `material`."
    );
    assert_eq!(member("PotView", "material")["deprecated"], Value::Null);
    let headers = &paths["/v1/pots"]["get"]["responses"]["200"]["headers"];
    assert!(headers.get("Sunset").is_some());
}

#[tokio::test]
async fn links_lead_to_a_page_that_has_their_anchors() {
    let world = world();
    let router = &world.routers[0];
    let request = Request::get("/deprecations").body(Body::empty());
    let page = router.clone().oneshot(request.expect("a request")).await;
    let page = page.expect("the router never fails");
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.into_body().collect().await.expect("the body is whole");
    let page = String::from_utf8_lossy(&page.to_bytes()).into_owned();
    for path in [
        "/v1/kettles?stuff=clay",
        "/v1/pots?stuff=clay",
        "/v1/pans?stuff=clay",
    ] {
        let (_, headers) = send(router, Method::GET, path, "").await;
        let (_, _, links) = told(&headers).expect("it is deprecated");
        for link in links {
            let anchor = link.split(['#', '>']).nth(1).expect("an anchor");
            assert!(page.contains(&format!("id=\"{anchor}\"")), "{link}");
        }
    }
    assert!(page.contains("Use <code>/v1/pots</code>."), "{page}");
}
