//! `GET /v1/admin/invariants`: whether the rules hold that stored data must always obey.

use std::sync::Arc;

use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenon_access::Policy;
use tenon_kernel::{Role, Timestamp};
use tenon_store::Db;
use tenon_web::{Ctx, Endpoint, Onward, Problem, Reply};

use super::parts::{Gathered, NamedPart, gather};
use crate::watch::{Report, RuleReport, all_rules};
use crate::{Invariant, Module};

/// The operation that a module's part has towards the process with the public API.
pub(super) const PART: &str = "part_of_invariants";
const PATH: &str = "/v1/admin/invariants";
const POLICY: Policy = Policy::Has(Role::Admin);

/// Every rule, and whether it holds.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Invariants")]
struct InvariantsView {
    /// `violated` if a rule is; else `unknown` if one is not known to hold, or a module does not answer.
    state: InvariantState,
    data: Vec<InvariantView>,
    /// Modules whose process does not answer now: their rules are missing.
    unreachable: Vec<String>,
}

/// One rule.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Invariant")]
struct InvariantView {
    /// `catalog.stock_is_its_ledger`
    name: String,
    /// In whose data.
    module: String,
    /// What must be true.
    description: String,
    state: InvariantState,
    /// When a look last came to the end of the data; null before the first.
    checked_at: Option<Timestamp>,
    /// At most 100 cases.
    violations: Vec<ViolationView>,
}

/// A row that breaks a rule.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InvariantViolation")]
struct ViolationView {
    /// Which row.
    subject: String,
    /// What should be.
    expected: String,
    /// What is.
    actual: String,
    /// Since when it is known.
    found_at: Timestamp,
}

/// Whether a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "InvariantState")]
enum InvariantState {
    /// The last look at all the data found nothing.
    Holds,
    /// Rows break it.
    Violated,
    /// Nobody has come to the end of the data yet, or the last look failed.
    Unknown,
}

/// A module's rules, and where its workers keep what they find.
struct Part {
    db: Db,
    rules: Vec<Arc<dyn Invariant>>,
}

pub(super) fn part(module: &Module) -> Endpoint {
    let part = Part {
        db: module.db.clone(),
        rules: all_rules(&module.db, module.invariants.clone()),
    };
    Endpoint::get(PATH, PART, POLICY).handler(answer_part, Arc::new(part))
}

pub(super) fn endpoint(parts: Vec<NamedPart>) -> Endpoint {
    Endpoint::get(PATH, "list_invariants", POLICY)
        .tag("platform")
        .summary("Lists the rules that stored data must always obey, and the rows that break them.")
        .description(
            "The workers of each module look at its rules every five seconds; where there is much data, a look \
             goes through it in stretches, and `checked_at` says when it last came to the end. A row that breaks a \
             rule is published once, as `invariant.violated`, and once as `invariant.restored` when that is over. \
             `tenon verify` checks the same rules, and those that span modules, while nothing runs.",
        )
        .answers::<InvariantsView>(200, "Every rule, and whether it holds.")
        .handler(answer, Arc::new(parts))
}

async fn answer(
    State(parts): State<Arc<Vec<NamedPart>>>,
    onward: Onward,
) -> Result<Reply, Problem> {
    let Gathered { data, unreachable } = gather::<InvariantView>(&onward, parts.iter()).await;
    let is = |state| data.iter().any(|rule| rule.state == state);
    let state = if is(InvariantState::Violated) {
        InvariantState::Violated
    } else if is(InvariantState::Unknown) || !unreachable.is_empty() {
        InvariantState::Unknown
    } else {
        InvariantState::Holds
    };
    Ok(Reply::ok(&InvariantsView {
        state,
        data,
        unreachable,
    }))
}

async fn answer_part(State(part): State<Arc<Part>>, Ctx(ctx): Ctx) -> Result<Reply, Problem> {
    let mut report = Report::load(&part.db, &ctx).await?;
    let view = |rule: &Arc<dyn Invariant>| {
        let state = report.rules.remove(rule.name()).unwrap_or_default();
        InvariantView {
            name: rule.name().to_owned(),
            module: part.db.module().to_owned(),
            description: rule.description().to_owned(),
            state: InvariantState::of(&state),
            checked_at: state.checked_at,
            violations: state.known.into_iter().map(ViolationView::from).collect(),
        }
    };
    let views: Vec<_> = part.rules.iter().map(view).collect();
    Ok(Reply::ok(&views))
}

impl InvariantState {
    fn of(report: &RuleReport) -> Self {
        if !report.known.is_empty() {
            Self::Violated
        } else if report.checked_at.is_none() || report.has_failed {
            Self::Unknown
        } else {
            Self::Holds
        }
    }
}

impl From<crate::watch::Case> for ViolationView {
    fn from(case: crate::watch::Case) -> Self {
        Self {
            subject: case.subject,
            expected: case.expected,
            actual: case.actual,
            found_at: case.found_at,
        }
    }
}
