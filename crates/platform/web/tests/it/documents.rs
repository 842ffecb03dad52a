//! What the edge says about the API: OpenAPI, pages, policies, health.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tenon_access::Policy;
use tenon_web::{Edge, Endpoint, Readiness, Reply, openapi_document, policy_table};
use tower::ServiceExt;

use crate::support::{API, App, Shared, endpoints};

fn document() -> Value {
    openapi_document(&API, &endpoints(&Arc::new(Shared::default())))
}

async fn nothing() -> Reply {
    Reply::no_content()
}

#[tokio::test]
async fn the_document_is_served_and_names_every_operation() {
    let app = App::new();
    let answer = app.get("/openapi.json").await;
    assert_eq!(answer.json(), document());
    let document = answer.json();
    let served: BTreeSet<&str> = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(_, path)| path.as_object().into_iter().flatten())
        .filter_map(|(_, operation)| operation["operationId"].as_str())
        .collect();
    let shared = Arc::new(Shared::default());
    let declared: Vec<Endpoint> = endpoints(&shared);
    assert_eq!(
        served,
        declared.iter().map(Endpoint::operation_id).collect()
    );
}

#[test]
fn an_operation_says_what_it_takes_and_what_can_come_of_it() {
    let document = document();
    let create = &document["paths"]["/v1/things"]["post"];
    assert_eq!(create["x-policy"], "signed_in");
    assert_eq!(
        create["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/ThingBody"
    );
    let statuses: Vec<&str> = create["responses"]
        .as_object()
        .expect("responses")
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "201", "400", "401", "403", "406", "408", "409", "413", "415", "422", "429", "500", "503",
    ];
    assert_eq!(statuses, expected);
    assert_eq!(
        create["responses"]["409"]["x-codes"],
        serde_json::json!(["things.taken", "idempotency_key_in_flight"])
    );
    assert_eq!(create["parameters"][0]["name"], "Idempotency-Key");

    let change = &document["paths"]["/v1/things/{id}"]["patch"];
    assert!(
        document["paths"].get("/v1/things/{thing_id}").is_none(),
        "one path, one set of names"
    );
    assert_eq!(change["parameters"][0]["name"], "id");
    assert_eq!(change["x-policy"], "has:staff");
    assert!(
        change["requestBody"]["content"]
            .get("application/merge-patch+json")
            .is_some()
    );
    assert!(change["responses"].get("428").is_some() && change["responses"].get("412").is_some());

    let list = &document["paths"]["/v1/things"]["get"];
    let limit = &list["parameters"][0];
    assert_eq!(
        (&limit["name"], &limit["in"]),
        (&"limit".into(), &"query".into())
    );
    assert_eq!(
        (&limit["schema"]["type"], &limit["schema"]["maximum"]),
        (&"integer".into(), &200.into())
    );
    let part = &document["components"]["schemas"]["PartBody"]["properties"]["quantity"];
    assert_eq!(part["maximum"], u32::MAX);
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn collect<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| collect(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("local");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

mod one {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    pub(super) struct Twin {
        a: u32,
    }
}

mod two {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    pub(super) struct Twin {
        b: u32,
    }
}

mod three {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    pub(super) struct Twin {
        a: u32,
    }
}

fn taking<T: JsonSchema>(path: &'static str, operation: &'static str) -> Endpoint {
    Endpoint::post(path, operation, Policy::Public)
        .summary("Takes it.")
        .body::<T>()
        .handler(nothing, ())
}

#[tokio::test]
async fn endpoints_that_contradict_each_other_do_not_make_an_api() {
    let refused = |endpoints: Vec<Endpoint>| {
        let app = App::new();
        Edge::try_public(app.state(), API, endpoints)
            .expect_err("refused")
            .to_string()
    };
    let get = |path, operation| {
        Endpoint::get(path, operation, Policy::Public)
            .summary("Gets.")
            .handler(nothing, ())
    };
    assert_eq!(
        refused(vec![get("/a", "x"), get("/b", "x")]),
        "the operation `x` is declared twice"
    );
    assert_eq!(
        refused(vec![get("/a/{id}", "x"), get("/a/{other}", "y")]),
        "`GET /a/{other}` is declared twice"
    );
    let unknown = Endpoint::get("/a", "x", Policy::Public)
        .rate_limit("none")
        .handler(nothing, ());
    assert!(refused(vec![unknown]).contains("rate limit `none`"));
    let twins = refused(vec![
        taking::<one::Twin>("/a", "x"),
        taking::<two::Twin>("/b", "y"),
    ]);
    assert!(twins.contains("named Twin"), "{twins}");
    let app = App::new();
    let alike = vec![
        taking::<one::Twin>("/a", "x"),
        taking::<three::Twin>("/b", "y"),
    ];
    assert!(
        Edge::try_public(app.state(), API, alike).is_ok(),
        "the same shape twice is one type"
    );
}

#[test]
fn a_type_that_is_read_and_written_differently_has_two_names() {
    #[derive(Debug, serde::Serialize, Deserialize, JsonSchema)]
    struct Colour {
        #[serde(default)]
        name: String,
    }
    let endpoint = Endpoint::post("/a", "x", Policy::Public)
        .body::<Colour>()
        .answers::<Colour>(200, "It.")
        .handler(nothing, ());
    let document = openapi_document(&API, &[endpoint]);
    let operation = &document["paths"]["/a"]["post"];
    assert_eq!(
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/ColourInput"
    );
    assert_eq!(
        operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/Colour"
    );
    assert_eq!(
        document["components"]["schemas"]["Colour"]["required"],
        serde_json::json!(["name"])
    );
    assert!(
        document["components"]["schemas"]["ColourInput"]
            .get("required")
            .is_none()
    );
}

#[test]
fn what_may_be_left_out_and_what_is_not_sent_is_not_promised() {
    #[derive(Debug, serde::Serialize, Deserialize, JsonSchema)]
    struct Wish {
        text: String,
    }
    let endpoint = |path, operation| {
        Endpoint::post(path, operation, Policy::Public)
            .body::<Wish>()
            .answers::<Wish>(202, "It.")
    };
    let endpoints = [
        endpoint("/a", "x").handler(nothing, ()),
        endpoint("/b", "y")
            .optional_body::<Wish>()
            .handler(nothing, ()),
        endpoint("/c", "z").without_location().handler(nothing, ()),
    ];
    let document = openapi_document(&API, &endpoints);
    let facts = ["/a", "/b", "/c"].map(|path| {
        let operation = &document["paths"][path]["post"];
        let headers = &operation["responses"]["202"]["headers"];
        (
            operation["requestBody"]["required"] == true,
            headers.get("Location").is_some(),
        )
    });
    assert_eq!(facts, [(true, true), (false, true), (true, false)]);
}

#[test]
fn types_with_local_names_are_named_after_their_operation() {
    mod sign_in {
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        #[expect(dead_code, reason = "only its schema is used")]
        pub(super) struct Body {
            password: String,
        }
    }
    mod refresh {
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        #[expect(dead_code, reason = "only its schema is used")]
        pub(super) struct Body {
            token: String,
        }
    }
    let endpoints = [
        taking::<sign_in::Body>("/a", "sign_in"),
        taking::<refresh::Body>("/b", "refresh_session"),
    ];
    let document = openapi_document(&API, &endpoints);
    for (path, name, member) in [
        ("/a", "SignInBody", "password"),
        ("/b", "RefreshSessionBody", "token"),
    ] {
        let schema = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
            ["schema"];
        assert_eq!(schema["$ref"], format!("#/components/schemas/{name}"));
        assert!(
            document["components"]["schemas"][name]["properties"]
                .get(member)
                .is_some(),
            "{name}"
        );
    }
    assert!(document["components"]["schemas"].get("Body").is_none());
}

#[test]
fn the_policy_table_has_a_row_for_each_operation() {
    let declared = endpoints(&Arc::new(Shared::default()));
    let table = policy_table(&declared);
    assert_eq!(table.len(), declared.len());
    assert!(table.contains(&(
        http::Method::POST,
        "/v1/things",
        "create_thing",
        Policy::SignedIn
    )));
}

#[tokio::test]
async fn the_documentation_needs_nothing_from_elsewhere() {
    let app = App::new();
    for (path, content_type) in [
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/app.js", "text/javascript; charset=utf-8"),
        ("/docs/style.css", "text/css; charset=utf-8"),
    ] {
        let answer = app.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, Some(content_type)),
            "{path}"
        );
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        for elsewhere in [
            "src=\"http",
            "href=\"http",
            "import(",
            "url(http",
            "@import",
            "<style",
            " onclick=",
            "innerHTML",
            "eval(",
        ] {
            assert!(!text.contains(elsewhere), "{path} has {elsewhere}");
        }
    }
    let post = Request::post("/docs")
        .body(Body::empty())
        .expect("a request");
    assert_eq!(app.send(post).await.header("allow"), Some("GET, HEAD"));
}

#[tokio::test]
async fn every_code_of_the_platform_has_a_page() {
    let app = App::new();
    let document = document();
    let responses = document["components"]["responses"]
        .as_object()
        .expect("responses")
        .clone();
    let outside = ["method_not_allowed", "route_not_found"].map(Value::from);
    let codes = responses
        .values()
        .flat_map(|response| response["x-codes"].as_array().cloned().unwrap_or_default());
    for code in codes.chain(outside) {
        let code = code.as_str().expect("text").to_owned();
        let page = app.get(&format!("/errors/{code}")).await;
        assert_eq!(page.status, 200, "docs/errors/{code}.md is missing");
        assert!(
            String::from_utf8_lossy(&page.bytes).contains("<h1>"),
            "{code}"
        );
        let list = app.get("/errors").await;
        assert!(
            String::from_utf8_lossy(&list.bytes).contains(&code),
            "{code}"
        );
    }
    assert_eq!(app.get("/errors/none_such").await.problem().0, 404);
}

struct Parts(Option<&'static str>);

#[async_trait]
impl Readiness for Parts {
    async fn check(&self) -> Vec<(String, Option<String>)> {
        vec![
            ("orders".to_owned(), None),
            ("payments".to_owned(), self.0.map(str::to_owned)),
        ]
    }
}

async fn ask(reason: Option<&'static str>, path: &str) -> (u16, String) {
    let router = Edge::operations(Arc::new(Parts(reason)));
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = router
        .oneshot(request)
        .await
        .expect("the router never fails");
    let status = response.status().as_u16();
    let body = response
        .into_body()
        .collect()
        .await
        .expect("the body is whole")
        .to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn readiness_names_the_part_that_is_not_well_and_liveness_does_not_care() {
    assert_eq!(ask(None, "/readyz").await.0, 200);
    let (status, body) = ask(Some("no connection"), "/readyz").await;
    assert_eq!(status, 503);
    assert!(
        body.contains("\"payments\":\"no connection\"") && body.contains("\"orders\":\"ok\""),
        "{body}"
    );
    assert_eq!(ask(Some("no connection"), "/livez").await.0, 200);
}

#[tokio::test]
async fn metrics_count_operations() {
    App::new().get("/v1/whoami").await;
    let (status, text) = ask(None, "/metrics").await;
    assert_eq!(status, 200);
    assert!(
        text.contains("tenon_http_requests_total{operation=\"get_whoami\",status=\"2xx\"}"),
        "{text}"
    );
    assert!(text.contains("tenon_http_request_duration_seconds_count{operation=\"get_whoami\"}"));
    assert!(
        text.contains(
            "tenon_http_seam_calls_total{callee=\"directory\",operation=\"get_whoami\",status=\"2xx\"} "
        ),
        "{text}"
    );
}
