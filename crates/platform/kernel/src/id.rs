//! Typed, prefixed, time-ordered identifiers: `ord_` + 26 Crockford characters of a UUIDv7.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// Crockford's base 32 (lower case): no `i`, `l`, `o`, `u`.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 26 × 5 bits hold the 128 bits of a UUID; the first character holds three.
const TEXT_LEN: usize = 26;

/// What an id identifies; one zero-sized type for each kind of thing.
pub trait IdKind: Send + Sync + 'static {
    /// The part before the underscore, for example `ord`.
    const PREFIX: &'static str;
}

/// An identifier of one kind of thing; an id of another kind does not parse as it.
pub struct Id<K: IdKind> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseIdError {
    /// It is an id, but of another kind: `pay_…` where `ord_…` is due.
    #[error("expected an id that starts with `{expected}_`")]
    WrongKind {
        /// The prefix that was wanted.
        expected: &'static str,
    },
    /// It is not an id at all.
    #[error("expected `{expected}_` and 26 characters of Crockford base 32")]
    Malformed {
        /// The prefix that was wanted.
        expected: &'static str,
    },
}

impl<K: IdKind> Id<K> {
    /// Wraps a UUID; only stores and generators see the raw form.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self {
            uuid,
            kind: PhantomData,
        }
    }

    /// Returns the raw form for a store.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }

    /// Derives an id from this one and a name: the same inputs give the same id (RFC 9562 §5.5).
    pub fn derive<T: IdKind>(self, name: &str) -> Id<T> {
        Id::from_uuid(Uuid::new_v5(&self.uuid, name.as_bytes()))
    }
}

impl<K: IdKind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.uuid.as_u128();
        let mut text = [0_u8; TEXT_LEN];
        for (position, character) in text.iter_mut().enumerate() {
            let shift = 5 * (TEXT_LEN - 1 - position);
            *character = ALPHABET[usize::try_from((bits >> shift) & 0x1F).expect("five bits fit")];
        }
        let text = std::str::from_utf8(&text).expect("the alphabet is ASCII");
        write!(f, "{}_{text}", K::PREFIX)
    }
}

impl<K: IdKind> FromStr for Id<K> {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = ParseIdError::Malformed {
            expected: K::PREFIX,
        };
        let (prefix, body) = text.rsplit_once('_').ok_or_else(|| malformed.clone())?;
        if prefix != K::PREFIX {
            let looks_like_an_id = !prefix.is_empty()
                && prefix.len() <= 10
                && prefix.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                && body.len() == TEXT_LEN;
            return Err(if looks_like_an_id {
                ParseIdError::WrongKind {
                    expected: K::PREFIX,
                }
            } else {
                malformed
            });
        }
        if body.len() != TEXT_LEN {
            return Err(malformed);
        }
        let mut bits: u128 = 0;
        for (position, character) in body.bytes().enumerate() {
            let value = ALPHABET
                .iter()
                .position(|&known| known == character)
                .ok_or_else(|| malformed.clone())?;
            if position == 0 && value > 7 {
                return Err(malformed); // more than 128 bits
            }
            bits = (bits << 5) | value as u128;
        }
        Ok(Self::from_uuid(Uuid::from_u128(bits)))
    }
}

impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: IdKind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: IdKind> Copy for Id<K> {}

impl<K: IdKind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<K: IdKind> Eq for Id<K> {}

impl<K: IdKind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: IdKind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

impl<K: IdKind> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<K: IdKind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: IdKind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl<K: IdKind> JsonSchema for Id<K> {
    fn schema_name() -> Cow<'static, str> {
        format!("Id_{}", K::PREFIX).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": format!("^{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$", K::PREFIX),
        })
    }
}

#[cfg(feature = "sqlx")]
mod column {
    use super::{Id, IdKind, Uuid};
    use sqlx::encode::IsNull;
    use sqlx::error::BoxDynError;
    use sqlx::{Database, Decode, Encode, Type};

    impl<DB: Database, K: IdKind> Type<DB> for Id<K>
    where
        Uuid: Type<DB>,
    {
        fn type_info() -> DB::TypeInfo {
            Uuid::type_info()
        }

        fn compatible(ty: &DB::TypeInfo) -> bool {
            Uuid::compatible(ty)
        }
    }

    impl<'q, DB: Database, K: IdKind> Encode<'q, DB> for Id<K>
    where
        Uuid: Encode<'q, DB>,
    {
        fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
            self.uuid.encode_by_ref(buffer)
        }
    }

    impl<'r, DB: Database, K: IdKind> Decode<'r, DB> for Id<K>
    where
        Uuid: Decode<'r, DB>,
    {
        fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
            Uuid::decode(value).map(Self::from_uuid)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Order;
    impl IdKind for Order {
        const PREFIX: &'static str = "ord";
    }
    struct Payment;
    impl IdKind for Payment {
        const PREFIX: &'static str = "pay";
    }

    proptest! {
        #[test]
        fn text_and_id_are_one_to_one(bits: u128) {
            let id = Id::<Order>::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<Id<Order>>(), Ok(id));
        }

        #[test]
        fn text_sorts_like_the_id(a: u128, b: u128) {
            let (a, b) = (Id::<Order>::from_uuid(Uuid::from_u128(a)), Id::<Order>::from_uuid(Uuid::from_u128(b)));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn arbitrary_text_never_panics(text: String) {
            let _ = text.parse::<Id<Order>>();
        }
    }

    #[test]
    fn another_kind_is_told_apart_from_nonsense() {
        let payment = Id::<Payment>::from_uuid(Uuid::from_u128(1)).to_string();
        assert_eq!(
            payment.parse::<Id<Order>>(),
            Err(ParseIdError::WrongKind { expected: "ord" })
        );
        assert_eq!(
            "ord_x".parse::<Id<Order>>(),
            Err(ParseIdError::Malformed { expected: "ord" })
        );
        assert_eq!(
            "ord_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<Id<Order>>(),
            Err(ParseIdError::Malformed { expected: "ord" })
        );
    }
}
