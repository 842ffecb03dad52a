//! The merchant's API.

mod outcome;

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use http::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::outcome::{Fate, Outcome, error, fault_after, fault_before, refusal};
use crate::books::Answer;
use crate::intent::Refused;
use crate::server::Shared;
use crate::{ApiMode, CaptureMode, Fault, Intent, Operation, Status};

/// `POST /intents`
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CreateIntent {
    key: String,
    reference: String,
    amount: i64,
    currency: String,
    #[serde(default)]
    payment_method: Option<String>,
    #[serde(default)]
    return_url: Option<String>,
    #[serde(default)]
    capture: CaptureMode,
}

/// `POST /intents/{id}/capture`, `/void` and `/refund`
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Operate {
    key: String,
    #[serde(default)]
    amount: Option<i64>,
}

pub(crate) fn routes(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    Router::new()
        .route("/intents", post(create))
        .route("/intents/{id}", get(find))
        .route("/intents/by-reference/{reference}", get(find_by_reference))
        .route("/intents/{id}/capture", post(capture))
        .route("/intents/{id}/void", post(void))
        .route("/intents/{id}/refund", post(refund))
        .route_layer(middleware::from_fn_with_state(Arc::clone(shared), guard))
}

/// The key, and the mode of the whole API.
async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if let Some(key) = &shared.config.api_key {
        let sent = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        if sent.and_then(|value| value.strip_prefix("Bearer ")) != Some(key) {
            return error(StatusCode::UNAUTHORIZED, "unauthorized")
                .answer(&shared)
                .await;
        }
    }
    let mode = shared.books().api;
    match mode {
        ApiMode::Normal => {}
        ApiMode::Down => {
            return error(StatusCode::SERVICE_UNAVAILABLE, "down")
                .answer(&shared)
                .await;
        }
        ApiMode::Slow => tokio::time::sleep(shared.config.slow).await,
        ApiMode::Silent => return shared.never_answer().await,
    }
    next.run(request).await
}

async fn create(State(shared): State<Arc<Shared>>, Json(body): Json<CreateIntent>) -> Response {
    let outcome = create_intent(&shared, body).await;
    outcome.answer(&shared).await
}

async fn create_intent(shared: &Shared, body: CreateIntent) -> Outcome {
    if body.amount <= 0
        || body.currency.len() != 3
        || body.key.is_empty()
        || body.reference.is_empty()
    {
        return error(StatusCode::BAD_REQUEST, "invalid_request");
    }
    let request = request_text("create", "", &body);
    let fault = shared.books().faults.take(Operation::Create);
    if let Some(early) = fault_before(fault) {
        return early;
    }
    if let Some(replay) = replayed(shared, &body.key, &request) {
        return replay;
    }
    let method = body.payment_method.as_deref().unwrap_or_default();
    if method == "pm_timeout_not_charged" && shared.books().swallowed.insert(body.key.clone()) {
        return error(StatusCode::GATEWAY_TIMEOUT, "lost").with(Fate::Lost);
    }
    if shared.books().find(&body.reference).is_some() {
        return error(StatusCode::CONFLICT, "reference_exists");
    }

    let mut intent = new_intent(shared, &body);
    let now = shared.config.env.now();
    let event = match method {
        "" | "pm_3ds" => Ok("intent.requires_action"),
        "pm_declined" => intent.decline("card_declined", now),
        "pm_insufficient_funds" => intent.decline("insufficient_funds", now),
        "pm_expired" => intent.decline("expired_card", now),
        _ => intent.authorize(now),
    };
    let event = match (event, fault) {
        (Ok(_), Some(Fault::Refuse)) => return error(StatusCode::CONFLICT, "refused"),
        (Ok(event), _) => event,
        (Err(refused), _) => return refusal(refused),
    };
    let view = json!(intent.view(&shared.public_url));
    {
        let mut books = shared.books();
        let answer = Answer {
            request,
            status: 201,
            body: view.clone(),
        };
        books.saved.answers.insert(body.key.clone(), answer);
        books
            .saved
            .intents
            .insert(intent.id.clone(), intent.clone());
        books.save(shared.config.state_file.as_deref());
    }
    match method {
        // Nobody hears of it: only asking finds out.
        "pm_timeout" => {}
        "pm_webhook_before_response" => {
            let webhook = shared.webhook(&intent, event);
            shared.dispatch_and_wait(webhook).await;
        }
        "pm_duplicate_webhook" => shared.send(&intent, event, 3),
        _ => shared.send(&intent, event, 1),
    }
    let fate = match method {
        "pm_timeout" => Fate::Lost,
        "pm_slow" => Fate::Late,
        _ => fault_after(fault),
    };
    Outcome {
        status: StatusCode::CREATED,
        body: view,
        fate,
    }
}

async fn find(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    look_up(&shared, &id).answer(&shared).await
}

async fn find_by_reference(
    State(shared): State<Arc<Shared>>,
    Path(reference): Path<String>,
) -> Response {
    look_up(&shared, &reference).answer(&shared).await
}

async fn capture(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(body): Json<Operate>,
) -> Response {
    operate(&shared, Operation::Capture, &id, body)
        .answer(&shared)
        .await
}

async fn void(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(body): Json<Operate>,
) -> Response {
    operate(&shared, Operation::Void, &id, body)
        .answer(&shared)
        .await
}

async fn refund(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(body): Json<Operate>,
) -> Response {
    operate(&shared, Operation::Refund, &id, body)
        .answer(&shared)
        .await
}

fn look_up(shared: &Shared, name: &str) -> Outcome {
    let fault = shared.books().faults.take(Operation::Find);
    if let Some(early) = fault_before(fault) {
        return early;
    }
    let found = shared
        .books()
        .find(name)
        .map(|intent| json!(intent.view(&shared.public_url)));
    match found {
        Some(body) => Outcome {
            status: StatusCode::OK,
            body,
            fate: fault_after(fault),
        },
        None => error(StatusCode::NOT_FOUND, "not_found"),
    }
}

fn operate(shared: &Shared, operation: Operation, id: &str, body: Operate) -> Outcome {
    let request = request_text(&format!("{operation:?}"), id, &body);
    let fault = shared.books().faults.take(operation);
    if let Some(early) = fault_before(fault) {
        return early;
    }
    if let Some(replay) = replayed(shared, &body.key, &request) {
        return replay;
    }
    if fault == Some(Fault::Refuse) {
        return refusal(Refused("refused"));
    }
    let now = shared.config.env.now();
    let (intent, event) = {
        let mut books = shared.books();
        let Some(intent) = books.find_mut(id) else {
            return error(StatusCode::NOT_FOUND, "not_found");
        };
        let done = match operation {
            Operation::Capture => {
                intent.capture(body.amount.unwrap_or(intent.amount - intent.captured), now)
            }
            Operation::Void => intent.void(now),
            Operation::Refund => intent.refund(
                body.amount.unwrap_or(intent.captured - intent.refunded),
                now,
            ),
            Operation::Create | Operation::Find => Err(Refused("not_found")),
        };
        let event = match done {
            Ok(event) => event,
            Err(refused) => return refusal(refused),
        };
        let intent = intent.clone();
        let view = json!(intent.view(&shared.public_url));
        books.saved.answers.insert(
            body.key,
            Answer {
                request,
                status: 200,
                body: view,
            },
        );
        books.save(shared.config.state_file.as_deref());
        (intent, event)
    };
    shared.send(&intent, event, 1);
    Outcome {
        status: StatusCode::OK,
        body: json!(intent.view(&shared.public_url)),
        fate: fault_after(fault),
    }
}

fn new_intent(shared: &Shared, body: &CreateIntent) -> Intent {
    let now = shared.config.env.now();
    let method = body.payment_method.as_deref();
    let wrong = i64::from(method == Some("pm_wrong_amount"));
    let currency = match method {
        Some("pm_wrong_currency") if body.currency == "USD" => "EUR",
        Some("pm_wrong_currency") => "USD",
        _ => &body.currency,
    };
    let mut intent = Intent {
        id: shared.new_id("int"),
        reference: body.reference.clone(),
        payment_method: body.payment_method.clone(),
        amount: body.amount + wrong,
        currency: currency.to_owned(),
        capture: body.capture,
        return_url: body.return_url.clone(),
        status: Status::RequiresAction,
        captured: 0,
        refunded: 0,
        decline_code: None,
        revision: 1,
        created_at: now,
        history: Vec::new(),
    };
    intent.note(now, "created");
    intent
}

/// The stored answer under a key; the same key with another request is refused.
fn replayed(shared: &Shared, key: &str, request: &str) -> Option<Outcome> {
    let answer = shared.books().saved.answers.get(key).cloned()?;
    if answer.request != request {
        return Some(error(StatusCode::UNPROCESSABLE_ENTITY, "key_reused"));
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    Some(Outcome {
        status,
        body: answer.body,
        fate: Fate::Arrives,
    })
}

fn request_text(operation: &str, id: &str, body: &impl Serialize) -> String {
    format!(
        "{operation} {id} {}",
        serde_json::to_string(body).expect("requests are plain data")
    )
}
