//! The table of conventions: which operation takes which of them, made from the endpoints.

use std::fmt::Write as _;

use http::Method;
use schemars::SchemaGenerator;
use tenon_access::ScopeRule;

use crate::endpoint::Shape;
use crate::openapi::operation::{is_versioned, policy_text};
use crate::{Endpoint, KeyRule};

const HEAD: &str = "\
| operation | method and path | who | scope | `Idempotency-Key` | `If-Match` | `ETag` | pages | `fields` | `expand` | `Prefer` | rate limit | body |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// A row for each operation, in Markdown.
pub fn conventions_table(endpoints: &[Endpoint]) -> String {
    let mut table = HEAD.to_owned();
    for endpoint in endpoints {
        let shape = &endpoint.shape;
        let cells = [
            shape.operation.to_owned(),
            format!("`{} {}`", shape.method, shape.path),
            who(shape),
            scope(shape),
            key(shape).to_owned(),
            yes(shape.needs_if_match, "required"),
            yes(has_etag(shape, endpoints), "yes"),
            yes(is_paged(shape), "yes"),
            yes(shape.answered().is_some(), "yes"),
            expansions(shape),
            shape.preferences().join(", "),
            shape.rate_limit.to_owned(),
            body(shape),
        ];
        writeln!(table, "| {} |", cells.join(" | ")).expect("a string takes everything");
    }
    table
}

fn yes(is_so: bool, word: &str) -> String {
    if is_so { word } else { "" }.to_owned()
}

fn who(shape: &Shape) -> String {
    let recent = if shape.needs_recent_sign_in {
        ", signed in not long ago"
    } else {
        ""
    };
    format!("{}{recent}", policy_text(shape.policy))
}

/// What the token of a program needs.
fn scope(shape: &Shape) -> String {
    match shape.scope_rule {
        ScopeRule::Read => "api:read".to_owned(),
        ScopeRule::Api if shape.method == Method::GET => "api:read".to_owned(),
        ScopeRule::Api => "api:write".to_owned(),
        ScopeRule::Value(scope) => scope.to_owned(),
        ScopeRule::FirstParty => "no program".to_owned(),
    }
}

fn key(shape: &Shape) -> &'static str {
    match shape.key_rule {
        KeyRule::Unused => "",
        KeyRule::Optional => "taken",
        KeyRule::Required => "required",
    }
}

fn has_etag(shape: &Shape, all: &[Endpoint]) -> bool {
    is_versioned(shape, all)
        || (shape.needs_if_match && shape.answers.iter().any(|answer| answer.schema.is_some()))
}

fn is_paged(shape: &Shape) -> bool {
    let members = shape.query.map(|query| {
        let schema = query(&mut SchemaGenerator::default());
        let has = |name: &str| schema.pointer(&format!("/properties/{name}")).is_some();
        has("limit") && has("cursor")
    });
    members.unwrap_or(false)
}

fn expansions(shape: &Shape) -> String {
    let names = shape.expansions.iter().map(|it| it.name);
    names.collect::<Vec<_>>().join(", ")
}

/// The longest body that is read.
fn body(shape: &Shape) -> String {
    const KIB: usize = 1024;
    match shape.max_body {
        _ if shape.method == Method::GET => String::new(),
        bytes if bytes % (KIB * KIB) == 0 => format!("{} MiB", bytes / KIB / KIB),
        bytes if bytes % KIB == 0 => format!("{} KiB", bytes / KIB),
        bytes => format!("{bytes} bytes"),
    }
}
