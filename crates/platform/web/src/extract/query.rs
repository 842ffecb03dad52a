//! Query strings.

use std::borrow::Cow;

use axum::extract::FromRequestParts;
use http::Uri;
use http::request::Parts;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess};
use tenon_kernel::FieldError;

use super::invalid_request;
use super::refusal::Refusal;
use super::text::{Text, TextError, decode};
use crate::Problem;

/// Most members of a query.
const MAX_MEMBERS: usize = 64;

/// The query string; unknown and repeated members are refused. The type carries `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub struct ApiQuery<T>(pub T);

type Members<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(parts.uri.query().unwrap_or_default(), "?").map(Self)
    }
}

impl<T: DeserializeOwned> ApiQuery<T> {
    /// Reads a query held as text, with the same rules.
    pub fn from_text(query: &str) -> Result<T, Problem> {
        read(query, "?")
    }
}

/// Reads members as a query and a form hold them; `mark` stands before the names of wrong ones.
pub(super) fn read<T: DeserializeOwned>(query: &str, mark: &str) -> Result<T, Problem> {
    let members = split(query, mark)?;
    let walk = Walk {
        rest: members.iter(),
        current: None,
    };
    T::deserialize(MapAccessDeserializer::new(walk)).map_err(|error| {
        let refusal = Refusal::from_message(&error.message);
        let pointer = refusal.member.clone().or(error.member).unwrap_or_default();
        refusal.at(format!("{mark}{pointer}"))
    })
}

fn split<'q>(query: &'q str, mark: &str) -> Result<Members<'q>, Problem> {
    let mut members = Members::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (Some(name), Some(value)) = (decode(name, true), decode(value, true)) else {
            let shown = String::from_utf8_lossy(name.as_bytes()).into_owned();
            return Err(refuse(
                mark,
                &shown,
                "malformed_text",
                "The text is not percent-encoded UTF-8 without U+0000.",
            ));
        };
        if members.iter().any(|(known, _)| *known == name) {
            return Err(refuse(
                mark,
                &name,
                "duplicate_member",
                "The member is there twice.",
            ));
        }
        if members.len() == MAX_MEMBERS {
            return Err(refuse(
                mark,
                &name,
                "too_many",
                "There are too many members.",
            ));
        }
        members.push((name, value));
    }
    Ok(members)
}

fn refuse(mark: &str, name: &str, code: &str, detail: &str) -> Problem {
    invalid_request().with_fields(vec![FieldError::new(format!("{mark}{name}"), code, detail)])
}

/// Refuses a query where the operation takes none.
pub(crate) fn refuse_unexpected(query: Option<&str>) -> Result<(), Problem> {
    match split(query.unwrap_or_default(), "?")?.first() {
        Some((name, _)) => Err(refuse(
            "?",
            name,
            "unknown_member",
            "The operation takes no such member.",
        )),
        None => Ok(()),
    }
}

/// Takes one member out of the query, and leaves the others as they were written.
pub(crate) fn take_member(uri: &mut Uri, name: &str) -> Result<Option<String>, Problem> {
    let (mut taken, mut rest) = (None, Vec::new());
    for pair in uri.query().unwrap_or_default().split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if decode(key, true).is_none_or(|key| key != name) {
            rest.push(pair);
            continue;
        }
        let Some(value) = decode(value, true) else {
            let detail = "The text is not percent-encoded UTF-8 without U+0000.";
            return Err(refuse("?", name, "malformed_text", detail));
        };
        if taken.replace(value.into_owned()).is_some() {
            let detail = "The member is there twice.";
            return Err(refuse("?", name, "duplicate_member", detail));
        }
    }
    if taken.is_some() {
        let path = match rest.join("&") {
            rest if rest.is_empty() => uri.path().to_owned(),
            rest => format!("{}?{rest}", uri.path()),
        };
        let mut parts = std::mem::take(uri).into_parts();
        parts.path_and_query = Some(path.parse().expect("a part of what was one"));
        *uri = Uri::from_parts(parts).expect("scheme and authority are as they were");
    }
    Ok(taken)
}

/// Walks over the members and remembers which one is being read.
struct Walk<'m, 'a> {
    rest: std::slice::Iter<'m, (Cow<'a, str>, Cow<'a, str>)>,
    current: Option<&'m (Cow<'a, str>, Cow<'a, str>)>,
}

impl<'m> MapAccess<'m> for Walk<'m, '_> {
    type Error = TextError;

    fn next_key_seed<K: DeserializeSeed<'m>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, TextError> {
        self.current = self.rest.next();
        self.current
            .map(|(name, _)| seed.deserialize(Text(name)).map_err(|error| error.of(name)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'m>>(&mut self, seed: V) -> Result<V::Value, TextError> {
        let (name, value) = self.current.expect("serde asks for a value after its key");
        seed.deserialize(Text(value))
            .map_err(|error| error.of(name))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        limit: Option<u32>,
        q: Option<String>,
        #[serde(default)]
        archived: bool,
        sort: Option<Sort>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Sort {
        CreatedAt,
    }

    #[test]
    fn members_are_read_by_type() {
        let query: Query = read(
            "limit=5&q=gr%C3%BCner+Tee&archived=true&sort=created_at",
            "?",
        )
        .expect("good");
        let expected = Query {
            limit: Some(5),
            q: Some("grüner Tee".to_owned()),
            archived: true,
            sort: Some(Sort::CreatedAt),
        };
        assert_eq!(query, expected);
        assert!(read::<Query>("", "?").is_ok());
    }

    #[test]
    fn bad_members_are_named() {
        let refused = |text: &str| {
            let problem = read::<Query>(text, "?").expect_err("refused");
            (
                problem.fields()[0].pointer.clone(),
                problem.fields()[0].code.clone(),
            )
        };
        let is = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(refused("limit=x"), is("?limit", "wrong_type"));
        assert_eq!(refused("limit=-1"), is("?limit", "wrong_type"));
        assert_eq!(refused("colour=red"), is("?colour", "unknown_member"));
        assert_eq!(refused("limit=1&limit=2"), is("?limit", "duplicate_member"));
        assert_eq!(
            refused("limit=1&%6cimit=2"),
            is("?limit", "duplicate_member")
        );
        assert_eq!(refused("sort=price"), is("?sort", "unknown_value"));
        assert_eq!(refused("q=%ff"), is("?q", "malformed_text"));
        assert_eq!(refused("q=a%00"), is("?q", "malformed_text"));
    }

    #[test]
    fn one_member_is_taken_and_the_others_stay_as_they_were() {
        let take = |text: &'static str| {
            let mut uri = Uri::from_static(text);
            let taken =
                take_member(&mut uri, "fields").map_err(|problem| problem.fields()[0].code.clone());
            (taken, uri.to_string())
        };
        let is = |taken: &str, rest: &str| (Ok(Some(taken.to_owned())), rest.to_owned());
        assert_eq!(
            take("/a?q=%C3%A9+x&fields=id%2Cb&&c"),
            is("id,b", "/a?q=%C3%A9+x&&c")
        );
        assert_eq!(
            take("http://h.example/a?%66ields=id"),
            is("id", "http://h.example/a")
        );
        assert_eq!(take("/a?fields"), is("", "/a"));
        assert_eq!(take("/a?q=fields"), (Ok(None), "/a?q=fields".to_owned()));
        assert_eq!(
            take("/a?fields=id&fields=b").0,
            Err("duplicate_member".to_owned())
        );
        assert_eq!(take("/a?fields=%ff").0, Err("malformed_text".to_owned()));
    }

    #[test]
    fn an_operation_without_members_refuses_all() {
        assert!(refuse_unexpected(None).is_ok());
        assert!(refuse_unexpected(Some("")).is_ok());
        assert!(refuse_unexpected(Some("debug=1")).is_err());
    }
}
