//! Which endpoint a request is for.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use http::{HeaderValue, Method};

use crate::dispatch::RouteMetrics;
use crate::fields::Answered;
use crate::limiter::Limiter;
use crate::{EdgeError, Endpoint};

/// All endpoints by path and method.
pub(crate) struct Routes {
    paths: matchit::Router<usize>,
    entries: Vec<Entry>,
}

/// One path with its methods.
struct Entry {
    routes: Vec<Route>,
    allow: HeaderValue,
}

/// An endpoint, ready to be called.
pub(crate) struct Route {
    pub(crate) endpoint: Endpoint,
    pub(crate) limiter: Option<Arc<Limiter>>,
    pub(crate) metrics: RouteMetrics,
    /// `GET /v1/orders/{id}`
    pub(crate) name: String,
    names: Vec<&'static str>,
    answered: OnceLock<Option<Answered>>,
}

/// What a method and path lead to.
pub(crate) enum Found<'r, 'p> {
    Route(&'r Route, matchit::Params<'r, 'p>),
    /// The path exists, with these methods.
    Path(&'r HeaderValue),
    Nothing,
}

impl Routes {
    /// Sorts endpoints by path.
    pub(crate) fn new(
        endpoints: Vec<Endpoint>,
        limiters: &HashMap<&'static str, Option<Arc<Limiter>>>,
    ) -> Result<Self, EdgeError> {
        let mut by_path: BTreeMap<String, Vec<Route>> = BTreeMap::new();
        let mut operations = HashSet::new();
        for endpoint in endpoints {
            let operation = endpoint.operation_id();
            if !operations.insert(operation) {
                return Err(EdgeError::DuplicateOperation { operation });
            }
            let (shape, names) = path_shape(endpoint.path());
            let routes = by_path.entry(shape).or_default();
            if routes
                .iter()
                .any(|other| other.endpoint.method() == endpoint.method())
            {
                return Err(EdgeError::DuplicateRoute {
                    method: endpoint.method().clone(),
                    path: endpoint.path(),
                });
            }
            let limit = endpoint.shape.rate_limit;
            let limiter = limiters
                .get(limit)
                .ok_or(EdgeError::UnknownRateLimit { operation, limit })?
                .clone();
            let metrics = RouteMetrics::new(operation);
            let name = format!("{} {}", endpoint.method(), endpoint.path());
            routes.push(Route {
                endpoint,
                limiter,
                metrics,
                name,
                names,
                answered: OnceLock::new(),
            });
        }

        let mut paths = matchit::Router::new();
        let mut entries = Vec::with_capacity(by_path.len());
        for (shape, routes) in by_path {
            let path = routes[0].endpoint.path();
            paths
                .insert(shape, entries.len())
                .map_err(|_| EdgeError::BadPath { path })?;
            entries.push(Entry {
                allow: allow(&routes),
                routes,
            });
        }
        Ok(Self { paths, entries })
    }

    /// Finds the endpoint; `HEAD` is answered by `GET`.
    pub(crate) fn find<'r, 'p>(&'r self, method: &Method, path: &'p str) -> Found<'r, 'p> {
        let Ok(matched) = self.paths.at(path) else {
            return Found::Nothing;
        };
        let entry = &self.entries[*matched.value];
        let method = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        match entry
            .routes
            .iter()
            .find(|route| route.endpoint.method() == method)
        {
            Some(route) => Found::Route(route, matched.params),
            None => Found::Path(&entry.allow),
        }
    }
}

impl Route {
    /// What callers may choose from, found out once.
    pub(crate) fn answered(&self) -> Option<&Answered> {
        let answered = self.answered.get_or_init(|| self.endpoint.shape.answered());
        answered.as_ref()
    }

    /// Pairs the endpoint's own names with what stands in the path.
    pub(crate) fn params<'p>(
        &self,
        matched: &matchit::Params<'_, 'p>,
    ) -> impl Iterator<Item = (&'static str, &'p str)> {
        self.names
            .iter()
            .copied()
            .zip(matched.iter().map(|(_, value)| value))
    }
}

/// Says whether two paths differ in the names of their members only.
pub(crate) fn same_shape(one: &'static str, other: &'static str) -> bool {
    let is_member = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
    let (mut left, mut right) = (one.split('/'), other.split('/'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(this), Some(that)) if this == that || is_member(this) && is_member(that) => {}
            _ => return false,
        }
    }
}

/// The names of a path's members, in order.
pub(crate) fn names(path: &'static str) -> Vec<&'static str> {
    path_shape(path).1
}

/// Renames the members by place, so that `/orders/{id}` and `/orders/{order}/lines` are siblings.
fn path_shape(path: &'static str) -> (String, Vec<&'static str>) {
    let mut names = Vec::new();
    let segments: Vec<String> = path
        .split('/')
        .map(|segment| {
            match segment
                .strip_prefix('{')
                .and_then(|segment| segment.strip_suffix('}'))
            {
                Some(name) => {
                    names.push(name);
                    format!("{{p{}}}", names.len())
                }
                None => segment.to_owned(),
            }
        })
        .collect();
    (segments.join("/"), names)
}

fn allow(routes: &[Route]) -> HeaderValue {
    let mut methods: BTreeSet<&str> = routes
        .iter()
        .map(|route| route.endpoint.method().as_str())
        .collect();
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    let methods: Vec<&str> = methods.into_iter().collect();
    HeaderValue::try_from(methods.join(", ")).expect("methods are header text")
}
