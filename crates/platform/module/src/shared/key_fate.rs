//! `GET /v1/idempotency-keys/{key}`: what became of the requests that the caller sent under a key.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{CallCtx, ErrorKind, FieldError, Timestamp};
use tenon_store::{Db, KeyRecord};
use tenon_web::{
    ApiPath, Ctx, Endpoint, KeyOwner, KeyRecordOf, KeyRule, KeysAtWork, MAX_IDEMPOTENCY_KEY,
    Onward, Problem, Reply, is_idempotency_key,
};

/// The operation that a module's part has towards the process with the public API.
pub(super) const PART: &str = "part_of_idempotency_key";
const PATH: &str = "/v1/idempotency-keys/{key}";

/// What became of a key.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "IdempotencyKey")]
struct KeyView {
    key: String,
    /// `running` while one of the requests is; `done` if there is a record; otherwise `unseen`.
    state: KeyState,
    /// One for each operation that was asked under the key.
    requests: Vec<KeyedRequest>,
}

/// One operation that was asked under a key.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct KeyedRequest {
    /// Its operation id.
    operation: String,
    state: KeyState,
    /// What came of it, once it is done.
    outcome: Option<KeyOutcome>,
    /// The refusal that a repeat gets.
    problem: Option<KeptProblem>,
    /// Id of what it made or works on.
    resource: Option<String>,
    /// Where that is; null if no address follows from the id.
    location: Option<String>,
    /// When it was recorded; null before that.
    created_at: Option<Timestamp>,
    /// Until when a repeat with the same key is certain to have no second effect.
    expires_at: Option<Timestamp>,
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "IdempotencyKeyState")]
enum KeyState {
    /// Nothing was recorded, and nothing is known to be running: it had no effect so far.
    Unseen,
    /// It is being worked on.
    Running,
    /// It had its effect, or was refused for good.
    Done,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "IdempotencyKeyOutcome")]
enum KeyOutcome {
    /// It had its effect; where that stands now, the resource says.
    Accepted,
    /// It was refused and had no effect.
    Refused,
}

/// A refusal that was kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "KeptProblem")]
struct KeptProblem {
    status: u16,
    code: String,
}

/// Operations of a module that take keys.
struct Part {
    db: Db,
    keys: KeysAtWork,
    operations: Vec<Keyed>,
}

/// One operation that takes keys.
struct Keyed {
    id: &'static str,
    record: KeyRecordOf,
    problems: Vec<(u16, &'static str)>,
    /// An operation that came before keeps its records there as well, and tells of them.
    is_told_by_another: bool,
}

/// A module's part; none if it has no operation that takes keys.
pub(super) fn part(db: &Db, endpoints: &[Endpoint], keys: KeysAtWork) -> Option<Endpoint> {
    let mut told = HashSet::new();
    let keyed = |endpoint: &Endpoint| {
        (endpoint.key_rule() != KeyRule::Unused).then(|| {
            let record = endpoint
                .key_record()
                .expect("an endpoint that takes keys says under what it keeps them");
            Keyed {
                id: endpoint.operation_id(),
                record,
                problems: endpoint.problems().to_vec(),
                is_told_by_another: !told.insert(record.operation),
            }
        })
    };
    let operations: Vec<_> = endpoints.iter().filter_map(keyed).collect();
    if operations.is_empty() {
        return None;
    }
    let part = Arc::new(Part {
        db: db.clone(),
        keys,
        operations,
    });
    Some(Endpoint::get(PATH, PART, Policy::Bearer).handler(answer_part, part))
}

/// The whole.
pub(super) fn endpoint(parts: Vec<Endpoint>) -> Endpoint {
    Endpoint::get(PATH, "get_idempotency_key", Policy::Bearer)
        .tag("platform")
        .summary("Says what became of the requests that the caller sent with an `Idempotency-Key`.")
        .description(
            "For clients that got no answer. Keys are the caller's own: those of the signed-in user, or of whoever \
             knows the cart's secret.\n\n`unseen` says that nothing was recorded yet and nothing is known to be \
             running: send the request again **with the same key**, since the first copy may still arrive. `running`: \
             ask again. `done`: `location` leads to what it made, or `problem` says why it was refused.",
        )
        .header("Cart-Token", false, "The secret of the guest whose keys these are.")
        .path_param::<IdempotencyKey>("key", "The key as it was sent, percent-encoded.")
        .answers::<KeyView>(200, "What became of the key.")
        .handler(answer, Arc::new(parts))
}

/// Asks every module. If one does not answer, nothing can be said: what it knows may be the one request.
async fn answer(
    State(parts): State<Arc<Vec<Endpoint>>>,
    _: KeyOwner,
    onward: Onward,
    ApiPath(key): ApiPath<String>,
) -> Result<Reply, Problem> {
    check(&key)?;
    let mut requests = Vec::new();
    for part in onward.ask::<Vec<KeyedRequest>>(parts.iter()).await {
        requests.extend(part?);
    }
    requests.sort_by(|one, other| one.operation.cmp(&other.operation));
    let is = |state| requests.iter().any(|request| request.state == state);
    let state = if is(KeyState::Running) {
        KeyState::Running
    } else if requests.is_empty() {
        KeyState::Unseen
    } else {
        KeyState::Done
    };
    Ok(Reply::ok(&KeyView {
        key,
        state,
        requests,
    }))
}

async fn answer_part(
    State(part): State<Arc<Part>>,
    Ctx(ctx): Ctx,
    owner: KeyOwner,
    ApiPath(key): ApiPath<String>,
) -> Result<Reply, Problem> {
    check(&key)?;
    let mut requests = Vec::new();
    for operation in &part.operations {
        requests.extend(part.look_up(&ctx, operation, &owner, &key).await?);
    }
    Ok(Reply::ok(&requests))
}

impl Part {
    async fn look_up(
        &self,
        ctx: &CallCtx,
        operation: &Keyed,
        owner: &KeyOwner,
        key: &str,
    ) -> Result<Option<KeyedRequest>, Problem> {
        // First: a request that ends between the two looks has left its record by the second.
        let at_work = self.keys.contains(owner, operation.id, key);
        let record = if operation.is_told_by_another {
            None
        } else {
            self.db
                .key_record(ctx, &owner.0, operation.record.operation, key)
                .await?
        };
        Ok(match record {
            Some(record) => Some(operation.recorded(self.db.module(), record)),
            None if at_work => Some(operation.running()),
            None => None,
        })
    }
}

impl Keyed {
    fn running(&self) -> KeyedRequest {
        KeyedRequest {
            operation: self.id.to_owned(),
            state: KeyState::Running,
            outcome: None,
            problem: None,
            resource: None,
            location: None,
            created_at: None,
            expires_at: None,
        }
    }

    fn recorded(&self, module: &str, record: KeyRecord) -> KeyedRequest {
        let location = record.resource.as_deref().and_then(|id| {
            let pattern = self.record.location?;
            Some(pattern.replace("{}", id))
        });
        let outcome = match &record.refusal {
            Some(_) => KeyOutcome::Refused,
            None => KeyOutcome::Accepted,
        };
        let problem = record.refusal.and_then(|refusal| {
            let code = format!("{module}.{}", refusal.get("code")?.as_str()?);
            let declared = self.problems.iter().find(|(_, known)| *known == code)?;
            Some(KeptProblem {
                status: declared.0,
                code,
            })
        });
        KeyedRequest {
            state: if record.is_done {
                KeyState::Done
            } else {
                KeyState::Running
            },
            outcome: record.is_done.then_some(outcome),
            problem,
            resource: record.resource,
            location,
            created_at: Some(record.created_at),
            expires_at: Some(record.expires_at),
            ..self.running()
        }
    }
}

/// The schema of a key.
struct IdempotencyKey;

impl JsonSchema for IdempotencyKey {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "IdempotencyKeyText".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_IDEMPOTENCY_KEY,
            "pattern": "^[!-~]+$",
        })
    }
}

/// What cannot be sent as a key cannot be asked for.
fn check(key: &str) -> Result<(), Problem> {
    if is_idempotency_key(key.as_bytes()) {
        return Ok(());
    }
    let wrong = FieldError::new(
        "{key}",
        "invalid_value",
        "Expected 1 to 255 visible ASCII characters.",
    );
    Err(Problem::new(
        ErrorKind::Malformed,
        "invalid_request",
        "A member of the path is wrong; `errors` names it.",
    )
    .with_fields(vec![wrong]))
}
