//! The form of an answer, as callers ask for it: sparse fields, expansion and preferences.

mod documents;
mod preferences;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenon_access::Policy;
use tenon_kernel::{Cursor, ErrorKind, Page};
use tenon_seam::{EdgeSettings, Mode};
use tenon_web::{
    ApiJson, ApiQuery, Edge, Endpoint, Expand, IfMatch, KeyRule, ListView, Preferences, Problem,
    Reply, conventions_table, openapi_document, page_request,
};
use tower::ServiceExt;

use crate::forwarded::relay;
use crate::support::{API, App};

/// A pot as callers see it.
#[derive(Debug, Serialize, JsonSchema)]
struct PotView {
    id: String,
    size: SizeView,
    lids: Vec<LidView>,
    note: Option<String>,
    /// With `expand=maker`.
    #[serde(skip_serializing_if = "Option::is_none")]
    maker: Option<MakerView>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct MakerView {
    name: String,
    town: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SizeView {
    litres: u32,
    unit: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct LidView {
    colour: String,
    weight: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PotQuery {
    limit: Option<u32>,
    cursor: Option<String>,
    q: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PotBody {
    #[expect(dead_code, reason = "only read by serde")]
    name: String,
}

fn pot(id: &str) -> PotView {
    let lid = |colour: &str| LidView {
        colour: colour.to_owned(),
        weight: 3,
    };
    PotView {
        id: id.to_owned(),
        size: SizeView {
            litres: 2,
            unit: "l".to_owned(),
        },
        lids: vec![lid("red"), lid("blue")],
        note: None,
        maker: None,
    }
}

/// Counts how often a handler was asked.
type Asked = Arc<std::sync::atomic::AtomicUsize>;

fn count(asked: &Asked) {
    asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
}

async fn list(
    State(asked): State<Asked>,
    ApiQuery(query): ApiQuery<PotQuery>,
) -> Result<Reply, Problem> {
    count(&asked);
    page_request(query.limit, query.cursor)?;
    let data = vec![pot(query.q.as_deref().unwrap_or("p1")), pot("p2")];
    Ok(Reply::page(Page {
        data,
        next_cursor: Some(Cursor::from_text("bmV4dA")),
    }))
}

async fn get(State(asked): State<Asked>, preferences: Preferences, expand: Expand) -> Reply {
    count(&asked);
    let wait = preferences.wait(LONGEST);
    let mut pot = pot("p1");
    pot.note = wait.map(|wait| format!("waited {}", wait.as_secs()));
    pot.maker = expand.has("maker").then(|| MakerView {
        name: "Ada".to_owned(),
        town: "Ulm".to_owned(),
    });
    Reply::ok(&pot).version(17)
}

async fn refuse() -> Problem {
    Problem::new(ErrorKind::NotFound, "pots.none", "There is none.")
}

async fn create(headers: HeaderMap, _: ApiJson<PotBody>) -> Reply {
    let reply = Reply::created("/v1/pots/p1", &pot("p1")).version(1);
    let seen = headers.contains_key("prefer").to_string();
    reply.header("saw-preference", seen)
}

async fn change(IfMatch(version): IfMatch, _: ApiJson<PotBody>) -> Reply {
    Reply::ok(&pot("p1")).version(version + 1)
}

const LONGEST: std::time::Duration = std::time::Duration::from_secs(20);

fn endpoints(asked: &Asked) -> Vec<Endpoint> {
    let asked = || Arc::clone(asked);
    vec![
        Endpoint::get("/v1/pots", "list_pots", Policy::Public)
            .query::<PotQuery>()
            .answers::<ListView<PotView>>(200, "Pots.")
            .handler(list, asked()),
        Endpoint::get("/v1/pots/{id}", "get_pot", Policy::Public)
            .answers::<PotView>(200, "The pot.")
            .waits(LONGEST)
            .expands("maker", "who made it")
            .expands("shelf", "where it stands")
            .handler(get, asked()),
        Endpoint::get("/v1/none", "get_none", Policy::Public)
            .answers::<PotView>(200, "Never.")
            .problem(404, "pots.none")
            .handler(refuse, ()),
        Endpoint::post("/v1/pots", "create_pot", Policy::Public)
            .idempotency(KeyRule::Optional)
            .body::<PotBody>()
            .answers::<PotView>(201, "The pot.")
            .with_header("Saw-Preference", "Whether the handler saw one.")
            .handler(create, ()),
        Endpoint::patch("/v1/pots/{id}", "update_pot", Policy::Public)
            .needs_if_match()
            .body::<PotBody>()
            .answers::<PotView>(200, "The pot.")
            .handler(change, ()),
        Endpoint::post("/v1/pots/{id}/keys", "create_pot_key", Policy::Public)
            .body::<PotBody>()
            .answers::<PotView>(201, "The key.")
            .shown_once()
            .handler(create, ()),
        Endpoint::get("/elsewhere", "get_elsewhere", Policy::Public)
            .answers::<PotView>(200, "Of another protocol.")
            .handler(get, asked()),
    ]
}

/// The same API with its handlers here, and behind the seam.
struct Kitchen {
    here: Router,
    there: Router,
    asked: Asked,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Pointer, code and sentence of what is wrong.
    fn wrong(&self) -> (&str, &str, &str) {
        assert_eq!(
            (self.status.as_u16(), &self.body["code"]),
            (400, &json!("invalid_request"))
        );
        let wrong = &self.body["errors"][0];
        let text = |name: &str| wrong[name].as_str().expect("text");
        (text("pointer"), text("code"), text("detail"))
    }
}

impl Kitchen {
    fn new() -> Self {
        let (app, asked) = (App::new(), Asked::default());
        let relay = relay(EdgeSettings::of(Mode::Wire), &endpoints(&asked));
        let forwarded = endpoints(&asked).into_iter();
        let forwarded = forwarded.map(|endpoint| endpoint.forwarded(Arc::clone(&relay)));
        Self {
            here: Edge::public(app.state(), API, endpoints(&asked)),
            there: Edge::public(app.state(), API, forwarded.collect()),
            asked,
        }
    }

    /// Asks both; they agree.
    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let (here, there) = (
            send(&self.here, method.clone(), path, headers).await,
            send(&self.there, method, path, headers).await,
        );
        assert_eq!(here.status, there.status, "{path}");
        assert_eq!(
            without_trace(&here.body),
            without_trace(&there.body),
            "{path}"
        );
        for name in [
            "etag",
            "link",
            "location",
            "preference-applied",
            "content-type",
            "content-length",
        ] {
            assert_eq!(here.header(name), there.header(name), "{path} {name}");
        }
        here
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    fn was_asked(&self) -> usize {
        self.asked.load(std::sync::atomic::Ordering::SeqCst)
    }
}

fn without_trace(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("trace_id");
    }
    body
}

async fn send(router: &Router, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let is_read = method.is_safe();
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if is_read {
        Body::empty()
    } else {
        request = request.header("content-type", "application/json");
        Body::from(r#"{"name":"pot"}"#)
    };
    let answer = router
        .clone()
        .oneshot(request.body(body).expect("a request"))
        .await
        .expect("the router never fails");
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await.expect("whole").to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    }
}

#[tokio::test]
async fn a_thing_has_the_members_that_were_asked_for_and_keeps_its_version() {
    let kitchen = Kitchen::new();
    let sparse = kitchen
        .get("/v1/pots/p1?fields=id,size.litres,lids.colour")
        .await;
    assert_eq!(
        sparse.body,
        json!({ "id": "p1", "size": { "litres": 2 }, "lids": [{ "colour": "red" }, { "colour": "blue" }] })
    );
    assert_eq!(sparse.header("etag"), Some("\"v17\""));
    let known = [("if-none-match", "\"v17\"")];
    let same = kitchen
        .ask(Method::GET, "/v1/pots/p1?fields=id", &known)
        .await;
    assert_eq!(
        (same.status.as_u16(), same.header("etag")),
        (304, Some("\"v17\""))
    );
    let head = kitchen
        .ask(Method::HEAD, "/v1/pots/p1?fields=id", &[])
        .await;
    assert_eq!(head.header("content-length"), Some("11"));
    // Refusals are never sparse.
    let none = kitchen.get("/v1/none?fields=id").await;
    assert_eq!(
        (none.status.as_u16(), &none.body["code"]),
        (404, &json!("pots.none"))
    );
}

#[tokio::test]
async fn a_page_keeps_what_is_around_its_things_and_leads_on_in_the_same_form() {
    let kitchen = Kitchen::new();
    let page = kitchen
        .get("/v1/pots?limit=2&fields=id,note&q=%C3%A9")
        .await;
    assert_eq!(
        page.body,
        json!({ "data": [{ "id": "é", "note": null }, { "id": "p2", "note": null }],
                "next_cursor": "bmV4dA", "has_more": true })
    );
    let link = "</v1/pots?limit=2&fields=id,note&q=%C3%A9&cursor=bmV4dA>; rel=\"next\"";
    assert_eq!(page.header("link"), Some(link));
}

#[tokio::test]
async fn what_is_no_member_is_refused_before_anything_is_done() {
    let kitchen = Kitchen::new();
    for (fields, code, named) in [
        ("fields=id,price", "unknown_value", "`price`"),
        ("fields=size.price", "unknown_value", "`size.price`"),
        ("fields=next_cursor", "unknown_value", "`next_cursor`"),
        ("fields=", "invalid_value", "names"),
        ("fields=%3Cb%3E", "invalid_value", "names"),
        ("fields=lids.colour.tone", "invalid_value", "too deep"),
        ("fields=id&fields=id", "duplicate_member", "twice"),
        ("%66ields=id&fields=id", "duplicate_member", "twice"),
        ("fields=%FF", "malformed_text", "UTF-8"),
    ] {
        let refused = kitchen.get(&format!("/v1/pots?{fields}")).await;
        let (pointer, found, detail) = refused.wrong();
        assert_eq!((pointer, found), ("?fields", code), "{fields}");
        assert!(
            detail.contains(named) && !detail.contains('<'),
            "{fields}: {detail}"
        );
    }
    assert_eq!(kitchen.was_asked(), 0);
    // Where there is nothing to choose, it is a member like any other that is not taken.
    let refused = kitchen.get("/elsewhere?fields=id").await;
    assert_eq!(refused.wrong().0, "?fields");
    let refused = kitchen.ask(Method::POST, "/v1/pots?fields=id", &[]).await;
    assert_eq!(
        (refused.wrong().0, refused.wrong().1),
        ("?fields", "unknown_member")
    );
}

#[tokio::test]
async fn an_answer_has_in_it_what_was_asked_for_and_then_no_version_of_its_own() {
    let kitchen = Kitchen::new();
    let plain = kitchen.get("/v1/pots/p1").await;
    assert!(plain.body.get("maker").is_none());
    let known = [("if-none-match", "\"v17\"")];
    let path = "/v1/pots/p1?expand=maker,maker&fields=id,maker.town";
    let expanded = kitchen.ask(Method::GET, path, &known).await;
    assert_eq!(expanded.status, 200);
    assert_eq!(
        expanded.body,
        json!({ "id": "p1", "maker": { "town": "Ulm" } })
    );
    assert_eq!(expanded.header("etag"), None);

    let asked = kitchen.was_asked();
    for (expand, code, named) in [
        (
            "expand=maker,lids",
            "unknown_value",
            "`lids` cannot be expanded; there are `maker`, `shelf`.",
        ),
        ("expand=", "invalid_value", "there are `maker`, `shelf`"),
        ("expand=maker.town", "invalid_value", "separated by commas"),
        ("expand=%3Cb%3E", "invalid_value", "separated by commas"),
        ("expand=maker&expand=shelf", "duplicate_member", "twice"),
    ] {
        let refused = kitchen.get(&format!("/v1/pots/p1?{expand}")).await;
        let (pointer, found, detail) = refused.wrong();
        assert_eq!((pointer, found), ("?expand", code), "{expand}");
        assert!(detail.contains(named) && !detail.contains('<'), "{detail}");
    }
    assert_eq!(kitchen.was_asked(), asked);
    let refused = kitchen.get("/v1/pots?expand=maker").await;
    assert_eq!(refused.wrong().1, "unknown_member");
}
