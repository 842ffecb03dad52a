//! A small API behind the real edge, without a socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenon_access::{
    Authentication, Delegation, Policy, Scope, SigningKey, TokenIssuer, TokenVerifier,
    VerifierSettings, VerifyingKey,
};
use tenon_kernel::testing::{ManualClock, SeededEntropy};
use tenon_kernel::{Env, ErrorKind, Id, IdKind, Page, Role, Timestamp};
use tenon_web::{
    ApiCookie, ApiForm, ApiInfo, ApiJson, ApiPath, ApiQuery, BearerSecret, ClientAddress, Ctx,
    Edge, EdgeState, Endpoint, IfMatch, KeyRule, ListView, Problem, RawBody, Reply, WebSettings,
    page_request,
};
use tokio::sync::Notify;
use tower::ServiceExt;
use uuid::Uuid;

pub(crate) const API: ApiInfo = ApiInfo {
    title: "Things",
    version: "1",
    examples: "",
};
pub(crate) const THING: &str = "thg_00000000000000000000000001";

pub(crate) struct ThingKind;
impl IdKind for ThingKind {
    const PREFIX: &'static str = "thg";
}
/// The kind of ids of programs.
struct ClientKind;
impl IdKind for ClientKind {
    const PREFIX: &'static str = "cli";
}
pub(crate) type ThingId = Id<ThingKind>;

/// A thing as callers see it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ThingView {
    id: ThingId,
    name: String,
}

/// A new thing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThingBody {
    /// What people call it.
    name: String,
    #[serde(default)]
    parts: Vec<PartBody>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartBody {
    thing: ThingId,
    #[expect(dead_code, reason = "only read by serde")]
    quantity: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThingQuery {
    limit: Option<u32>,
    cursor: Option<String>,
    /// Only things of this colour.
    colour: Option<String>,
}

/// What handlers share with the test.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) started: Notify,
    pub(crate) go_on: Notify,
    pub(crate) finished: AtomicUsize,
}

type Shelf = State<Arc<Shared>>;

async fn list_things(ApiQuery(query): ApiQuery<ThingQuery>) -> Result<Reply, Problem> {
    let page = page_request(query.limit, query.cursor)?;
    let data: Vec<String> = (0..page.limit)
        .map(|n| format!("{} {n}", query.colour.as_deref().unwrap_or("any")))
        .collect();
    Ok(Reply::page(Page {
        data,
        next_cursor: Some(tenon_kernel::Cursor::from_text("bmV4dA")),
    }))
}

async fn get_thing(ApiPath(id): ApiPath<ThingId>) -> Reply {
    Reply::ok(&ThingView {
        id,
        name: "kettle".to_owned(),
    })
    .version(17)
    .cache_control("private, max-age=60")
}

async fn create_thing(ctx: Ctx, ApiJson(body): ApiJson<ThingBody>) -> Reply {
    let scope = ctx.0.idempotency.as_ref();
    let key = scope.map(|scope| scope.key.clone());
    let thing = body
        .parts
        .first()
        .map_or_else(|| THING.to_owned(), |part| part.thing.to_string());
    let subject = scope.map(|scope| scope.subject.clone());
    Reply::created(
        format!("/v1/things/{THING}"),
        &json!({ "name": body.name, "key": key, "subject": subject, "thing": thing }),
    )
}

async fn change_thing(
    IfMatch(version): IfMatch,
    ApiPath(_): ApiPath<ThingId>,
    _: ApiJson<ThingBody>,
) -> Result<Reply, Problem> {
    if version != 17 {
        let stale = Problem::new(
            ErrorKind::PreconditionFailed,
            "things.stale",
            "Someone was faster.",
        );
        return Err(stale.with_version(17));
    }
    Ok(Reply::no_content().version(18))
}

async fn replay_thing(Ctx(ctx): Ctx, RawBody(body): RawBody) -> Reply {
    ctx.mark_replayed();
    Reply::ok(
        &json!({ "bytes": body.len(), "subject": ctx.idempotency.map(|scope| scope.subject) }),
    )
}

async fn whoami(
    Ctx(ctx): Ctx,
    ClientAddress(address): ClientAddress,
    secret: BearerSecret,
) -> Reply {
    ctx.stats().record_seam_call("directory"); // as an edge of the seam does
    Reply::ok(&json!({
        "principal": ctx.principal.to_string(),
        "address": address,
        "trace_id": ctx.trace.trace_id_text(),
        "deadline": ctx.deadline.remaining().is_some(),
        "guest": secret.header("Cart-Token"),
    }))
}

async fn large() -> Reply {
    Reply::json_bytes(Bytes::from(
        json!({ "text": "tea ".repeat(2_000) }).to_string(),
    ))
}

async fn panicking() -> Reply {
    panic!("a secret of the handler")
}

async fn waiting(State(shared): Shelf) -> Reply {
    shared.started.notify_one();
    shared.go_on.notified().await;
    shared.finished.fetch_add(1, Ordering::SeqCst);
    Reply::no_content()
}

/// A form of a protocol that is not ours.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct GrantForm {
    grant: Option<String>,
    count: Option<u32>,
}

async fn grant(
    ctx: Ctx,
    headers: HeaderMap,
    ApiForm(form): ApiForm<GrantForm>,
) -> Result<Reply, Problem> {
    if form.grant.as_deref() == Some("bad") {
        let problem = Problem::new(ErrorKind::Malformed, "invalid_grant", "say \"please\"");
        return Err(problem.with_oauth_error("invalid_grant"));
    }
    let proof = headers
        .get(AUTHORIZATION)
        .map(|value| value.to_str().unwrap_or_default().to_owned());
    Ok(Reply::ok(&json!({
        "grant": form.grant, "count": form.count, "proof": proof, "cookie": headers.contains_key("cookie"),
        "principal": ctx.0.principal.to_string(),
    })))
}

async fn page(ApiCookie(cookie): ApiCookie, headers: HeaderMap) -> Reply {
    let page = format!(
        "<p>{} {}</p>",
        cookie.unwrap_or_default(),
        headers.contains_key(AUTHORIZATION)
    );
    Reply::html(StatusCode::OK, page)
        .header("set-cookie", "visit=v2; Path=/")
        .header("referrer-policy", "same-origin")
}

async fn leave() -> Reply {
    Reply::see_other("https://elsewhere.example/?a=1")
}

pub(crate) fn endpoints(shared: &Arc<Shared>) -> Vec<Endpoint> {
    let shared = || Arc::clone(shared);
    vec![
        Endpoint::get("/v1/things", "list_things", Policy::Public)
            .tag("things")
            .summary("Lists things.")
            .query::<ThingQuery>()
            .answers::<ListView<String>>(200, "A page of things.")
            .handler(list_things, ()),
        Endpoint::post("/v1/things", "create_thing", Policy::SignedIn)
            .tag("things")
            .summary("Makes a thing.")
            .idempotency(KeyRule::Required)
            .body::<ThingBody>()
            .max_body(4_096)
            .answers::<ThingView>(201, "The new thing.")
            .problem(409, "things.taken")
            .handler(create_thing, ()),
        Endpoint::get("/v1/things/{id}", "get_thing", Policy::Public)
            .tag("things")
            .summary("Gets a thing.")
            .path_param::<ThingId>("id", "Which thing.")
            .answers::<ThingView>(200, "The thing.")
            .handler(get_thing, ()),
        Endpoint::patch(
            "/v1/things/{thing_id}",
            "change_thing",
            Policy::Has(Role::Staff),
        )
        .tag("things")
        .summary("Changes a thing.")
        .needs_if_match()
        .body::<ThingBody>()
        .answers_empty(204, "Changed.")
        .problem(412, "things.stale")
        .handler(change_thing, ()),
        Endpoint::post("/v1/things/{id}/replays", "replay_thing", Policy::Bearer)
            .summary("Answers as if it had been asked before.")
            .idempotency(KeyRule::Optional)
            .header("Cart-Token", false, "The secret of a guest.")
            .answers::<Value>(200, "What was.")
            .handler(replay_thing, ()),
        Endpoint::post("/v1/transfers", "create_transfer", Policy::Has(Role::Staff))
            .summary("Moves money.")
            .needs_recent_sign_in()
            .answers::<Value>(200, "Who asks.")
            .handler(whoami, ()),
        Endpoint::get("/v1/whoami", "get_whoami", Policy::Public)
            .summary("Says who asks.")
            .answers::<Value>(200, "Who asks.")
            .handler(whoami, ()),
        Endpoint::get("/v1/large", "get_large", Policy::Public)
            .summary("Much text.")
            .answers::<Value>(200, "Text.")
            .handler(large, ()),
        Endpoint::post("/protocol/grants", "create_grant", Policy::Bearer)
            .summary("Speaks OAuth.")
            .oauth_client()
            .form::<GrantForm>()
            .answers::<Value>(200, "What came.")
            .handler(grant, ()),
        Endpoint::get("/pages/one", "get_page", Policy::Public)
            .summary("A page.")
            .cookie("visit")
            .answers_page(200, "The page.")
            .handler(page, ()),
        Endpoint::post("/pages/one", "leave_page", Policy::Public)
            .summary("Goes elsewhere.")
            .same_origin()
            .answers_page(400, "A page about what is wrong.")
            .redirects("Elsewhere.")
            .handler(leave, ()),
        Endpoint::get("/v1/panics", "get_panic", Policy::Public)
            .summary("Breaks.")
            .handler(panicking, ()),
        Endpoint::post("/v1/panics", "create_panic", Policy::Public)
            .summary("Breaks.")
            .handler(panicking, ()),
        Endpoint::get("/v1/waits", "get_wait", Policy::Public)
            .summary("Waits.")
            .handler(waiting, shared()),
        Endpoint::post("/v1/waits", "create_wait", Policy::Public)
            .summary("Waits.")
            .rate_limit("auth")
            .handler(waiting, shared()),
    ]
}

/// The API in a box.
pub(crate) struct App {
    pub(crate) router: Router,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) shared: Arc<Shared>,
    state: EdgeState,
    issuer: TokenIssuer,
    key: Arc<SigningKey>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl App {
    pub(crate) fn new() -> Self {
        Self::with(WebSettings::unlimited())
    }

    pub(crate) fn with(settings: WebSettings) -> Self {
        let clock = Arc::new(ManualClock::starting_at(Timestamp::from_unix_seconds(
            1_800_000_000,
        )));
        let env = Env::new(Arc::clone(&clock) as _, Arc::new(SeededEntropy::new(7)));
        let key = Arc::new(SigningKey::generate(&env));
        let shared = Arc::new(Shared::default());
        let issuer = TokenIssuer::new(
            "tenon".to_owned(),
            "api".to_owned(),
            Duration::from_mins(10),
            env.clone(),
        );
        let verifier_settings = VerifierSettings {
            issuer: "tenon".to_owned(),
            audience: "api".to_owned(),
            session_check_every: Duration::from_secs(5),
            recent_sign_in: Duration::from_mins(30),
        };
        let public = key.verifying_key();
        let keys = Arc::new(move || std::future::ready(Ok(vec![public.clone()])));
        let sessions = Arc::new(|_session: Uuid| std::future::ready(Ok(true)));
        let verifier = TokenVerifier::new(verifier_settings, keys, sessions, env.clone());
        let state = EdgeState {
            env,
            verifier,
            settings: Arc::new(settings),
        };
        Self {
            router: Edge::public(state.clone(), API, endpoints(&shared)),
            clock,
            shared,
            state,
            issuer,
            key,
        }
    }

    pub(crate) fn state(&self) -> EdgeState {
        self.state.clone()
    }

    pub(crate) fn verifying_key(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    /// A token of a sign-in at this moment.
    pub(crate) fn token(&self, user: u128, roles: &[Role]) -> String {
        self.token_signed_in(user, roles, Duration::ZERO)
    }

    /// A token of somebody who has to add a second factor first.
    pub(crate) fn token_enrolling(&self, user: u128) -> String {
        let (user, session) = (Uuid::from_u128(user), Uuid::from_u128(user + 1));
        let signed_in = self.signed_in(Duration::ZERO);
        self.issuer
            .issue_enrolling(&self.key, user, session, &signed_in)
            .expect("a token")
            .0
    }

    /// A token of now whose person signed in so long ago.
    pub(crate) fn token_signed_in(&self, user: u128, roles: &[Role], ago: Duration) -> String {
        let (user, session) = (Uuid::from_u128(user), Uuid::from_u128(user + 1));
        self.issuer
            .issue(&self.key, user, session, roles, &self.signed_in(ago))
            .expect("a token")
            .0
    }

    /// The token of a program that acts for a user who signed in so long ago.
    pub(crate) fn delegated(
        &self,
        user: u128,
        roles: &[Role],
        scope: &str,
        ago: Duration,
    ) -> String {
        let delegation = Delegation {
            client_id: "cli_00000000000000000000000001".to_owned(),
            scope: Scope::parse(scope).expect("a scope"),
        };
        let (user, session) = (Uuid::from_u128(user), Uuid::from_u128(user + 1));
        let signed_in = self.signed_in(ago);
        self.issuer
            .issue_delegated(&self.key, user, session, roles, &signed_in, &delegation)
            .expect("a token")
            .0
    }

    /// The token of a program that acts for itself.
    pub(crate) fn of_program(&self, client: u128, roles: &[Role], scope: &str) -> String {
        let client = Uuid::from_u128(client);
        let delegation = Delegation {
            client_id: Id::<ClientKind>::from_uuid(client).to_string(),
            scope: Scope::parse(scope).expect("a scope"),
        };
        self.issuer
            .issue_to_client(&self.key, client, roles, &delegation)
            .expect("a token")
            .0
    }

    fn signed_in(&self, ago: Duration) -> Authentication {
        Authentication {
            at: self.state.env.now() - ago,
            amr: vec!["pwd".to_owned()],
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("the router never fails");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("the body is whole").to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request"))
            .await
    }

    /// Makes a thing for a signed-in customer.
    pub(crate) async fn create(&self, body: impl Into<Body>) -> Answer {
        self.send(self.create_request().body(body.into()).expect("a request"))
            .await
    }

    pub(crate) fn create_request(&self) -> http::request::Builder {
        Request::post("/v1/things")
            .header(
                AUTHORIZATION,
                format!("Bearer {}", self.token(1, &[Role::Customer])),
            )
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", "k1")
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("the body is JSON")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Status, code, and the first wrong member with its own code.
    pub(crate) fn problem(&self) -> (u16, String, String, String) {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        let body = self.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(
            text(&body["type"]),
            format!("/errors/{}", text(&body["code"]))
        );
        assert_eq!(body["trace_id"].as_str(), self.header("trace-id"));
        let wrong = &body["errors"][0];
        (
            self.status.as_u16(),
            text(&body["code"]),
            text(&wrong["pointer"]),
            text(&wrong["code"]),
        )
    }
}

pub(crate) fn is(
    status: u16,
    code: &str,
    pointer: &str,
    wrong: &str,
) -> (u16, String, String, String) {
    (
        status,
        code.to_owned(),
        pointer.to_owned(),
        wrong.to_owned(),
    )
}
