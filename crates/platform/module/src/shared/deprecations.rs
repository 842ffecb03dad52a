//! `GET /v1/admin/deprecations`: what of the API will go, and who still uses it.

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{Role, Timestamp};
use tenon_store::Db;
use tenon_web::{Ctx, DeprecatedPart, Endpoint, Onward, Problem, Reply};

use super::parts::{Gathered, NamedPart, gather};
use crate::deprecated_uses::{Use, uses_of};

/// The operation that a module's part has towards the process with the public API.
pub(super) const PART: &str = "part_of_deprecations";
const PATH: &str = "/v1/admin/deprecations";
const POLICY: Policy = Policy::Has(Role::Staff);

/// Every deprecated part of the API.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Deprecations")]
struct DeprecationsView {
    data: Vec<DeprecationView>,
    /// Modules whose process does not answer now: their parts are missing.
    unreachable: Vec<String>,
}

/// A deprecated part of the API.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Deprecation")]
struct DeprecationView {
    /// `list_products?q`: an operation, or a member of its query, `request` or `answer`.
    part: String,
    /// Where it is.
    module: String,
    /// Since when.
    deprecated_at: Timestamp,
    /// Until when it certainly stays. Nothing changes by itself then.
    sunset_at: Timestamp,
    /// What replaces it.
    successor: String,
    /// How many credentials have used it in the last 400 days.
    credentials_total: i64,
    /// On how many days each of them did, added up.
    days_total: i64,
    /// Those that used it last, at most 100.
    credentials: Vec<CredentialView>,
}

/// A credential that used a deprecated part.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DeprecationCredential")]
struct CredentialView {
    kind: CredentialKind,
    /// Of the API key or the OAuth client; null for the others, who are not told apart.
    id: Option<String>,
    /// The first day, at midnight.
    first_used_at: Timestamp,
    /// The last day, at midnight.
    last_used_at: Timestamp,
    /// On how many days.
    days: i64,
}

/// What kind of credential it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "DeprecationCredentialKind")]
enum CredentialKind {
    /// Nobody signed in.
    Anonymous,
    /// People who signed in here themselves.
    Account,
    /// An OAuth client.
    Client,
    /// An API key.
    ApiKey,
}

/// A module's deprecated parts.
struct Part {
    db: Db,
    parts: Vec<DeprecatedPart>,
}

/// A module's part; none if nothing of it is deprecated.
pub(super) fn part(db: &Db, endpoints: &[Endpoint]) -> Option<Endpoint> {
    let parts: Vec<_> = endpoints
        .iter()
        .flat_map(Endpoint::deprecations)
        .copied()
        .collect();
    if parts.is_empty() {
        return None;
    }
    let part = Part {
        db: db.clone(),
        parts,
    };
    Some(Endpoint::get(PATH, PART, POLICY).handler(answer_part, Arc::new(part)))
}

pub(super) fn endpoint(parts: Vec<NamedPart>) -> Endpoint {
    Endpoint::get(PATH, "list_deprecations", POLICY)
        .tag("platform")
        .summary("Lists what of the API is deprecated, and which credentials still use it.")
        .description(
            "Uses are written down once a day for each part and credential. API keys and OAuth clients are named, \
             people are not. The metric `tenon_deprecated_uses_total` counts requests.",
        )
        .answers::<DeprecationsView>(200, "Every deprecated part.")
        .handler(answer, Arc::new(parts))
}

async fn answer(
    State(parts): State<Arc<Vec<NamedPart>>>,
    onward: Onward,
) -> Result<Reply, Problem> {
    let Gathered { data, unreachable } = gather(&onward, parts.iter()).await;
    Ok(Reply::ok(&DeprecationsView { data, unreachable }))
}

async fn answer_part(State(part): State<Arc<Part>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let mut views = Vec::with_capacity(part.parts.len());
    for deprecated in &part.parts {
        let name = deprecated.name();
        let (latest, sum) = uses_of(&part.db, &ctx, &name).await?;
        views.push(DeprecationView {
            part: name,
            module: part.db.module().to_owned(),
            deprecated_at: deprecated.since(),
            sunset_at: deprecated.sunset(),
            successor: deprecated.successor().to_owned(),
            credentials_total: sum.credentials,
            days_total: sum.days,
            credentials: latest.into_iter().map(CredentialView::from).collect(),
        });
    }
    Ok(Reply::ok(&views))
}

impl From<Use> for CredentialView {
    fn from(used: Use) -> Self {
        let kind = match used.credential_kind.as_str() {
            "account" => CredentialKind::Account,
            "client" => CredentialKind::Client,
            "api_key" => CredentialKind::ApiKey,
            _ => CredentialKind::Anonymous,
        };
        Self {
            kind,
            id: Some(used.credential_id).filter(|id| !id.is_empty()),
            first_used_at: used.first_used_at,
            last_used_at: used.last_used_at,
            days: used.days,
        }
    }
}
