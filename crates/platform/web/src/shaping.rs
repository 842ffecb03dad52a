//! What a caller asks of the form of an answer, done at the edge: handlers make whole answers, wherever they run.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, ETAG};
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tenon_kernel::ErrorKind;

use crate::endpoint::Shape;
use crate::expand::EXPAND;
use crate::extract::take_member;
use crate::fields::{Answered, Chosen, FIELDS};
use crate::prefer::Preferences;
use crate::routes::Route;
use crate::{Expand, Problem};

/// The form that one answer is to have.
pub(crate) struct Shaping<'r> {
    shape: &'r Shape,
    fields: Option<(&'r Answered, Chosen)>,
    pub(crate) expand: Expand,
    preferences: Preferences,
}

impl Shape {
    /// What callers may choose from: of things of our own API, where they are read.
    pub(crate) fn answered(&self) -> Option<Answered> {
        let is_read = self.method == Method::GET && self.path.starts_with("/v1/");
        if !is_read || self.is_stream || self.answers_html {
            return None;
        }
        let mut answers = self.answers.iter();
        let whole = answers.find(|answer| answer.status == StatusCode::OK.as_u16())?;
        Answered::of(whole.schema?)
    }
}

impl<'r> Shaping<'r> {
    /// Reads what is asked, and takes it out of the request: the handler is asked for the whole.
    pub(crate) fn of(
        route: &'r Route,
        headers: &HeaderMap,
        uri: &mut Uri,
    ) -> Result<Self, Problem> {
        let shape = &route.endpoint.shape;
        let preferences = Preferences::of(headers);
        preferences.check(shape)?;
        // Nearly all requests choose nothing, and what can be chosen is found out when somebody does.
        let asks = uri
            .query()
            .is_some_and(|query| query.contains(FIELDS) || query.contains('%'));
        let answered = asks.then(|| route.answered()).flatten();
        let fields = match answered {
            Some(answered) => take_member(uri, FIELDS)?
                .map(|text| answered.choose(&text))
                .transpose()?
                .map(|chosen| (answered, chosen)),
            None => None,
        };
        let expand = if shape.expansions.is_empty() {
            None
        } else {
            take_member(uri, EXPAND)?
        };
        let expand = expand.map(|text| Expand::read(&text, &shape.expansions));
        Ok(Self {
            shape,
            fields,
            expand: expand.transpose()?.unwrap_or_default(),
            preferences,
        })
    }

    /// Gives a handler's answer that form; refusals keep their own.
    pub(crate) async fn give(&self, mut response: Response) -> Result<Response, Problem> {
        if response.extensions().get::<Problem>().is_some() {
            return Ok(response);
        }
        self.preferences.apply(self.shape, &mut response);
        if self.expand != Expand::default() {
            // The version is that of the thing, and says nothing about the things in it.
            response.headers_mut().remove(ETAG);
        }
        match &self.fields {
            Some((answered, chosen)) if response.status() == StatusCode::OK => {
                Box::pin(sparse(answered, chosen, response)).await
            }
            _ => Ok(response),
        }
    }
}

async fn sparse(
    answered: &Answered,
    chosen: &Chosen,
    response: Response,
) -> Result<Response, Problem> {
    let bug = |what: String| Problem::new(ErrorKind::Internal, "internal", what);
    let (mut parts, body) = response.into_parts();
    let whole = body.collect().await;
    let whole = whole.map_err(|error| bug(format!("the answer cannot be read: {error}")))?;
    let read = serde_json::from_slice(&whole.to_bytes());
    let mut answer: Value =
        read.map_err(|error| bug(format!("the answer is not JSON: {error}")))?;
    answered.keep(chosen, &mut answer);
    parts.headers.remove(CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(answer.to_string())))
}
