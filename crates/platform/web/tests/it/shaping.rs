//! The form of an answer, as callers ask for it: sparse fields and preferences.

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

#[tokio::test]
async fn whoever_wants_to_hear_little_hears_where_the_thing_is_and_its_version() {
    let kitchen = Kitchen::new();
    let minimal = [("prefer", "return=minimal"), ("if-match", "\"v4\"")];
    let made = kitchen.ask(Method::POST, "/v1/pots", &minimal).await;
    assert_eq!((made.status.as_u16(), &made.body), (201, &Value::Null));
    assert_eq!(made.header("location"), Some("/v1/pots/p1"));
    assert_eq!(made.header("etag"), Some("\"v1\""));
    assert_eq!(made.header("preference-applied"), Some("return=minimal"));
    assert_eq!(made.header("content-type"), None);
    let changed = kitchen.ask(Method::PATCH, "/v1/pots/p1", &minimal).await;
    assert_eq!(
        (changed.status.as_u16(), &changed.body),
        (204, &Value::Null)
    );
    assert_eq!(changed.header("etag"), Some("\"v5\""));

    let whole = [("prefer", "return=representation"), ("if-match", "\"v4\"")];
    let changed = kitchen.ask(Method::PATCH, "/v1/pots/p1", &whole).await;
    assert_eq!(
        (changed.status.as_u16(), &changed.body["id"]),
        (200, &json!("p1"))
    );
    assert_eq!(
        changed.header("preference-applied"),
        Some("return=representation")
    );

    // A refusal says what is wrong, a secret is shown, and reads are about nothing else.
    let stale = kitchen
        .ask(Method::PATCH, "/v1/pots/p1", &minimal[..1])
        .await;
    assert_eq!(
        (stale.status.as_u16(), stale.header("preference-applied")),
        (428, None)
    );
    assert_eq!(stale.body["code"], "precondition_required");
    for (method, path) in [
        (Method::POST, "/v1/pots/p1/keys"),
        (Method::GET, "/v1/pots/p1"),
    ] {
        let answer = kitchen.ask(method, path, &minimal).await;
        assert_eq!(
            (&answer.body["id"], answer.header("preference-applied")),
            (&json!("p1"), None),
            "{path}"
        );
    }
}

#[tokio::test]
async fn preferences_are_left_alone_unless_the_caller_insists() {
    let kitchen = Kitchen::new();
    for (prefer, note, applied) in [
        ("wait=7", json!("waited 7"), Some("wait=7")),
        (
            "respond-async, Wait=\"600\"; a=b",
            json!("waited 20"),
            Some("wait=20"),
        ),
        (
            "wait=1, handling=strict",
            json!("waited 1"),
            Some("wait=1, handling=strict"),
        ),
        ("<b>, wait=soon, =, x=\"", Value::Null, None),
        ("handling=lenient, colour=red", Value::Null, None),
    ] {
        let answer = kitchen
            .ask(Method::GET, "/v1/pots/p1", &[("prefer", prefer)])
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["note"]),
            (200, &note),
            "{prefer}"
        );
        assert_eq!(answer.header("preference-applied"), applied, "{prefer}");
    }
    let asked = kitchen.was_asked();
    for (prefer, named) in [
        ("handling=strict, respond-async", "`respond-async`"),
        ("handling=strict, return=minimal", "`return`"),
        ("wait=soon, handling=strict", "`wait` has no value `soon`"),
        ("wait=\"<b>\", handling=strict", "`wait` has no value."),
        ("handling=strict, <b>", "cannot be read"),
    ] {
        let refused = kitchen
            .ask(Method::GET, "/v1/pots/p1", &[("prefer", prefer)])
            .await;
        let (pointer, _, detail) = refused.wrong();
        assert_eq!(pointer, "Prefer:", "{prefer}");
        assert!(
            detail.contains(named) && !detail.contains('<'),
            "{prefer}: {detail}"
        );
    }
    assert_eq!(kitchen.was_asked(), asked);
}

#[test]
fn documents_say_what_callers_may_ask_for() {
    let endpoints = endpoints(&Asked::default());
    let document = openapi_document(&API, &endpoints);
    let parameter = |path: &str, method: &str, name: &str| {
        let parameters = document["paths"][path][method]["parameters"].as_array();
        let mut parameters = parameters.into_iter().flatten();
        parameters.find(|one| one["name"] == name).cloned()
    };
    for (path, method, is_sparse, prefers) in [
        ("/v1/pots", "get", true, None),
        ("/v1/pots/{id}", "get", true, Some("`wait=n`")),
        ("/v1/pots", "post", false, Some("`return=minimal`")),
        ("/v1/pots/{id}", "patch", false, Some("`return=minimal`")),
        ("/v1/pots/{id}/keys", "post", false, None),
        ("/elsewhere", "get", false, None),
    ] {
        let fields = parameter(path, method, "fields");
        assert_eq!(fields.is_some(), is_sparse, "{method} {path}");
        if let Some(fields) = fields {
            let description = fields["description"].as_str().expect("text");
            assert!(
                description.contains("`id`, `lids`, `maker`, `note`, `size`"),
                "{description}"
            );
        }
        let prefer = parameter(path, method, "Prefer");
        let said = prefer.map(|prefer| prefer["description"].as_str().expect("text").to_owned());
        match (prefers, said) {
            (Some(word), Some(said)) => assert!(said.contains(word), "{said}"),
            (None, None) => {}
            other => panic!("{method} {path}: {other:?}"),
        }
    }
    let answers = &document["paths"]["/v1/pots/{id}"]["patch"]["responses"];
    assert!(
        answers["204"].get("content").is_none() && answers["204"]["headers"]["ETag"].is_object()
    );
    let answers = &document["paths"]["/v1/pots"]["post"]["responses"];
    assert!(answers.get("204").is_none());
    assert!(answers["201"]["headers"]["Saw-Preference"].is_object());
    assert!(answers["201"]["headers"]["Preference-Applied"].is_object());
}

#[test]
fn the_table_of_conventions_has_a_row_for_each_operation() {
    let table = conventions_table(&endpoints(&Asked::default()));
    let rows: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(rows.len(), 7);
    assert_eq!(
        rows[0],
        "| list_pots | `GET /v1/pots` | public | api:read |  |  |  | yes | yes |  |  | default |  |"
    );
    assert_eq!(
        rows[1],
        "| get_pot | `GET /v1/pots/{id}` | public | api:read |  |  | yes |  | yes | maker, shelf | wait | default |  |"
    );
    assert_eq!(
        rows[3],
        "| create_pot | `POST /v1/pots` | public | api:write | taken |  |  |  |  |  | return | default | 1 MiB |"
    );
    assert_eq!(
        rows[4],
        "| update_pot | `PATCH /v1/pots/{id}` | public | api:write |  | required | yes |  |  |  | return | default | 1 MiB |"
    );
}
