//! `?expand=returns`: things of the same module that an answer else only leads to, in the answer.
//!
//! What can be expanded is declared by the endpoint, name by name, so how deep it goes and what it costs is decided there:
//! a name stands for as many more queries as it takes for one thing, however many are on the page.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use tenon_kernel::{ErrorKind, FieldError};

use crate::endpoint::Shape;
use crate::extract::Facts;
use crate::fields::{is_name, shown};
use crate::{EndpointBuilder, Problem};

/// The query member.
pub(crate) const EXPAND: &str = "expand";

/// What an answer can have in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expansion {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
}

/// What the caller wants to have in the answer; handlers ask it name by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expand(pub(crate) Vec<String>);

impl Expand {
    /// Whether the caller wants what the endpoint has declared under this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|wanted| wanted == name)
    }

    /// Reads the names; all of them are declared.
    pub(crate) fn read(text: &str, declared: &[Expansion]) -> Result<Self, Problem> {
        let mut wanted: Vec<String> = Vec::new();
        for name in text.split(',') {
            if declared.iter().any(|known| known.name == name) {
                if wanted.iter().all(|known| known != name) {
                    wanted.push(name.to_owned());
                }
                continue;
            }
            let known = declared.iter().map(|known| format!("`{}`", known.name));
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(if is_name(name) {
                let detail = format!("{} cannot be expanded; there are {known}.", shown(name));
                refused("unknown_value", detail)
            } else {
                let detail = format!("Expected names separated by commas; there are {known}.");
                refused("invalid_value", detail)
            });
        }
        Ok(Self(wanted))
    }
}

impl<S: Sync> FromRequestParts<S> for Expand {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let facts = parts.extensions.get::<Arc<Facts>>();
        Ok(facts.map(|facts| facts.expand.clone()).unwrap_or_default())
    }
}

impl EndpointBuilder {
    /// What `?expand=name` adds to the answer, in words. The member of the answer has the same name and is there only
    /// then; the handler takes [`Expand`].
    pub fn expands(mut self, name: &'static str, what: &'static str) -> Self {
        self.shape.expansions.push(Expansion { name, what });
        self
    }
}

impl Shape {
    /// All ways to write the parameter.
    pub(crate) fn expand_pattern(&self) -> String {
        let names = self.expansions.iter().map(|it| it.name);
        let names = names.collect::<Vec<_>>().join("|");
        format!("^({names})(,({names}))*$")
    }
}

fn refused(code: &str, detail: impl Into<String>) -> Problem {
    let wrong = FieldError::new(format!("?{EXPAND}"), code, detail);
    Problem::new(
        ErrorKind::Malformed,
        "invalid_request",
        "Members of the request are wrong; `errors` names them.",
    )
    .with_fields(vec![wrong])
}
