//! Members of the path.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};
use tenon_kernel::{ErrorKind, FieldError};

use super::facts;
use super::refusal::Refusal;
use super::text::{Text, TextError, decode};
use crate::Problem;

/// Path members: one type, a tuple or a struct. An id of another kind is 400 `wrong_id_type`, something that is
/// no id at all 400 `malformed_id`.
#[derive(Debug)]
pub struct ApiPath<T>(pub T);

/// Names from the endpoint's path with what the caller sent, decoded, in order.
pub(crate) type PathParams = Vec<(&'static str, String)>;

/// Decodes what the router found.
pub(crate) fn decode_params<'a>(
    params: impl Iterator<Item = (&'static str, &'a str)>,
) -> Result<PathParams, Problem> {
    params
        .map(|(name, value)| match decode(value, false) {
            Some(value) => Ok((name, value.into_owned())),
            None => Err(refuse(
                name,
                "malformed_text",
                "The text is not percent-encoded UTF-8 without U+0000.".into(),
            )),
        })
        .collect()
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for ApiPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(&facts(parts)?.params).map(Self)
    }
}

fn read<T: DeserializeOwned>(params: &PathParams) -> Result<T, Problem> {
    T::deserialize(Members(params)).map_err(|error| {
        let refusal = Refusal::from_message(&error.message);
        // A type that reads text and then checks it fails outside of the walk: with one member it must be that one.
        let only = || {
            params
                .first()
                .filter(|_| params.len() == 1)
                .map(|(name, _)| (*name).to_owned())
        };
        refuse(
            &error.member.or_else(only).unwrap_or_default(),
            refusal.code,
            refusal.detail,
        )
    })
}

fn refuse(name: &str, code: &'static str, detail: String) -> Problem {
    let code_of_all = if matches!(code, "wrong_id_type" | "malformed_id") {
        code
    } else {
        "invalid_request"
    };
    Problem::new(
        ErrorKind::Malformed,
        code_of_all,
        "A member of the path is wrong; `errors` names it.",
    )
    .with_fields(vec![FieldError::new(format!("{{{name}}}"), code, detail)])
}

#[derive(Clone, Copy)]
struct Members<'a>(&'a [(&'static str, String)]);

impl<'a> Members<'a> {
    fn only(self) -> Result<(&'static str, Text<'a>), TextError> {
        match self.0 {
            [(name, value)] => Ok((name, Text(value))),
            others => Err(TextError::custom(format_args!(
                "the path has {} members, the handler takes one",
                others.len()
            ))),
        }
    }
}

macro_rules! only {
    ($($method:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
                let (name, text) = self.only()?;
                text.$method(visitor).map_err(|error| error.of(name))
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Members<'de> {
    type Error = TextError;

    only! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_option
        deserialize_identifier
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        let (member, text) = self.only()?;
        text.deserialize_enum(name, variants, visitor)
            .map_err(|error| error.of(member))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        SeqAccessDeserializer::new(Walk {
            rest: self.0,
            current: None,
        })
        .deserialize_seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        MapAccessDeserializer::new(Walk {
            rest: self.0,
            current: None,
        })
        .deserialize_map(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }
}

struct Walk<'a> {
    rest: &'a [(&'static str, String)],
    current: Option<&'a (&'static str, String)>,
}

impl<'a> Walk<'a> {
    fn step(&mut self) -> Option<&'a (&'static str, String)> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        self.current = Some(first);
        Some(first)
    }
}

impl<'a> SeqAccess<'a> for Walk<'a> {
    type Error = TextError;

    fn next_element_seed<T: DeserializeSeed<'a>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, TextError> {
        self.step()
            .map(|(name, value)| {
                seed.deserialize(Text(value))
                    .map_err(|error| error.of(name))
            })
            .transpose()
    }
}

impl<'a> MapAccess<'a> for Walk<'a> {
    type Error = TextError;

    fn next_key_seed<K: DeserializeSeed<'a>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, TextError> {
        self.step()
            .map(|(name, _)| seed.deserialize(Text(name)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, TextError> {
        let (name, value) = self.current.expect("serde asks for a value after its key");
        seed.deserialize(Text(value))
            .map_err(|error| error.of(name))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use tenon_kernel::{Id, IdKind};

    use super::*;

    struct Order;
    impl IdKind for Order {
        const PREFIX: &'static str = "ord";
    }

    fn params(values: &[(&'static str, &str)]) -> PathParams {
        values
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect()
    }

    const ID: &str = "ord_00000000000000000000000001";

    #[test]
    fn one_type_a_tuple_and_a_struct_are_read() {
        #[derive(Deserialize)]
        struct Line {
            id: Id<Order>,
            line: u32,
        }
        let two = params(&[("id", ID), ("line", "7")]);
        assert_eq!(
            read::<Id<Order>>(&params(&[("id", ID)]))
                .expect("good")
                .to_string(),
            ID
        );
        assert_eq!(read::<(Id<Order>, u32)>(&two).expect("good").1, 7);
        let line: Line = read(&two).expect("good");
        assert_eq!((line.id.to_string().as_str(), line.line), (ID, 7));
    }

    #[test]
    fn the_wrong_member_is_named() {
        let refused = |values: &[(&'static str, &str)]| {
            let problem = read::<(Id<Order>, u32)>(&params(values)).expect_err("refused");
            (problem.code(), problem.fields()[0].pointer.clone())
        };
        let payment = "pay_00000000000000000000000001";
        assert_eq!(
            refused(&[("id", payment), ("line", "7")]),
            ("wrong_id_type", "{id}".to_owned())
        );
        assert_eq!(
            refused(&[("id", "x"), ("line", "7")]),
            ("malformed_id", "{id}".to_owned())
        );
        assert_eq!(
            refused(&[("id", ID), ("line", "x")]),
            ("invalid_request", "{line}".to_owned())
        );
    }
}
