//! Reading the subset of JSON Schema that the method tables produce.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A schema and where it stands in its document.
#[derive(Debug, Clone)]
pub(crate) struct Place<'d> {
    pub(crate) document: &'d Value,
    pub(crate) pointer: String,
    pub(crate) schema: &'d Value,
}

/// The cases of a schema, by what tells them apart: `=held`, `code=out_of_stock`, `{card}`.
pub(crate) type Cases<'d> = BTreeMap<String, Place<'d>>;

impl<'d> Place<'d> {
    /// The schema at a pointer, which exists.
    pub(crate) fn at(document: &'d Value, pointer: &str) -> Option<Self> {
        Some(Self {
            document,
            pointer: pointer.to_owned(),
            schema: document.pointer(pointer)?,
        })
    }

    /// A schema inside this one.
    pub(crate) fn inside(&self, path: &str) -> Option<Self> {
        Some(Self {
            document: self.document,
            pointer: format!("{}{path}", self.pointer),
            schema: self.schema.pointer(path)?,
        })
    }

    /// Follows `$ref` to the shared type.
    pub(crate) fn resolved(self) -> Self {
        let mut place = self;
        while let Some(target) = place.schema.get("$ref").and_then(Value::as_str) {
            let Some(next) = Self::at(place.document, target.trim_start_matches('#')) else {
                return place;
            };
            place = next;
        }
        place
    }

    /// The name of a keyword's text.
    pub(crate) fn text(&self, keyword: &str) -> Option<&'d str> {
        self.schema.get(keyword).and_then(Value::as_str)
    }

    /// The types it allows, without `null`; empty if it does not say.
    pub(crate) fn types(&self) -> BTreeSet<&'d str> {
        let named: Vec<&str> = match self.schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        named.into_iter().filter(|name| *name != "null").collect()
    }

    /// Whether it accepts every value.
    pub(crate) fn is_anything(&self) -> bool {
        const SAYS_NOTHING: [&str; 5] =
            ["description", "title", "default", "examples", "deprecated"];
        match self.schema {
            Value::Bool(any) => *any,
            Value::Object(members) => members
                .keys()
                .all(|key| SAYS_NOTHING.contains(&key.as_str()) || key.starts_with("x-")),
            _ => false,
        }
    }

    /// Takes `null` away: the schema of the value itself, and whether `null` was allowed.
    pub(crate) fn without_null(self) -> (Self, bool) {
        if let Some(Value::Array(types)) = self.schema.get("type") {
            let nullable = types.iter().any(|name| name == "null");
            return (self, nullable);
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(Value::Array(branches)) = self.schema.get(keyword) else {
                continue;
            };
            let is_null = |branch: &Value| branch.get("type").is_some_and(|name| name == "null");
            let others: Vec<usize> = (0..branches.len())
                .filter(|at| !is_null(&branches[*at]))
                .collect();
            if let ([only], true) = (others.as_slice(), others.len() < branches.len()) {
                let inner = self.inside(&format!("/{keyword}/{only}"));
                return (inner.unwrap_or(self).resolved(), true);
            }
        }
        (self, false)
    }

    /// The cases it distinguishes; `None` if it is one shape.
    pub(crate) fn cases(&self) -> Option<Cases<'d>> {
        if let Some(value) = self.schema.get("const") {
            return Some(Cases::from([(format!("={}", plain(value)), self.clone())]));
        }
        if let Some(Value::Array(values)) = self.schema.get("enum") {
            let case = |value: &Value| (format!("={}", plain(value)), self.clone());
            return Some(values.iter().map(case).collect());
        }
        let (keyword, branches) = ["oneOf", "anyOf"]
            .into_iter()
            .find_map(|keyword| Some((keyword, self.schema.get(keyword)?.as_array()?)))?;
        let mut cases = Cases::new();
        for at in 0..branches.len() {
            let Some(branch) = self.inside(&format!("/{keyword}/{at}")) else {
                continue;
            };
            let branch = branch.resolved();
            match branch.cases() {
                Some(inner) => cases.extend(inner),
                None => {
                    cases.insert(branch.name().unwrap_or_else(|| format!("#{at}")), branch);
                }
            }
        }
        Some(cases)
    }

    /// What tells an object apart from its siblings: a constant member, or its only member.
    fn name(&self) -> Option<String> {
        let members = self.schema.get("properties")?.as_object()?;
        let constant = members
            .iter()
            .find_map(|(name, schema)| Some(format!("{name}={}", plain(schema.get("const")?))));
        constant.or_else(|| {
            let only = members.keys().next().filter(|_| members.len() == 1)?;
            Some(format!("{{{only}}}"))
        })
    }

    /// Names of the members that must be there.
    pub(crate) fn required(&self) -> BTreeSet<&'d str> {
        let names = self.schema.get("required").and_then(Value::as_array);
        names
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Whether members it does not name are refused.
    pub(crate) fn is_closed(&self) -> bool {
        self.schema.get("additionalProperties") == Some(&Value::Bool(false))
    }
}

/// Whether values of tomorrow decode as `unknown`: the convention of every open enum.
pub(crate) fn is_open(cases: &Cases<'_>) -> bool {
    cases.keys().any(|name| name.ends_with("=unknown"))
}

/// Escapes a member's name for a pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
